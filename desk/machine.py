"""Makes a bare machine fit for wildfree: finds what it lacks, then gets it or says in one line how.

    python3 -m desk.machine prepare              before anything is installed: what the set-up itself needs
    python3 -m desk.machine packages             then: the Python packages of uv.lock, into .venv
    .venv/bin/python -m desk.machine browser     after it: a Chromium that answers

Mirrors: UV_DEFAULT_INDEX or PIP_INDEX_URL for packages, PLAYWRIGHT_DOWNLOAD_HOST for the browser,
WILDFREE_FONT_MIRROR (the address of one .otf, .ttf or .ttc) for a Chinese font.
All end with 0, or with 6 and the line that says what a person must do. Standard library only, in the
syntax of Python 3.9, so that an old Python can still say that it is too old.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from config.program import run
from config.system import apt_may_help, mend, root
from crawler.chromium.find import ANSWER, BY_HAND, chromium, downloaded
from desk.download import Cut, fetch

LACKING = 6  # the exit code of config.errors.MachineError
OLDEST, NEWEST = (3, 11), (3, 13)  # as requires-python in pyproject.toml
DOWNLOAD = 600.0  # seconds that Playwright's download may take: some machines cannot reach its host
OWN_FONTS = "~/.local/share/fonts"
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", OWN_FONTS, "~/.fonts")
FONT_MIRROR = "WILDFREE_FONT_MIRROR"
FONT_KINDS = (b"OTTO", b"ttcf", b"\x00\x01\x00\x00")  # how a font's file begins
INDEX_MIRRORS = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
UV = Path(".uv/bin/uv")

OS_RELEASE = Path("/etc/os-release")
DEBIAN_BROWSER = ["chromium", "chromium-sandbox"]
# Ubuntu's chromium is a snap, which cannot see a workspace; these let the one that Playwright fetches start.
UBUNTU_BROWSER = ["libasound2t64", "libatk-bridge2.0-0t64", "libcairo2", "libcups2t64", "libgbm1", "libnss3"]
UBUNTU_BROWSER += ["libxcomposite1", "libxdamage1", "libxfixes3", "libxkbcommon0", "libxrandr2"]


class Lacking(Exception):  # noqa: N818 - a state of the machine, not a fault of ours
    """What this machine lacks, and what a person must do."""


# --- finding: changes nothing ---


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_cjk_font() -> bool:
    """Whether a font that draws Chinese lies in a usual folder, or fontconfig knows of one elsewhere."""
    in_folders = any(any(Path(folder).expanduser().rglob("Noto*CJK*.[ot]t[cf]")) for folder in FONTS)
    well, said = run(["fc-list", ":lang=zh-cn", "family"], limit=ANSWER)
    return in_folders or (well and bool(said.strip()))


# What must be here, under the names of Debian and Ubuntu: libatomic for Playwright, xvfb for the tests
# that open a window, the others for WeasyPrint.
NEEDS: dict[str, Callable[[], bool]] = {
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
    "ca-certificates": Path("/etc/ssl/certs/ca-certificates.crt").is_file,
    "fonts-noto-cjk": has_cjk_font,
    "libatomic1": lambda: _loads("libatomic.so.1"),
    "libpango-1.0-0": lambda: _loads("libpango-1.0.so.0"),
    "libpangoft2-1.0-0": lambda: _loads("libpangoft2-1.0.so.0"),
    "libharfbuzz-subset0": lambda: _loads("libharfbuzz-subset.so.0"),
    "xvfb": lambda: shutil.which("Xvfb") is not None,
}


def lacking() -> list[str]:
    """The packages of NEEDS that this machine lacks."""
    return [package for package, is_here in NEEDS.items() if not is_here()]


# --- getting ---


def prepare() -> None:
    """See to all that the set-up needs before its own Python exists; raise Lacking where a person must act."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found, oldest, newest = (".".join(map(str, v)) for v in (sys.version_info[:2], OLDEST, NEWEST))
        raise Lacking(f"Python {found} will not do, {oldest} to {newest} will: make PYTHON=python{newest}")
    if not apt_may_help():
        print(f"By hand on this system, if not yet there: {mend('pango')}; {mend('font')}")
        return
    if not has_cjk_font() and os.environ.get(FONT_MIRROR):
        font(os.environ[FONT_MIRROR])
    packages = lacking()
    if packages and not root() and chromium() is None:
        packages += _browser_packages()  # so that one call to root is enough
    if packages:
        install(packages)
    if lacking():
        raise Lacking(f"installed, and yet not found: {' '.join(lacking())}")


