"""The volunteer's own account stays out of the archive: twenty secrets, however a site may spell them."""

import base64
import html
import io
import json
import quopri
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from tests.browse.screen import Screen
from tests.browse.stall import FILE, JSON, PNG, SHELL, furnish, picture
from tests.browse.volunteer import beside, made, rows, said, whole
from tests.recorded import Noting, noting

NAME = "柠檬 Lantern&七号"
MESSAGE = "明天把那对镯子寄到老地方 kq7731"
AVATAR = "/avatars/u-88231977/large.png?v=3"
SESSION, DEVICE, CSRF = "s3cr3tS3ss10nV4lu3", "dev1ce-9f8e7d6c5b4a", "csrfT0kenValue998877"
ACCESS = "acc3ssT0ken-5512-zz-4471"
PRIVATE = "订单 7719 收货人在五楼"
SECRETS = {
    "name": NAME,
    "name for HTML": html.escape(NAME),
    "name in figures for HTML": "".join(f"&#{ord(each)};" for each in NAME),
    "name in hexadecimal for HTML": "".join(f"&#x{ord(each):x};" for each in NAME),
    "name in JSON": json.dumps(NAME)[1:-1],
    "name in JSON within JSON": json.dumps(json.dumps(NAME))[3:-3],
    "name in an address": quote(NAME, safe=""),
    "name in an address within one": quote(quote(NAME, safe=""), safe=""),
    "name in an address, small": quote(NAME, safe="").lower(),
    "name in base64": base64.b64encode(f'{{"n":"{NAME}"}}'.encode()).decode()[10:30],
    "message": MESSAGE,
    "message in JSON": json.dumps(MESSAGE)[1:-1],
    "avatar": AVATAR,
    "avatar's number": "u-88231977",
    "avatar in JSON": AVATAR.replace("/", "\\/"),
    "avatar in an address": quote(AVATAR, safe=""),
    "session": SESSION,
    "device": DEVICE,
    "token of forms": CSRF,
    "token in JSON": ACCESS,
    "private page": PRIVATE,
}
FACE = picture((10, 200, 30))
FOREIGN = "canary of a frame 6620"
INBOX = "inbox-of-lantern-7731"


