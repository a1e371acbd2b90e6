"""Bad input of every kind gets one clear line (where, what, how to mend), and loses nothing that was there."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from archive.facts import Outcome
from archive.vault import DATABASE, Vault
from config.errors import WildfreeError
from config.platform import Condition
from desk.main import main
from tests.conftest import Ran, Wildfree
from tests.field import DAY, Field

ROOT = Path(__file__).parents[1]
WILDFREE = Path(sys.executable).parent / "wildfree"
NUMBER = "PRACTICE-2026-0001"
NOW = "2026-11-21T08:00Z"
SETTINGS = "wildfree.toml"
Mess = Callable[[Path], object]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with two listings that were looked at, a verdict on one and a letter about it."""
    folder = tmp_path_factory.mktemp("kept") / "workspace"
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as err:
        assert main(["init", "--practice", str(folder)]) == 0, err.getvalue()
    with Vault.open(folder) as vault:
        field = Field(vault)
        field.sweep()
        field.search("象牙", Outcome.HITS, k1="象牙手串 1", k2="象牙手串 2")
        for key in ("1", "2"):
            field.look(key, Condition.LIVE, pictured=True)
        field.opinion("1")
        field.letter(NUMBER, "1")
    return folder


@pytest.fixture
def here(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, named by WILDFREE_WORKSPACE."""
    return named(shutil.copytree(kept, tmp_path / "workspace"), monkeypatch)


def named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(folder))
    monkeypatch.setenv("WILDFREE_BY", "a reviewer")
    return folder


def rows(folder: Path) -> list[str]:
    """All that the archive holds, as SQL, read beside the program; an archive that is not sound has no rows."""
    plain = sqlite3.connect(f"{(folder / DATABASE).as_uri()}?mode=ro", uri=True)
    try:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(plain.iterdump())
    finally:
        plain.close()


def files(folder: Path) -> dict[str, bytes]:
    """Every file of the workspace but its locks and the archive, whose bytes may move without a row's doing so."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".locks" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if DATABASE not in path.name}


def one_line(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran.err
    assert ran.out == ""
    assert ran.err.startswith("wildfree: ")
    assert ran.err.count("\n") == 1, ran.err
    assert len(ran.err) < 1000
    for word in words:
        assert word in ran.err


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def put(name: str, body: str | bytes) -> Mess:
    def mess(folder: Path) -> None:
        path = cleared(folder, name)
        path.write_bytes(body if isinstance(body, bytes) else body.encode())

    return mess


def cleared(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def a_folder(name: str) -> Mess:
    return lambda folder: cleared(folder, name).mkdir()


def a_link(name: str, to: str) -> Mess:
    return lambda folder: cleared(folder, name).symlink_to(to)


MARKET, TERMS, SPECIES, LAWS = (
    "config/platforms/market.toml",
    "config/terms/zh.tsv",
    "config/species/core.tsv",
    "config/laws/cn.toml",
)
CHECK, MATCH, LIST, REPORT = "check market", "match -w .", "platform list", "report"
MISSPELT: dict[str, tuple[Any, ...]] = {
    "a setting's key": (put(SETTINGS, 'langage = "zh"'), REPORT, SETTINGS, "Did you mean 'language'?"),
    "a setting's quotes": (put(SETTINGS, "language = “zh”"), REPORT, SETTINGS, "not TOML"),
    "settings in UTF-16": (put(SETTINGS, 'language = "zh"'.encode("utf-16")), REPORT, SETTINGS, "as UTF-8"),
    "settings in bare UTF-16": (put(SETTINGS, 'language = "zh"'.encode("utf-16-le")), REPORT, SETTINGS, "as UTF-8"),
    "settings in GBK": (put(SETTINGS, "# 象牙".encode("gbk")), REPORT, SETTINGS, "as UTF-8"),
    "settings within settings": (put(SETTINGS, "x=" + "[" * 5000), REPORT, SETTINGS, "brackets"),
    "no end of seconds": (put(SETTINGS, "[limits]\nseconds = inf"), REPORT, SETTINGS, "[limits] seconds"),
    "no settings": (lambda here: (here / SETTINGS).unlink(), REPORT, SETTINGS, "Put it back"),
    "settings that are a folder": (a_folder(SETTINGS), REPORT, SETTINGS, "move that away"),
    "settings that are a link to nowhere": (a_link(SETTINGS, "gone"), REPORT, SETTINGS, "leads nowhere"),
    "settings that are a link to themselves": (a_link(SETTINGS, SETTINGS), REPORT, SETTINGS, "circle"),
    "a platform's key": (
        put(MARKET, text(MARKET).replace("canonical", "canonicl")), CHECK, MARKET, "Did you mean 'canonical'?"),
    "a platform's selector": (put(MARKET, text(MARKET).replace("each", "each = 'li..x' #", 1)), CHECK, MARKET, "CSS"),
    "a platform in GBK": (put(MARKET, text(MARKET).encode("gbk", "replace")), CHECK, MARKET, "as UTF-8"),
    "a platform that is a folder": (a_folder(MARKET), LIST, MARKET, "move that away"),
    "a platform whose name an editor made longer": (
        put(f"{MARKET}.txt", text(MARKET)), LIST, "config/platforms", "market.toml.txt", "end in .toml"),
    "a platform whose name shouts": (
        put("config/platforms/market.TOML", text(MARKET)), LIST, "config/platforms", "end in .toml"),
    "platforms that are a file": (put("config/platforms", ""), LIST, "config/platforms", "move that away"),
    "a column": (put(TERMS, text(TERMS).replace("term\t", "trem\t", 1)), MATCH, TERMS, "Did you mean 'term'?"),
    "a column that is there twice": (
        put(TERMS, text(TERMS).replace("\tstatus", "\tsource", 1)), MATCH, TERMS, "'source'", "twice"),
    "commas for tabs": (put(TERMS, text(TERMS).replace("\t", ",")), MATCH, TERMS, "tabs"),
    "a cell without end": (put(TERMS, text(TERMS) + "x" * 200_000 + "\tzh\tname\n"), MATCH, TERMS, "Mend the line"),
    "a zero byte among the terms": (put(TERMS, text(TERMS) + "a\0\tzh\tname\n"), MATCH, TERMS, "as UTF-8"),
    "no terms at all": (put(TERMS, ""), MATCH, TERMS, "'term' is missing"),
    "a species' column": (
        put(SPECIES, text(SPECIES).replace("latin", "latn", 1)), MATCH, SPECIES, "Did you mean 'latin'?"),
    "species that are a folder": (a_folder(SPECIES), MATCH, SPECIES, "move that away"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSPELT)
def test_a_misspelt_file_is_said_with_its_mend_and_nothing_is_touched(
    case: str, here: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    mess, command, *words = MISSPELT[case]
    mess(here)
    monkeypatch.chdir(here)
    before = (rows(here), files(here))
    one_line(wildfree(*command.split(), typed="象牙\n"), 2, *words)
    assert (rows(here), files(here)) == before


@pytest.mark.parametrize("path", [SETTINGS, MARKET, TERMS, SPECIES, LAWS])
def test_a_file_as_windows_writes_it_is_read(
    path: str, here: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = text(path) if path != SETTINGS else (here / SETTINGS).read_text("utf-8")
    put(path, b"\xef\xbb\xbf" + before.replace("\n", "\r\n").encode())(here)
    monkeypatch.chdir(here)
    assert wildfree("report", "--json").code == 0
    assert wildfree("platform", "list", "--json").objects
    (said,) = wildfree("match", "-w", ".", "--json", typed="象牙手镯 私聊\n").objects
    assert said["suspect"] is True


SAVED = "tests/platforms/market/item-live.html"
WORDS: dict[str, tuple[Any, ...]] = {
    "reprot": (2, "Did you mean 'report'?"),
    "letter drft": (2, "Did you mean 'draft'?", "See: wildfree letter --help"),
    "report --jsn": (2, "--jsn", "--json"),
    "check oskar": (2, "Did you mean 'oscar'?"),
    "review 999 --as lawful": (2, "no listing 999"),
    "review 1 --as ilegal": (2, "Did you mean 'illegal'?", "See: wildfree review --help"),
    "review 1 --as illegal --form wurked": (2, "Did you mean 'worked'?"),
    "review one": (2, "whole number"),
    "review -E 9": (2, "-E"),
    "review 1 --as illegal --species Loxodontta": (2, "Did you mean"),
    "report --language cn": (2, "'zh', 'en'"),
    "sweep": (2, "platforms", "See: wildfree sweep --help"),
    "init a b": (2, "(b)"),
    "letter show PRACTICE-2026-01": (5, f"Did you mean '{NUMBER}'?"),
    "letter draft market --listing 99": (5, "listing 99"),
    f"letter withdraw {NUMBER} --why=": (2, "--why"),
    f"letter withdraw {NUMBER}": (1, "as an option"),
    "report --now 2026-11-21T08:00+99:00": (2, "--now"),
    "report --now 1970-01-01T00:00Z": (2, "2000 to 2100"),
    "report --now 9999-12-31T23:59Z": (2, "2000 to 2100"),
    "platform new bazaar --base http://[x": (2, "--base"),
    "platform new bazaar --base http://x.example:99999": (2, "--base"),
    f"platform read market {SAVED} --url http://[x": (2, "--url"),
    "platform read market no-such-file --url http://x.example": (2, "no-such-file"),
    f"sweep market --term {'象' * 10_000}": (2, "10000 characters"),
    f"report {'象' * 10_000}": (2, "characters)"),
    f"letter show {'x' * 10_000}": (5, "characters)"),
    f"report --now {'9' * 10_000}": (2, "--now"),
    f"report -w {'x' * 10_000}": (3, "no workspace"),
}


@pytest.mark.parametrize("line", WORDS, ids=lambda line: line[:40])
def test_a_word_that_does_not_fit_is_one_line_and_changes_nothing(line: str, here: Path, wildfree: Wildfree) -> None:
    code, *words = WORDS[line]
    before = (rows(here), files(here))
    ran = wildfree(*line.split())
    one_line(Ran(ran.code, ran.out.removeprefix("Why: "), ran.err.lstrip("\n")), code, *words)
    assert (rows(here), files(here)) == before


@pytest.mark.parametrize("sign", ["\0", "\n", "\r", "\x1b[2J", "\x07", "\x85"], ids=ascii)
def test_a_control_character_in_a_word_is_refused_and_never_kept(sign: str, here: Path, wildfree: Wildfree) -> None:
    before = (rows(here), files(here))
    for words in (("sweep", "market", "--term"), ("review", "1", "--as", "lawful", "--why"), ("report", "-w"),
                  ("init",), ("letter", "withdraw", NUMBER, "--why")):  # fmt: skip
        one_line(wildfree(*words, f"a{sign}b"), 2, "control character")
    assert (rows(here), files(here)) == before


@pytest.mark.parametrize("words", ["\"'`;--", "🐘", "\u202eabc\u202c", "%s{0}", "象" * 10_000], ids=lambda w: w[:6])
def test_a_reason_in_whatever_signs_is_kept_as_it_was_typed(words: str, here: Path, wildfree: Wildfree) -> None:
    assert wildfree("review", "1", "--as", "lawful", "--why", words).code == 0
    with sqlite3.connect(here / DATABASE) as plain:
        assert plain.execute("SELECT why FROM verdict ORDER BY id DESC").fetchone() == (words,)
    plain.close()


# --- the archive


def sql(script: str) -> Mess:
    def mess(folder: Path) -> None:
        plain = sqlite3.connect(folder / DATABASE)
        plain.executescript(script)
        plain.close()

    return mess


def bytes_of(change: Callable[[bytes], bytes]) -> Mess:
    return lambda folder: (folder / DATABASE).write_bytes(change((folder / DATABASE).read_bytes()))


def foreign(folder: Path) -> None:
    cleared(folder, DATABASE)
    sql("PRAGMA journal_mode = WAL; CREATE TABLE songs (title)")(folder)


BACK = "your copy"
DAMAGED: dict[str, tuple[Mess, str]] = {
    "newer": (sql("UPDATE alembic_version SET version_num = '9999'"), "Update wildfree"),
    "of a version that never was": (sql("UPDATE alembic_version SET version_num = '0001x'"), BACK),
    "of two versions": (sql("INSERT INTO alembic_version VALUES ('0001')"), BACK),
    "of another program": (foreign, "Move it away"),
    "cut off": (bytes_of(lambda body: body[: len(body) // 2]), BACK),
    "overwritten": (bytes_of(lambda body: body[:4096] + b"\0" * (len(body) - 4096)), BACK),
    "no database": (bytes_of(lambda body: b"words" * 5000), BACK),
    "beside a folder for its log": (lambda here: (here / f"{DATABASE}-wal").mkdir(), "Let yourself"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_an_archive_that_is_damaged_is_said_and_left_as_it_is(damage: str, here: Path, wildfree: Wildfree) -> None:
    mess, mend = DAMAGED[damage]
    mess(here)
    before = ((here / DATABASE).read_bytes(), files(here))
    for command in (REPORT, "review --list", "review 1 --as lawful", "letter list", "schedule list",
                    "check", f"init {here}"):  # fmt: skip
        one_line(wildfree(*command.split()), 3, str(here), mend)
    assert ((here / DATABASE).read_bytes(), files(here)) == before


def test_a_table_that_is_lost_is_said_when_it_is_asked_for(here: Path, wildfree: Wildfree) -> None:
    sql("PRAGMA foreign_keys = OFF; DROP TABLE sighting")(here)
    before = rows(here)
    one_line(wildfree("review", "--list"), 3, DATABASE, "sighting", BACK)
    assert rows(here) == before


@pytest.mark.parametrize(
    "mess", [lambda _: None, a_folder(DATABASE), a_link(DATABASE, "gone")], ids=["gone", "a folder", "a link"]
)
def test_a_workspace_that_lost_its_archive_is_not_made_anew_over_its_exhibits(
    mess: Mess, here: Path, wildfree: Wildfree
) -> None:
    (here / DATABASE).unlink()
    mess(here)
    before = (sorted(here.rglob("*")), files(here))
    for command in (REPORT, "letter list", f"init --practice {here}"):
        one_line(wildfree(*command.split()), 3, DATABASE)
    assert (sorted(here.rglob("*")), files(here)) == before


def test_an_init_that_was_cut_off_is_finished_and_keeps_what_was_written(tmp_path: Path, wildfree: Wildfree) -> None:
    (tmp_path / "evidence" / "arriving").mkdir(parents=True)
    (tmp_path / SETTINGS).write_text("reviewers = 2\n", "utf-8")
    assert wildfree("init", "--practice", tmp_path).code == 0
    assert (tmp_path / SETTINGS).read_text("utf-8") == "reviewers = 2\n"
    assert wildfree("report", "-w", tmp_path, "--json").code == 0


def test_a_workspace_that_is_moved_away_under_a_command_keeps_its_rows(here: Path, tmp_path: Path) -> None:
    before = rows(here)
    with Vault.open(here) as vault:
        field = Field(vault, at=Field(vault).at + 9 * DAY)
        here.rename(tmp_path / "moved")
        with pytest.raises(WildfreeError):
            field.look("1", Condition.GONE)
    assert rows(tmp_path / "moved") == before


# --- the disk


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A small disk of its own at FOLDER."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    tried = subprocess.run(mount, capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"needs the right to mount a small disk: {tried.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def filled(folder: Path, left: int) -> Path:
    """A file that fills the disk of FOLDER but for about LEFT bytes."""
    filler = folder / "filler"
    handle = os.open(filler, os.O_CREAT | os.O_WRONLY)
    try:
        while os.write(handle, b"x" * 65536):
            pass
    except OSError:
        os.ftruncate(handle, max(0, os.fstat(handle).st_size - left))
    finally:
        os.close(handle)
    return filler


FULL = (0, 40_000, 50_000, 60_000)  # bytes left
WRITERS = (
    REPORT,
    "review 1 --as lawful",
    f"letter approve {NUMBER}",
    "letter list",
    "platform new bazaar --base http://x.example",
)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_full_disk_is_said_at_every_write_and_what_was_there_stays(
    kept: Path, tmp_path: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = set()
    with disk(tmp_path / "disk") as small:
        here = named(small / "w", monkeypatch)
        for command in WRITERS:
            for left in FULL:
                shutil.rmtree(here, ignore_errors=True)
                shutil.copytree(kept, here)
                before, standing = rows(here), files(here)
                filler = filled(small, left)
                ran = wildfree(*command.split(), "--now", NOW) if command == REPORT else wildfree(*command.split())
                filler.unlink()
                assert standing.items() <= files(here).items(), command
                if ran.code in (0, 5):  # there was room for it; a look from long ago stops a letter
                    continue
                one_line(ran, 6, str(small))
                refused.add(command)
                assert rows(here) == before
                assert not [name for name in files(here).keys() - standing.keys() if "." in name[:1]]
                assert wildfree(*command.split()).code in (0, 5), "the same command goes on"
    assert refused == set(WRITERS)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_an_init_on_a_full_disk_is_finished_when_there_is_room(tmp_path: Path, wildfree: Wildfree) -> None:
    with disk(tmp_path / "disk") as small:
        for left in (0, 4096, 20_000, 60_000, 150_000):
            filler = filled(small, left)
            one_line(wildfree("init", "--practice", small / "w"), 6, str(small), "same command goes on")
            filler.unlink()
            assert wildfree("init", "--practice", small / "w").code == 0
            assert "[sender]" in (small / "w" / SETTINGS).read_text("utf-8")
            assert rows(small / "w")
            shutil.rmtree(small / "w")


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_disk_that_can_only_be_read_is_said_by_every_command(
    kept: Path, tmp_path: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    with disk(tmp_path / "disk") as small:
        here = named(shutil.copytree(kept, small / "w"), monkeypatch)
        before = files(here)
        subprocess.run(["mount", "-o", "remount,ro", small], check=True)
        for command in (*WRITERS, "check", "sweep market", "schedule list", f"init {here}"):
            one_line(wildfree(*command.split()), 3, str(here))
        assert files(here) == before


# --- processes


def child(line: str, **surroundings: str) -> "subprocess.Popen[bytes]":
    """LINE in a shell, as a user who is not above all rights, where `wf` is the command."""
    able = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    script = f'wf() {{ "{WILDFREE}" "$@"; }}; {line}'
    pipe = subprocess.PIPE
    words, env = [*able, "bash", "-c", script], os.environ | surroundings
    return subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)


def ended(process: "subprocess.Popen[bytes]") -> Ran:
    out, err = process.communicate(timeout=120)
    assert b"Traceback" not in err, err.decode()
    assert b"Exception" not in err, err.decode()
    return Ran(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))


LOCKED = {
    "settings": (SETTINGS, 0, REPORT, 2, SETTINGS),
    "platforms": ("config/platforms", 0, LIST, 2, "config/platforms"),
    "reports": ("reports", 0o500, REPORT, 6, "reports"),
    "evidence": ("evidence", 0, "letter list", 4, NUMBER),
}


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_file_that_may_not_be_read_or_written_is_said_with_its_mend(here: Path) -> None:
    for path, rights, command, code, words in LOCKED.values():
        place = here / path
        place.mkdir(parents=True, exist_ok=True) if path == "config/platforms" else None
        before, standing = place.stat().st_mode & 0o777, rows(here)
        place.chmod(rights)
        ran = ended(child(f"wf {command}"))
        place.chmod(before)
        assert ran.code == code, ran.err
        assert words in ran.err
        assert "Let yourself" in ran.err
        assert rows(here) == standing


STREAMS = {
    "wf report nosuch >&-": (2, "no 'nosuch.toml'"),
    "wf report nosuch 2>&-": (2, ""),
    "wf review --list >/dev/full": (6, "No space left"),
    "wf match <&-": (0, ""),
    f"wf letter withdraw {NUMBER} <&-": (1, "as an option"),
}


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_streams_that_are_closed_or_full_are_no_traceback_and_change_nothing(here: Path) -> None:
    ended(child("wf letter list"))  # lays out the letter's copies
    before = (rows(here), files(here))
    for line, (code, words) in STREAMS.items():
        ran = ended(child(line))
        assert ran.code == code, (line, ran.err)
        assert words in ran.err, line
        assert "2>&-" not in line or "wildfree" not in ran.out, "what was said went into the wrong stream"
    assert (rows(here), files(here)) == before


SURROUNDINGS: tuple[dict[str, str], ...] = (
    {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    {"TERM": "dumb", "COLUMNS": "1"},
    {"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "LANG": "xx_YY"},
)


@pytest.mark.parametrize("odd", SURROUNDINGS, ids=lambda odd: next(iter(odd)))
def test_odd_surroundings_do_not_keep_a_verdict_from_being_said(odd: dict[str, str], here: Path) -> None:
    before = rows(here)
    ran = ended(child("wf review 1 --as lawful --why seen", **odd))
    assert ran.code == 0, ran.err
    assert "lawful" in ran.out
    assert {row for row in before if '"head"' not in row} < set(rows(here)), "only the ledger's length is another"
    assert any("'seen'" in row for row in rows(here))


def test_two_inits_at_once_make_one_workspace_and_two_reports_two_pages(tmp_path: Path, here: Path) -> None:
    made = [ended(each) for each in [child(f"wf init --practice '{tmp_path}/w'") for _ in range(2)]]
    assert sorted(each.code for each in made) == [0, 3], [each.err for each in made]
    assert rows(tmp_path / "w")
    assert [each.code for each in [ended(each) for each in [child("wf report") for _ in range(2)]]] == [0, 0]
    assert len(list((here / "reports").iterdir())) == 2
