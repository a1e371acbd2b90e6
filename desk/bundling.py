"""Makes bundles at the desk: seals first, has the record sheets printed, and lays everything out."""

from pathlib import Path

from archive.bundle import collect
from archive.bundle.folder import Bundle, laid_out
from config.errors import UsageError
from desk.context import Desk
from desk.sealing import sealed
from letters.press.mark import PRACTICE
from letters.record import sheets

BUNDLES = "bundles"


def bundled(here: Desk, subject: str, out: Path | None) -> Bundle:
    """The bundle of the listing or the letter SUBJECT, in OUT (none: the workspace's bundles/)."""
    sealed(here)
    listing = subject.isdecimal() and subject.isascii()
    if listing and len(subject) > 18:
        raise UsageError(f"no listing {subject}; see: wildfree review --list")
    contents = collect.of_listing(here.vault, int(subject)) if listing else collect.of_notice(here.vault, subject)
    exhibit, author = here.vault.store.read, here.settings.sender.organisation
    papers = sheets(contents, exhibit, practice=here.practice, zone=here.settings.zone, author=author)
    mark = PRACTICE if here.practice else ""
    if out is None:
        out = here.workspace / BUNDLES
        out.mkdir(mode=0o700, exist_ok=True)  # the seller's page lies there as it was
    return laid_out(contents, here.vault.store, papers, out, mark=mark)