@pytest.fixture(scope="module")
def browsed(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace after a volunteer with an account has searched and opened two listings."""
    with noting() as site, noting() as other:
        _furnish(site, other)
        place = other.place.replace("127.0.0.1", "localhost")
        settings = f'allow = ["{site.place}", "{other.place}", "{place}"]\n'
        folder = tmp_path_factory.mktemp("own") / "w"
        workspace = made(folder, settings, stall=FILE.format(base=site.base))
        with beside(workspace, screen.display, "stall") as volunteer:
            volunteer.terminal.until("hits 2 cards")
            volunteer.goes(f"{site.base}/item/1", "1: live")
            volunteer.goes(f"{site.base}/item/2?me={quote(NAME)}", "2: live")
            volunteer.page.goto(f"{site.base}/messages")
            volunteer.page.wait_for_load_state()
            volunteer.goes(f"{site.base}/item/3", "3: live")
            volunteer.page.goto(f"http://{place}/mail/{INBOX}?now=1")
            volunteer.does(lambda: volunteer.page.click("a"), "4: live")
        yield workspace


def _furnish(site: Noting, other: Noting) -> None:
    who = f"""<div id="me"><img src="{AVATAR}" width="48" height="48"> <b>{html.escape(NAME)}</b></div>
<div class="inbox" title="{html.escape(MESSAGE)}"><p>{html.escape(MESSAGE)}</p></div>
<meta name="csrf-token" content="{CSRF}"><input type="hidden" name="csrfmiddlewaretoken" value="{CSRF}">
<a href="/u?n={quote(NAME, safe="")}&amp;face={quote(AVATAR, safe="")}">1</a>
<i data-n="{SECRETS["name in figures for HTML"]}"></i>
<i data-n="{SECRETS["name in hexadecimal for HTML"]}"></i>
<script>const me = {json.dumps({"nick": NAME, "said": MESSAGE, "face": AVATAR, "access_token": ACCESS})};
const again = {json.dumps(json.dumps({"nick": NAME, "access_token": ACCESS}))}; // {SECRETS["avatar in JSON"]}
const packed = "{base64.b64encode(f'{{"n":"{NAME}"}}'.encode()).decode()}";
const led = "{SECRETS["name in an address within one"]}"; // {NAME}
const small = "{SECRETS["name in an address, small"]}", held = "{SESSION} {DEVICE}";</script>"""
    other.page("/ad", f"<p>{FOREIGN}</p>")
    letter = f'<a href="{site.base}/item/4">look</a>'
    other.page(f"/mail/{INBOX}", letter, ("Referrer-Policy", "unsafe-url"))
    ad = other.base.replace("127.0.0.1", "localhost")
    who += "<script>document.title = document.referrer</script>"
    furnish(site, who, f'<iframe src="{ad}/ad" width="120" height="60"></iframe>')
    cookies = (("Set-Cookie", f"sessionid={SESSION}; Path=/"), ("Set-Cookie", f"device={DEVICE}; Path=/"))
    for path in ("/search", "/item/1"):
        status, heads, body = site.pages[path]
        site.pages[path] = (status, (*heads, *cookies, ("X-Auth-Token", ACCESS)), body)
    site.give(AVATAR.partition("?")[0], FACE, PNG)
    told = {"nick": NAME, "face": AVATAR, "inbox": [MESSAGE], "access_token": ACCESS, "session": SESSION}
    site.give("/api/me", json.dumps(told).encode(), JSON, ("X-Name", quote(NAME)))
    site.give("/messages/unread", json.dumps({"m": [MESSAGE, PRIVATE]}, ensure_ascii=False).encode(), JSON)
    site.page("/messages", SHELL.format(who=who, body=f"<h1>{PRIVATE}</h1>"))


def _forms(body: bytes) -> Iterator[bytes]:
    """BODY as it lies there, and unpacked where it is quoted-printable."""
    yield body
    if b"quoted-printable" in body:
        yield quopri.decodestring(body)


def test_the_site_did_spell_every_secret(browsed: Path) -> None:
    with noting() as site, noting() as other:
        _furnish(site, other)
        sent = b"".join(body + repr(heads).encode() for _, heads, body in site.pages.values())
        sent += AVATAR.encode()
    assert [name for name, secret in SECRETS.items() if secret.encode() not in sent] == []
    assert len(SECRETS) >= 20


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_stands_in_no_file_of_the_workspace(browsed: Path, name: str) -> None:
    files = list(whole(browsed))
    assert len(files) > 20
    secret = SECRETS[name].encode()
    assert [path for path, body in files if any(secret in form for form in _forms(body))] == []


def test_what_was_blacked_out_is_said_where_it_stood(browsed: Path) -> None:
    manifests = rows(browsed, "SELECT sha256 FROM visit_exhibit WHERE role = 'manifest'")
    assert len(manifests) == 4
    for (sha256,) in manifests:
        told = json.loads((browsed / "evidence" / str(sha256)[:2] / str(sha256)).read_bytes())
        missing = {each["url"]: each["missing"] for each in told["exchanges"]}
        assert any("blacked out: what is the volunteer's own" in said for said in missing.values())
        assert "blacked out" in told["environment"]["own"]
        assert not any("/messages" in url for url in missing)
    assert said(browsed, "verify").returncode == 0


def test_of_where_the_volunteer_was_before_no_more_than_the_site_is_told(browsed: Path) -> None:
    files = list(whole(browsed))
    assert [path for path, body in files if INBOX.encode() in body] == []
    assert [body for _, body in files if re.search(rb"Referer: http://localhost:\d+/\\r\\n", body)]
    assert [body for _, body in files if re.search(rb"Referer: http://127.0.0.1:\d+/item/4\\r\\n", body)]


def test_neither_the_account_nor_another_sites_frame_is_in_the_picture(browsed: Path) -> None:
    for (sha256,) in rows(browsed, "SELECT sha256 FROM visit_exhibit WHERE role = 'screenshot'"):
        with Image.open(io.BytesIO((browsed / "evidence" / str(sha256)[:2] / str(sha256)).read_bytes())) as picture:
            colours = {colour for _, colour in picture.convert("RGB").getcolors(picture.width * picture.height) or []}
            black = sum(
                count for count, colour in picture.convert("RGB").getcolors(10**7) or [] if colour == (0, 0, 0)
            )
        assert (10, 200, 30) not in colours  # the account's face
        assert black > 48 * 48 + 120 * 60
    assert [path for path, body in whole(browsed) if FOREIGN.encode() in body] == []


def test_the_listings_themselves_stand_there_whole(browsed: Path) -> None:
    assert rows(browsed, "SELECT title, condition FROM visit ORDER BY id") == [
        (f"象牙手镯 {key}", "live") for key in (1, 2, 3, 4)
    ]
    bodies = [body for _, body in whole(browsed)]
    assert any("象牙手镯 2".encode() in body for body in bodies)
    assert picture((1, 90, 20)) in bodies
