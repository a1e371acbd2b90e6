"""What the tests of terms share: a workspace's own files of terms, and cards in which terms were found."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from archive import intake
from archive.facts import Decision, How, Judged, Lead, Match, Opinion, Outcome, Round, Searched
from archive.leaves import Entry
from archive.questions import terms as questions
from archive.rows import sweep, verdict
from archive.vault import Vault

HEADING = "term\tlanguage\tkind\tspecies\tambiguity\traises\tlowers\tsearch\tsource\tstatus\n"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def written(folder: Path, lines: str, name: str = "own.tsv", heading: str = HEADING) -> Path:
    """Write LINES into a file of the terms of the workspace FOLDER, and answer its config/."""
    path = folder / "config" / "terms" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(heading + lines, "utf-8")
    return folder / "config"


def changes(folder: Path) -> list[questions.Change]:
    with Vault.open(folder) as vault:
        return questions.changes(vault)


def bodies(folder: Path, kind: str = "term_change") -> list[str]:
    """The bodies of all entries of one KIND."""
    with Vault.open(folder) as vault, vault.reading() as session:
        return [row.body for row in session.query(Entry).order_by(Entry.index) if row.kind == kind]


def card(vault: Vault, key: str, title: str, *terms: str, at: datetime = NOON) -> None:
    """A search page that shows one card KEY with TITLE, in which TERMS were found."""
    began = intake.take(vault, sweep.begun(Round("market", How.ROBOT, "tester", at, "test", "0" * 64), []))
    matches = tuple(Match(term, "", "product", 0, 1, "plain") for term in terms)
    url = f"https://market.example/item/{key}"
    found = ((Lead("market", key, url, title, "x", 1), Judged(title, bool(terms), 0.9, matches)),)
    intake.take(vault, sweep.searched(Searched(began, "x", 1, url, Outcome.HITS, "1 card", at, found), None, False))


def said(vault: Vault, key: int, decision: Decision, by: Sequence[str] = ("a reviewer",)) -> None:
    """What each of BY says of listing number KEY."""
    for name in by:
        intake.take(vault, verdict.said(Opinion(key, None, name, NOON, decision)))
