"""Makes a pack of what a workspace has of its own, and takes another team's: all of it, or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from archive import intake, key, pin
from archive.facts import Exhibit, Role
from archive.rows import pack as rows
from config.errors import EvidenceError, UsageError, WorkspaceError
from desk.context import Desk
from desk.packs import form, staging
from desk.packs.finding import Clash
from desk.packs.places import Own, of_workspace
from desk.packs.weighing import Weight, prove, taken, weighed
from desk.terms import own
from desk.terms.own import Deed
from desk.whole import write_whole

FAST = timedelta(days=1)  # that another's clock, or ours, may be wrong by


@dataclass(frozen=True)
class Whose:
    """What is known here of who signed a pack."""

    known: bool  # the key, from what was taken before
    again: bool  # this very pack was taken before
    newer: str  # when the newest of theirs that was taken was packed, if that was after this one; else ""


def pack(here: Desk, file: Path, only: Iterable[str], deed: Deed) -> tuple[form.Pack, Own]:
    """Write what this workspace has of its own into the new FILE, every file of it read strictly first."""
    if file.exists() or not file.parent.is_dir():
        raise UsageError(
            f"{file}: {'is there already' if file.exists() else 'its folder is not there'}. Name a new file"
        )
    by, why = _one_line("--by", deed.by), _one_line("--why", deed.why)
    found = key.found(here.workspace)
    if found is None:
        raise WorkspaceError(f"{here.workspace}: the sealing key, which signs packs, is not here. Unlock it first")
    with own.alone(here):
        own.noticed(here, deed.by)
        mine = of_workspace(here.overlay, only)
    prove(mine.files)
    now = here.clock()
    at = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    tool = f"wildfree {version('wildfree')}"
    this = form.packed(mine.files, found, form.Made(by=by, at=at, why=why, practice=here.practice, tool=tool))
    intake.take(here.vault, rows.packed(this.pin, by=by, at=now, why=why))
    write_whole(file, this.body)
    return this, mine


def _one_line(option: str, text: str) -> str:
    """TEXT on one line, as a pack says it; UsageError where it is longer than a pack takes."""
    line = " ".join(text.split())
    if len(line) > form.LINE:
        raise UsageError(f"{option}: {len(line)} characters, and a pack takes {form.LINE}. Say it shorter")
    return line


def whose(here: Desk, this: form.Pack, file: Path) -> Whose:
    """What is known of who signed THIS pack, read from FILE; EvidenceError where it is not to be taken."""
    said = this.manifest
    if said.practice and not here.practice:
        raise EvidenceError(f"{file}: not taken: it is of a practice workspace, and this one is real")
    if datetime.fromisoformat(said.at) > here.clock() + FAST:
        raise EvidenceError(
            f"{file}: not taken: it says that it was packed on {said.at}, which is yet to come. Whose clock is wrong?"
        )
    known = pin.known_keys(here.vault, said.origin)
    if known and said.key not in known:
        raise EvidenceError(
            f"{file}: not taken: signed with {said.key}, but {said.origin} is known here by {known[-1]}: it may be "
            "forged in their name. Ask them by another way"
        )
    again = any(each.sha256 == this.sha256 for each in pin.packs(here.vault, said.origin))
    newest = max((each.at for each in taken(here, said.origin)), default="")
    return Whose(bool(known), again, newest if newest > said.at else "")


def take(here: Desk, this: form.Pack, deed: Deed, clash: Clash | None) -> Weight:
    """Take THIS pack, whose key is trusted; UsageError where files conflict, and CLASH does not say what then."""
    with own.alone(here):
        staging.settle(here.vault, here.overlay)
        own.noticed(here, deed.by)
        weight = weighed(here, this, deed, clash)
        if weight.clashes and clash is None:
            raise UsageError(
                f"not taken: {len(weight.clashes)} conflict with your own, the first is {weight.clashes[0]}. Say "
                "what is to stand there: --conflicts ours, or --conflicts theirs (yours is kept as NAME.before)"
            )
        now = here.clock()
        staging.lay(here.overlay, weight.writes, this.pin, now)
        told = rows.took(this.pin, weight.changes, by=deed.by, at=now, why=deed.why.strip())
        intake.take(here.vault, told, [Exhibit(Role.BODY, this.body, "application/zip")])
        staging.settle(here.vault, here.overlay)
    return weight
