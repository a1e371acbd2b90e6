"""The built wheel, alone in an empty environment and far from the checkout, does the whole walk."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest
from pypdf import PdfReader

from config.system import unfit
from crawler.chromium import find as finder
from tests.conftest import SENDER, Ran

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "config", "crawler", "desk", "letters")
DATA = ("*.toml", "*.tsv", "*.j2", "*.html", "*.css", "*.js", "*.mako")
SHIPPED = ROOT / "config"
FARTHEST = 120  # characters of a path inside a workspace or the wheel: Windows allows 259 for the whole
TITLE = "我们自己的集市 Our own market"
TERMS = "term\tlanguage\tkind\tspecies\tambiguity\tsearch\n象牙\tzh\tproduct\tElephantidae\t1\tyes\n"
REASON = "违反平台规则"
# By these, where they are, Python's own ctypes looks for the libraries of the system that WeasyPrint names.
LOOKING = {f"ran {name}" for name in ("cc", "gcc", "ld", "ldconfig", "objdump")}

# Each Python of the environment begins with it, and so tells on itself; a system may have a sitecustomize.py already.
WATCHER = """
import os, sys

def told(event, words):
    if event == "open" and isinstance(words[0], (str, bytes)):
        path = os.path.abspath(os.fsdecode(words[0]))
        if path.startswith(os.environ["WATCHED"] + os.sep):
            note("read", path)
    elif event == "subprocess.Popen":
        note("ran", os.path.basename(words[0] or words[1][0]))
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"):
        note("ran", event)

def note(what, name):
    with open(os.environ["NOTES"], "a", encoding="utf-8") as notes:
        notes.write(f"{what} {name}\\n")

sys.addaudithook(told)
"""


def uv() -> str:
    """The uv of the set-up, or the machine's."""
    ours = ROOT / ".uv" / "bin" / "uv"
    found = str(ours) if ours.is_file() else shutil.which("uv")
    assert found, "no uv: run make setup"
    return found


def told(command: list[str]) -> str:
    """What uv says: from its cache if that holds all, as it does after the set-up; else from the package index."""
    for offline in (["--offline"], []):
        ran = subprocess.run(
            [*command, *offline],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        if ran.returncode == 0:
            return ran.stdout
    pytest.fail(ran.stderr)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    told([uv(), "build", "--quiet", "--wheel", "--out-dir", str(folder), "--python", sys.executable, str(ROOT)])
    (built,) = folder.glob("*.whl")
    return built


def of_the_packages() -> set[str]:
    """Every file of the packages in this checkout, whatever its kind."""
    here = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in here if "__pycache__" not in path.parts}


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        inside = {name for name in opened.namelist() if ".dist-info/" not in name}
        data = {name for name in inside if not name.endswith(".py")}
        empty = [name for name in data if not opened.getinfo(name).file_size]
    assert inside == of_the_packages()
    assert len(data) >= 30
    assert empty == []
    for kind in DATA:
        assert any(PurePosixPath(name).match(kind) for name in data), f"no {kind} is in the wheel"
    assert {"config/terms/zh.tsv", "archive/migrations/script.py.mako", "letters/press/letter.css"} <= data


def test_the_names_in_the_wheel_are_such_as_every_system_takes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert len(names) > 100
    assert [(name, why) for name in names for part in name.split("/") if (why := unfit(part))] == []
    assert [name for name, times in Counter(name.casefold() for name in names).items() if times > 1] == []
    assert max(map(len, names)) <= FARTHEST