def font(url: str) -> None:
    """Bring the font at URL into the user's own fonts; a download that was cut goes on where it was."""
    place = Path(OWN_FONTS).expanduser() / f"NotoSansCJK-from-mirror{Path(url).suffix}"
    print(f"Chinese font: {url}", flush=True)
    try:
        fetch(url, place, _counted)
    except Cut as cut:
        raise Lacking(f"{FONT_MIRROR}: {cut}") from None
    with place.open("rb") as file:
        kind = file.read(4)
    if kind not in FONT_KINDS:
        place.unlink()
        raise Lacking(f"{FONT_MIRROR}={url}: this is no font; name the address of one .otf, .ttf or .ttc")
    run(["fc-cache", str(place.parent)], limit=ANSWER)


def _counted(have: int, whole: int) -> None:
    """Show how far a download is, to whoever sits before a terminal."""
    if sys.stderr.isatty():
        of = f" of {whole / 1e6:.0f}" if whole else ""
        print(f"\r  {have / 1e6:.1f}{of} MB", end="\n" if have == whole else "", file=sys.stderr, flush=True)


def packages() -> None:
    """Bring what uv.lock names into .venv, each package by its hash: from where the lock says, or from a mirror.

    `uv sync` would ask the addresses in the lock whatever mirror is set, so a mirror is asked for the same list.
    """
    python = ["--python", sys.executable]
    mirror = next((os.environ[name] for name in INDEX_MIRRORS if os.environ.get(name)), "")
    if not mirror:
        _uv("sync", "--locked", *python)
        return
    listed = UV.parent.parent / "packages.txt"
    _uv("venv", "--allow-existing", *python, ".venv")
    _uv("export", "--quiet", "--frozen", "--no-emit-project", "--output-file", str(listed))
    index = ["--default-index", mirror]
    _uv("pip", "sync", *index, "--require-hashes", str(listed))
    _uv("pip", "install", *index, "--no-deps", "--editable", ".")


def _uv(*words: str) -> None:
    well, said = run([str(UV), *words], shown=sys.stderr.isatty())
    if not well:
        raise Lacking(f"uv {' '.join(words)} failed: mend what it says\n{said.rstrip()}")


def browser() -> None:
    """See to a Chromium that answers: Playwright's own, else the system's; raise Lacking where neither comes."""
    if chromium() is None and (named := os.environ.get(BY_HAND)):
        raise Lacking(f"{BY_HAND}={named} does not answer to --version: mend it, or unset it")
    if chromium() is None:
        print("Chromium: asking Playwright for its own", flush=True)
        run(
            [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"],
            limit=DOWNLOAD,
            shown=sys.stderr.isatty(),
        )
    if chromium() is None and (downloaded() or _browser_packages() is DEBIAN_BROWSER):
        install(_browser_packages())
    if chromium() is None:
        raise Lacking(f"no Chromium that answers: install Chromium or Chrome (no snap), and name it in {BY_HAND}")


def install(packages: Sequence[str]) -> None:
    """Install PACKAGES by apt-get if we are root; else raise Lacking with the one command that root must run."""
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        raise Lacking(f"this machine lacks what Debian calls {names}: get it with this system's own tool")
    get = "apt-get install -y --no-install-recommends"
    if not root():
        raise Lacking(f"this machine lacks {names}; as root: apt-get update && {get} {names}")
    print(f"apt-get: installing {names}", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    for command in (["apt-get", "update"], [*get.split(), *packages]):
        well, said = run([*command, "-o", "DPkg::Lock::Timeout=300"], shown=sys.stderr.isatty())
        if not well:
            raise Lacking(f"{' '.join(command)} failed: mend what it says\n{said.rstrip()}")


def _browser_packages() -> list[str]:
    """What brings a Chromium to this machine, or lets the one that Playwright fetched start."""
    ubuntu = OS_RELEASE.is_file() and "\nID=ubuntu\n" in "\n" + OS_RELEASE.read_text("utf-8")
    return UBUNTU_BROWSER if ubuntu else DEBIAN_BROWSER


def main(words: Sequence[str]) -> int:
    """Do the step that WORDS name; the exit code."""
    steps = {"prepare": prepare, "packages": packages, "browser": browser}
    if len(words) != 1 or words[0] not in steps:
        print(f"machine.py needs one of: {', '.join(steps)}", file=sys.stderr)
        return 2
    try:
        steps[words[0]]()
    except Lacking as lack:
        print(f"wildfree: {lack}", file=sys.stderr)
        return LACKING
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
