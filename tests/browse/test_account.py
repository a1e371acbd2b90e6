"""What a page shows of the volunteer's account, odd as it may be, neither leaks nor costs evidence."""

import io
import json
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from tests.browse.screen import Screen
from tests.browse.stall import FILE, JSON, PNG, cards, furnish, picture
from tests.browse.volunteer import beside, made, rows, whole
from tests.recorded import Noting, noting

FACE, WITHIN = (10, 200, 30), "柠檬 Lantern in a frame"
NAME = "燈籠七號人"
ME = """<div id="me"><img src="" width="48" height="48"><b></b><i>{name}</i></div>
<script>document.querySelector('#me b').textContent = 'ab柠檬\\u{{1F34B}}'.slice(0, 5)</script>"""
OFF, KEY = "该商品已下架", 88120001
SIGN = f"""
[[signs]]
means = "gone"
cause = "platform"
where = ".off"
says = ["{OFF}"]
"""
INBOX = f"""<div class="inbox"><p>News of the week for your saved search: <b>象牙手镯</b></p><p>手镯</p>
<p>{OFF}</p><p>{KEY}</p><a href="/item/3">Item</a><a href="/search?q=x">http</a></div>"""
DRAWN, CLOSED = "Lantern drawn 四号", "Lantern closed 五号"
HIDDEN = f"""<style>#me em::after {{ content: "by " attr(data-nick) }}</style>
<div id="me"><em data-nick='{DRAWN}'></em><x-me></x-me></div><div id="beside"></div>
<script>customElements.define('x-me', class extends HTMLElement {{ constructor() {{
    super();
    const root = this.attachShadow({{ mode: 'closed' }}), within = document.createElement('p');
    root.append(within);
    within.attachShadow({{ mode: 'closed' }}).innerHTML = '<i>{CLOSED}</i><img src="/me-face.png">';
}} }})</script>"""
WIDGET = f'<div id="me"><img src="/me-face.png" width="40" height="40"><b>{WITHIN}</b></div>'
AD = "canary of a frame 5518"
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
    """A volunteer with an account searched and opened six listings; what was learnt about them before is broken."""
    with noting() as site:
        folder = tmp_path_factory.mktemp("account") / "w"
        file = FILE.format(base=site.base) + SIGN
        this = Browsed(made(folder, f'allow = ["{site.place}"]\n', stall=file), _furnish(site))
        _learnt(this.workspace).parent.mkdir(parents=True, mode=0o700)
        _learnt(this.workspace).write_bytes(b'{"words": ["ab')
        with beside(this.workspace, screen.display, "stall") as volunteer:
            volunteer.terminal.until("hits 3 cards")
            for key in (1, 2, 3, 4, KEY):
                volunteer.goes(f"{site.base}/item/{key}", f"{key}: live")
            volunteer.goes(f"{site.base}/item/77", "77: gone")
            this.lines = volunteer.terminal.lines
        yield this


def _furnish(site: Noting) -> dict[str, bytes]:
    """Furnish SITE; what it sends by path."""
    me = ME.format(name=NAME)
    furnish(site, me + INBOX, '<iframe src="/widget" width="300" height="80"></iframe>')
    site.page("/widget", WIDGET)
    site.give("/me-face.png", picture(FACE), PNG)
    site.give("/search", PAGE.format(me + INBOX + cards(1, 2, KEY)).encode("gbk"), GBK)
    site.page(f"/item/{KEY}", f"<h1>象牙 5</h1>{HIDDEN}<script>fetch('/api/names')</script>")
    site.give("/api/names", json.dumps({"nick": DRAWN, "other": CLOSED}).encode(), JSON)
    site.page("/item/77", f'<h1>象牙 6</h1><p class="off">{OFF}</p>')
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
        ("象牙手镯 1", "live"), ("象牙手镯 2", "live"), ("象牙手镯 3", "live"), ("象牙 4", "live"),
        ("象牙 5", "live"), ("象牙 6", "gone"),
    ]  # fmt: skip


def test_whatever_a_stranger_writes_a_page_is_read_as_it_came_and_keeps_its_address(browsed: Browsed) -> None:
    assert rows(browsed.workspace, "SELECT outcome, cards, because FROM query") == [("hits", 3, "3 cards")]
    found = (
        "SELECT l.key, v.condition, v.capture, v.url, v.because FROM visit v JOIN listing l ON l.id = v.listing_id"
    )
    told = {key: others for key, *others in rows(browsed.workspace, found)}
    assert told[str(KEY)][:2] == ["live", "complete"]
    assert told["77"][0] == "gone"
    assert OFF in str(told["77"][3])
    assert all(str(url).endswith(f"/item/{key}") for key, (_, _, url, _) in told.items())
    assert len(told) == 6
    pages = [body.decode("utf-8", "replace") for _, body in whole(browsed.workspace)]
    assert [page for page in pages if f'<p class="off">{OFF}</p>' in page]
    assert not [page for page in pages if 'href="/(blacked-out)' in page or "//(blacked-out)" in page]


