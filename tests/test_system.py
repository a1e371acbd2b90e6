"""What differs between operating systems stands in one file, and each side of it does what it says."""

import ast
import errno
import io
import os
import pty
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.store import FolderStore
from archive.vault import Vault
from config import system
from config.errors import ConfigError, EvidenceError, MachineError
from config.platform import platform, platforms
from config.term import terms
from crawler.chromium import find as finder
from desk import workspaces
from letters.press.pdf import Sheet, printed

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "config", "crawler", "desk", "letters")
FILES = {str(path.relative_to(ROOT)): path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))}
ONE = "config/system.py"
RUNNER = "config/program.py"

# What only some systems have, or do otherwise: modules, and names that are asked of any module or object.
MODULES = {"fcntl", "grp", "platform", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
MODULES |= {"msvcrt", "winreg", "ctypes.windll"}
NAMES = {
    "O_DIRECTORY", "O_NOFOLLOW", "ProactorEventLoop", "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1",
    "SIGUSR2", "SO_REUSEADDR", "SO_REUSEPORT", "add_signal_handler", "alarm", "chmod", "chown", "creationflags",
    "fdatasync", "fork", "forkpty", "fsync", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getuid",
    "hardlink_to", "killpg", "link", "mkfifo", "pidfd_open", "posix_spawn", "preexec_fn", "process_group",
    "setitimer", "setsid", "start_new_session", "startupinfo", "statvfs", "symlink", "symlink_to", "umask", "uname",
}  # fmt: skip
SYSTEM_ASKED = {("sys", "platform"), ("os", "name"), ("sys", "getwindowsversion")}
MEANT = {"os.name", "sys.platform"}
PLACES = re.compile(r"/(bin|dev|etc|proc|run|sbin|sys|tmp|usr|var)(/|$)")
SET_UP = "desk/machine.py"  # run by make alone, for Debian and Ubuntu
LOOKING_ROUND = {SET_UP, "desk/doctor/folder.py"}  # these ask what is there, and say so where it is not
MAY_START = {SET_UP, "desk/doctor/folder.py", "desk/doctor/here.py"}
MAY_START |= {"crawler/beside/window.py", "crawler/chromium/find.py", "crawler/ocr.py"}
MAY_START |= {"letters/proving.py"}  # it tries in a child what came from elsewhere


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8")))


def asked_of_the_system(path: Path) -> set[str]:
    """Every mention in the file PATH of what only some systems have."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} & MODULES
            found |= {name.name for name in node.names} & NAMES
            found |= {f"{node.module}.{name.name}" for name in node.names} & MEANT
        elif isinstance(node, ast.Attribute):
            found |= {node.attr} & NAMES
            if isinstance(node.value, ast.Name) and (node.value.id, node.attr) in SYSTEM_ASKED:
                found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, ast.keyword):
            found |= {node.arg or ""} & NAMES
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= {node.value} & NAMES - {"link", "alarm", "fork", "uname"}  # these are words, too
    return found


def test_what_only_some_systems_have_stands_in_one_file() -> None:
    assert {"geteuid", "killpg", "fsync", "link", "chmod", "fcntl", "sys.platform"} <= asked_of_the_system(FILES[ONE])
    elsewhere = {name: found for name, path in FILES.items() if name != ONE and (found := asked_of_the_system(path))}
    assert elsewhere == {}, f"it belongs into {ONE}, with what Windows and macOS do instead"


def test_no_file_names_a_place_that_only_some_systems_have() -> None:
    assert len(FILES) > 100
    for name, path in FILES.items():
        named = [
            node.value
            for node in nodes(path)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and PLACES.match(node.value)
        ]
        assert not named or name in LOOKING_ROUND, f"{name}: {named}"


STARTERS = {"subprocess", "multiprocessing", "pexpect", "sh"}
STARTING = {"system", "popen", "Popen", "execv", "execvp", "execve", "spawnl", "spawnv", "startfile"}
STARTING |= {"create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "spawnProcess"}
NEEDLESS = {"make", "sh", "bash", "/bin/sh", "sudo", "su", "doas", "apt-get", "apt", "brew", "powershell", "cmd"}


def starts(path: Path) -> bool:
    """Whether the file PATH can start a process."""
    for node in nodes(path):
        if isinstance(node, ast.Import) and {name.name for name in node.names} & STARTERS:
            return True
        if isinstance(node, ast.ImportFrom) and node.module in STARTERS:
            return True
        if isinstance(node, ast.Attribute) and node.attr in STARTING:
            return True
    return False


def test_processes_are_started_in_two_places_and_none_needs_make_a_shell_or_root() -> None:
    assert {name for name, path in FILES.items() if starts(path)} == {ONE, RUNNER}
    asking = set()  # those that have the runner start something for them
    for name, path in FILES.items():
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and node.module == "config.program":
                asking.add(name)
            if isinstance(node, ast.keyword):
                assert node.arg != "shell" or ast.unparse(node.value) == "False", f"{name}: shell="
            if isinstance(node, ast.List | ast.Tuple | ast.Set):
                words = {each.value for each in node.elts if isinstance(each, ast.Constant)}
                assert not words & NEEDLESS or name == SET_UP, f"{name}: {words & NEEDLESS}"
    assert {SET_UP} < asking <= MAY_START, "does it start a program that every system has?"


def test_the_syntax_is_that_of_the_oldest_python_we_run_on() -> None:
    for path in FILES.values():
        ast.parse(path.read_text("utf-8"), feature_version=(3, 11))


def test_no_text_is_read_or_written_in_whatever_encoding_the_system_has() -> None:
    seen = 0
    for name, path in FILES.items():
        for node in nodes(path):
            if isinstance(node, ast.Call) and (call := _text_call(node)):
                seen += 1
                words = {keyword.arg for keyword in node.keywords}
                least = {"read_text": 1, "write_text": 2}.get(call, 99)
                assert "encoding" in words or len(node.args) >= least, (
                    f"{name}:{node.lineno}: {call} in which encoding?"
                )
    assert seen >= 10


def _text_call(node: ast.Call) -> str:
    """The name of a call that reads or writes text in a file; "" for any other."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in {"read_text", "write_text"}:
        return name
    words = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "mode")]
    modes = [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]
    plain = name == "open" and any(re.fullmatch(r"[rwxa]\+?t?", mode) for mode in modes)
    return "open" if plain or (name == "open" and isinstance(function, ast.Name) and not modes) else ""


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "lacks"), [("win32", {(ONE, "killpg")}), ("darwin", set())])
def test_nothing_is_used_that_pythons_library_lacks_on_another_system(
    kind: str, lacks: set[tuple[str, str]], tmp_path: Path
) -> None:
    packages = [word for name in PACKAGES for word in ("-p", name)]
    command = [sys.executable, "-m", "mypy", "--platform", kind, "--cache-dir", str(tmp_path), *packages]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert re.search(r"^(Found|Success)", told.stdout, re.MULTILINE), told.stderr
    found = re.findall(r'^(\S+?):\d+: error: Module has no attribute "(\w+)"', told.stdout, re.MULTILINE)
    assert set(found) == lacks


