"""Whether the ledger of a workspace can be sealed, by a key that is kept where, and what waits for it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from archive import key, seal
from archive.questions import stamps
from archive.vault import Vault
from config.errors import WorkspaceError
from desk.doctor.finding import Finding, missing, ok, unknown, warn

WHAT = "sealing key"
LOST = "put your copy of it back, or unlock it where you keep it; until then nothing new can be proved"


def findings(vault: Vault, zone: ZoneInfo) -> Iterator[Finding]:
    """The key, the entries that no seal covers yet, and the witnesses of the newest seal; moments in ZONE."""
    yield _key(vault)
    waits, since = seal.waiting(vault), seal.waiting_since(vault)
    if waits and since:
        yield warn("unsealed", f"since {_local(since, zone)}, entries: {waits}", "wildfree witness seals them")
    else:
        yield ok("unsealed", "nothing waits")
    yield _witnessed(vault)


def _witnessed(vault: Vault) -> Finding:
    """Who outside has spoken of the newest seal."""
    newest = seal.latest(vault)
    spoken = sorted(stamps.spoken(vault, newest.size)) if newest else []
    checked = [name for kind, name in spoken if kind != "outside"]
    given = [name for kind, name in spoken if kind == "outside"]
    told = f"handed in, not checkable here: {', '.join(given)}" if given else ""
    if checked:
        return ok("witnesses", f"of the newest seal: {', '.join(checked)}{told and f'; {told}'}")
    if told:
        return unknown("witnesses", told, "ask whoever gave it how it is checked")
    when = "a practice asks nobody" if vault.kind == "practice" else "they are asked after each crawl"
    return unknown("witnesses", "nobody outside has stamped the newest seal yet", when)


def _key(vault: Vault) -> Finding:
    try:
        found = key.found(vault.workspace)
    except WorkspaceError as problem:
        return missing(WHAT, str(problem), LOST)
    if found is None:
        return missing(WHAT, "it is not here", LOST)
    known = seal.signer(vault)
    if known is not None and known != found.verifier:
        return warn(WHAT, f"{found.where}: not the one that sealed last ({known.name})", "is it the right one?")
    if found.where == str(vault.workspace / key.FILE):
        where = Path(found.where).relative_to(vault.workspace)
        return ok(WHAT, f"{where}: whoever can read this file can seal in your name; keep a copy of it elsewhere")
    return ok(WHAT, found.where)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
