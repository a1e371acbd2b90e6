"""Writes letters for the desk: composes them, keeps them in the archive, lays copies into the workspace."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive import intake
from archive.facts import Drafted, Exhibit, Role, Stage
from archive.lock import alone
from archive.questions import review
from archive.questions.letters import DEMANDED, Bar, Demandable, Written, barred, demandable, written
from archive.rows import letter as rows
from config.errors import EvidenceError, LetterError, MachineError, UsageError
from config.errors import why as told
from config.platform import Condition
from config.reading import did_you_mean
from config.settings import Language
from config.species import species
from desk.context import LEFT_OVER, LETTERS, Desk
from desk.sealing import seal_what_was_done, sealed
from desk.whole import write_whole
from letters.draft import FORM, Letter, compose
from letters.gates import NUMBER, reviewed
from letters.notice import Known, Occasion, Species
from letters.template import shelf_of, template

FORMS = {"txt": "text/plain; charset=utf-8", "pdf": "application/pdf", "eml": "message/rfc822"}
BARRED = {
    Bar.NOT_AGREED: "too few reviewers hold it illegal or suspect. See: wildfree review",
    Bar.NOT_LIVE: "it did not read live at the last look. Look again: wildfree check",
    Bar.UNPICTURED: "no look that read live kept a screenshot. Look again: wildfree check",
    Bar.EDITED: "it was edited since it was reviewed. Review it again: wildfree review",
    Bar.DEMANDED: "it is in a letter of this language already. See: wildfree letter list",
}
UNKNOWN = "no suspect listing of this platform has that number. See: wildfree review"


@dataclass(frozen=True)
class Paper:
    """A letter and where its copies lie."""

    number: str
    platform: str
    language: str
    stage: Stage
    listings: tuple[int, ...]
    text_sha256: str
    pdf: Path
    eml: Path
    text: Path
    left_out: tuple[str, ...] = ()  # of a letter just drafted: listings that could not stand in it, and why


def draft(here: Desk, platform: str, language: Language, listings: Sequence[int], by: str) -> Paper:
    """Draft one letter to PLATFORM about LISTINGS (none named: all that may be, and no more than one holds); keep it.

    LetterError says everything that stops it; then nothing is kept.
    """
    with alone(here.workspace, "letters", "another letter is being drafted; wait for that"):
        chosen, left_out = _chosen(here, platform, language, listings)
        number = _drafted(here, platform, language, chosen, by)
    try:
        return replace(find(here, number), left_out=tuple(left_out))
    except MachineError as problem:
        raise MachineError(
            f"{number} is drafted and kept, but not laid out. {problem}. Then: wildfree letter show {number}"
        ) from None


def _drafted(here: Desk, platform: str, language: Language, chosen: Sequence[Demandable], by: str) -> str:
    occasion = Occasion(
        number=_number(here),
        platform=here.platform(platform),
        language=language,
        sender=here.settings.sender,
        practice=here.practice,
        now=here.clock(),
        zone=here.settings.zone,
        seal=sealed(here),
    )
    letter = compose(chosen, occasion, exhibit=here.vault.store.read, species=_known(here), overlay=here.overlay)
    _keep(here, letter, by)
    return letter.number


def _chosen(
    here: Desk, platform: str, language: Language, listings: Sequence[int]
) -> tuple[list[Demandable], list[str]]:
    """What the letter is about, and which of what nobody named is left out, and why."""
    ready = demandable(here.vault, here.platform(platform).name, language, here.settings.reviewers)
    if not listings:
        return _fit(ready, platform, here.overlay)
    chosen = [each for each in ready if each.listing_id in listings]
    left = sorted(set(listings) - {each.listing_id for each in chosen})
    if left:
        bars = barred(here.vault, platform, language, here.settings.reviewers)
        why = (f"listing {each}: {BARRED[bars[each]] if each in bars else UNKNOWN}" for each in left)
        raise LetterError("\n".join(why))
    return chosen, []


def _fit(ready: Sequence[Demandable], platform: str, overlay: Path) -> tuple[list[Demandable], list[str]]:
    """Those of READY whose reviews bear a letter, as many as one holds; and of the others, why not."""
    lacks = [(each, "; ".join(reviewed(each))) for each in ready]
    fit = [each for each, lack in lacks if not lack]
    left_out = [f"listing {each.listing_id}: left out: {lack}" for each, lack in lacks if lack]
    if not fit:
        none = f"{platform}: no listing is agreed on, live, and without a letter. See: wildfree review"
        raise LetterError("\n".join(left_out) or none)
    most = template(FORM, shelf_of(FORM, overlay)).most
    if rest := fit[most:]:
        left_out.append(f"left for the next letter: {len(rest)} listings. Then draft again")
    return fit[:most], left_out


def _number(here: Desk) -> str:
    """The next letter's number: year and a running figure."""
    kind = "PRACTICE" if here.practice else "WF"
    return f"{kind}-{here.clock().astimezone(here.settings.zone):%Y}-{len(written(here.vault)) + 1:04}"


