"""What differs between operating systems: what Linux, macOS and Windows each do, side by side.

No other file asks which system it runs on, or uses what only some of them have (a test holds that). Standard
library only, in the syntax of Python 3.9, because the set-up reads this before anything is installed.
"""

from __future__ import annotations

import errno
import os
import platform
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

FCNTL: Any
try:
    import fcntl as FCNTL  # noqa: N812  (Windows has none)
except ImportError:
    FCNTL = None

RESOURCE: Any
try:
    import resource as RESOURCE  # noqa: N812  (the same)
except ImportError:
    RESOURCE = None

if TYPE_CHECKING:  # slow to import, and few commands need it
    from asyncio import AbstractEventLoop

LINUX, MACOS, WINDOWS = "linux", "darwin", "win32"  # as sys.platform has them
OPENSSL_FINDS_AUTHORITIES = sys.platform == LINUX  # where the system keeps whom it trusts to sign certificates
NAME = {LINUX: "Linux", MACOS: "macOS", WINDOWS: "Windows"}.get(sys.platform, sys.platform)
BROWSERS_ANSWER = sys.platform != WINDOWS  # to --version; chrome.exe opens a window instead

MENDS = {  # what brings what a machine lacks
    "browser": {
        LINUX: "Debian: apt-get install chromium chromium-sandbox",
        MACOS: "install Chrome, or: python3 -m playwright install chromium",
        WINDOWS: "install Chrome or Edge, or: python -m playwright install chromium",
    },
    "font": {
        LINUX: "Debian: apt-get install fonts-noto-cjk",
        MACOS: "brew install --cask font-noto-sans-cjk",
        WINDOWS: "Settings, Optional features: Chinese (Simplified) Supplemental Fonts",
    },
    "pango": {
        LINUX: "Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
        MACOS: "brew install pango",
        WINDOWS: "install MSYS2 into C:\\msys64, then in its window: pacman -S mingw-w64-ucrt-x86_64-pango",
    },
}


def mend(lack: str, system: str = sys.platform) -> str:
    """How a person brings what this machine lacks (a key of MENDS)."""
    return MENDS[lack].get(system, MENDS[lack][LINUX])