# --- names of files ---


UNFIT = [
    "con",
    "NUL",
    "aux.toml",
    "Com1",
    "lpt9.txt",
    "com¹",
    "a:b",
    "a/b",
    "a\\b",
    "what?",
    "a*",
    "a|b",
    '"a"',
    "<a>",
]
UNFIT += ["a.", "a ", "", "a\tb", "象" * 67]


@pytest.mark.parametrize("name", UNFIT)
def test_a_name_that_some_system_refuses_is_unfit(name: str) -> None:
    assert system.unfit(name)


@pytest.mark.parametrize(
    "name", ["market.toml", "WF-2026-0001.pdf", ".locks", "象牙.html", "console", "com", "nul-1"]
)
def test_a_name_that_every_system_takes_is_fit(name: str) -> None:
    assert system.unfit(name) == ""


@pytest.mark.parametrize("name", ["con", "nul", "Market", "a b", "a.b", "淘宝", "com1"])
def test_a_platform_whose_name_no_file_may_have_everywhere_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "platforms").mkdir()
    shipped = (ROOT / "config" / "platforms" / "oscar.toml").read_text("utf-8")
    ours = re.sub(r'(?m)^(name\s*=\s*)"oscar"', rf'\g<1>"{name}"', shipped)
    assert ours != shipped
    (tmp_path / "platforms" / f"{name}.toml").write_text(ours, "utf-8")
    with pytest.raises(ConfigError, match=r"name = ") as told:
        platform(name, tmp_path)
    assert "\n" not in str(told.value)


