"""Has the text in new pictures read, and says in which of them terms stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import typer

from archive.facts import Judged
from archive.pictures import keep_text
from archive.questions import pictures
from config.errors import EvidenceError
from config.progress import Progress
from desk.context import Desk
from desk.show import progress, visible
from desk.suspicion import judged

MOST_TOLD = 5  # pictures that could not be read, and words that were found


@dataclass(frozen=True)
class Seen:
    """One picture that was read just now."""

    sha256: str
    judged: Judged  # its text, a line each from top to bottom, and what the terms say of it
    unread: str = ""  # why all or a part of it could not be read


def read_new(here: Desk) -> tuple[Seen, ...]:
    """Read the text in every picture of a listing or a tip that nobody has read; nothing is said where there is none.

    The workspace's settings may say that none is read.

    Each is kept at once, so that a reading that was broken off goes on from there. A file that was altered is told
    of, and stays unread. Remarks go to standard error.
    """
    if not here.settings.read_pictures:
        return ()
    waiting = [each for each in pictures.unread(here.vault) if here.vault.store.path(each).exists()]  # or erased
    if not waiting:
        return ()
    with progress("Reading pictures") as step:
        read = list(_read(here, waiting, step))
    told = judged(here, (text for _, text, _ in read))
    seen = tuple(Seen(sha256, told[text], unread) for sha256, text, unread in read)
    _remark(seen)
    return seen


def _read(here: Desk, waiting: Sequence[str], step: Progress) -> Iterator[tuple[str, str, str]]:
    """SHA-256, text, and what could not be read, of each that WAITS; each is kept, unless its file was altered."""
    from crawler.ocr import NoReader, Reader, method  # noqa: PLC0415  (only where there is something to read)

    step(0, len(waiting))
    with Reader() as reader:
        for sha256 in waiting:
            try:
                found = reader.read(here.vault.store.read(sha256))
            except NoReader as problem:
                typer.echo(visible(f"The text in pictures was not read: {problem}"), err=True)
                return
            except EvidenceError as problem:  # the other pictures are as they were
                step(1, 0)
                yield sha256, "", f"{problem}. See: wildfree verify"
                continue
            keep_text(here.vault, sha256, method(), found.text, found.unread, again=found.again)
            step(1, 0)
            yield sha256, found.text, found.unread


def _remark(seen: Sequence[Seen]) -> None:
    """Say on standard error what could not be read, how much was, and which terms stand in it."""
    unread = [each for each in seen if each.unread]
    for each in unread[:MOST_TOLD]:
        typer.echo(visible(f"Picture {each.sha256[:16]}: {each.unread}"), err=True)
    if len(unread) > MOST_TOLD:
        typer.echo(f"and {len(unread) - MOST_TOLD} more pictures", err=True)
    texts = sum(bool(each.judged.text) for each in seen)
    suspects = [each.judged for each in seen if each.judged.suspect]
    words = dict.fromkeys(each.text[match.start : match.end] for each in suspects for match in each.matches)
    quoted = f" ({', '.join(list(words)[:MOST_TOLD])})" if words else ""
    told = f"New pictures: {len(seen)}, with text: {texts}, with terms of the trade: {len(suspects)}{quoted}"
    typer.echo(visible(told), err=True)
