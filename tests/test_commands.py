"""Every command as it is typed: its example, its JSON, its exit code, and one clear line for what does not fit."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import typer
from pypdf import PdfReader
from sqlalchemy import func, select

from archive.facts import Outcome
from archive.models import Act, Listing, Notice, Query, Sighting, Step, TermChange, Tip, Verdict, Visit
from archive.pause import Waiting, pause, paused
from archive.questions.checks import watched
from archive.table import Row
from archive.vault import DATABASE, Vault
from config.platform import platform
from desk import main as shell
from desk.main import main
from desk.practice.market import Market
from tests.browse.screen import watched_on_a_screen
from tests.conftest import SENDER, UNREAD, Ran, Wildfree
from tests.field import Field

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
STAGES = ("made", "swept", "looked", "reviewed", "written")
SAVED = "tests/platforms/market/search-ivory.html"


def leaves() -> Iterator[tuple[str, Any]]:
    """Every command and subcommand, with its object."""
    group = typer.main.get_command(shell.app)
    for name in group.list_commands(None):  # type: ignore[attr-defined]  # a group has commands
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        if inner:
            yield from ((f"{name} {below}", each) for below, each in inner.items())
        else:
            yield name, command


COMMANDS = dict(leaves())


def example(name: str) -> str:
    """The line under `Example:` in the command's own help."""
    (line,) = re.findall(r"^Example:\n\s+(.+)$", COMMANDS[name].help or "", re.MULTILINE) or [""]
    return str(line).strip()