def test_what_macos_lays_beside_a_file_on_a_foreign_disk_is_no_file_of_ours(tmp_path: Path) -> None:
    own = tmp_path / "platforms" / "market.toml"
    own.parent.mkdir()
    shutil.copy(ROOT / "config" / "platforms" / "market.toml", own)
    (own.parent / "._market.toml").write_bytes(b"\x00\x05\x16\x07\x00\x02\xff\xfe")
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "._zh.tsv").write_bytes(b"\x00\x05\x16\x07\x00\x02\xff\xfe")
    assert "market" in [each.name for each in platforms(tmp_path)]
    assert "象牙" in {term.term for term in terms(tmp_path)}


# --- disks ---

REFUSALS = [errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP]


@pytest.fixture(params=sorted(set(REFUSALS)), ids=errno.errorcode.get)
def unlinking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that knows no links, in each way in which systems say so."""

    def refused(*_: object) -> None:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(os, "link", refused)


def kept(store: FolderStore) -> list[str]:
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("unlinking")
def test_a_disk_without_links_keeps_exhibits_whole_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = FolderStore(tmp_path / "evidence")
    names = [store.put(body) for body in (b"one", b"two", b"one")]
    assert [store.read(name) for name in names] == [b"one", b"two", b"one"]
    assert kept(store) == sorted(set(names)), "a draft was left"
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(store.folder) in caplog.text
    assert "disk of your own" in caplog.text


@pytest.mark.usefixtures("unlinking")
def test_a_disk_without_links_never_loses_what_stands_under_the_name(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "evidence")
    name = store.put(b"one")
    store.path(name).write_bytes(b"another")
    with pytest.raises(EvidenceError, match="altered"):
        store.put(b"one")
    draft = tmp_path / "draft"
    draft.write_bytes(b"one")
    assert not system.give_name(draft, store.path(name))
    assert store.path(name).read_bytes() == b"another"
    assert draft.exists()


def test_a_link_that_fails_for_another_reason_is_no_disk_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", failed)
    store = FolderStore(tmp_path / "evidence")
    with pytest.raises(MachineError, match="Input/output error"):
        store.put(b"one")
    assert kept(store) == []


EXFAT = all(map(shutil.which, ("mkfs.exfat", "mount.exfat-fuse", "losetup"))) and system.root()


@pytest.mark.skipif(not EXFAT, reason="needs root, exfatprogs and exfat-fuse")
def test_a_workspace_on_a_real_exfat_disk_keeps_exhibits_and_is_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    image, disk = tmp_path / "image", tmp_path / "disk"
    with image.open("wb") as file:
        file.truncate(64 * 2**20)
    disk.mkdir()
    subprocess.run(["mkfs.exfat", image], check=True, capture_output=True)
    loop = subprocess.run(
        ["losetup", "-f", "--show", image], check=True, capture_output=True, text=True
    ).stdout.strip()
    try:
        subprocess.run(["mount.exfat-fuse", loop, disk], check=True, capture_output=True)
        try:
            with pytest.raises(OSError, match="not permitted"):
                os.link(_written(disk / "a"), disk / "b")
            workspaces.make(disk / "workspace", "practice")
            store = FolderStore(disk / "workspace" / "evidence")
            assert store.read(store.put(b"one")) == b"one"
            assert "knows no links" in caplog.text
        finally:
            subprocess.run(["umount", disk], check=True)
    finally:
        subprocess.run(["losetup", "-d", loop], check=True)


def _written(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def test_a_disk_without_rights_or_syncs_of_folders_is_no_error_and_a_failing_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = errno.EPERM

    def refused(*_: object) -> None:
        raise OSError(answer, os.strerror(answer))

    monkeypatch.setattr(Path, "chmod", refused)
    monkeypatch.setattr(os, "fsync", refused)
    system.make_private(tmp_path)
    answer = errno.EINVAL
    system.sync_folder(tmp_path)
    answer = errno.EIO
    with pytest.raises(OSError, match="Input/output"):
        system.make_private(tmp_path)
    with pytest.raises(OSError, match="Input/output"):
        system.sync_folder(tmp_path)
    system.sync_folder(tmp_path / "nowhere", system.WINDOWS)  # where it is not even opened


def test_a_file_is_synced_through_the_drives_cache_where_the_system_can_and_plainly_where_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: list[int] = []
    monkeypatch.setattr(os, "fsync", plain.append)
    fully = 1  # F_GETFD stands in for macOS's F_FULLFSYNC: an order that this system knows
    unknown = 51  # F_FULLFSYNC itself, which it does not
    with (tmp_path / "file").open("wb") as file:
        system.sync(file.fileno(), fully)
        assert plain == []
        for full in (unknown, None):
            system.sync(file.fileno(), full)
        assert plain == [file.fileno()] * 2


def test_the_database_too_is_synced_through_the_drives_cache(tmp_path: Path) -> None:
    workspaces.make(tmp_path, "practice")
    with Vault.open(tmp_path) as vault, vault.reading() as session:
        assert session.execute(text("PRAGMA fullfsync")).scalar_one() == 1


def test_only_the_owner_can_read_the_database(tmp_path: Path) -> None:
    workspaces.make(tmp_path, "practice")
    assert (tmp_path / "archive.sqlite").stat().st_mode & 0o077 == 0


# --- processes, ports, browsers ---


def test_a_process_and_its_children_are_ended_by_taskkill_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "taskkill"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/told\n', "utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    system.end(12345, system.WINDOWS)
    assert (tmp_path / "told").read_text("utf-8").split() == ["/F", "/T", "/PID", "12345"]
    assert system.apart(system.WINDOWS) == {"creationflags": 0x200}  # CREATE_NEW_PROCESS_GROUP
    assert system.apart(system.MACOS) == system.apart(system.LINUX) == {"start_new_session": True}


def test_ending_a_process_that_has_ended_is_no_error() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], **system.apart()) as gone:
        gone.wait(60)
    system.end(gone.pid)


def test_the_loop_of_the_browser_can_start_a_process() -> None:
    import asyncio

    async def said() -> bytes:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('here')", stdout=asyncio.subprocess.PIPE
        )
        return (await child.communicate())[0]

    loop = system.loop_for_children()
    try:
        assert loop.run_until_complete(said()) == b"here\n"
    finally:
        loop.close()


def test_a_port_that_was_let_go_of_can_be_taken_at_once_but_not_one_that_is_held() -> None:
    with socket.socket() as first:
        system.keep_port(first)
        first.bind(("127.0.0.1", 0))
        first.listen()
        with socket.socket() as second:
            system.keep_port(second)
            with pytest.raises(OSError, match="in use"):
                second.bind(first.getsockname())
        with socket.create_connection(first.getsockname()):
            there, _ = first.accept()
            there.close()  # the side that closes first keeps the port in TIME_WAIT
        port = first.getsockname()
    with socket.socket() as again:
        system.keep_port(again)
        again.bind(port)


def test_the_browsers_that_windows_and_macos_bring_on_no_path_are_found_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = {"PROGRAMFILES": "C:/Program Files", "LOCALAPPDATA": "C:/Users/x/AppData/Local"}
    windows = [path.as_posix() for path in system.installed_browsers(system.WINDOWS, env)]
    assert windows[-1] == "C:/Users/x/AppData/Local/Microsoft/Edge/Application/msedge.exe"
    assert "C:/Program Files/Google/Chrome/Application/chrome.exe" in windows
    macos = [path.as_posix() for path in system.installed_browsers(system.MACOS, {})]
    assert "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" in macos
    assert system.installed_browsers(system.LINUX, env) == []
    usual, on_path = tmp_path / "usual" / "Google Chrome", tmp_path / "bin" / "chromium"
    for browser in (usual, on_path):
        browser.parent.mkdir()
        browser.write_text("#!/bin/sh\necho Chromium 141.0.7390.54\n", "utf-8")
        browser.chmod(0o755)
    monkeypatch.setattr(finder, "installed_browsers", lambda: [tmp_path / "none", usual])
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(on_path.parent))
    for name in (finder.BY_HAND, "PLAYWRIGHT_BROWSERS_PATH"):
        monkeypatch.delenv(name, raising=False)
    assert finder.chromium() == on_path
    on_path.unlink()
    assert finder.chromium() == usual


@pytest.mark.parametrize("lack", system.MENDS)
def test_each_system_is_told_how_to_mend_in_its_own_words(lack: str) -> None:
    told = {system.mend(lack, name) for name in (system.LINUX, system.MACOS, system.WINDOWS)}
    assert len(told) == 3
    assert "apt-get" not in system.mend(lack, system.WINDOWS) + system.mend(lack, system.MACOS)
    assert system.mend(lack, "freebsd14") == system.mend(lack, system.LINUX)


SHEET = Sheet("WF-1", "zh", datetime(2026, 11, 21, tzinfo=UTC), "a team", "", {})


def test_a_machine_without_pango_is_told_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "weasyprint").mkdir()
    source = "print('a page of advice')\nraise OSError(\"cannot load library 'libpango-1.0-0': error 0x7e\")\n"
    (tmp_path / "weasyprint" / "__init__.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(MachineError, match=r"cannot load library 'libpango-1.0-0'\. .*libpango") as told:
        printed(SHEET, "<p>x")
    assert "\n" not in str(told.value)
    assert capsys.readouterr().out == ""


# --- encodings ---

OLD = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # what is not told otherwise is ASCII
WILDFREE = [str(Path(sys.executable).parent / "wildfree"), "platform", "list"]


def surroundings(**more: str) -> dict[str, str]:
    return {**{key: value for key, value in os.environ.items() if key != "PYTHONIOENCODING"}, **OLD, **more}


def test_a_file_or_a_pipe_is_written_in_utf8_whatever_the_system_would_take() -> None:
    probe = [sys.executable, "-c", "import sys; print(sys.stdout.encoding)"]
    plain = subprocess.run(probe, env=surroundings(), capture_output=True, timeout=60, check=True)
    assert b"utf" not in plain.stdout.lower(), "these surroundings prove nothing"
    ran = subprocess.run(WILDFREE, env=surroundings(), capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    assert "集市" in ran.stdout.decode("utf-8")


@pytest.mark.parametrize("encoding", ["cp1252", "cp936", "ascii"])
def test_an_encoding_that_was_asked_for_is_kept_and_what_it_lacks_is_spelt(encoding: str) -> None:
    asked = surroundings(PYTHONIOENCODING=encoding)
    ran = subprocess.run(WILDFREE, env=asked, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    shown = ran.stdout.decode(encoding)
    assert ("集市" if encoding == "cp936" else "\\u96c6\\u5e02") in shown


def test_a_terminal_keeps_its_own_encoding_and_is_shown_the_rest_by_number() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(WILDFREE, env=surroundings(COLUMNS="200"), stdout=theirs, stderr=theirs) as child:
        os.close(theirs)
        said = io.BytesIO()
        with suppress(OSError):  # Linux says so when the other side closes
            while piece := os.read(ours, 4096):
                said.write(piece)
        os.close(ours)
    assert child.returncode == 0, said.getvalue()
    assert b"\\u96c6\\u5e02" in said.getvalue()


def test_what_is_typed_into_a_pipe_is_utf8_too(tmp_path: Path) -> None:
    workspaces.make(tmp_path, "practice")
    child = [WILDFREE[0], "practice", "-w", str(tmp_path)]
    ran = subprocess.run(
        child, env=surroundings(), input="飞\nquit\n".encode(), capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert "'飞'" in ran.stdout.decode("utf-8")


def test_signals_that_every_system_has_are_the_only_ones_that_are_answered() -> None:
    named = {
        node.attr
        for path in FILES.values()
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("signal.SIG")
    }
    assert named - {"SIG_IGN", "SIG_DFL"} == {"SIGINT", "SIGTERM"}
