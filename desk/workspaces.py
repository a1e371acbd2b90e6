"""Makes a workspace: its folders, its settings file, its archive."""

import json
from datetime import UTC, datetime
from pathlib import Path

from archive import key
from archive.vault import DATABASE, Kind, Vault
from config.errors import WorkspaceError, why
from config.settings import FILE
from config.system import make_private
from desk.context import FOLDERS, alone
from desk.whole import write_whole

SETTINGS = """\
# The choices of this workspace. Every line that begins with # shows the default.
# time_zone = "Asia/Shanghai"   # local times in letters and reports
# language = "zh"               # of searches, letters and reports: zh or en
# reviewers = 1                 # how many people must agree before a letter (an organisation: 2)
# allow = []                    # private addresses that may be asked all the same, as "10.1.2.3:8080"
# ignore_robots = {{}}            # platform = "who allowed us to ignore its robots.txt, when, in writing"
# channels = {{}}                 # platform that is walked = ["its", "channels"]; as telegram = ["NAME"]
# capture = "full"              # "light" for slow networks: of pictures a listing's own alone, no fonts, media, MHTML
# read_pictures = true          # false: the text in pictures stays unread, where that takes too long
# identity = false              # true: ask for nothing packed, so that what is kept is what came over the wire
# schedule = []                 # what runs by itself; `wildfree schedule list` shows how to write it

[sender]                        # who signs the letters; a letter needs organisation and email
organisation = {organisation}
contact = ""                    # the person who answers questions
email = {email}
address = ""

[limits]                        # how much one page may take from us; beyond it, what is missing is said
# seconds = 60                  # for each step of one page: to load it, to show it, to keep it
# document = 20                 # MiB of the document; as much of its pictures, and of its screenshot
# megapixels = 40               # of one picture, or of the screenshot
# growth = 300                  # MiB by which our own processes may grow
# renderer = 1500               # MiB at which the browser's process for the page is ended
# redirects = 10                # in a row

[retention]                     # how long evidence is kept; see: wildfree archive erase --help
# days = 0                      # since the last look at a listing; 0: for ever
"""


def quoted(text: str) -> str:
    """TEXT as a TOML string."""
    return json.dumps(text, ensure_ascii=False)


def make(folder: Path, kind: Kind, organisation: str = "", email: str = "") -> None:
    """Make a workspace of KIND in FOLDER, which may hold other things but no workspace yet; who signs may be told."""
    alone(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise WorkspaceError(f"{folder}: cannot be made: {why(problem)}") from None
    if not (folder / FILE).exists():
        text = SETTINGS.format(organisation=quoted(organisation), email=quoted(email))
        write_whole(folder / FILE, text.encode())
    verifier = key.made(folder, kind).verifier
    Vault.create(folder, kind, datetime.now(UTC), str(verifier)).close()
    make_private(folder / DATABASE)