@pytest.fixture(scope="module")
def stages(running_market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace kept after each step of a week, under the step's name."""
    running_market.reset()
    kept = tmp_path_factory.mktemp("stages")
    folder = kept / "now"
    steps: dict[str, list[str]] = {
        "made": ["init", str(folder), "--practice"],
        "swept": ["sweep", "market", "--term", "虎骨"],
        "looked": ["visit"],
        "reviewed": ["review", "LISTINGS", "--as", "illegal", "--form", "worked", "--by", "a reviewer"],
        "written": ["letter", "draft", "market", "--language", "zh"],
    }
    assert tuple(steps) == STAGES
    for stage, words in steps.items():
        where = [] if stage == "made" else ["--workspace", str(folder)]
        if stage == "reviewed":
            words[1:2] = seen(folder)
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as err:
            assert main([*words, *where]) == 0, err.getvalue()
        if stage == "made":
            settings = f'{UNREAD}[sender]\n{SENDER}\n[bases]\nmarket = "{running_market.base}"\n'
            (folder / "wildfree.toml").write_text(settings, "utf-8")
            hurried(folder)
        shutil.copytree(folder, kept / stage)
    return kept


def seen(folder: Path) -> list[str]:
    """The numbers of the listings that were looked at; the canary's, which come before them, were not."""
    with Vault.open(folder) as vault:
        return [str(each.listing_id) for each in watched(vault)]


def hurried(folder: Path) -> None:
    """On the loopback nobody waits."""
    shipped = (ROOT / "config/platforms/market.toml").read_text("utf-8")
    assert "delay = 0.2" in shipped
    own = folder / "config" / "platforms" / "market.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(shipped.replace("delay = 0.2", "delay = 0.0"), "utf-8")


At = Callable[[str], Path]


@pytest.fixture
def at(stages: Path, market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> At:
    """A copy of the workspace as it stood after a stage, named by WILDFREE_WORKSPACE."""

    def copied(stage: str) -> Path:
        folder = tmp_path / stage
        shutil.copytree(stages / stage, folder)
        monkeypatch.setenv("WILDFREE_WORKSPACE", str(folder))
        monkeypatch.setenv("WILDFREE_BY", "a reviewer")
        return folder

    return copied


def count(folder: Path, kind: type[Row]) -> int:
    with Vault.open(folder) as vault, vault.reading() as session:
        return session.scalars(select(func.count()).select_from(kind)).one()


def last(folder: Path, kind: type[Any]) -> Any:
    with Vault.open(folder) as vault, vault.reading() as session:
        return session.scalars(select(kind).order_by(kind.id.desc())).first()


def one_line(ran: Ran, code: int, *words: str) -> None:
    """RAN ended with CODE and said so in one line that holds WORDS, with no traceback."""
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err + ran.out
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert [word for word in words if word not in ran.err] == [], ran.err


# --- the examples


def shown_init(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    with Vault.open(folder.parent / "training") as vault:
        assert vault.kind == "practice"


def shown_practice(run: Callable[..., Ran], folder: Path) -> None:
    ran = run(typed="list\nremove 10001 违反平台规则\ndelete 10002\nfly 3\nremove 1 x\n\nlist\nquit\nlist\n")
    assert ran.code == 0, ran.err
    first, second = (part.count("\n  100") for part in ran.out.split("'fly' needs to be one of these"))
    assert first == 71
    assert second == 69, "what was removed or deleted is not on sale, and nothing is listed after quit"
    assert "has no listing '1'" in ran.out
    assert "[bases]" in (folder / "wildfree.toml").read_text("utf-8")


def shown_sweep(run: Callable[[], Ran], folder: Path) -> None:
    before = count(folder, Query)
    assert run().code == 0
    assert count(folder, Query) == before + 3, "the canary and two terms"
    assert last(folder, Query).term in {"象牙", "虎骨"}


def shown_browse(run: Callable[[], Ran], folder: Path) -> None:
    with watched_on_a_screen(folder, "market"):
        ran = run()
    assert ran.code == 0, ran.err
    assert "Ended in order" in ran.out
    assert (last(folder, Query).outcome, count(folder, Visit)) == ("hits", 0)


def shown_visit(run: Callable[[], Ran], folder: Path) -> None:
    assert count(folder, Visit) == 0
    assert run().code == 0
    assert count(folder, Visit) == 2
    assert len([path for path in (folder / "evidence").rglob("*") if path.is_file()]) >= 10


def shown_review(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    assert count(folder, Verdict) == 2
    said = last(folder, Verdict)
    assert (str(said.listing_id), said.decision, said.species) == (seen(folder)[1], "illegal", "Loxodonta africana")
    assert (said.product_form, said.by) == ("worked", "first reviewer")


def shown_draft(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    notice = last(folder, Notice)
    assert notice.language == "zh"
    assert notice.number in ran.out
    assert "涉嫌" in "".join(
        page.extract_text() for page in PdfReader(next((folder / "letters").rglob("*.pdf"))).pages
    )


def shown_approve(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    assert (last(folder, Step).what, last(folder, Step).by) == ("approved", "a reviewer")
    assert run().code == 5, "twice is once too often"
    assert count(folder, Step) == 2


def shown_withdraw(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    assert (last(folder, Step).what, last(folder, Step).reference) == ("withdrawn", "wrong species in item 2")
    before = last(folder, Notice).number
    assert main(["letter", "draft", "market", "--language", "zh"]) == 0, "its listings are free for another"
    assert last(folder, Notice).number != before
    assert count(folder, Notice) == 2


def shown_show(run: Callable[[], Ran], folder: Path) -> None:
    shutil.rmtree(folder / "letters")
    ran = run()
    assert "虎骨酒" in ran.out
    assert len(list((folder / "letters").rglob("*.*"))) == 3, "copies that were lost are laid out anew"


def shown_list(run: Callable[[], Ran], folder: Path) -> None:
    assert last(folder, Notice).number in run().out


def shown_check(run: Callable[[], Ran], folder: Path) -> None:
    before = count(folder, Visit)
    assert run().code == 0
    assert count(folder, Visit) == before + 2


def shown_alike(run: Callable[..., Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    assert ran.out == "Nothing like it: 2 pictures were looked for\n", "each listing of the market has two of its own"


def shown_report(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    (page,) = (folder / "reports").glob("*.html")
    assert str(page) in ran.out
    assert "PRACTICE" in page.read_text("utf-8")


def shown_blocklist(run: Callable[[], Ran], folder: Path) -> None:
    with Vault.open(folder) as vault:
        here = Field(vault)
        here.sweep()
        here.search("象牙", Outcome.BANNED_TERM_NOTICE, "no trade in wildlife")
    ran = run()
    assert "To try next, of " in ran.out
    for kind in ("html", "csv"):
        (file,) = (folder / "reports").glob(f"blocklist-*.{kind}")
        assert str(file) in ran.out


def shown_go_on(run: Callable[[], Ran], folder: Path) -> None:
    with Vault.open(folder) as vault, vault.writing() as session:
        pause(session, Waiting("market", 1, datetime.now(UTC), "login_wall: a login"))
    assert "market goes on: the same sweep" in run().out
    with Vault.open(folder) as vault:
        assert paused(vault) == {}


def shown_match(run: Callable[[], Ran], folder: Path) -> None:
    (said,) = run().objects
    assert said["suspect"] is True
    assert said["text"] == "象牙手镯 老料 私聊"


def shown_platforms(run: Callable[[], Ran], folder: Path) -> None:
    out = run().out
    assert "market" in out
    assert "oscar" in out


def shown_recourse(run: Callable[[], Ran], folder: Path) -> None:
    out = run().out
    assert "complaint (web)" in out
    assert "https://jubao.taobao.com/" in out
    assert "promise of 2014-10" in out


def shown_try(run: Callable[[], Ran], folder: Path) -> None:
    out = run().out
    assert out.count("\n") >= 16
    assert "象牙茶针三支 牙尖料 包浆好" in out


def shown_read(run: Callable[[], Ran], folder: Path) -> None:
    out = run().out
    assert re.search(r"condition +gone\n", out)
    assert "涉嫌出售国家重点保护野生动物制品" in out


def shown_schedule(run: Callable[[], Ran], folder: Path) -> None:
    settings = folder / "wildfree.toml"
    settings.write_text(f'{settings.read_text("utf-8")}\n[[schedule]]\ndo = "check"\nat = "sun 09:00"\n', "utf-8")
    assert re.search(r"check +sun 09:00 +never +Sun \d{4}-\d\d-\d\d 09:00", run().out)


def shown_doctor(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0
    assert "prints Chinese into a PDF" in ran.out


def shown_new(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    assert platform("bazaar", folder / "config").base == "https://bazaar.example"


def shown_save(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    kept = {path.name for path in (folder / "config" / "platforms" / "market").glob("*.html")}
    assert len(kept) == 2
    assert "search-手机壳.html" in kept


def shown_verify(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.out
    assert "Sound" in ran.out
    assert re.search(r"[1-9]\d* files.*[1-9]\d* rows", ran.out), ran.out


def shown_witness(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.out.startswith("wildfree-practice-")
    assert ran.out.count("\n") >= 5


def shown_terms(run: Callable[[], Ran], folder: Path) -> None:
    out = run().out
    assert "象牙制品" in out
    assert "config/terms/zh.tsv" in out


def shown_term(run: Callable[[], Ran], folder: Path) -> None:
    assert main(["term", "retire", "象牙", "--why", "to see it", "--workspace", str(folder)]) == 0
    assert re.search(r"retired +a reviewer +to see it", run().out)


def shown_change_of_terms(what: str, term: str) -> Callable[[Callable[[], Ran], Path], None]:
    """An example after which the newest change of a term is WHAT, of TERM."""

    def shown(run: Callable[[], Ran], folder: Path) -> None:
        ran = run()
        assert ran.code == 0, ran.err
        assert (last(folder, TermChange).what, last(folder, TermChange).term) == (what, term)
        assert (folder / "config/terms/own.tsv").is_file()

    return shown


def shown_stats(run: Callable[[], Ran], folder: Path) -> None:
    assert re.search(r"虎骨酒 +zh +\w+ +\d+ of \d+ +\d+ +\d+ +\d+ +\d+% ", run().out)


def shown_import(run: Callable[[], Ran], folder: Path) -> None:
    (folder / "their-terms.csv").write_text("term,language,kind\n月光骨,zh,code\n象牙,zh,product\n", "utf-8")
    assert "1 new, 0 changed, 1 same, 0 contradicts, 0 doubtful, 0 unreadable" in run().out
    assert count(folder, TermChange) == 0


def shown_species(run: Callable[[], Ran], folder: Path) -> None:
    out = run().out
    assert "Elephas maximus" in out
    assert "2021-02-01" in out
    assert "未核实" in out, "in the language of the workspace"


def shown_list_of_species(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    assert "new" in ran.out
    assert not (folder / "config" / "species").exists() or not any((folder / "config" / "species").iterdir())


def shown_key(run: Callable[[], Ran], folder: Path) -> None:
    assert "a copy of the key" in run().out
    assert (folder.parent / "sealing.key").read_text() == (folder / "keys" / "sealing.key").read_text()


def shown_bundle(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    check = shlex.split(ran.out.partition("To check it: ")[2])
    said = subprocess.run([sys.executable, *check[1:]], capture_output=True, text=True, check=False, timeout=120)
    assert said.returncode == 0, said.stdout


def shown_rebuild(run: Callable[[], Ran], folder: Path) -> None:
    (folder / DATABASE).rename(folder / "lost")
    assert run().code == 0
    assert count(folder, Visit) == 2


def shown_backup(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    assert (folder.parent / "backup" / DATABASE).is_file()


def shown_restore(run: Callable[[], Ran], folder: Path) -> None:
    assert main(["archive", "backup", "../backup", "--workspace", str(folder)]) == 0
    assert run().code == 0
    assert count(folder.parent / "restored", Visit) == 2


def shown_erase(run: Callable[[], Ran], folder: Path) -> None:
    before = len(list((folder / "evidence").rglob("*")))
    assert run().code == 0
    assert len(list((folder / "evidence").rglob("*"))) < before
    assert last(folder, Act).what == "erased"


def shown_hold(run: Callable[[], Ran], folder: Path) -> None:
    assert run().code == 0
    one = seen(folder)[0]
    assert main(["archive", "erase", one, "--why", "it is held", "--workspace", str(folder)]) != 0
    assert main(["archive", "release", one, "--why", "over", "--workspace", str(folder)]) == 0
    assert main(["archive", "erase", one, "--why", "now it is not", "--workspace", str(folder)]) == 0


def shown_release(run: Callable[[], Ran], folder: Path) -> None:
    assert main(["archive", "hold", seen(folder)[0], "--why", "a court", "--workspace", str(folder)]) == 0
    assert run().code == 0
    assert last(folder, Act).what == "released"


def shown_take(run: Callable[[], Ran], folder: Path) -> None:
    with redirect_stdout(StringIO()) as out:
        assert main(["bundle", seen(folder)[0], "--out", "..", "--workspace", str(folder), "--json"]) == 0
    Path(json.loads(out.getvalue())["package"]).rename(folder / "bundle.zip")
    other = folder.parent / "another team's"
    assert main(["init", str(other), "--practice"]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WILDFREE_WORKSPACE", str(other))
        ran = run()
    assert ran.code == 0, ran.err
    assert "wildfree-practice-" in ran.out


def shown_platform_check(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    assert re.search(r"matched +a made-up key", ran.out)
    assert "nothing  " not in ran.out
    assert "Nothing was written" in ran.out


def shown_pack(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    with ZipFile(folder.parent / "pack.zip") as packed:
        assert packed.namelist() == ["pack.note", "platforms/market.toml"]
    assert last(folder, Act).what == "packed"


def shown_take_of_a_pack(run: Callable[[], Ran], folder: Path) -> None:
    other = folder.parent / "another team's"
    assert main(["init", str(other), "--practice"]) == 0
    own = other / "config" / "laws" / "xx.toml"
    own.parent.mkdir()
    own.write_text((ROOT / "config/laws/cn.toml").read_text("utf-8").replace("CN-", "XX-"), "utf-8")
    words = ["config", "pack", str(folder.parent / "pack.zip"), "--why", "ours", "--workspace", str(other)]
    assert main(words) == 0
    ran = run()
    assert ran.code == 0, ran.err
    assert (folder / "config/laws/xx.toml").read_bytes() == own.read_bytes()
    assert last(folder, Act).what == "took a pack"


def shown_add(run: Callable[[], Ran], folder: Path) -> None:
    ran = run()
    assert ran.code == 0, ran.err
    assert "wildfree browse xianyu" in ran.out
    assert (last(folder, Tip).note, last(folder, Listing).key) == ("seen in a chat group", "712345678901")


EXAMPLES: dict[str, tuple[str, Callable[..., None]]] = {
    "init": ("made", shown_init),
    "practice": ("", shown_practice),
    "sweep": ("made", shown_sweep),
    "browse": ("made", shown_browse),
    "visit": ("swept", shown_visit),
    "review": ("looked", shown_review),
    "letter draft": ("reviewed", shown_draft),
    "letter approve": ("written", shown_approve),
    "letter withdraw": ("written", shown_withdraw),
    "letter show": ("written", shown_show),
    "letter list": ("written", shown_list),
    "check": ("looked", shown_check),
    "report all": ("looked", shown_report),
    "alike": ("looked", shown_alike),
    "report blocklist": ("made", shown_blocklist),
    "match": ("made", shown_match),
    "platform list": ("made", shown_platforms),
    "platform show": ("made", shown_recourse),
    "platform go-on": ("made", shown_go_on),
    "platform try": ("made", shown_try),
    "platform read": ("made", shown_read),
    "platform new": ("made", shown_new),
    "platform save": ("made", shown_save),
    "platform check": ("made", shown_platform_check),
    "doctor": ("made", shown_doctor),
    "schedule list": ("made", shown_schedule),
    "verify": ("looked", shown_verify),
    "witness": ("looked", shown_witness),
    "key": ("made", shown_key),
    "term list": ("made", shown_terms),
    "term show": ("made", shown_term),
    "term add": ("made", shown_change_of_terms("added", "月光骨")),
    "term change": ("made", shown_change_of_terms("changed", "象牙")),
    "term retire": ("made", shown_change_of_terms("retired", "象牙雕")),
    "term stats": ("reviewed", shown_stats),
    "term suggest": ("made", shown_change_of_terms("proposed", "月光骨")),
    "term import": ("made", shown_import),
    "species find": ("made", shown_species),
    "species import": ("made", shown_list_of_species),
    "bundle": ("looked", shown_bundle),
    "archive rebuild": ("looked", shown_rebuild),
    "archive backup": ("looked", shown_backup),
    "archive restore": ("looked", shown_restore),
    "archive take": ("looked", shown_take),
    "archive erase": ("looked", shown_erase),
    "archive hold": ("looked", shown_hold),
    "archive release": ("looked", shown_release),
    "config pack": ("made", shown_pack),
    "config take": ("made", shown_take_of_a_pack),
    "add": ("made", shown_add),
}
OF_A_LISTING = {"alike", "bundle", "archive erase", "archive hold", "archive release"}  # 1 in their examples


def test_every_command_has_an_example_and_every_example_is_run() -> None:
    elsewhere = {"demo", "schedule run"}  # the second in tests/test_clock.py: it ends only when it is told to
    assert set(EXAMPLES) | elsewhere == set(COMMANDS)
    assert [name for name in COMMANDS if f"wildfree {re.sub(' (find|all)$', '', name)}" not in example(name)] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_command_does_what_the_help_says(
    name: str, at: At, wildfree: Wildfree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, shown = EXAMPLES[name]
    folder = at(stage) if stage else at("made")
    if not stage:
        (folder / "wildfree.toml").write_text("", "utf-8")  # the running market's own address is taken
    inside = name.startswith(("archive", "config", "key", "term import"))
    monkeypatch.chdir(tmp_path if name == "init" else folder if inside else ROOT)
    piped, _, words = example(name).rpartition(" | ")
    text = shlex.split(piped)[1] + "\n" if piped else ""
    if stage == "written":
        words = re.sub(r"PRACTICE-\d{4}-0001", last(folder, Notice).number, words)
    if name == "review":
        words = words.replace("review 1 2", f"review {' '.join(seen(folder))}")
    if name in OF_A_LISTING:
        words = words.replace(" 1", f" {seen(folder)[0]}", 1)
    if name == "init":
        monkeypatch.delenv("WILDFREE_WORKSPACE")
    shown(lambda typed=text: wildfree(*shlex.split(words)[1:], typed=typed), folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The folder in which the demo's example was run as its help says, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, _demonstrated(folder)


def _demonstrated(folder: Path) -> list[str]:
    surroundings = {key: value for key, value in os.environ.items() if key != "WILDFREE_WORKSPACE"}
    words = shlex.split(example("demo"))
    ran = subprocess.run(
        [BIN / words[0], *words[1:]], cwd=folder, env=surroundings, check=True, timeout=300, capture_output=True
    )
    return ran.stdout.decode().splitlines()


def test_the_demo_prints_what_the_archive_holds(demo: tuple[Path, list[str]]) -> None:
    folder, said = demo[0] / "wildfree-demo", "\n".join(demo[1])
    figure = {
        name: int(found[1]) for name, found in ((name, re.search(rf"(\d+) {name}", said)) for name in TOLD) if found
    }
    assert set(figure) == set(TOLD), said
    assert figure["sightings"] >= 40
    assert figure["listings captured whole by browser"] >= 12
    assert figure["not seen since: removed by the platform, in its own words: 该商品"] >= 1
    assert figure["not seen since: the page is gone and does not say by whose hand"] >= 1
    assert figure["sightings"] == count(folder, Sighting)
    assert count(folder, Notice) == len(re.findall(r"letter PRACTICE-\S+ \((?:zh|en)", said)) == 2
    for path in re.findall(r"(/\S+\.(?:pdf|html))", said):
        assert Path(path).stat().st_size > 10_000
    assert {path.suffix for path in (folder / "letters").rglob("*.*")} == {".pdf", ".eml", ".txt"}


TOLD = (
    "sightings",
    "listings captured whole by browser",
    "not seen since: removed by the platform, in its own words: 该商品",
    "not seen since: the page is gone and does not say by whose hand",
)


@pytest.mark.slow
def test_the_demo_a_second_time_in_one_workspace_is_no_error(demo: tuple[Path, list[str]]) -> None:
    _demonstrated(demo[0])
    assert count(demo[0] / "wildfree-demo", Notice) == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_can_be_read_and_shows_its_example(name: str, wildfree: Wildfree) -> None:
    ran = wildfree(*name.split(), "--help")
    assert ran.code == 0
    told = re.sub(r"[\s│]+", "", ran.out)
    assert "Example:" in told
    assert re.sub(r"\s+", "", example(name))[:40] in told


# --- JSON


FIELDS: dict[str, tuple[str, list[str], set[str]]] = {
    "match": ("made", [], {"text", "suspect", "score", "matches", "reasons"}),
    "sweep": (
        "made",
        ["market", "--term", "虎骨"],
        {"platform", "term", "page", "outcome", "cards", "suspects", "at"},
    ),
    "visit": ("swept", [], {"listing", "platform", "key", "url", "condition", "because", "capture", "at"}),
    "check": ("looked", [], {"listing", "platform", "key", "condition", "cause", "because", "was", "not_seen_since"}),
    "report": ("written", [], {"kind"}),
    "review": ("looked", ["--list"], {"listing_id", "platform", "title", "score", "reasons", "condition"}),
    "letter list": ("written", [], {"number", "platform", "language", "stage", "listings", "pdf", "eml"}),
    "platform list": ("made", [], {"name", "title", "base", "read_on", "browser"}),
    "platform try": ("made", ["market", SAVED], {"platform", "key", "url", "title", "rank", "price", "seller"}),
    "platform read": (
        "made",
        ["market", "tests/platforms/market/item-sold.html", "--url", "http://127.0.0.1:8765/item/10008"],
        {"condition", "cause", "because", "title", "price", "seller"},
    ),
    "platform check": ("made", ["market"], {"part", "line", "chooses", "said", "count", "because", "near"}),
}


@pytest.mark.parametrize("name", FIELDS)
def test_json_is_one_object_a_line_with_the_promised_fields(
    name: str, at: At, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, words, fields = FIELDS[name]
    at(stage)
    monkeypatch.chdir(ROOT)
    ran = wildfree(*name.split(), *words, "--json", typed="象牙手镯\n")
    assert ran.code == 0, ran.err
    assert ran.objects
    assert all(fields <= set(each) for each in ran.objects)
    for each in ran.objects:
        if each.get("at"):
            assert datetime.fromisoformat(each["at"]).utcoffset() == timedelta(0)


def test_match_gives_spans_of_the_original_text_and_one_object_for_every_line(wildfree: Wildfree) -> None:
    lines = ["象牙手镯 老料", "", "象牙白手机壳", "ＡＢ 真虎牙吊坠 🐘", "plain words"]
    said = wildfree("match", "--json", typed="\r\n".join(lines) + "\r\n").objects
    assert [each["text"] for each in said] == lines
    assert [each["suspect"] for each in said] == [True, False, False, True, False]
    for each in said:
        assert 0 <= each["score"] <= 1
        for found in each["matches"]:
            assert set(found) == {"term", "species", "kind", "start", "end", "view"}
    (tooth,) = [found for found in said[3]["matches"] if found["species"] == "Panthera tigris"][:1]
    assert "虎牙" in lines[3][tooth["start"] : tooth["end"]]


def test_platform_read_says_who_took_a_page_down_and_null_where_nothing_went_away(wildfree: Wildfree) -> None:
    page = ROOT / "tests/platforms/market"
    asked = ("--url", "http://127.0.0.1:8765/item/10002", "--json")
    (gone,) = wildfree("platform", "read", "market", page / "item-removed.html", *asked).objects
    assert (gone["condition"], gone["cause"]) == ("gone", "platform")
    (live,) = wildfree("platform", "read", "market", page / "item-live.html", *asked).objects
    assert (live["condition"], live["cause"]) == ("live", None)
    (dead,) = wildfree("platform", "read", "market", page / "item-deleted.html", *asked, "--status", 404).objects
    assert (dead["condition"], dead["cause"]) == ("gone", "unknown")
    led = ("--final-url", "http://127.0.0.1:8765/item/10005")
    (other,) = wildfree("platform", "read", "market", page / "item-live.html", *asked, *led).objects
    assert other["condition"] == "substituted"


def test_a_saved_page_that_is_no_search_gives_no_leads_and_says_so(wildfree: Wildfree) -> None:
    ran = wildfree("platform", "try", "market", ROOT / "tests/platforms/market/item-live.html", "--json")
    assert ran.out == ""
    assert ran.err.startswith("unreadable:")


# --- what does not fit


def test_an_unknown_platform_is_answered_with_the_nearest(at: At, wildfree: Wildfree) -> None:
    folder = at("swept")
    for words in (("sweep", "markt"), ("visit", "markt"), ("check", "markt"), ("report", "markt"),
                  ("letter", "draft", "markt"), ("platform", "try", "markt", ROOT / SAVED)):  # fmt: skip
        one_line(wildfree(*words), 2, "Did you mean 'market'?")
    assert count(folder, Visit) == 0


@pytest.mark.parametrize("command", ["sweep market", "visit", "review", "check", "report", "letter list", "practice"])
def test_a_folder_that_is_no_workspace_is_said_and_nothing_is_made_in_it(
    command: str, tmp_path: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WILDFREE_WORKSPACE", raising=False)
    (tmp_path / "a file").write_text("no archive")
    monkeypatch.chdir(tmp_path)
    for words in ([], ["-w", tmp_path / "nowhere"], ["-w", tmp_path / "a file"]):
        one_line(wildfree(*command.split(), *words), 3, "no workspace", "wildfree init")
    assert [path.name for path in tmp_path.iterdir()] == ["a file"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        pytest.param(b"no database at all, only words", id="words"),
        pytest.param(b"SQLite format 3\x00" + b"\x00" * 200, id="cut off"),
    ],
)
def test_an_archive_that_is_none_is_said_in_one_line(content: bytes, tmp_path: Path, wildfree: Wildfree) -> None:
    (tmp_path / DATABASE).write_bytes(content)
    one_line(wildfree("report", "-w", tmp_path), 3, str(tmp_path))


def test_a_real_workspace_does_not_pretend(tmp_path: Path, wildfree: Wildfree) -> None:
    assert wildfree("init", tmp_path).code == 0
    for command in ("sweep market", "visit", "check", "report", "review"):
        one_line(wildfree(*command.split(), "--now", "2026-11-21T08:00Z", "-w", tmp_path), 2, "--now")
    one_line(wildfree("practice", "-w", tmp_path), 2, "real workspace")
    one_line(wildfree("demo", "-w", tmp_path), 2, "real workspace")
    with (tmp_path / "wildfree.toml").open("a") as file:
        file.write('[bases]\nmarket = "http://127.0.0.1:1"\n')
    one_line(wildfree("sweep", "market", "-w", tmp_path), 2, "[bases]", "wildfree.toml")


@pytest.mark.parametrize("now", ["yesterday", "2026-11-21", "2026-11-21T08:00", "", "2026-13-01T00:00Z"])
def test_a_time_that_is_none_or_names_no_zone_is_said(now: str, at: At, wildfree: Wildfree) -> None:
    at("made")
    one_line(wildfree("report", "--now", now), 2, "--now")


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('langage = "zh"', ("wildfree.toml", "'langage'", "Did you mean 'language'?")),
        ('[sender]\norganization = "x"', ("wildfree.toml", "[sender]", "Did you mean 'organisation'?")),
        ("reviewers = 0", ("wildfree.toml", "reviewers")),
        ('time_zone = "Mars/Olympus"', ("wildfree.toml", "time_zone", "no such time zone")),
        ("language = zh", ("wildfree.toml", "not TOML")),
        ('page_seconds = "long"', ("wildfree.toml", "page_seconds")),
        ("[bases]\nmarket = 5", ("wildfree.toml", "market")),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_its_file(
    toml: str, words: tuple[str, ...], at: At, wildfree: Wildfree
) -> None:
    folder = at("made")
    (folder / "wildfree.toml").write_text(toml, "utf-8")
    for command in ("report", "review", "sweep market"):
        one_line(wildfree(*command.split()), 2, *words)


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b"\xef\xbb\xbflanguage = 'zh'"], ids=["no UTF-8", "a mark at its head"]
)
def test_a_settings_file_as_some_editors_write_it_is_read_or_said(body: bytes, at: At, wildfree: Wildfree) -> None:
    folder = at("made")
    (folder / "wildfree.toml").write_bytes(body)
    ran = wildfree("report")
    if ran.code:
        one_line(ran, 2, "wildfree.toml")


def test_numbers_that_name_nothing_are_said(at: At, wildfree: Wildfree) -> None:
    at("written")
    one_line(wildfree("review", 99, "--as", "lawful"), 2, "no listing 99")
    one_line(wildfree("letter", "show", "PRACTICE-2026-0009"), 5, "no letter PRACTICE-2026-0009", "Did you mean")
    one_line(wildfree("letter", "approve", "../../etc"), 5, "no letter ../../etc")
    one_line(wildfree("letter", "draft", "market", "--listing", 99), 5, "listing 99")


def test_a_letter_without_a_listing_or_a_sender_is_stopped_and_nothing_is_kept(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    one_line(wildfree("letter", "draft", "market"), 5, "no listing")
    assert wildfree("review", *seen(folder), "--as", "illegal", "--form", "worked").code == 0
    settings = folder / "wildfree.toml"
    settings.write_text(settings.read_text("utf-8").replace("organisation", "contact"), "utf-8")
    ran = wildfree("letter", "draft", "market")
    assert ran.code == 5
    assert "organisation" in ran.err
    assert count(folder, Notice) == 0
    assert list((folder / "letters").iterdir()) == []


def test_an_exhibit_that_was_altered_is_an_error_of_its_own(at: At, wildfree: Wildfree) -> None:
    folder = at("written")
    sha256 = last(folder, Notice).pdf_sha256
    (folder / "evidence" / sha256[:2] / sha256).write_bytes(b"another letter")
    one_line(wildfree("letter", "show", last(folder, Notice).number), 4, "altered")


def test_a_port_that_is_taken_is_an_error_of_the_machine(at: At, wildfree: Wildfree) -> None:
    folder = at("made")
    (folder / "wildfree.toml").write_text("", "utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        one_line(wildfree("practice", "--port", taken.getsockname()[1], typed="quit\n"), 6, "another port")


def test_a_word_that_no_command_knows_is_an_error_of_use(wildfree: Wildfree) -> None:
    for words in (("swep",), ("sweep",), ("letter", "burn"), ("review", "--as", "guilty"), ("review", "-E", 4),
                  ("sweep", "market", "--jason"), ("platform", "try", "market", "no-such-file.html")):  # fmt: skip
        ran = wildfree(*words)
        assert ran.code == 2
        assert "Traceback" not in ran.err
        assert ran.out == ""


LONG = pytest.param("象" * 3000, id="long")


@pytest.mark.parametrize("strange", ["a\x00b", "../../etc/passwd", "a\nb", "-", "", "%s{0}", LONG])
def test_strange_words_are_one_error_and_no_traceback(
    strange: str, at: At, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    at("swept")
    for words in (("report", strange), ("report", "-w", strange), ("letter", "show", strange),
                  ("report", "--now", strange), ("platform", "try", strange, ROOT / SAVED)):  # fmt: skip
        if strange == "" and "-w" in words:
            continue  # an empty name is no name: the workspace of the environment
        ran = wildfree(*words)
        assert ran.code in {2, 3, 5}, (words, ran.err)
        assert "Traceback" not in ran.err
        assert ran.err


def test_a_word_with_a_nul_in_it_is_kept_as_it_is_or_refused(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    ran = wildfree("review", "1", "--as", "lawful", "--why", "a\x00b", "--by", "a\x00b")
    assert ran.code in {0, 2}, ran.err
    assert wildfree("sweep", "market", "--term", "a\x00b").code in {0, 2, 7}
    assert wildfree("report").code == 0
    assert count(folder, Verdict) <= 1


@pytest.mark.parametrize(
    "words",
    [
        ("report", "a\udcffb"),
        ("letter", "show", "a\udcffb"),
        pytest.param(("review", "1", "--as", "lawful", "--why", "a\udcffb")),
        pytest.param(("sweep", "market", "--term", "a\udcffb")),
    ],
    ids=["platform", "letter", "why", "term"],
)
def test_bytes_that_are_no_text_are_one_error_and_no_traceback(words: tuple[str, ...], at: At) -> None:
    at("looked")
    ran = child(*words)
    assert ran.returncode in {2, 3, 5}
    assert b"Traceback" not in ran.stderr


# --- workspaces


def test_a_workspace_is_made_once_and_its_kind_stays(tmp_path: Path, wildfree: Wildfree) -> None:
    assert wildfree("init", tmp_path / "w", "--practice").code == 0
    before = (tmp_path / "w" / DATABASE).read_bytes()
    one_line(wildfree("init", tmp_path / "w"), 3, "already (practice)")
    one_line(wildfree("init", tmp_path / "w", "--practice"), 3, "already (practice)")
    assert (tmp_path / "w" / DATABASE).read_bytes() == before
    folders = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "w").iterdir() if path.is_dir()}
    assert {"evidence", "letters", "reports", "keys", "profiles", "config"} <= set(folders)
    assert os.name != "posix" or set(folders.values()) == {0o700}


def test_init_where_a_file_stands_is_one_line(tmp_path: Path, wildfree: Wildfree) -> None:
    (tmp_path / "w").write_text("a file")
    one_line(wildfree("init", tmp_path / "w"), 3, "cannot be made")


QUERY = pytest.param("a?b=c", id="a?b=c")


@pytest.mark.parametrize("name", ["with space", "象牙 守望", "100%", QUERY, "a#b", "it's", "-dash"])
def test_a_workspace_may_have_any_name(name: str, tmp_path: Path, wildfree: Wildfree) -> None:
    folder = tmp_path / name
    assert wildfree("init", "--workspace", folder, "--practice").code == 0
    assert (folder / DATABASE).stat().st_size > 10_000, "the archive lies elsewhere"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert wildfree("report", "-w", folder, "--json").code == 0


OPENED = [
    "sweep",
    "visit",
    "review",
    "letter draft",
    "letter approve",
    "letter show",
    "letter list",
    "check",
    "report",
    "practice",
]


@pytest.mark.parametrize("name", OPENED)
def test_a_workspace_that_is_named_stands_before_the_one_of_the_environment(
    name: str, tmp_path: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WILDFREE_WORKSPACE", str(tmp_path / "from the environment"))
    words = {"sweep": ["market"], "letter draft": ["market"], "letter approve": ["1"], "letter show": ["1"]}.get(
        name, []
    )
    one_line(wildfree(*name.split(), *words), 3, str(tmp_path / "from the environment"))
    one_line(wildfree(*name.split(), *words, "-w", tmp_path / "named"), 3, str(tmp_path / "named"))


@pytest.mark.parametrize("name", ["match", "platform list", "platform try", "platform read"])
def test_a_command_that_needs_no_workspace_reads_the_overlay_of_one(
    name: str, at: At, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = at("made")
    own = folder / "config" / "platforms"
    own.mkdir(parents=True, exist_ok=True)
    (own / "own.toml").write_text(
        (ROOT / "config/platforms/market.toml").read_text("utf-8").replace('"market"', '"own"'), "utf-8"
    )
    (folder / "config" / "terms").mkdir(exist_ok=True)
    head = (ROOT / "config/terms/zh.tsv").read_text("utf-8").splitlines()
    words = {
        "platform try": ["own", SAVED],
        "platform read": [
            "own",
            "tests/platforms/market/item-live.html",
            "--url",
            "http://127.0.0.1:8765/item/10002",
        ],
    }.get(name, [])
    monkeypatch.chdir(ROOT)
    if name == "match":
        row = next(line for line in head if line.startswith("象牙\t"))
        (folder / "config/terms/zz.tsv").write_text(f"{head[0]}\n{row.replace('象牙', '月光石尾', 1)}\n", "utf-8")
        (said,) = wildfree("match", "--json", typed="月光石尾 手镯\n").objects
        assert said["suspect"]
        monkeypatch.delenv("WILDFREE_WORKSPACE")
        (said,) = wildfree("match", "--json", typed="月光石尾 手镯\n").objects
        assert not said["suspect"]
        return
    ran = wildfree(*name.split(), *words, "--json")
    assert ran.code == 0, ran.err
    assert "own" in ran.out or name == "platform read"
    monkeypatch.delenv("WILDFREE_WORKSPACE")
    without = wildfree(*name.split(), *words, "--json")
    assert "own" not in without.out
    assert name == "platform list" or without.code == 2


# --- a person at the keyboard


def test_a_review_is_typed_key_by_key_and_each_answer_is_kept_at_once(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    ran = wildfree("review", typed="x\n象\nlegal\nILLEGAL\nelephnt\n亚洲象\nworked\n9\n3\n\n")
    assert ran.code == 0, ran.err
    assert ran.out.count("不在其中") == 4, "x, 象, legal, and 9 for a grade"
    assert "not in config/species" in ran.out
    assert count(folder, Verdict) == 1
    said = last(folder, Verdict)
    assert (said.decision, said.species, said.product_form) == ("illegal", "Elephas maximus", "worked")
    assert (said.sufficiency, said.legality) == (3, 2)
    assert wildfree("review", typed="").code == 0, "the end of the input is a way to stop"
    assert wildfree("review", typed="q\n").code == 0
    assert count(folder, Verdict) == 1
    assert wildfree("review", typed="l\r\n").code == 0, "as Windows ends its lines"
    assert last(folder, Verdict).decision == "lawful"
    assert "没有待审的信息" in wildfree("review", typed="").out


def test_a_verdict_needs_numbers_a_known_species_and_a_page_that_was_seen(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    one_line(wildfree("review", "--as", "illegal"), 2, "by number")
    one = seen(folder)[0]
    one_line(wildfree("review", one, "--as", "illegal", "--species", "Panthera tigres"), 2, "'Panthera tigris'")
    at("swept")
    one_line(wildfree("review", 1, "--as", "illegal"), 2, "never seen live")
    assert count(folder, Verdict) == 0


def test_answers_may_be_typed_as_a_chinese_keyboard_writes_them(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    assert wildfree("review", typed="ｉ\n亚洲象\nｗｏｒｋｅｄ\n２\n３\nｑ\n").code == 0
    said = last(folder, Verdict)
    assert (said.decision, said.product_form, said.sufficiency, said.legality) == ("illegal", "worked", 2, 3)


def test_a_review_names_a_picture_that_any_program_opens(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    ran = wildfree("review", typed="q\n")
    (picture,) = (Path(line.partition(": ")[2]) for line in ran.out.splitlines() if "截图: " in line)
    assert picture.parent == folder / "review"
    assert picture.read_bytes().startswith(b"\x89PNG")
    picture.write_bytes(b"drawn over")
    assert wildfree("review", typed="q\n").code == 0
    assert picture.read_bytes().startswith(b"\x89PNG"), "the exhibit is untouched, and laid out anew"


def test_a_listing_whose_review_does_not_bear_a_letter_is_left_out_unless_it_is_named(
    at: At, wildfree: Wildfree
) -> None:
    folder = at("looked")
    weak, strong = seen(folder)
    assert wildfree("review", weak, "--as", "suspect", "-E", 1).code == 0
    one_line(wildfree("letter", "draft", "market"), 5, f"listing {weak}: left out: sufficiency E1")
    assert wildfree("review", strong, "--as", "suspect", "--form", "worked").code == 0
    one_line(wildfree("letter", "draft", "market", "--listing", weak), 5, "needs E2")
    ran = wildfree("letter", "draft", "market")
    assert ran.code == 0, ran.err
    assert f"listing {weak}: left out: sufficiency E1, needs E2" in ran.out
    (letter,) = wildfree("letter", "list", "--json").objects
    assert letter["listings"] == [int(strong)]


def test_a_workspace_is_not_made_inside_another(at: At, wildfree: Wildfree) -> None:
    folder = at("made")
    one_line(wildfree("init", folder / "letters" / "mine"), 2, "lies inside the workspace")
    assert not (folder / "letters" / "mine").exists()


def test_a_sweep_that_found_something_new_says_what_comes_next(at: At, wildfree: Wildfree) -> None:
    at("made")
    ran = wildfree("sweep", "market", "--term", "虎骨")
    assert ran.out.splitlines()[-1] == "New suspect listings that wait for a first look: 2. Then: wildfree visit"
    assert "wildfree visit" not in wildfree("sweep", "market", "--term", "虎骨", "--json").out


def test_a_bundle_is_checked_by_the_command_as_by_the_program_in_it(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    (made,) = wildfree("bundle", seen(folder)[0], "--json").objects
    for there in (made["folder"], made["package"]):
        ran = wildfree("verify", there)
        assert ran.code == 0, ran.out
        assert wildfree("verify", there, "--json").objects[-1]["sound"]
    page = next(path for path in Path(made["folder"]).rglob("*.wacz"))
    page.write_bytes(page.read_bytes()[:-1])
    assert wildfree("verify", made["folder"]).code == 4
    faults = wildfree("verify", made["folder"], "--json").objects
    assert any(page.name in each["what"] for each in faults if each["kind"] == "fault")
    one_line(wildfree("verify", folder / "nothing.zip"), 2, "no such bundle")


def test_a_notarys_file_is_kept_with_the_newest_checkpoint(at: At, wildfree: Wildfree, tmp_path: Path) -> None:
    folder = at("looked")
    (tmp_path / "公证书.pdf").write_bytes(b"what the notary says")
    one_line(wildfree("witness", "--attach", tmp_path / "公证书.pdf"), 2, "--from NAME")
    one_line(wildfree("witness", "--attach", tmp_path / "none.pdf", "--from", "公证处"), 2, "none.pdf")
    assert wildfree("witness", "--attach", tmp_path / "公证书.pdf", "--from", "公证处").code == 0
    (kept,) = (folder / "evidence" / "ledger").glob("stamp-*")
    assert kept.read_bytes() == b"what the notary says"
    assert wildfree("verify").code == 0
    kept.write_bytes(b"what he never said")
    assert wildfree("verify").code == 4


def test_a_letter_whose_listing_was_judged_anew_is_not_approved(at: At, wildfree: Wildfree) -> None:
    one = seen(at("written"))[0]
    number = wildfree("letter", "list", "--json").objects[0]["number"]
    assert wildfree("review", one, "--as", "lawful", "--by", "a reviewer").code == 0
    ran = wildfree("letter", "approve", number)
    assert ran.code == 5
    assert f"listing {one}: is lawful now" in ran.err


def test_a_review_shows_the_words_of_a_shop_as_words(at: At, wildfree: Wildfree) -> None:
    folder = at("looked")
    with Vault.open(folder) as vault, vault.writing() as session:
        for look in session.scalars(select(Visit)):
            look.title = "[bold red]象牙[/] \x1b[2J\x07 {0} %s \u202e"
    for words in (("review", "--list"), ("review",)):
        ran = wildfree(*words, typed="q\n")
        assert ran.code == 0, ran.err
        assert {"\x1b", "\x07", "\u202e"} & set(ran.out) == set(), "a shop's title moves the reader's cursor"
        assert "[bold red]象牙[/] [U+001B][2J" in ran.out


def child(*words: str, typed: str = "", **surroundings: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [BIN / "wildfree", *words],
        cwd=ROOT,
        env={**os.environ, **surroundings},
        input=typed.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [("review",), ("review", "--list"), ("letter", "show")], ids=" ".join)
def test_a_terminal_that_cannot_write_chinese_is_written_to_all_the_same(words: tuple[str, ...], at: At) -> None:
    folder = at("written")
    number = (last(folder, Notice).number,) if words == ("letter", "show") else ()
    ran = child(*words, *number, typed="q\n", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
    assert ran.stdout


def test_the_version_is_told(wildfree: Wildfree) -> None:
    told = wildfree("--version")
    assert told.code == 0
    assert re.fullmatch(r"wildfree \d+\.\d+\.\d+\n", told.out)


def test_the_command_alone_shows_its_help(wildfree: Wildfree) -> None:
    alone = wildfree()
    assert alone.code in {0, 2}
    assert all(name.split()[0] in alone.out + alone.err for name in COMMANDS)


def test_a_reader_that_stops_reading_is_no_traceback(at: At) -> None:
    at("written")
    piped = subprocess.run(
        f"'{BIN / 'wildfree'}' report --json | head -c 10",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"Traceback" not in piped.stderr
