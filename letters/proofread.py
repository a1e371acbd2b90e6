"""Reads the written letter once more: every fact that its template promises must stand in the text."""

from collections.abc import Sequence

from config.errors import LetterError
from config.reading import did_you_mean
from letters.notice import Item, Notice
from letters.template import Template, local, utc

Facts = dict[str, tuple[str, ...]]


def unsaid(notice: Notice, template: Template, text: str) -> list[str]:
    """Every fact that the template promises and its rendered TEXT does not hold."""
    facts = _letter_facts(notice)
    found = _lacking(template, template.says_of_letter, facts, text, "the letter")
    for item in notice.items:
        place = f"listing {item.listing_id} ({notice.platform} {item.key})"
        found += _lacking(template, template.says_of_item, _item_facts(item, notice), text, place)
    return found


def _lacking(template: Template, promised: Sequence[str], facts: Facts, text: str, place: str) -> list[str]:
    folder = f"letters/templates/{template.name}"
    for name in promised:
        if name not in facts:
            raise LetterError(f"{folder}/letter.toml: no fact '{name}'.{did_you_mean(name, facts)}")
    return [
        f"{place}: the text does not say its {name}: {value!r}. Mend {folder}"
        for name in promised
        for value in facts[name]
        if " ".join(value.split()) not in text
    ]


def _letter_facts(notice: Notice) -> Facts:
    sender, contact, zh = notice.sender, notice.contact, notice.language == "zh"
    return {
        "number": (notice.number,),
        "version": (notice.version,),
        "date": (local(notice.date, notice.zone),),
        "deadline": (f"{notice.deadline.astimezone(notice.zone):%Y-%m-%d %H:%M}",),
        "organisation": (sender.organisation,),
        "email": (sender.email,),
        "addressee": (contact.entity_zh if zh else contact.entity_en,),
        "channel": (contact.email or "",),
        "laws": tuple(ground.law.zh if zh else ground.law.en for ground in notice.grounds),
        "seal": (notice.seal.ledger, str(notice.seal.size), notice.seal.root),
        "articles": tuple(ground.article.zh if zh else ground.article.en for ground in notice.grounds),
    }


def _item_facts(item: Item, notice: Notice) -> Facts:
    moments = (item.first_seen, item.last_seen)
    return {
        "addresses": (item.url, item.final_url, item.canonical),
        "key": (item.key,),
        "title": (item.title,),
        "price": (item.price,),
        "utc": tuple(utc(moment) for moment in moments),
        "local": tuple(local(moment, notice.zone) for moment in moments),
        "species": (item.species, item.species_zh if notice.language == "zh" else item.species_en),
        "protection": item.protection_zh if notice.language == "zh" else item.protection_en,
        "why": (item.why,),
        "hashes": (item.screenshot, item.payload),
    }