def no_window(system: str = sys.platform, env: Mapping[str, str] = os.environ) -> bool:
    """Whether no window can be opened here: on Linux there may be no screen, or none that we may use."""
    return system == LINUX and not (env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def described() -> str:
    """What system this is, its version and its kind of machine, as it says of itself."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"  # platform() would start another program


def apt_may_help() -> bool:
    """Whether this is a system that may have Debian's apt-get."""
    return sys.platform == LINUX


# --- who we are ---


def root() -> bool:
    """Whether we run as root, for whom Chromium has no sandbox. Windows knows no such user."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


# --- processes ---

HANGUPS = tuple(each for each in signal.Signals if each.name == "SIGHUP")  # the terminal was closed; Windows has none


def apart(system: str = sys.platform) -> dict[str, Any]:
    """What Popen must be told, so that `end` can end the process with all its children."""
    if system == WINDOWS:
        return {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200)}
    return {"start_new_session": True}


def end(pid: int, system: str = sys.platform) -> None:
    """End the process PID, which was started apart, and its children; one that has ended already may be named."""
    if system == WINDOWS:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], check=False, capture_output=True)  # noqa: S603, S607  (stands in every Windows)
    else:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)


HAND_ON = "import os, sys; os.dup2(0, 3); os.dup2(1, 4); os.execv(sys.argv[1], sys.argv[1:])"


def tied(command: Sequence[str], system: str = sys.platform) -> list[str]:
    """COMMAND, which starts a Chromium, so that it ends once its standard input is closed: with us, at the latest.

    It takes that for a pipe that it hears (3) and speaks to (4). Windows has no such numbers: there it outlives us.
    """
    if system == WINDOWS:
        return [*command]
    return [sys.executable, "-IS", "-c", HAND_ON, *command, "--remote-debugging-pipe"]


def take_at_most(memory: int) -> None:
    """Let this process have no more than MEMORY bytes of addresses. Windows and macOS do not hold a process to it."""
    if RESOURCE is not None:
        with suppress(ValueError, OSError):
            RESOURCE.setrlimit(RESOURCE.RLIMIT_AS, (memory, memory))


def loop_for_children() -> AbstractEventLoop:
    """A new event loop that can start processes: on Windows, unlike elsewhere, the reactor's kind cannot."""
    import asyncio  # noqa: PLC0415  (slow to import, and few commands need it)

    kind = getattr(asyncio, "ProactorEventLoop", asyncio.SelectorEventLoop)
    loop: AbstractEventLoop = kind()
    return loop


def installed_browsers(system: str = sys.platform, env: Mapping[str, str] = os.environ) -> list[Path]:
    """Where browsers are that stand on no PATH, the best first; Linux has them all on its PATH."""
    if system == WINDOWS:
        makes = ("Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe")
        inside = (*makes, "Microsoft/Edge/Application/msedge.exe")
        homes = [env[name] for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if env.get(name)]
        return [Path(home, path) for path in inside for home in homes]
    if system == MACOS:
        names = ("Chromium", "Google Chrome", "Microsoft Edge")
        return [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in names]
    return []


# --- files ---

# What a disk answers that does not know what was asked: links and rights on FAT, exFAT and many network folders.
UNKNOWN_HERE = {errno.EPERM, errno.EACCES, errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
FULL_SYNC: int | None = getattr(FCNTL, "F_FULLFSYNC", None)  # macOS


def sync(handle: int, full: int | None = FULL_SYNC) -> None:
    """Bring an open file's bytes to the disk. macOS's own fsync stops at the drive's cache; F_FULLFSYNC does not."""
    if full is not None:
        try:
            FCNTL.fcntl(handle, full)
        except OSError as problem:
            if problem.errno not in UNKNOWN_HERE:
                raise
        else:
            return
    os.fsync(handle)


def sync_folder(folder: Path, system: str = sys.platform) -> None:
    """Bring a folder's list of names to disk. Windows cannot open a folder; NTFS keeps its own journal."""
    if system == WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        sync(handle)
    except OSError as problem:
        if problem.errno not in UNKNOWN_HERE:
            raise
    finally:
        os.close(handle)


def give_name(draft: Path, place: Path) -> bool:
    """Give the whole file DRAFT the name PLACE, unless a file stands there: that one stays. Whether by a link.

    Where the disk knows no links, DRAFT is moved: Windows never moves over a file; elsewhere the place is looked
    at first, and in the moment between, only what also writes under that name could be moved over.
    """
    try:
        with suppress(FileExistsError):
            os.link(draft, place)
    except OSError as problem:
        if problem.errno not in UNKNOWN_HERE:
            raise
    else:
        return True
    with suppress(FileExistsError):  # Windows
        if not place.exists():
            draft.rename(place)
    return False


def make_private(file: Path) -> None:
    """Let nobody but its owner open FILE. Windows and FAT go by the folder's rights: a user's own are private."""
    try:
        file.chmod(0o600)
    except OSError as problem:
        if problem.errno not in UNKNOWN_HERE:
            raise


def rights(path: Path) -> int | None:
    """Who may open PATH, as in 0o750; None on Windows, which goes by other rules."""
    return path.stat().st_mode & 0o777 if hasattr(os, "getuid") else None


KEPT_BY_WINDOWS = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)
LONGEST = 200  # bytes of a file's name; no disk takes more than 255


def unfit(name: str) -> str:
    """Why no file of every system may be called NAME; "" where it may."""
    if found := re.search(r'[<>:"/\\|?*\x00-\x1f]', name):
        return f"{found[0]!r} may not stand in a file's name"
    if KEPT_BY_WINDOWS.fullmatch(name):
        return "Windows keeps this name for itself"
    if name != name.rstrip(" .") or not name:
        return "a file's name may not be empty, or end in a dot or a space"
    return "too long for a file's name" if len(name.encode()) > LONGEST else ""


def cache_folder(system: str = sys.platform, env: Mapping[str, str] = os.environ) -> Path | None:
    """Where this user's programs keep what can be made again; None where no home is known."""
    key, below = {
        WINDOWS: ("LOCALAPPDATA", "wildfree/cache"),
        MACOS: ("HOME", "Library/Caches/wildfree"),
    }.get(system, ("HOME", ".cache/wildfree"))
    if system not in (WINDOWS, MACOS) and os.path.isabs(env.get("XDG_CACHE_HOME", "")):  # noqa: PTH117  (as its rule says)
        return Path(env["XDG_CACHE_HOME"], "wildfree")
    return Path(env[key], below) if env.get(key) else None


# --- the network and the terminal ---


def keep_port(listener: socket.socket) -> None:
    """Let LISTENER take a port that was let go of a moment ago, and nobody take it from under us.

    The option that allows the first on Linux and macOS allows the second on Windows, which has another.
    """
    option = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
    listener.setsockopt(socket.SOL_SOCKET, option, 1)


def speak_utf8() -> None:
    """Read and write UTF-8 where standard input and output are files or pipes, unless PYTHONIOENCODING says other.

    Windows would take its code page (cp936, cp1252). A terminal keeps its own encoding, and is shown what it
    cannot write by number.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is None or not hasattr(stream, "reconfigure"):  # pythonw.exe has none
            continue
        if not (stream.isatty() or os.environ.get("PYTHONIOENCODING")):
            stream.reconfigure(encoding="utf-8")
        if stream is not sys.stdin:
            stream.reconfigure(errors="backslashreplace")
