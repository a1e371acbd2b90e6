"""What people bring: links as phones paste them, files, lists: kept once, with who and why, and erased if it must."""

import json
import re
import struct
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]  # it has none
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from archive import erase, todo
from archive.bundle import collect
from archive.vault import Vault
from config.errors import EvidenceError
from config.platform import Condition, platform
from config.share import shares
from desk.tips import boxes, kinds
from tests.bombs import wide
from tests.conftest import Ran, Wildfree
from tests.field import Field
from tests.spoiling import rows
from tests.test_erase import anywhere
from tests.test_kills import sound

ITEM = "712345678901"
FISH = f"https://www.goofish.com/item?id={ITEM}"
NOTE = "0123456789abcdef01234567"
MARKET = "https://market.example"


def one_line(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran.err
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    assert [word for word in words if word not in ran.err] == [], ran.err


def tips(folder: Path) -> list[dict[str, Any]]:
    return rows(folder, "tip")


def listings(folder: Path) -> set[tuple[str, str]]:
    return {(row["platform"], row["key"]) for row in rows(folder, "listing")}


def photo(place: Path, colour: str = "red") -> Path:
    """A photograph with all that a phone writes into it."""
    picture = Image.new("RGB", (90, 60), colour)
    exif = picture.getexif()
    exif[0x010F], exif[0x0110] = "Maker", "Phone 12"
    exif.get_ifd(0x8769)[0x9003] = "2026:10:01 08:30:00"
    exif.get_ifd(0x8825).update({1: "S", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    picture.save(place, exif=exif)
    return place


def metadata(folder: Path) -> list[dict[str, Any]]:
    """What the files of all tips say of themselves, as it is kept."""
    named = [row["sha256"] for row in rows(folder, "tip_exhibit") if row["role"] == "metadata"]
    return [json.loads((folder / "evidence" / each[:2] / each).read_bytes()) for each in named]


# --- links


SHARED: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "xianyu": (
        "【闲鱼】https://m.tb.cn/h.5abcDEF?tk=XyZ12 CZ0001 「我在闲鱼发布了【老料手串】」\n点击链接直接打开",
        [("xianyu", "https://m.tb.cn/h.5abcDEF?tk=XyZ12")],
    ),
    "taobao": (
        "【淘宝】假一赔四 https://m.tb.cn/h.gT1?tk=ab CZ3457 「牙雕 手工」点击链接直接打开 或者 淘宝搜索直接打开",
        [("taobao", "https://m.tb.cn/h.gT1?tk=ab")],
    ),
    "douyin": (
        "8.43 复制打开抖音，看看【某某的作品】 # 手串 https://v.douyin.com/iAbC12/ 06/12 o@D.uF :5pm",
        [("douyin", "https://v.douyin.com/iAbC12/")],
    ),
    "xiaohongshu": (
        "42 某某发布了一篇小红书笔记，快来看吧！ 😆 AbC 😆 http://xhslink.com/a/xYz9，复制本条信息，打开【小红书】App！",
        [("xiaohongshu", "http://xhslink.com/a/xYz9")],
    ),
    "pinduoduo": ("快来看看 https://p.pinduoduo.com/AbCdEf12 拼多多", [("pinduoduo", "https://p.pinduoduo.com/AbCdEf12")]),
    "kuaishou": ("https://v.kuaishou.com/abc123 某某的作品 该作品在快手", [("kuaishou", "https://v.kuaishou.com/abc123")]),
    "tiktok": (
        "https://vm.tiktok.com/ZAbC/ vt.tiktok.com/ZXyz",
        [("tiktok", "https://vm.tiktok.com/ZAbC/ https://vt.tiktok.com/ZXyz")],
    ),
    "weibo": ("象牙 http://t.cn/A6AbC 网页链接", [("weibo", "http://t.cn/A6AbC")]),
    "jd": ("【京东】https://3.cn/1AbC-dE?jkl=@x@ 「手串」", [("jd", "https://3.cn/1AbC-dE?jkl=@x@")]),
    "no scheme": (
        "看 v.douyin.com/zzz/。还有(xhslink.com/b)",
        [("douyin", "https://v.douyin.com/zzz/"), ("xiaohongshu", "https://xhslink.com/b")],
    ),
    "none of ours": ("see (https://forum.example/t/1_(2)), then", [("", "https://forum.example/t/1_(2)")]),
    "a shop, no listing": ("https://www.goofish.com/personal?userId=1", [("xianyu", "https://www.goofish.com/personal?userId=1")]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_every_link_of_a_shared_text_is_found_and_a_short_one_is_followed_by_nobody(
    name: str, workspace: Path, wildfree: Wildfree
) -> None:
    text, found = SHARED[name]
    ran = wildfree("add", "-", "--json", typed=text)
    assert ran.code == 0, ran.err
    assert [(each["platform"], each["what"]) for each in ran.objects] == found
    assert all(each["new"] and each["listing"] is None for each in ran.objects)
    for each in ran.objects:
        assert f"wildfree browse {each['platform']}" in each["next"] or not each["platform"]
    assert {row["said"] for row in tips(workspace)} == {text}, "it is kept as it was said"
    assert listings(workspace) == set()
    with Vault.open(workspace) as vault:
        assert todo.due(vault, todo.Kind.VISIT, datetime.now(UTC)) == [], "nothing opens it"


KEYED = {
    f"{FISH}&spm=a.b.c 好货": ("xianyu", ITEM, FISH),
    "https://detail.tmall.com/item.htm?spm=a1z10&id=612345678901&skuId=1": (
        "taobao", "612345678901", "https://item.taobao.com/item.htm?id=612345678901",
    ),
    f"https://h5.m.goofish.com/item?forceFlush=1&id={ITEM}": ("xianyu", ITEM, FISH),
    "https://youtu.be/AbCdEfGhIjK?si=x": (
        "youtube", "AbCdEfGhIjK", "https://www.youtube.com/watch?v=AbCdEfGhIjK",
    ),
    "https://m.weibo.cn/detail/4900000000010001": (
        "weibo", "4900000000010001", "https://weibo.com/detail/4900000000010001",
    ),
    f"https://www.xiaohongshu.com/discovery/item/{NOTE}?xsec_token=ABc=&xsec_source=pc_share": (
        "xiaohongshu", NOTE, f"https://www.xiaohongshu.com/explore/{NOTE}",
    ),
    "mobile.yangkeduo.com/goods.html?goods_id=123456789&_oak=1": (
        "pinduoduo", "123456789", "https://mobile.yangkeduo.com/goods.html?goods_id=123456789",
    ),
    "https://p.pinduoduo.com/goods2.html?goods_id=123456789": (
        "pinduoduo", "123456789", "https://mobile.yangkeduo.com/goods.html?goods_id=123456789",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", KEYED)
def test_a_link_that_names_a_listing_is_one_without_its_tracking_and_its_first_look_is_due(
    text: str, workspace: Path, wildfree: Wildfree
) -> None:
    name, key, canonical = KEYED[text]
    (added,) = wildfree("add", text, "--note", "from a group", "--json").objects
    assert (added["platform"], added["new"]) == (name, True)
    assert listings(workspace) == {(name, key)}
    (tip,) = tips(workspace)
    site = platform(name)
    said = re.sub(rf"([?&](?:{'|'.join((*site.tracking, *site.tokens, '-'))})=)[^& ]+", r"\1(not%20kept)", text)
    assert (tip["said"], tip["note"], tip["by"]) == (said, "from a group", "a reviewer"), "its token is not kept"
    assert anywhere(workspace / "evidence", "ABc=") == []
    assert "ABc=" not in added["what"]
    with Vault.open(workspace) as vault:
        (task,) = todo.due(vault, todo.Kind.VISIT, datetime.now(UTC))
    assert (task.lane, task.detail["url"]) == (name, canonical)
    ran = wildfree("visit")
    assert f"{name}: a person looks there, no robot" in ran.err
    assert rows(workspace, "visit") == []


GIVEN_AWAY = {
    "a session": f"{FISH}&access_token=GIVEN&sid=GIVEN&_m_h5_tk=GIVEN",
    "a password": f"https://user:GI@GIVEN@www.goofish.com/item?id=1 {FISH}",
    "in capitals": f"https://www.xiaohongshu.com/explore/{NOTE}?XSEC_TOKEN=GIVEN",
    "its name coded": f"https://www.xiaohongshu.com/explore/{NOTE}?xsec%5Ftoken=GIVEN&s%69d=GIVEN&api%5Fkey=GIVEN",
    "behind a semicolon": f"https://www.xiaohongshu.com/explore/{NOTE};xsec_token=GIVEN",
    "in a fragment": f"https://www.xiaohongshu.com/explore/{NOTE}#xsec_token=GIVEN",
    "with a port": f"https://www.xiaohongshu.com:443/explore/{NOTE}?xsec_token=GIVEN&appuid=GIVEN",
    "coded in another": f"https://www.xiaohongshu.com/explore/{NOTE}?to=%2F404%3Fxsec_token%3DGIVEN%26q%3D1",
    "coded, and the sharer's": f"https://www.xiaohongshu.com/explore/{NOTE}?to=https%3A%2F%2Fx%2F%3Fappuid%3DGIVEN",
    "coded twice": f"{FISH}&to=https%253A%252F%252Fuser%253AGIVEN%2540x%252F%253F%2573id%253DGIVEN",
    "of an app": f"{FISH} xhsdiscover://item/{NOTE}?xsec_token=GIVEN&sid=GIVEN",
    "not of ASCII alone": f"{FISH} https://forum.example/象牙?token=GIVEN",
    "the sharer's own": f"看 https://www.xiaohongshu.com/explore/{NOTE}?shareRedId=GIVEN&appuid=GIVEN，打开【小红书】",
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN_AWAY)
def test_nothing_that_is_secret_or_the_sharers_own_is_kept_of_a_link_however_it_is_written(
    name: str, workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    text = GIVEN_AWAY[name]
    assert wildfree("add", text, "--note", f"see {text}").code == 0
    place = listed(tmp_path / "a.csv", ("link", "note"), (text, text))
    assert wildfree("add", place).code == 0
    link = text.split()[-1].replace("GI@GIVEN@", "").split("，")[0]
    assert wildfree("add", photo(tmp_path / "a.jpg"), "--of", link if "item?" in link else FISH).code == 0
    assert len(tips(workspace)) >= 3
    assert "kept" in tips(workspace)[0]["said"], "that it was there is told"
    assert listings(workspace) & {("xianyu", ITEM), ("xiaohongshu", NOTE)}, "what it names is kept"
    assert "GIVEN" not in str(rows(workspace, "tip")) + str(rows(workspace, "listing"))
    assert anywhere(workspace, "GIVEN") == []
    assert "【小红书】" in tips(workspace)[0]["said"] or "，" not in text, "no word around it is lost"


def test_the_short_hosts_are_of_platforms_that_have_a_file_and_that_no_robot_opens(wildfree: Wildfree) -> None:
    known = {each["name"]: each for each in wildfree("platform", "list", "--json").objects}
    named = {name for each in shares().short for name in (each.platform, *each.says.values())}
    assert len(named) >= 6
    assert named <= set(known)
    assert [name for name in named if not platform(name).unvisited] == []
    assert [each.host for each in shares().short if "knowledge" in each.source] == [], "that is not verified"


def test_a_link_brought_twice_is_said_and_kept_once(workspace: Path, wildfree: Wildfree) -> None:
    assert wildfree("add", FISH, "--by", "Li").code == 0
    ran = wildfree("add", f"{FISH}&spm=x", f"again {FISH}", "--by", "Wang")
    assert ran.out.count("is here already, brought by Li") == 2
    assert (
        wildfree("add", "https://m.tb.cn/h.1?tk=a 闲鱼", "https://v.douyin.com/x/", "https://f.example/1#a").code == 0
    )
    again = wildfree("add", "【闲鱼】 http://m.tb.cn/h.1?tk=other", "v.douyin.com/x", "https://F.example/1", "--json")
    assert [each["new"] for each in again.objects] == [False, False, False]
    assert len(tips(workspace)) == 4
    assert wildfree("add", FISH, "--note", "the same seller as before").code == 0
    assert [row["note"] for row in tips(workspace)] == ["", "", "", "", "the same seller as before"], (
        "no word is lost"
    )
    assert wildfree("add", FISH, "--note", "the same seller as before").code == 0
    assert len(tips(workspace)) == 5
    sound(workspace)


def test_what_a_phone_shares_in_two_lines_is_taken_as_it_is_pasted(workspace: Path, wildfree: Wildfree) -> None:
    text = SHARED["xianyu"][0]
    assert "\n" in text
    ran = wildfree("add", text, "--note", "two\nlines", "--by", "Li\nWang")
    assert ran.code == 0, ran.err
    assert [(row["said"], row["note"], row["by"]) for row in tips(workspace)] == [(text, "two lines", "Li Wang")]
    one_line(wildfree("review", "a\nb"), 2, "control character")
    one_line(wildfree("add", f"{FISH}\x1b[2J"), 2, "control character")


def test_a_text_as_chinese_windows_writes_it_is_read(workspace: Path, wildfree: Wildfree) -> None:
    text, found = SHARED["xianyu"]
    ran = wildfree("add", "-", "--json", typed=text.encode("gb18030"))
    assert [(each["platform"], each["what"]) for each in ran.objects] == found, ran.err
    assert tips(workspace)[0]["said"] == text
    one_line(wildfree("add", "-", typed=f"{FISH} caf\xe9 ".encode("latin-1")), 2, "neither in UTF-8")
    one_line(wildfree("add", "-", typed=FISH.encode() + b"\xff" * 90_000), 2, "longer than")


@pytest.mark.parametrize(
    "text", ["象牙手串", "photo.jpg", "ftp://x.example/1", "https://", "http://[x", f"{MARKET}/{'x' * 3000}"]
)
def test_what_is_neither_a_link_nor_a_file_is_refused(text: str, workspace: Path, wildfree: Wildfree) -> None:
    one_line(wildfree("add", FISH, text), 2, "no link stands in it")
    assert tips(workspace) == [], "nothing of that call is kept"


def test_a_robot_looks_at_a_tip_where_it_may(market_workspace: Path, wildfree: Wildfree) -> None:
    base = next(
        line.split('"')[1]
        for line in (market_workspace / "wildfree.toml").read_text().splitlines()
        if "market =" in line
    )
    ran = wildfree("add", f"look: {base}/item/10001?from=share", "--json")
    assert ran.objects[0]["next"] == "its first look is due: wildfree visit market"
    assert wildfree("visit", "market").code == 0
    (look,) = rows(market_workspace, "visit")
    assert look["condition"] == "live"
    assert wildfree("add", "--list", "--json").objects[0]["became"] == "looked at: live"
    ran = wildfree("add", f"{base}/item/10001", "--note", "again", "--json")
    assert ran.objects[0]["next"] == "looked at: live", "nothing of it is due"
    assert f"{base}/item/10001" in rows(market_workspace, "listing")[0]["url"]
    again = wildfree("add", f"{base}/item/10001")
    assert "is here already" in again.out
    assert "+08:00; looked at: live" in again.out


# --- files


def test_a_photo_is_kept_as_it_came_and_what_it_says_of_itself_apart(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    place = photo(tmp_path / "IMG_0001.JPG.jpg")
    ran = wildfree("add", place, "--note", "at a market stall")
    assert ran.code == 0, ran.err
    (tip,) = tips(workspace)
    assert (tip["said"], tip["platform"], tip["listing_id"]) == (place.name, "", None)
    roles = {row["role"]: row["sha256"] for row in rows(workspace, "tip_exhibit")}
    assert set(roles) == {"tip", "metadata"}
    assert (workspace / "evidence" / roles["tip"][:2] / roles["tip"]).read_bytes() == place.read_bytes()
    (told,) = metadata(workspace)
    assert (told["of"], told["name"], told["width"], told["height"]) == (roles["tip"], place.name, 90, 60)
    assert (told["exif"]["Model"], told["exif"]["DateTimeOriginal"]) == ("Phone 12", "2026:10:01 08:30:00")
    assert (told["latitude"], told["longitude"]) == (pytest.approx(-39.9055556), pytest.approx(116.3913889))
    assert anywhere(workspace / "evidence" / "ledger", "Phone 12") == [], (
        "it is personal: the ledger does not tell it"
    )
    again = wildfree("add", place, tmp_path / "IMG_0001.JPG.jpg", "--by", "Wang")
    assert again.out.count("brought by a reviewer") == 2
    assert len(tips(workspace)) == 1
    sound(workspace)


def test_one_screenshot_may_show_two_listings_and_a_listing_may_be_named_by_its_number(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    place, other = photo(tmp_path / "a.jpg"), "https://item.taobao.com/item.htm?id=712345678902"
    assert wildfree("add", FISH, other).code == 0
    for of, new in ((FISH, True), ("2", True), ("1", False), (other, False), ("", False)):
        (added,) = wildfree("add", place, "--of", of, "--json").objects
        assert added["new"] is new, of
    assert [(row["listing_id"], row["said"]) for row in tips(workspace)[2:]] == [
        (1, f"a.jpg ({FISH})"), (2, f"a.jpg ({other})"),
    ]  # fmt: skip
    one_line(wildfree("add", place, "--of", "9"), 2, "no listing of that number")


def test_what_a_file_says_of_itself_is_said_to_be_kept_only_where_it_was_read(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    Image.new("RGB", (64, 48)).save(tmp_path / "a.avif")
    (tmp_path / "b.heic").write_bytes(box("ftyp", b"heic\0\0\0\0") + bytes(100))
    (tmp_path / "c.ogg").write_bytes(b"OggS" + bytes(100))
    added = wildfree("add", *(tmp_path / name for name in ("a.avif", "b.heic", "c.ogg")), "--json").objects
    assert ["could not be read" in each["next"] for each in added] == [False, True, True]
    avif, *others = metadata(workspace)
    assert (avif["width"], avif["height"], "unread" in avif) == (64, 48, False)
    assert all(each["unread"] for each in others)


def test_the_texts_of_a_png_and_the_time_of_a_video_are_read(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    note = PngInfo()
    note.add_text("Software", "截图")
    note.add_itxt("Comment", "from a phone")
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png", pnginfo=note)
    (tmp_path / "b.mp4").write_bytes(video(3_850_000_000))
    assert wildfree("add", tmp_path / "a.png", tmp_path / "b.mp4").code == 0
    png, mp4 = metadata(workspace)
    assert png["text"]["Comment"] == "from a phone"
    assert (mp4["created"], mp4["seconds"], mp4["location"]) == ("2025-12-31T04:26:40+00:00", 12.5, "+39.9+116.3/")
    assert mp4["media_type"] == "video/mp4"


def box(kind: str, inner: bytes) -> bytes:
    return struct.pack(">I", 8 + len(inner)) + kind.encode("latin-1") + inner


def video(made: int) -> bytes:
    header = box("mvhd", struct.pack(">IIIII", 0, made, made, 1000, 12_500) + bytes(80))
    place = box("udta", box("\xa9xyz", b"\0\x0c\x15\xc7+39.9+116.3/"))
    return box("ftyp", b"isom\0\0\0\0") + box("mdat", bytes(100)) + box("moov", header + place)


@pytest.mark.parametrize(
    "body",
    [
        box("ftyp", b"isom") + struct.pack(">I", 0xFFFFFFF0) + b"moov" + bytes(50),
        box("ftyp", b"isom") + struct.pack(">I", 3) + b"moov" + bytes(50),
        box("ftyp", b"isom") + box("free", b"") * 9000,
    ],
)
def test_a_broken_video_is_kept_and_said_to_be_unread(
    body: bytes, workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        boxes.told(body)
    (tmp_path / "x.mp4").write_bytes(body)
    assert wildfree("add", tmp_path / "x.mp4").code == 0
    assert "boxes do not fit" in metadata(workspace)[0]["unread"]


def test_a_broken_picture_is_kept_and_said_to_be_unread(workspace: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    whole = photo(tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(whole[:12] + bytes(400))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert wildfree("add", tmp_path / "a.jpg").code == 0
    assert metadata(workspace)[0]["unread"]


REFUSED: dict[str, tuple[str, bytes, str]] = {
    "a saved page": ("a.html", b"\n<!DOCTYPE html><html>", "Bring its link"),
    "a page that calls itself a photo": ("a.jpg", b"<html><script>alert(1)</script>", "Bring its link"),
    "a drawing with scripts": ("a.svg", b"<svg onload=alert(1)>", "Bring its link"),
    "a text": ("a.txt", "看这个 https://v.douyin.com/x/".encode(), "wildfree add - < a.txt"),
    "a program": ("a.exe", b"MZ\x90\0\0\0", "Bring a screenshot"),
    "an archive": ("a.zip", b"PK\3\4\0\0\0", "Bring a screenshot"),
    "nothing": ("a.png", b"", "is empty"),
    "too many pixels": ("a.png", wide(), "pixels"),
    "a list without links": ("a.csv", b"name,price\nx,1\n", "no column of links"),
    "the old Excel": ("a.xls", b"\xd0\xcf\x11\xe0", "Save it again"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_tip_says_what_to_do(
    name: str, workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    called, body, word = REFUSED[name]
    (tmp_path / called).write_bytes(body)
    one_line(wildfree("add", FISH, tmp_path / called), 2, called, word)
    assert tips(workspace) == []


def test_files_are_bounded(
    workspace: Path, tmp_path: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_line(wildfree("add", tmp_path), 2, "is no file")
    with (tmp_path / "big.jpg").open("wb") as file:
        file.write(b"\xff\xd8\xff")
        file.truncate(kinds.PICTURE + 1)
    one_line(wildfree("add", tmp_path / "big.jpg"), 2, "larger than 50 MiB")
    (workspace / "wildfree.toml").write_text("[limits]\nmegapixels = 0.005\n")
    one_line(wildfree("add", photo(tmp_path / "a.jpg")), 2, "90 x 60 pixels")
    assert tips(workspace) == []


def test_a_listing_that_nobody_opened_is_shown_with_what_was_brought_and_nothing_is_asked_in_vain(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    place = photo(tmp_path / "a.jpg")
    assert wildfree("add", place, "--of", FISH).code == 0
    ran = wildfree("review", 1, typed="s\n\n")
    shown = next(Path(each.split(": ")[1]) for each in ran.out.splitlines() if "-brought-" in each)
    assert (shown.suffix, shown.read_bytes()) == (".jpg", place.read_bytes())
    assert "was never seen live" in ran.out
    assert "wildfree browse xianyu" in ran.out
    assert "物种" not in ran.out, "no more is asked"
    one_line(wildfree("review", 1, "--as", "suspect"), 2, "was never seen live")
    assert wildfree("review", 1, typed="unrelated\n").code == 0
    assert [row["decision"] for row in rows(workspace, "verdict")] == ["unrelated"]


# --- lists


def listed(place: Path, *lines: Sequence[str]) -> Path:
    """LINES as a CSV or an XLSX."""
    if place.suffix == ".xlsx":
        book = Workbook()
        for line in lines:
            book.active.append(list(line))
        book.save(place)
    else:
        place.write_text("".join(",".join(line) + "\n" for line in lines), "utf-8-sig")
    return place


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@pytest.mark.parametrize("head", [("商品", "链接", "备注"), ("what", " URL: ", "x"), ()])
def test_each_line_of_a_list_is_a_tip_and_none_is_lost(
    name: str, head: tuple[str, ...], workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    lines = [("手串", FISH, "Li saw it"), ("吊坠", "https://v.douyin.com/x/", ""), ("又", f"{FISH}&spm=1", "again")]
    place = listed(tmp_path / name, *([head] if head else []), *lines)
    found = wildfree("add", place, "--note", "our list", "--json").objects
    noted = head[-1:] == ("备注",)
    assert [each["new"] for each in found] == [True, True, noted], "what is said anew of the first is a word more"
    kept = tips(workspace)
    first = 1 + bool(head)
    assert kept[0]["said"] == f"{name}:{first}: 手串 | {FISH} | Li saw it"
    assert kept[1]["said"] == f"{name}:{first + 1}: 吊坠 | https://v.douyin.com/x/"
    notes = ["our list; Li saw it", "our list", "our list; again"] if noted else ["our list"] * 2
    assert [row["note"] for row in kept] == notes
    assert not any(each["new"] for each in wildfree("add", place, "--note", "our list", "--json").objects)
    sound(workspace)


def test_lines_without_a_link_are_named_and_left_out_only_when_told(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    place = listed(tmp_path / "a.csv", ("name", "link"), ("a", FISH), ("b", "gone"), ("c", ""), ("d", f"{MARKET}/x"))
    one_line(wildfree("add", place), 2, "2 of its lines: 3, 4", "--skip-unreadable")
    assert tips(workspace) == []
    ran = wildfree("add", place, "--skip-unreadable")
    assert ran.code == 0, ran.err
    assert [row["said"].split(":")[1] for row in tips(workspace)] == ["2", "5"]


def test_a_damaged_spreadsheet_is_named_in_one_line(workspace: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    whole = listed(tmp_path / "a.xlsx", ("link",), (FISH,))
    body = bytearray(whole.read_bytes())
    body[body.index(b"PK\1\2") + 6] = 234
    (tmp_path / "b.xlsx").write_bytes(body)
    one_line(wildfree("add", tmp_path / "b.xlsx"), 2, "b.xlsx", "zip file version 23.4", "Save it again")
    with ZipFile(whole) as held, ZipFile(tmp_path / "c.xlsx", "w") as fewer:
        for name in held.namelist():
            if name == "[Content_Types].xml":
                fewer.writestr(name, held.read(name).replace(b"/xl/workbook.xml", b"/xl/elsewhere.xml"))
            else:
                fewer.writestr(name, held.read(name))
    one_line(wildfree("add", tmp_path / "c.xlsx"), 2, "c.xlsx", "Save it again")
    none = ZipFile(tmp_path / "d.xlsx", "w")
    none.writestr(
        "[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"
    )
    none.close()
    one_line(wildfree("add", tmp_path / "d.xlsx"), 2, "d.xlsx", "Save it again")
    assert tips(workspace) == []


# --- what becomes of them


def test_the_list_says_what_became_of_each(workspace: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    assert wildfree("add", f"{MARKET}/item/7", f"{MARKET}/item/8", "https://v.douyin.com/x/").code == 0
    assert wildfree("add", FISH, photo(tmp_path / "a.jpg")).code == 0
    said = {each["what"]: each["became"] for each in wildfree("add", "--list", "--json").objects}
    assert said[FISH] == "waits for a first look"
    assert said["a.jpg"] == "kept as a file"
    assert said["https://v.douyin.com/x/"] == "waits for a person: its link names no listing"
    assert said[f"{MARKET}/item/7"] == "kept: at an address that no platform file knows"
    ran = wildfree("add", "--list")
    assert "5 tips" in ran.out
    one_line(wildfree("add"), 2, "add what?")


# --- erasing


def brought(workspace: Path, tmp_path: Path, wildfree: Wildfree) -> set[str]:
    """A photo of a listing, the same photo of another, one of its own: the files of the first's alone."""
    both, mine = photo(tmp_path / "both.jpg"), photo(tmp_path / "mine.jpg", "blue")
    assert wildfree("add", FISH, "--note", "Zhang told me").code == 0
    assert wildfree("add", mine, both, "--of", FISH, "--note", "Zhang's photo").code == 0
    assert (
        wildfree("add", both, "--of", f"https://item.taobao.com/item.htm?id={ITEM}", "--note", "the other").code == 0
    )
    named = {row["sha256"]: row["tip_id"] for row in rows(workspace, "tip_exhibit")}
    return {sha256 for sha256, tip in named.items() if tip == 2}


def test_erasing_a_listing_takes_the_words_and_files_of_its_tips_along(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    mine = brought(workspace, tmp_path, wildfree)
    assert len(mine) == 2
    ran = wildfree("archive", "erase", "1", "--why", "asked for")
    assert ran.code == 0, ran.err
    there = {each.name for each in (workspace / "evidence").glob("??/*")}
    assert not there & mine
    others = {row["sha256"] for row in rows(workspace, "tip_exhibit") if row["tip_id"] == 4}
    assert others <= there, "what another listing's tip shows stays"
    assert {row["said"] for row in tips(workspace) if row["listing_id"] == 1} == {""}
    assert {row["note"] for row in tips(workspace) if row["listing_id"] == 2} == {"the other"}
    assert anywhere(workspace / "evidence", "Zhang") == []
    assert wildfree("verify").code == 0
    assert wildfree("add", "--list", "--json").objects[0]["became"] == "erased"
    one_line(wildfree("add", tmp_path / "mine.jpg"), 2, "was erased here")
    assert wildfree("add", FISH, "--json").objects[0]["new"], "its link may be brought again"


def test_a_held_listing_keeps_its_tips(workspace: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    mine = brought(workspace, tmp_path, wildfree)
    assert wildfree("archive", "hold", "1", "--why", "a court").code == 0
    one_line(wildfree("archive", "erase", "1", "--why", "x"), 2, "is held")
    one_line(wildfree("archive", "erase", "tip:2", "--why", "x"), 2, "is held")
    one_line(wildfree("archive", "erase", min(mine), "--why", "x"), 2, "is held")
    assert {each.name for each in (workspace / "evidence").glob("??/*")} >= mine


def test_a_tip_that_names_no_listing_is_erased_by_its_number_or_its_file(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    assert wildfree("add", photo(tmp_path / "a.jpg"), photo(tmp_path / "b.jpg", "blue"), "--note", "Zhang").code == 0
    assert wildfree("archive", "erase", "tip:1", "--why", "asked for").code == 0
    assert {row["note"] for row in tips(workspace) if row["id"] == 1} == {""}
    (left,) = [row["sha256"] for row in rows(workspace, "tip_exhibit") if row["tip_id"] == 2 and row["role"] == "tip"]
    assert {each.name for each in (workspace / "evidence").glob("??/*")} >= {left}
    assert wildfree("archive", "erase", left, "--why", "asked for").code == 0
    assert not (workspace / "evidence" / left[:2] / left).exists()
    one_line(wildfree("archive", "erase", "tip:9", "--why", "x"), 2, "add --list")
    assert wildfree("verify").code == 0


def test_what_is_kept_too_long_is_overdue_by_its_last_look_or_else_by_its_tip(
    workspace: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    then = ("--now", (datetime.now(UTC) - timedelta(days=40)).isoformat())
    assert wildfree("add", FISH, photo(tmp_path / "a.jpg"), *then).code == 0
    assert wildfree("add", photo(tmp_path / "b.jpg", "blue"), f"https://item.taobao.com/item.htm?id={ITEM}").code == 0
    with Vault.open(workspace) as vault:
        assert erase.overdue(vault, 30, datetime.now(UTC)) == ["1", "tip:2"]
        assert erase.overdue(vault, 0, datetime.now(UTC)) == []
        here = Field(vault, datetime.now(UTC) - timedelta(days=35))
        here.look("7", Condition.LIVE, after=timedelta())
        assert erase.overdue(vault, 30, datetime.now(UTC)) == ["1", "3", "tip:2"]
        here.look("7", Condition.LIVE, after=timedelta(days=30))
        assert erase.overdue(vault, 30, datetime.now(UTC)) == ["1", "tip:2"], "the last look counts"
    (workspace / "wildfree.toml").write_text("[retention]\ndays = 30\n")
    assert wildfree("archive", "erase", "--overdue", "--why", "too old").code == 0
    assert [bool(row["said"]) for row in tips(workspace)] == [False, False, True, True]
    with Vault.open(workspace) as vault:
        assert erase.overdue(vault, 30, datetime.now(UTC)) == []


def test_a_bundle_of_a_listing_has_no_file_of_a_tip(workspace: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    assert wildfree("add", photo(tmp_path / "a.jpg"), "--of", FISH).code == 0
    with Vault.open(workspace) as vault, pytest.raises(EvidenceError, match="never looked at"):
        collect.of_listing(vault, 1)


def test_a_text_of_standard_input_is_bounded_and_seen(workspace: Path, wildfree: Wildfree) -> None:
    one_line(wildfree("add", "-", typed=f"{FISH}\n" * 1000), 2, "longer than")
    assert tips(workspace) == []
    assert wildfree("add", "-", typed=f"{FISH}\n" * 100).code == 0
    assert len(tips(workspace)) == 1