@dataclass
class Laptop:
    """A folder with an environment that holds the wheel, its dependencies, and no more; and a place to work in."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        return self.folder / "env" / "bin"

    @property
    def workspace(self) -> Path:
        return self.folder / "training"

    @property
    def notes(self) -> list[str]:
        """What the Pythons of this laptop told on themselves."""
        notes = self.folder / "notes"
        return notes.read_text("utf-8").splitlines() if notes.exists() else []

    def python(self, code: str) -> str:
        return self._ran([str(self.bin / "python"), "-c", code]).out

    def wildfree(self, *words: str, typed: str = "", code: int = 0) -> Ran:
        """Run one command in a process of its own, in an empty folder; it must end with CODE."""
        return self._ran([str(self.bin / "wildfree"), *words], typed, code)

    def _ran(self, command: list[str], typed: str = "", code: int = 0) -> Ran:
        ran = subprocess.run(
            command,
            cwd=self.folder / "elsewhere",
            env=self.env,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert ran.returncode == code, f"{command[1:]}: {ran.stdout}\n{ran.stderr}"
        assert "Traceback" not in ran.stderr, ran.stderr
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    @contextmanager
    def practice(self) -> Iterator["subprocess.Popen[str]"]:
        """The practice market, open in a window of its own."""
        with subprocess.Popen(
            [self.bin / "wildfree", "practice"],
            cwd=self.folder / "elsewhere",
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as window:
            try:
                self.said(window, "open at")
                yield window
                type_into(window, "quit")
                assert window.wait(60) == 0
            finally:
                window.kill()

    @staticmethod
    def said(window: "subprocess.Popen[str]", words: str) -> None:
        """Wait until WINDOW says WORDS."""
        assert window.stdout is not None
        for line in window.stdout:
            if words in line:
                return
        pytest.fail(f"it ended and never said: {words}")


def type_into(window: "subprocess.Popen[str]", line: str) -> None:
    assert window.stdin is not None
    window.stdin.write(f"{line}\n")
    window.stdin.flush()


@pytest.fixture
def laptop(wheel: Path, tmp_path: Path) -> Laptop:
    """A laptop with the wheel alone, in the versions of the lock; of our surroundings it knows next to nothing."""
    environment = tmp_path / "env"
    versions = tmp_path / "versions.txt"
    export = [uv(), "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes"]
    versions.write_text(told(export), "utf-8")
    told([uv(), "venv", "--quiet", "--python", sys.executable, str(environment)])
    told([uv(), "pip", "install", "--quiet", "--python", str(environment), "-c", str(versions), str(wheel)])
    (library,) = environment.glob("lib/python3*/site-packages")
    (library / "watcher.py").write_text(WATCHER, "utf-8")
    (library / "watcher.pth").write_text("import watcher\n", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    browser = finder.chromium()
    assert browser is not None
    kept = {key: value for key, value in os.environ.items() if key in {"HOME", "PATH", "TMPDIR", "LANG"}}
    ours = {
        "NOTES": str(tmp_path / "notes"),
        "WATCHED": str(ROOT),
        "PYTHONTZPATH": "",  # Windows brings no time zones
        "WILDFREE_BY": "a reviewer",
        "WILDFREE_CHROMIUM": str(browser),
        "WILDFREE_WORKSPACE": str(tmp_path / "training"),
    }
    return Laptop(tmp_path, kept | ours)


def overlaid(laptop: Laptop) -> None:
    """Put a platform file and a term file of shipped ones' names into the workspace's own config/."""
    own = laptop.workspace / "config"
    for folder in ("platforms", "terms"):
        (own / folder).mkdir(parents=True)
    shipped = (SHIPPED / "platforms" / "market.toml").read_text("utf-8")
    ours = re.sub(r"(?m)^title\b.*$", f'title = "{TITLE}"', shipped, count=1)
    assert ours != shipped
    (own / "platforms" / "market.toml").write_text(ours, "utf-8")
    (own / "terms" / "zh.tsv").write_text(TERMS, "utf-8")


def suspect(laptop: Laptop, text: str) -> bool:
    (said,) = laptop.wildfree("match", "--json", typed=f"{text}\n").objects
    return bool(said["suspect"])


@pytest.mark.slow
def test_the_wheel_alone_does_the_whole_walk_far_from_the_checkout(laptop: Laptop) -> None:
    assert_that_the_watcher_watches(laptop)
    laptop.wildfree("init", "--practice")
    (laptop.workspace / "wildfree.toml").write_text(f"[sender]\n{SENDER}", "utf-8")

    assert suspect(laptop, "虎骨酒 私聊"), "the shipped terms are not in the wheel"
    overlaid(laptop)
    assert not suspect(laptop, "虎骨酒 私聊"), "the workspace's own zh.tsv did not take the shipped one's place"
    titles = {each["name"]: each["title"] for each in laptop.wildfree("platform", "list", "--json").objects}
    assert titles["market"] == TITLE
    assert len(titles) >= 2, "the other shipped platforms are gone"

    with laptop.practice() as window:
        searches = laptop.wildfree("sweep", "market", "--json").objects
        assert {each["outcome"] for each in searches} == {"hits"}
        terms = {each["term"] for each in searches}
        assert "象牙" in terms
        assert not {"虎骨", "穿山甲", "象牙制品"} & terms, "it searched the shipped terms"

        looks = laptop.wildfree("visit", "--json").objects
        assert len(looks) >= 3
        assert {(each["condition"], each["capture"]) for each in looks} == {("live", "complete")}

        asked = laptop.wildfree("review", typed="illegal\n\n\n\n\n" * len(looks))
        assert asked.out.count("已保存：") == len(looks), asked.out
        (paper,) = laptop.wildfree("letter", "draft", "market", "--json").objects
        assert len(paper["listings"]) == len(looks)
        laptop.wildfree("letter", "approve", paper["number"])

        first, second = (each["key"] for each in looks[:2])
        type_into(window, f"remove {first} {REASON}")
        laptop.said(window, f"done: remove {first}")
        type_into(window, f"delete {second}")
        laptop.said(window, f"done: delete {second}")
        again = {each["key"]: each for each in laptop.wildfree("check", "--json").objects}

    assert (again[first]["condition"], again[first]["cause"]) == ("gone", "platform")
    assert REASON in again[first]["reason"]
    assert (again[second]["condition"], again[second]["cause"]) == ("gone", "unknown")
    assert {each["condition"] for key, each in again.items() if key not in {first, second}} == {"live"}

    pages = "".join(page.extract_text() for page in PdfReader(paper["pdf"]).pages)
    assert "演练" in pages
    assert "+08:00 (Asia/Shanghai)" in Path(paper["text"]).read_text("utf-8")
    told_off = laptop.wildfree("report", "--json").objects
    assert {each["key"] for each in told_off if each["kind"] == "not_seen_since"} == {first, second}
    (page,) = (laptop.workspace / "reports").glob("*.html")
    assert TITLE in page.read_text("utf-8")

    assert_that_nothing_of_the_checkout_was_needed(laptop)
    assert_that_the_workspace_could_stand_on_any_disk(laptop)


def assert_that_the_watcher_watches(laptop: Laptop) -> None:
    """A read and a program that a Python of the laptop does are told; and its modules are its own."""
    laptop.python(f"open({str(ROOT / 'README.md')!r}).close(); import subprocess; subprocess.run(['true'])")
    assert laptop.notes == [f"read {ROOT / 'README.md'}", "ran true"]
    (laptop.folder / "notes").unlink()
    imports = f"import json, {', '.join(PACKAGES)}, desk.main as last"
    files = json.loads(
        laptop.python(f"{imports}; print(json.dumps([m.__file__ for m in ({', '.join(PACKAGES)}, last)]))")
    )
    assert len(files) == len(PACKAGES) + 1
    assert all(Path(file).is_relative_to(laptop.folder / "env") for file in files), files


def assert_that_nothing_of_the_checkout_was_needed(laptop: Laptop) -> None:
    """No file of it was read; no program was started but driver, browser and our own reader: no shell, no make."""
    browser = Path(laptop.env["WILDFREE_CHROMIUM"]).name
    reader = {note for note in laptop.notes if note.startswith("ran python")}  # of the text in pictures
    assert len(reader) == 1
    assert set(laptop.notes) - LOOKING == {"ran node", f"ran {browser}"} | reader, Counter(laptop.notes)
    assert list((laptop.folder / "elsewhere").iterdir()) == [], "something was left where it was called"


def assert_that_the_workspace_could_stand_on_any_disk(laptop: Laptop) -> None:
    paths = [path.relative_to(laptop.workspace) for path in laptop.workspace.rglob("*")]
    assert len(paths) > 20
    assert [(path, why) for path in paths if (why := unfit(path.name))] == []
    assert max(len(str(path)) for path in paths) <= FARTHEST
    assert max(Counter(str(path).casefold() for path in paths).values()) == 1
