"""What must hold before a letter is written: every gap at once, each with the listing it names and its mend."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from archive.facts import Decision
from archive.questions.letters import Demandable
from config.errors import EvidenceError, LetterError
from config.law import Ground
from config.platform import Platform
from config.settings import Sender
from letters.notice import Occasion
from letters.press.mail import address
from letters.template import Template, utc

FRESH = timedelta(hours=24)
SUFFICIENCY, LEGALITY = 2, 2
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SHA256 = re.compile(r"[0-9a-f]{64}")

Picture = Callable[[str], bytes]  # a reduced copy by SHA-256; LetterError where there is none


def gaps(
    listings: Sequence[Demandable],
    occasion: Occasion,
    template: Template,
    *,
    grounds: Sequence[Ground],
    picture: Picture,
) -> list[str]:
    """Everything that stops this letter, one a line; empty where nothing does."""
    found = [*_of_letter(occasion, template), *_of_sender(occasion.sender), *_of_contact(occasion.platform)]
    found += _of_number(listings, template)
    if not any(ground.bears_on == "listing" for ground in grounds):
        day = occasion.now.astimezone(occasion.zone).date()
        found.append(f"config/laws: no ground to remove a listing may be cited on {day}. Add one that is in force")
    for listing in listings:
        place = f"listing {listing.listing_id} ({listing.platform} {listing.key})"
        said = (*reviewed(listing), *_looked(listing, occasion.now), *_shown(listing, occasion, grounds))
        found += [f"{place}: {gap}" for gap in (*said, *_pictured(listing, picture))]
    return found


def _of_letter(occasion: Occasion, template: Template) -> Iterator[str]:
    if not NUMBER.fullmatch(occasion.number):
        yield f"number {occasion.number!r}: a letter's number has letters, digits, '.', '_' and '-' only"
    if occasion.seal is None:
        yield "the ledger is not sealed, as its key is not here. Put keys/sealing.key back, or unlock it"
    if occasion.language not in template.languages:
        yield (
            f"letters/templates/{template.name}: not written in '{occasion.language}'. "
            f"Choose one of: {', '.join(template.languages)}"
        )


def _of_sender(sender: Sender) -> Iterator[str]:
    place = "wildfree.toml: [sender]"
    if not sender.organisation:
        yield f"{place} lacks organisation. Write who signs the letters"
    if not sender.email:
        yield f"{place} lacks email. Write where the platform can answer"
    elif fault := _mail_fault(sender.email, sender.organisation):
        yield f"{place} email: {fault}"


def _of_contact(platform: Platform) -> Iterator[str]:
    place = f"config/platforms/{platform.name}.toml: [contact]"
    contact = platform.contact
    if contact is None:
        known = f". Where to complain instead: wildfree platform show {platform.name}" if platform.routes else ""
        yield f"{place} is not there. Write whom the letter addresses, and where that was read{known}"
        return
    if contact.confidence == "D":
        yield f"{place} has confidence D, which never reaches a letter. Verify it by hand"
    if not contact.email:
        yield f"{place} lacks email: a removal letter goes by mail"
    elif fault := _mail_fault(contact.email, platform.title):
        yield f"{place} email: {fault}"


def _mail_fault(email: str, name: str) -> str:
    try:
        address(email, name)
    except ValueError as problem:
        return str(problem)
    return ""


def _of_number(listings: Sequence[Demandable], template: Template) -> Iterator[str]:
    if not listings:
        yield "no listing to write about. Review listings as illegal or suspect first"
    if len(listings) > template.most:
        yield f"{len(listings)} listings: a letter holds at most {template.most}. Make more than one letter"
    ids = [listing.listing_id for listing in listings]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        yield f"listing {twice} stands in the letter twice. Name it once"


def reviewed(listing: Demandable) -> Iterator[str]:
    """What LISTING's reviews lack for a letter."""
    if listing.decision not in (Decision.ILLEGAL, Decision.SUSPECT):
        yield f"reviewed as {listing.decision}; only illegal and suspect listings are demanded. Leave it out"
    if listing.sufficiency < SUFFICIENCY:
        yield f"sufficiency E{listing.sufficiency}, needs E{SUFFICIENCY}. Gather more, then review it again"
    if listing.legality < LEGALITY:
        yield f"legality L{listing.legality}, needs L{LEGALITY}. Leave it out, or review it again"
    if not (listing.species or listing.product_form):
        yield "the review names neither species nor product form. Review it again with one of them"
    if not listing.why.strip():
        yield "the review gives no reason. Review it again and say why it is suspected"


def _looked(listing: Demandable, now: datetime) -> Iterator[str]:
    age = now - listing.last_seen
    if age > FRESH:
        yield f"last seen live {utc(listing.last_seen)}, more than 24 hours ago. Look again with `wildfree check`"
    if age < timedelta(0):
        yield f"last seen live {utc(listing.last_seen)}, which is still to come. Set the clock right"
    if listing.first_seen > listing.last_seen:
        yield f"first seen {utc(listing.first_seen)}, after it was last seen. Set the clock right, look again"


def _shown(listing: Demandable, occasion: Occasion, grounds: Sequence[Ground]) -> Iterator[str]:
    if listing.platform != occasion.platform.name:
        yield f"the letter goes to {occasion.platform.name}. Write to {listing.platform} about it"
    if not listing.title.strip():
        yield "no title was read. Look again with `wildfree check`, or mend the platform's file"
    for url in {listing.url, listing.final_url}:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            yield f"its address {url!r} is no web address. Visit it again"
    if listing.payload is not None and not SHA256.fullmatch(listing.payload):
        yield f"the page's hash {listing.payload!r} is no SHA-256. Visit it again"
    on_listings = [ground for ground in grounds if ground.bears_on == "listing"]
    if on_listings and not any(ground.reaches(listing.product_form) for ground in on_listings):
        yield f"no ground in force reaches the product form '{listing.product_form}'. Leave it out"


def _pictured(listing: Demandable, picture: Picture) -> Iterator[str]:
    if listing.screenshot is None or not SHA256.fullmatch(listing.screenshot):
        yield "no screenshot was kept. Look again with `wildfree check`"
        return
    try:
        picture(listing.screenshot)
    except LetterError as problem:
        yield str(problem)


def unkept(listings: Sequence[Demandable], exhibit: Callable[[str], bytes]) -> list[str]:
    """The listings whose page, which the letter says we keep, is missing or was altered; EXHIBIT gives its bytes."""
    return [
        fault for listing in listings if listing.payload and (fault := _unkept(listing, listing.payload, exhibit))
    ]


def _unkept(listing: Demandable, payload: str, exhibit: Callable[[str], bytes]) -> str:
    try:
        exhibit(payload)
    except EvidenceError as problem:
        return f"listing {listing.listing_id} ({listing.platform} {listing.key}): {problem}"
    return ""
