"""What speaks for looking at a listing besides the cards of searches.

That is the title of its page, the text in its pictures, the goods in the window of its live room, and that a person
brought it. Which texts are suspect, the terms say (crawler/match.py): `texts` names those to judge, `clues` takes the
suspect ones back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.facts import Code, Judged, Reason
from archive.models import Sighting, Tip, Visit
from archive.questions import pictures, rooms
from archive.vault import Vault

COMMON = 4  # listings that show one picture: it may be a shop's banner, and says less of each of them
FEW = 3  # words that are quoted
BROUGHT = 0.5  # score of what a person thought worth bringing
Suspect = Mapping[str, Judged]  # suspect texts, each with what the terms say of it
NOTHING = Judged("", False, 0.0)


@dataclass(frozen=True)
class Clue:
    """One thing that speaks for a listing."""

    reasons: tuple[Reason, ...]
    judged: Judged = NOTHING  # the text, and what stands in it
    score: float = 0.0  # 0-1
    title: bool = False  # it is the title of the listing's page
    picture: str = ""  # SHA-256 of the picture in which the text stands

    @property
    def words(self) -> tuple[str, ...]:
        """Those that the terms found, as they stand there."""
        return _words(self.judged)

    @property
    def matches(self) -> tuple[dict[str, Any], ...]:
        """What was found, as reviewers are told it; where it stands in a picture, it names that."""
        where = {"picture": self.picture} if self.picture else {}
        return tuple(asdict(each) | where for each in self.judged.matches)


def texts(vault: Vault) -> set[str]:
    """Every text of a listing that no search has shown, and that may be suspect."""
    goods = {good.title for window in rooms.windows(vault) for good in window.goods}
    with vault.reading() as session:
        titles = {title for _, title in _titles(session)}
    return goods | titles | set(pictures.texts(vault).values())


def clues(vault: Vault, suspect: Suspect) -> dict[int, tuple[Clue, ...]]:
    """What speaks for each listing for which anything does, the surest first; SUSPECT: its texts that are."""
    printed = {sha256: suspect[text] for sha256, text in pictures.texts(vault).items() if text in suspect}
    windows = rooms.windows(vault)
    with vault.reading() as session:
        found = [*_titled(session, suspect), *_pictured(session, printed), *_offered(windows, suspect)]
        found += _brought(session)
    by_listing: dict[int, dict[Clue, None]] = {}
    for listing, clue in found:
        by_listing.setdefault(listing, {})[clue] = None
    return {listing: tuple(sorted(each, key=lambda clue: -clue.score)) for listing, each in by_listing.items()}


def _titles(session: Session) -> Iterator[tuple[int, str]]:
    """The titles of pages of listings that no card made suspect."""
    carded = select(Sighting.listing_id).where(Sighting.suspect)
    wanted = (
        select(Visit.listing_id, Visit.title).where(Visit.title != "", Visit.listing_id.not_in(carded)).distinct()
    )
    yield from ((listing, title) for listing, title in session.execute(wanted))


def _titled(session: Session, suspect: Suspect) -> Iterator[tuple[int, Clue]]:
    for listing, title in _titles(session):
        if judged := suspect.get(title):
            yield listing, Clue(judged.reasons, judged, judged.score, title=True)


def _pictured(session: Session, printed: Mapping[str, Judged]) -> Iterator[tuple[int, Clue]]:
    """PRINTED: suspect texts by the SHA-256 of the picture that they stand in."""
    shown = pictures.standing(session) if printed else {}
    often = Counter(sha256 for each in shown.values() for sha256 in each)
    for listing, each in shown.items():
        for sha256 in filter(printed.__contains__, each):
            yield listing, _in_picture(sha256, printed[sha256], often[sha256])


def _in_picture(sha256: str, judged: Judged, listings: int) -> Clue:
    """The picture that as many LISTINGS show: what very many share says little of each."""
    words = ", ".join(_words(judged)[:FEW])
    if listings >= COMMON:
        return Clue((Reason(Code.SHARED, (words, str(listings))),), judged, picture=sha256)
    return Clue((Reason(Code.PICTURED, (words,)),), judged, judged.score, picture=sha256)


def _offered(windows: Iterable[rooms.Window], suspect: Suspect) -> Iterator[tuple[int, Clue]]:
    for window in windows:
        for title in dict.fromkeys(good.title for good in window.goods):
            if judged := suspect.get(title):
                yield window.listing_id, Clue((Reason(Code.OFFERED, (title,)),), judged, judged.score)


def _brought(session: Session) -> Iterator[tuple[int, Clue]]:
    """That a person brought the listing; nothing of what was erased."""
    for tip in session.scalars(select(Tip).where(Tip.listing_id.is_not(None), Tip.said != "").order_by(Tip.id)):
        told = ": ".join(filter(None, (tip.by, tip.note)))
        yield tip.listing_id or 0, Clue((Reason(Code.BROUGHT, (told,)),), score=BROUGHT)


def _words(judged: Judged) -> tuple[str, ...]:
    return tuple(dict.fromkeys(judged.text[each.start : each.end] for each in judged.matches))
