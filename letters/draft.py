"""Drafts one letter in memory: gates, words, PDF and mail. Storing it is for the one who asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from archive.facts import Asked
from archive.questions.letters import Demandable
from config.errors import LetterError
from config.law import grounds as grounds_of
from letters.gates import gaps, unkept
from letters.notice import Item, Notice, Occasion, Species, notice
from letters.press.mail import eml
from letters.press.mark import mark
from letters.press.pdf import pdf
from letters.press.picture import reduced
from letters.press.plain import plain_text
from letters.proofread import unsaid
from letters.template import html, shelf_of, template

FORM = "removal"  # the template of a letter that demands removal


@dataclass(frozen=True)
class Letter:
    """One letter in all its forms. The text's hash is what a reviewer approves."""

    notice: Notice
    text: str
    pdf: bytes
    eml: bytes

    @property
    def number(self) -> str:
        """The letter's own number."""
        return self.notice.number

    @property
    def language(self) -> str:
        """The language it is written in: zh, en."""
        return self.notice.language

    @property
    def items(self) -> tuple[Item, ...]:
        """The listings, in the letter's order."""
        return self.notice.items

    @property
    def deadline(self) -> datetime:
        """By when we ask it to be done. UTC."""
        return self.notice.deadline

    @property
    def text_sha256(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What the archive is told of each listing."""
        return tuple(Asked(item.listing_id, item.visit_id, item.grounds, self.deadline) for item in self.items)


def compose(
    listings: Sequence[Demandable],
    occasion: Occasion,
    *,
    exhibit: Callable[[str], bytes],
    species: Species,
    overlay: Path | None = None,
    form: str = FORM,
) -> Letter:
    """The letter about LISTINGS; a LetterError names everything that stops it, one a line.

    EXHIBIT gives the bytes of a SHA-256 (EvidenceError where it cannot); NAMES the common names of a
    scientific one; OVERLAY is the workspace's config/. The same arguments give the same bytes.
    """
    shelf = shelf_of(form, overlay)
    kind = template(form, shelf)
    valid = grounds_of(occasion.now.astimezone(occasion.zone).date(), overlay)
    picture = cache(lambda name: reduced(name, exhibit))
    _stop(gaps(listings, occasion, kind, grounds=valid, picture=picture) or unkept(listings, exhibit))
    written = notice(listings, occasion, kind, grounds=valid, species=species, picture=picture)
    body = html(form, occasion.language, shelf, notice=written)
    text = said(written, body)
    _stop(unsaid(written, kind, text))
    printed = pdf(written, body)
    return Letter(written, text, printed, eml(written, text, printed))


def said(notice: Notice, body: str) -> str:
    """The letter's text, between the two marks that no template can leave out."""
    line = f"[{mark(notice.practice)}]"
    return f"{line}\n\n{plain_text(body)}\n{line}\n"


def _stop(gaps: Sequence[str]) -> None:
    if gaps:
        raise LetterError("\n".join(gaps))