def test_what_the_account_shows_is_black_for_all_that(browsed: Browsed) -> None:
    pages = [body.decode("utf-8", "replace") for _, body in whole(browsed.workspace)]
    assert not [page for page in pages if ">Item</a>" in page or ">http</a>" in page]


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
    assert len(shots) == 6
    for (sha256,) in shots:
        with Image.open(
            io.BytesIO((browsed.workspace / "evidence" / str(sha256)[:2] / str(sha256)).read_bytes())
        ) as shot:
            assert FACE not in {colour for _, colour in shot.convert("RGB").getcolors(10**7) or []}


def test_a_name_that_only_a_style_or_a_closed_root_shows_is_in_no_file(browsed: Browsed) -> None:
    files = list(whole(browsed.workspace))
    assert [body for _, body in files if "象牙 5".encode() in body and b"x-me" in body]
    spelt = [each for name in (DRAWN, CLOSED) for each in (name.encode(), json.dumps(name)[1:-1].encode())]
    forms = [(path, form) for path, body in files for form in (body, quopri.decodestring(body))]
    assert [path for path, form in forms if any(each in form for each in spelt)] == []
    assert {DRAWN, CLOSED} <= set(json.loads(_learnt(browsed.workspace).read_bytes())["words"])


def test_the_name_is_found_in_any_encoding_of_a_page(browsed: Browsed) -> None:
    for encoding in ("utf-8", "gbk", "big5"):
        name = NAME.encode(encoding, "ignore")
        assert [path for path, body in whole(browsed.workspace) if name in body] == []


def test_what_may_be_kept_of_what_one_types_is_said_before_anything_is(browsed: Browsed) -> None:
    first = browsed.lines[: browsed.lines.index("● recording")]
    assert [line for line in first if "as you type is kept, words and all" in line]


def test_where_what_was_learnt_is_broken_that_is_said_and_it_is_learnt_anew(browsed: Browsed) -> None:
    assert [line for line in browsed.lines if "wildfree-own.json is broken" in line]
    told = json.loads(_learnt(browsed.workspace).read_bytes())
    assert {NAME, "ab柠檬", WITHIN} <= set(told["words"])
    assert not [word for word in told["words"] if "saved search" in word]  # a message, and no name
    assert _learnt(browsed.workspace).stat().st_mode & 0o077 == 0


def test_a_page_that_the_browser_had_put_by_shows_no_more_of_other_sites_or_of_the_account(
    screen: Screen, tmp_path: Path
) -> None:
    with noting() as site, noting() as other:
        place = other.place.replace("127.0.0.1", "localhost")
        _frames(site, other, place)
        allowed = f'allow = ["{site.place}", "{other.place}", "{place}"]\n'
        workspace = made(tmp_path / "w", allowed, stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall") as volunteer:
            volunteer.terminal.until("hits")
            page = volunteer.page
            page.goto(f"{site.base}/item/1")
            page.evaluate("window.before = setTimeout(() => location.href = '/about', 30)")
            volunteer.terminal.until("not recorded", "1:")
            page.wait_for_url("**/about")
            volunteer.does(lambda: page.evaluate("history.back()"), "1: live")
            assert page.evaluate("window.before")
    files = list(whole(workspace))
    assert [body for _, body in files if "象牙手镯 1".encode() in body]
    assert rows(workspace, "SELECT capture, missing FROM visit") == [("complete", "[]")]
    leaks = (AD.encode(), WITHIN.encode(), picture(FACE), b"/poll")
    assert [path for path, body in files if any(leak in body for leak in leaks)] == []
    ((sha256,),) = rows(workspace, "SELECT sha256 FROM visit_exhibit WHERE role = 'screenshot'")
    with Image.open(io.BytesIO((workspace / "evidence" / str(sha256)[:2] / str(sha256)).read_bytes())) as shot:
        colours = {colour for _, colour in shot.convert("RGB").getcolors(10**7) or []}
    assert not colours & {FACE, (1, 2, 254)}


def _frames(site: Noting, other: Noting, place: str) -> None:
    """Let SITE's listing show a frame of its own, and one of OTHER, at PLACE, that goes on asking."""
    furnish(site)
    poll = "<script>setInterval(() => fetch('/poll'), 300)</script>"
    other.page("/ad", f'<body style="background: rgb(1, 2, 254)"><p>{AD}</p>{poll}')
    other.give("/poll", AD.encode())
    frames = f'<iframe src="http://{place}/ad"></iframe><iframe src="/widget"></iframe>'
    site.page("/item/1", f"<h1>象牙手镯 1</h1>{frames}")
    site.page("/widget", WIDGET)
    site.give("/me-face.png", picture(FACE), PNG)
    site.page("/about", "<p>about</p>")
