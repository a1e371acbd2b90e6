"""What a page shows of the volunteer's account, odd as it may be, neither leaks nor costs evidence."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from tests.browse.screen import Screen
from tests.browse.stall import FILE, PNG, cards, furnish, picture
from tests.browse.volunteer import beside, made, rows, whole
from tests.recorded import Noting, noting

FACE, WITHIN = (10, 200, 30), "柠檬 Lantern in a frame"
NAME = "燈籠七號人"
ME = """<div id="me"><img src="" width="48" height="48"><b></b><i>{name}</i></div>
<script>document.querySelector('#me b').textContent = 'ab柠檬\\u{{1F34B}}'.slice(0, 5)</script>"""
INBOX = '<div class="inbox"><p>News of the week for your saved search: <b>象牙手镯</b></p><p>手镯</p></div>'
WIDGET = f'<div id="me"><img src="/me-face.png" width="40" height="40"><b>{WITHIN}</b></div>'
GBK = ("Content-Type", "text/html; charset=gbk")
BIG5 = ("Content-Type", "text/html; charset=big5")
MANIFESTS = "SELECT sha256 FROM visit_exhibit WHERE role = 'manifest'"
UTF8 = ("Content-Type", "text/html; charset=utf-8")
PAGE = '<!doctype html><link rel="icon" href="data:,">{}'


@dataclass
class Browsed:
    """A workspace after a session, what the site sent by path, and what the terminal said."""

    workspace: Path
    sent: dict[str, bytes]
    lines: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browsed(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browsed]:
    """A volunteer with an account searched and opened four listings; what was learnt about them before is broken."""
    with noting() as site:
        folder = tmp_path_factory.mktemp("account") / "w"
        this = Browsed(made(folder, f'allow = ["{site.place}"]\n', stall=FILE.format(base=site.base)), _furnish(site))
        _learnt(this.workspace).parent.mkdir(parents=True, mode=0o700)
        _learnt(this.workspace).write_bytes(b'{"words": ["ab')
        with beside(this.workspace, screen.display, "stall") as volunteer:
            volunteer.terminal.until("hits 2 cards")
            for key in (1, 2, 3, 4):
                volunteer.goes(f"{site.base}/item/{key}", f"{key}: live")
            this.lines = volunteer.terminal.lines
        yield this


def _furnish(site: Noting) -> dict[str, bytes]:
    """Furnish SITE; what it sends by path."""
    me = ME.format(name=NAME)
    furnish(site, me + INBOX, '<iframe src="/widget" width="300" height="80"></iframe>')
    site.page("/widget", WIDGET)
    site.give("/me-face.png", picture(FACE), PNG)
    site.give("/search", PAGE.format(me + INBOX + cards(1, 2)).encode("gbk"), GBK)
    return {
        "/item/2": site.give("/item/2", PAGE.format("<h1>象牙手镯 2</h1>").encode("gbk"), GBK),
        "/item/3": site.give("/item/3", b"\xef\xbb\xbf" + PAGE.format("<h1>象牙手镯 3</h1>").encode(), UTF8),
        "/item/4": site.give("/item/4", PAGE.format(f"<h1>象牙 4</h1>{NAME}").encode("big5", "ignore"), BIG5),
    }


def _learnt(workspace: Path) -> Path:
    return workspace / "profiles" / "stall" / "wildfree-own.json"


def test_a_page_is_kept_in_the_bytes_of_its_own_encoding(browsed: Browsed) -> None:
    evidence = browsed.workspace / "evidence"
    named = [str(sha256) for (sha256,) in rows(browsed.workspace, MANIFESTS)]
    manifests = [json.loads((evidence / each[:2] / each).read_bytes()) for each in named]
    kept = {each["url"].rpartition(":")[2][5:]: each for told in manifests for each in told["exchanges"]}
    for path in ("/item/2", "/item/3"):
        sha256 = kept[path]["payload"]
        assert (evidence / sha256[:2] / sha256).read_bytes() == browsed.sent[path]
        assert kept[path]["missing"] == ""


def test_pages_in_gbk_with_a_picture_of_no_address_are_read_as_what_they_are(browsed: Browsed) -> None:
    assert rows(browsed.workspace, "SELECT title, condition FROM visit ORDER BY id") == [
        ("象牙手镯 1", "live"), ("象牙手镯 2", "live"), ("象牙手镯 3", "live"), ("象牙 4", "live")
    ]  # fmt: skip
    assert rows(browsed.workspace, "SELECT outcome, cards FROM query WHERE term = '象牙' LIMIT 1") == [("hits", 2)]
    assert not rows(browsed.workspace, "SELECT url FROM visit WHERE url LIKE '%blacked%'")


def test_goods_that_somebody_wrote_to_the_volunteer_stay_and_that_is_said(browsed: Browsed) -> None:
    titles = rows(browsed.workspace, "SELECT title, score FROM sighting WHERE rank < 3 ORDER BY id")
    assert [title for title, _ in titles][:2] == ["象牙手镯 1", "象牙手镯 2"]
    assert all(float(str(score)) > 0.5 for _, score in titles)
    assert [line for line in browsed.lines if "left visible" in line and "象牙手镯" in line and "--own" in line]
    assert not [path for path, body in whole(browsed.workspace) if b"saved search" in body]


def test_the_account_in_a_frame_of_the_platforms_own_is_in_no_file_and_in_no_picture(browsed: Browsed) -> None:
    files = list(whole(browsed.workspace))
    assert len(files) > 20
    assert [path for path, body in files if WITHIN.encode() in body or picture(FACE) in body] == []
    shots = rows(browsed.workspace, "SELECT sha256 FROM visit_exhibit WHERE role = 'screenshot'")
    assert len(shots) == 4
    for (sha256,) in shots:
        with Image.open(
            io.BytesIO((browsed.workspace / "evidence" / str(sha256)[:2] / str(sha256)).read_bytes())
        ) as shot:
            assert FACE not in {colour for _, colour in shot.convert("RGB").getcolors(10**7) or []}


def test_the_name_is_found_in_any_encoding_of_a_page(browsed: Browsed) -> None:
    for encoding in ("utf-8", "gbk", "big5"):
        name = NAME.encode(encoding, "ignore")
        assert [path for path, body in whole(browsed.workspace) if name in body] == []


def test_where_what_was_learnt_is_broken_that_is_said_and_it_is_learnt_anew(browsed: Browsed) -> None:
    assert [line for line in browsed.lines if "wildfree-own.json is broken" in line]
    told = json.loads(_learnt(browsed.workspace).read_bytes())
    assert {NAME, "ab柠檬", WITHIN} <= set(told["words"])
    assert not [word for word in told["words"] if "saved search" in word]  # a message, and no name
    assert _learnt(browsed.workspace).stat().st_mode & 0o077 == 0