def _known(here: Desk) -> Species:
    """What letters may say of each species."""
    return {kind.latin: Known(kind.zh_name, kind.en_name, kind.protection) for kind in species(here.overlay)}


def _keep(here: Desk, letter: Letter, by: str) -> None:
    """Keep the letter's three forms and its rows, in one go."""
    bodies = (letter.text.encode(), letter.pdf, letter.eml)
    files = [Exhibit(Role.LETTER, body, kind) for body, kind in zip(bodies, FORMS.values(), strict=True)]
    drafted = Drafted(
        number=letter.number,
        template=letter.notice.template,
        version=letter.notice.version,
        platform=letter.notice.platform,
        language=letter.language,
        at=letter.notice.date,
        by=by,
        asked=letter.asked,
    )
    intake.take(here.vault, rows.drafted(drafted), files)


def papers(here: Desk) -> list[Paper | str]:
    """Every letter, its copies laid out anew where they are missing or were altered; in words, one that cannot be."""
    found: list[Paper | str] = []
    for letter in written(here.vault):
        try:
            found.append(_laid_out(here, letter))
        except EvidenceError as problem:
            found.append(f"{letter.number}: {problem}")
    return found


def _laid_out(here: Desk, letter: Written) -> Paper:
    if not NUMBER.fullmatch(letter.number):
        raise EvidenceError(f"letter {letter.number!r}: no number of ours; the archive was altered")
    folder = here.workspace / LETTERS / letter.number
    hashes = (letter.text_sha256, letter.pdf_sha256, letter.eml_sha256)
    text, pdf, eml = (folder / f"{letter.number}.{suffix}" for suffix in FORMS)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, sha256 in zip((text, pdf, eml), hashes, strict=True):
            _copy(here.vault.store.read(sha256), path)
    except OSError as problem:
        raise MachineError(f"{problem.filename}: the letter's copies cannot be laid out: {told(problem)}") from None
    return Paper(
        number=letter.number,
        platform=letter.platform,
        language=letter.language,
        stage=letter.stage,
        listings=letter.listings,
        text_sha256=letter.text_sha256,
        pdf=pdf,
        eml=eml,
        text=text,
    )


def _copy(body: bytes, path: Path) -> None:
    """Lay BODY out at PATH, whole or not at all; what a killed process left of it is taken away."""
    for left in path.parent.glob(f".{path.name}.*"):
        if time.time() - left.stat().st_mtime > LEFT_OVER:
            left.unlink(missing_ok=True)
    if not path.exists() or path.read_bytes() != body:
        write_whole(path, body)


def approve(here: Desk, number: str, by: str) -> Paper:
    """Keep that BY has read the letter NUMBER and stands behind it.

    LetterError names every listing in it that reviewers or the platform have thought again about since.
    """
    paper = find(here, number)
    if paper.stage is not Stage.DRAFT:
        raise LetterError(f"{number}: is {paper.stage} already")
    cases = review.cases(here.vault, listings=paper.listings)
    stale = [fault for case in cases if (fault := _stale(case, here.settings.reviewers))]
    if stale:
        raise LetterError("\n".join([*stale, f"Withdraw it and draft anew: wildfree letter withdraw {number}"]))
    intake.take(here.vault, rows.stepped(number, Stage.APPROVED, here.clock(), by, paper.text_sha256))
    seal_what_was_done(here)
    return find(here, number)


def _stale(case: review.Case, reviewers: int) -> str:
    """Why CASE should not stand in a letter any more; "" where it should."""
    settled = case.settled(reviewers)
    if settled not in DEMANDED:
        return f"listing {case.listing_id}: is {settled or 'not agreed on'} now"
    return (
        ""
        if case.condition is Condition.LIVE
        else f"listing {case.listing_id}: was {case.condition} at the last look"
    )


def withdraw(here: Desk, number: str, why: str, by: str) -> Paper:
    """Keep that BY takes the letter NUMBER back; its listings are free for another."""
    if not why.strip():
        raise UsageError("--why: say in a sentence what is wrong with it")
    if find(here, number).stage is Stage.WITHDRAWN:
        raise LetterError(f"{number}: is withdrawn already")
    intake.take(here.vault, rows.stepped(number, Stage.WITHDRAWN, here.clock(), by, why))
    return find(here, number)


def find(here: Desk, number: str) -> Paper:
    """The letter NUMBER; LetterError with the nearest number where there is none."""
    known = {letter.number: letter for letter in written(here.vault)}
    if number not in known:
        raise LetterError(f"no letter {number}.{did_you_mean(number, known)} See: wildfree letter list")
    return _laid_out(here, known[number])
