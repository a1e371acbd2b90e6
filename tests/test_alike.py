"""`wildfree alike`: the same photo and the same text are found under other listings, and nothing else is."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sqlalchemy import delete, func, select

from archive import capture, erase, intake, todo
from archive.facts import Brought, Decision, Exhibit, Opinion, Reading, Role, Snapshot
from archive.likeness import METHODS
from archive.models import Listing
from archive.pictures import Likeness, keep_text
from archive.questions import alike, hash_index
from archive.rows import tip, verdict
from archive.vault import Vault
from config.platform import Condition
from desk.practice.pictures import picture
from desk.practice.wares import Kind
from tests.conftest import Wildfree
from tests.field import SELLER, START, exchange
from tests.likenesses import bordered, cut, encoded, photo, turned, written
from tests.test_verify import sealed

DAY = timedelta(days=1)
LONG = "象牙手镯 老料 满血丝 内径58 孤品 私聊"


class Shop:
    """An archive of listings with pictures, on a clock of its own."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.at = START

    def look(
        self, key: str, *pictures: bytes, platform: str = "market", title: str = "", condition: str = "live",
        others: tuple[bytes, ...] = (),
    ) -> int:  # fmt: skip
        """A look at listing KEY that shows PICTURES of its own, and OTHERS; answers the listing's number."""
        self.at += DAY
        page = f"https://{platform}.example/item/{key}"
        title = title or f"listing {key}"
        urls = [f"{page}/{number}.jpg" for number in range(len(pictures) + len(others))]
        loaded = [
            exchange(url, body, self.at, kind="Image", media_type="image/jpeg")
            for url, body in zip(urls, (*pictures, *others), strict=True)
        ]
        shown = exchange(page, f"<h1>{title}</h1>{key}".encode(), self.at)
        seen = Snapshot(page, page, 200, self.at, {"tool": "test", "vantage": "plain"}, (shown, *loaded))
        task = todo.Task(todo.Kind.CHECK, f"check:{key}", platform, self.at, {"key": key, "url": page})
        said = Reading(Condition(condition), "h1", title=title, seller=SELLER, images=tuple(urls[: len(pictures)]))
        capture.take(self.vault, task, page, seen, said)
        with self.vault.reading() as session:
            listing = select(Listing.id).where(Listing.platform == platform, Listing.key == key)
            return session.scalars(listing).one()


@pytest.fixture
def shop(workspace: Path) -> Iterator[Shop]:
    with Vault.open(workspace) as vault:
        yield Shop(vault)


def numbers(answer: alike.Answer) -> list[int]:
    return [each.number for each in answer.places]


def asked(shop: Shop, number: int) -> list[int]:
    return numbers(alike.like_listing(shop.vault, number))


def test_the_same_photo_is_found_on_another_platform_with_a_border_words_and_a_mirror(
    shop: Shop, wildfree: Wildfree
) -> None:
    one = shop.look("1", encoded(photo(1)), encoded(photo(2)))
    first = shop.at
    shop.look("2", encoded(photo(3)))
    two = shop.look("9", encoded(bordered(written(turned(photo(1))))), platform="oscar", title="Armreif")
    three = shop.look("3", encoded(cut(photo(2), 0.08, 0.0, 0.03, 0.05)))
    ran = wildfree("alike", one, "--json")
    assert ran.code == 0, ran.err
    *places, end = ran.objects
    assert [(each["kind"], each["number"], each["platform"]) for each in places] == [
        ("listing", two, "oscar"), ("listing", three, "market"),
    ]  # fmt: skip
    assert [each["photos"][0]["how"] for each in places] == [["mirrored", "bordered"], ["cropped"]]
    assert places[0]["photos"][0]["agreeing"] > 0.57
    assert datetime.fromisoformat(places[0]["first_seen"]) == first + 2 * DAY
    assert end == {"kind": "asked", "pictures": 2, "unchecked": 0, "bare": 0, "unhashed": 0}
    told = wildfree("alike", two)
    assert f"listing {one} (market, since {first:%Y-%m-%d}, live): the same photo (mirrored and bordered)" in told.out
    assert SELLER not in ran.out + told.out
    assert asked(shop, three) == [one]


def test_two_bangles_are_two_bangles(shop: Shop) -> None:
    listings = [shop.look(f"{n}", picture(f"{n}", 1, Kind.RING), picture(f"{n}", 2, Kind.RING)) for n in range(4)]
    for number in listings:
        answer = alike.like_listing(shop.vault, number)
        assert (answer.places, answer.pictures) == ((), 2)


def test_a_logo_on_every_page_makes_nothing_alike_and_is_named(shop: Shop, wildfree: Wildfree) -> None:
    logo = encoded(photo(50, 200, 200), "PNG")
    listings = [shop.look(f"{n}", encoded(photo(n)), logo) for n in range(7)]
    again = shop.look("8", encoded(photo(3), quality=40), encoded(photo(50, 200, 200), quality=70))
    answer = alike.like_listing(shop.vault, listings[3])
    assert numbers(answer) == [again], "its other picture is found all the same"
    (left_out,) = answer.furniture
    assert (left_out.picture, left_out.platform) == (sha256(logo).hexdigest(), "market")
    assert (left_out.listings, left_out.of) == (7, 8)
    assert "stands on 7 of 8 listings of market: part of its pages" in wildfree("alike", listings[0]).out


def test_a_photo_that_one_seller_shows_many_times_is_no_logo_once_reviewers_say_so(shop: Shop) -> None:
    listings = [shop.look(f"{n}", encoded(photo(1))) for n in range(7)]
    assert asked(shop, listings[0]) == []
    for number in listings[:4]:
        said = Opinion(number, None, "a reviewer", shop.at, Decision.ILLEGAL)
        intake.take(shop.vault, verdict.said(said))
    assert asked(shop, listings[0]) == listings[1:]


def test_what_is_too_small_or_of_one_colour_makes_nothing_alike(shop: Shop) -> None:
    icon, blank = encoded(photo(1, 40, 40), "PNG"), encoded(photo(1).point(lambda _: 255))
    one, _ = shop.look("1", icon, blank), shop.look("2", icon, blank)
    answer = alike.like_listing(shop.vault, one)
    assert (answer.places, answer.pictures) == ((), 0)


def test_a_relisting_is_pointed_out(shop: Shop, wildfree: Wildfree) -> None:
    old = shop.look("1", encoded(photo(1)))
    beside = shop.look("2", encoded(photo(1), quality=50))
    shop.look("1", encoded(photo(1)))
    shop.look("1", condition="gone")
    new = shop.look("3", encoded(photo(1), quality=60))
    elsewhere = shop.look("4", encoded(photo(1), quality=70), platform="oscar")
    told = {each.number: each.relisting for each in alike.like_listing(shop.vault, old).places}
    assert told == {beside: "", new: "later", elsewhere: ""}
    assert {each.number: each.relisting for each in alike.like_listing(shop.vault, new).places}[old] == "earlier"
    assert "first seen after this one was last live, which is gone" in wildfree("alike", old).out
    assert "gone, and last live before this one was first seen" in wildfree("alike", new).out


def test_a_text_is_found_through_its_disguise_and_a_common_one_is_not(shop: Shop) -> None:
    one = shop.look("1", title=LONG)
    two = shop.look("2", title="象牙手鐲 老料、滿血絲 ＃ 内徑５８ 孤品！")
    short = shop.look("3", title="象牙手镯")
    shop.look("4", title="象牙手镯")
    shop.look("5", title="核桃手串 老料 满纹路 内径60 孤品 私聊")
    answer = alike.like_listing(shop.vault, one)
    assert numbers(answer) == [two]
    assert 0.6 <= answer.places[0].text < 1.0
    assert asked(shop, short) == []


def test_a_photo_that_a_person_brings_is_found_and_finds(shop: Shop, wildfree: Wildfree, tmp_path: Path) -> None:
    one = shop.look("1", encoded(photo(1)))
    files = (Exhibit(Role.TIP, encoded(bordered(photo(1))), "image/jpeg"),)
    number = intake.take(shop.vault, tip.brought(Brought("a visitor", shop.at, "IMG_1.jpg"), files), files)
    (place,) = alike.like_listing(shop.vault, one).places
    assert (place.kind, place.number, place.first_seen) == ("tip", number, shop.at)
    (tmp_path / "mine.png").write_bytes(encoded(written(photo(1)), "PNG"))
    *places, end = wildfree("alike", "--file", tmp_path / "mine.png", "--json").objects
    assert [(each["kind"], each["number"]) for each in places] == [("listing", one), ("tip", number)]
    assert end["pictures"] == 1
    (tmp_path / "other.png").write_bytes(encoded(photo(2), "PNG"))
    assert wildfree("alike", "--file", tmp_path / "other.png").out == "Nothing like it: 1 pictures were looked for\n"


def speck(seed: int) -> Image.Image:
    """A small thing on a large white ground."""
    image = Image.new("RGB", (640, 480), "white")
    image.paste(photo(seed, 60, 60), (290, 210))
    return image


def test_the_same_file_is_found_however_little_it_shows_and_of_its_copies_nothing_is_claimed(
    shop: Shop, wildfree: Wildfree, tmp_path: Path
) -> None:
    files = {
        "speck.png": encoded(speck(1), "PNG"), "scan.tif": encoded(photo(2), "TIFF"),
        "icon.png": encoded(photo(3, 40, 40), "PNG"), "copy.jpg": encoded(speck(1)), "other.png": encoded(photo(4)),
    }  # fmt: skip
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    tipped = list(files)[:3]
    assert wildfree("add", *(tmp_path / name for name in tipped)).code == 0
    for number, name in enumerate(tipped, start=1):
        *places, end = wildfree("alike", "--file", tmp_path / name, "--json").objects
        assert [(each["kind"], each["number"]) for each in places] == [("tip", number)], name
        assert places[0]["photos"][0]["how"] == ["identical"]
        assert (end["pictures"], end["bare"], end["unhashed"]) == (1, 1, 2)
        told = wildfree("alike", "--file", tmp_path / name).out
        assert f"tip {number}: the same photo (identical)" in told
        assert "cannot be compared: it shows too little, or is of a form that is not read: only the very" in told
    copy = wildfree("alike", "--file", tmp_path / "copy.jpg").out
    assert "cannot be compared: it shows too little" in copy
    assert "Nothing like it" not in copy, "nobody can know that"
    other = wildfree("alike", "--file", tmp_path / "other.png").out
    assert "Nothing like it: 1 pictures were looked for" in other
    assert "not compared: 2 pictures of the archive" in other
    assert "cannot be compared" not in other


def test_a_file_that_was_erased_is_not_answered_for_by_its_name(
    shop: Shop, wildfree: Wildfree, tmp_path: Path
) -> None:
    (tmp_path / "icon.png").write_bytes(encoded(photo(3, 40, 40), "PNG"))
    assert wildfree("add", tmp_path / "icon.png").code == 0
    assert wildfree("alike", "--file", tmp_path / "icon.png").code == 0
    assert wildfree("archive", "erase", "tip:1", "--why", "w", "--by", "b").code == 0
    ran = wildfree("alike", "--file", tmp_path / "icon.png")
    assert (ran.code, "no picture that can be compared" in ran.err) == (2, True)


def test_a_listings_picture_that_shows_too_little_is_said_to_be_uncompared(shop: Shop, wildfree: Wildfree) -> None:
    one = shop.look("1", encoded(speck(1), "PNG"), encoded(photo(2)))
    two = shop.look("2", encoded(speck(1)), encoded(photo(3)))
    told = wildfree("alike", one).out
    assert "cannot be compared: 1 of 2 pictures, which show too little" in told
    assert "Nothing like it: 1 pictures were looked for" in told
    assert asked(shop, two) == []


def test_the_picture_of_another_page_counts_once_it_is_a_listings_own(shop: Shop) -> None:
    body = encoded(photo(1))
    one = shop.look("1", encoded(photo(2)), others=(body,))
    two = shop.look("2", body)
    three = shop.look("3", encoded(bordered(photo(1))))
    assert asked(shop, three) == [two], "beside the first it is another's"
    assert asked(shop, one) == []


def chat(*lines: str) -> bytes:
    """A phone's screenshot of what was written, all laid out as one."""
    image = Image.new("RGB", (1080, 2340), (237, 237, 237))
    draw = ImageDraw.Draw(image)
    for number, words in enumerate(("19:42", *lines)):
        left, top = 40 + 500 * (number % 2), 60 + 170 * number
        draw.rounded_rectangle((left, top, left + 480, top + 110), 22, fill=("white", (149, 236, 105))[number % 2])
        draw.text((left + 30, top + 25), words, fill="black", font_size=44)
    return encoded(image, "PNG")


TRADE = ("have you ivory bangles", "yes from africa 18mm", "how much is one", "2800 and free postage", "send it")
TALK = ("when do we meet then", "at nine on floor three", "good and thank you", "not at all my friend", "bye now")


def test_two_chats_are_one_photo_only_where_the_same_is_written(
    shop: Shop, wildfree: Wildfree, tmp_path: Path, reads_pictures: None
) -> None:
    names = {
        "trade": chat(*TRADE),
        "talk": chat(*TALK),
        "again": encoded(Image.open(BytesIO(chat(*TRADE))), quality=40),
    }
    for name, body in names.items():
        (tmp_path / f"{name}.png").write_bytes(body)
    assert wildfree("add", tmp_path / "trade.png", tmp_path / "again.png").code == 0
    for name, found in (("trade", [1, 2]), ("again", [1, 2]), ("talk", [])):
        ran = wildfree("alike", "--file", tmp_path / f"{name}.png", "--json")
        assert [each["number"] for each in ran.objects if each["kind"] == "tip"] == found, name


def test_what_nobody_has_read_is_said_to_be_perhaps_its_layout_alone(
    shop: Shop, wildfree: Wildfree, tmp_path: Path
) -> None:
    one, two = shop.look("1", chat(*TRADE)), shop.look("2", chat(*TALK))
    assert "the same photo or only its layout, as its text was not read" in wildfree("alike", one).out
    for body, lines in ((chat(*TRADE), TRADE), (chat(*TALK), TALK)):
        keep_text(shop.vault, sha256(body).hexdigest(), "a reader", "\n".join(lines))
    assert asked(shop, one) == asked(shop, two) == []
    ring = picture("3", 1, Kind.RING)
    three, four = shop.look("3", ring), shop.look("4", encoded(Image.open(BytesIO(ring)), quality=50))
    assert asked(shop, three) == [four], "of a thing on plain ground there is nothing to read"


def test_the_files_that_people_brought_of_a_listing_are_looked_for(
    shop: Shop, wildfree: Wildfree, tmp_path: Path
) -> None:
    one = shop.look("1", encoded(photo(1)))
    (tmp_path / "a.png").write_bytes(encoded(photo(1), "PNG"))
    assert wildfree("add", tmp_path / "a.png", "--of", "https://www.goofish.com/item?id=712345678901").code == 0
    *places, end = wildfree("alike", 2, "--json").objects
    assert [(each["kind"], each["number"]) for each in places] == [("listing", one)], "its own tip is not elsewhere"
    assert end["pictures"] == 1
    assert [(each.kind, each.number) for each in alike.like_listing(shop.vault, one).places] == [("tip", 1)]


def test_what_was_erased_is_found_no_more(shop: Shop) -> None:
    one, two = (
        shop.look("1", encoded(photo(1)), title=LONG),
        shop.look("2", encoded(photo(1), quality=50), title=LONG),
    )
    assert asked(shop, one) == [two]
    names = shop.vault.workspace / hash_index.FOLDER / "names"
    name = sha256(encoded(photo(1), quality=50)).digest()[::-1]  # each word of it turned round, as here they lie
    swapped = b"".join(name[at : at + 8] for at in range(24, -8, -8))
    before = {each: (names.parent / each).read_bytes() for each in (*hash_index.FILES, hash_index.HEAD)}
    assert swapped in before["names"]
    erase.listing(shop.vault, two, why="w", by="a custodian", now=shop.at)
    assert not names.exists()
    names.parent.mkdir(parents=True)
    for file, content in before.items():
        (names.parent / file).write_bytes(content)  # as if another had them open
    assert asked(shop, one) == []
    assert swapped not in names.read_bytes()


def test_the_shelf_grows_at_its_end_and_is_made_again_where_it_is_damaged(shop: Shop) -> None:
    one, two = shop.look("1", encoded(photo(1))), shop.look("2", encoded(photo(1), quality=50))
    assert asked(shop, one) == [two]
    folder = shop.vault.workspace / hash_index.FOLDER
    before = {name: (folder / name).read_bytes() for name in hash_index.FILES}
    three = shop.look("3", encoded(photo(1), quality=40))
    assert asked(shop, one) == [two, three]
    for name, content in before.items():
        assert (folder / name).read_bytes().startswith(content)
        assert len((folder / name).read_bytes()) == len(content) // 2 * 3
    for name in (*hash_index.FILES, hash_index.HEAD):
        whole = (folder / name).read_bytes()
        for spoilt in (whole[:-9], bytes(len(whole)), b""):
            (folder / name).write_bytes(spoilt)
            assert asked(shop, one) == [two, three], name
            assert len((folder / name).read_bytes()) == len(whole)


HEADS = ("-1", "1e999", "9" * 20, "0.5", "null", '"2"', "[2]", "NaN")


@pytest.mark.parametrize("said", [*HEADS, "nested"])
def test_whatever_the_head_of_the_shelf_says_it_is_made_again(shop: Shop, said: str) -> None:
    one, two = shop.look("1", encoded(photo(1))), shop.look("2", encoded(photo(1), quality=50))
    assert asked(shop, one) == [two]
    head = shop.vault.workspace / hash_index.FOLDER / hash_index.HEAD
    whole = head.read_text("utf-8")
    head.write_text("[" * 100_000 if said == "nested" else whole.replace('"pictures": 2', f'"pictures": {said}'))
    assert head.read_text("utf-8") != whole
    assert asked(shop, one) == [two]
    assert head.read_text("utf-8") == whole


def test_a_shelf_whose_growing_was_cut_off_is_right_again(shop: Shop) -> None:
    one, two = shop.look("1", encoded(photo(1))), shop.look("2", encoded(photo(1), quality=50))
    assert asked(shop, one) == [two]
    folder = shop.vault.workspace / hash_index.FOLDER
    for name in hash_index.FILES:
        with (folder / name).open("ab") as file:
            file.write(b"half of what was to be written")
    three = shop.look("3", encoded(photo(1), quality=40))
    assert asked(shop, one) == [two, three]


@pytest.mark.parametrize("count", [0, 1, 1000, 3 * hash_index.AT_ONCE + 7])
def test_the_search_finds_all_that_counting_bits_finds(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hash_index, "cpu_count", lambda: 3)
    hashes = np.random.default_rng(1).integers(0, 2**64 - 1, count, np.uint64)
    one = np.array([0x0123456789ABCDEF], np.uint64)
    for radius in (0, 18, 24):
        hashes[: min(count, 64)] = one ^ (np.uint64(2**64 - 1) >> np.arange(64, dtype=np.uint64))[: min(count, 64)]
        expected = np.flatnonzero(np.bitwise_count(hashes ^ one) <= radius)
        assert np.array_equal(np.sort(hash_index.within(one, hashes, radius)), expected)
        assert count < 64 or len(expected) >= radius


def test_an_older_archive_is_hashed_anew_and_its_database_stays(shop: Shop, wildfree: Wildfree) -> None:
    one, two = shop.look("1", encoded(photo(1))), shop.look("2", encoded(photo(1), quality=50))
    with shop.vault.writing() as session:
        pictures = session.scalars(select(Likeness.sha256).where(Likeness.method == METHODS[0])).all()
        session.execute(delete(Likeness))
        session.add_all(Likeness(sha256=each, method="phash64/imagehash-4.3.2", value="0" * 16) for each in pictures)
    assert asked(shop, one) == []
    sealed(shop.vault.workspace)
    ran = wildfree("archive", "rebuild")
    assert (ran.code, "holds the same: it stays" in ran.out) == (0, True), ran
    (place, _) = wildfree("alike", one, "--json").objects
    assert place["number"] == two
    with shop.vault.reading() as session:
        assert set(session.scalars(select(Likeness.method).distinct())) == set(METHODS)
        assert session.scalars(select(func.count()).select_from(Likeness)).one() == 6


def test_no_backup_has_what_can_be_made_again(shop: Shop, wildfree: Wildfree, tmp_path: Path) -> None:
    one = shop.look("1", encoded(photo(1)))
    assert asked(shop, one) == []
    assert (shop.vault.workspace / hash_index.FOLDER / hash_index.HEAD).exists()
    assert wildfree("archive", "backup", tmp_path / "copy").code == 0
    assert not (tmp_path / "copy" / hash_index.FOLDER.parts[0]).exists()


def test_several_listings_are_asked_for_at_once(shop: Shop) -> None:
    one, two = shop.look("1", encoded(photo(1))), shop.look("2", encoded(photo(1), quality=50))
    other = shop.look("3", encoded(photo(2)))
    found = alike.listings_like(shop.vault, [one, two, other])
    assert {number: [each.number for each in places] for number, places in found.items()} == {
        one: [two], two: [one], other: [],
    }  # fmt: skip


def page_of(shop: Shop, key: str, seller: str) -> int:
    """A look at a listing of the market, as its pages are, with the same photo as all."""
    number = shop.look(key, encoded(photo(1)))
    page = f"http://127.0.0.1:8765/item/{key}"
    html = f'<main class="listing"><h1 class="title">珠子 {key}</h1><a class="shop">{seller}</a></main>'
    shop.at += DAY
    shown = (exchange(page, html.encode(), shop.at),)
    seen = Snapshot(page, page, 200, shop.at, {"tool": "test", "vantage": "plain"}, shown)
    task = todo.Task(todo.Kind.CHECK, f"again:{key}", "market", shop.at, {"key": key, "url": page})
    capture.take(shop.vault, task, page, seen, Reading(Condition.LIVE, "h1", title=f"珠子 {key}"))
    return number


def test_a_shared_seller_is_pointed_out_and_named_nowhere(shop: Shop, wildfree: Wildfree) -> None:
    one, two, three = (
        page_of(shop, key, who) for key, who in (("1", "老王杂货"), ("2", "老王杂货"), ("3", "小李铺子"))
    )
    four = shop.look("4", encoded(photo(1)))
    ran = wildfree("alike", one, "--json")
    *places, _ = ran.objects
    assert {each["number"]: each["seller"] for each in places} == {two: "same", three: "another", four: "unknown"}
    shown = wildfree("alike", one).out
    assert shown.count("the same seller") == 1
    for said in (ran.out, shown):
        assert "老王" not in said
        assert "小李" not in said


def item_of(shop: Shop, key: str, seller: str) -> int:
    """A look at an item of eBay, whose API answers in JSON, with the same photo as all."""
    number = shop.look(key, encoded(photo(1)), platform="ebay")
    page, item = f"https://www.ebay.com/itm/{key}", {"title": f"beads {key}", "seller": {"username": seller}}
    shop.at += DAY
    shown = (exchange(page, json.dumps(item).encode(), shop.at, media_type="application/json"),)
    seen = Snapshot(page, page, 200, shop.at, {"tool": "test", "vantage": "plain"}, shown)
    task = todo.Task(todo.Kind.CHECK, f"again:{key}", "ebay", shop.at, {"key": key, "url": page})
    capture.take(shop.vault, task, page, seen, Reading(Condition.LIVE, "title", title=f"beads {key}"))
    return number


def test_a_shared_seller_is_pointed_out_where_the_answers_are_json(shop: Shop, wildfree: Wildfree) -> None:
    keys = (("110000010001", "bamboo"), ("110000010002", "bamboo"), ("110000010003", "willow"))
    one, two, three = (item_of(shop, key, who) for key, who in keys)
    *places, _ = wildfree("alike", one, "--json").objects
    assert {each["number"]: each["seller"] for each in places} == {two: "same", three: "another"}


def test_a_reviewer_is_told_where_else_the_photo_stands(shop: Shop, wildfree: Wildfree) -> None:
    one, two = shop.look("1", encoded(photo(1))), shop.look("2", encoded(photo(1), quality=50), condition="gone")
    alone = shop.look("3", encoded(photo(2)))
    asked = wildfree("review", one, alone, typed="\n\n")
    assert asked.out.count("同一张照片：") == 1
    assert f"同一张照片：listing {two} (gone)。见：wildfree alike {one}" in asked.out


def test_what_cannot_be_asked_is_told_in_one_line(shop: Shop, wildfree: Wildfree, tmp_path: Path) -> None:
    shop.look("1", encoded(photo(1)))
    (tmp_path / "note.txt").write_text("no picture", "utf-8")
    cases: list[tuple[int, tuple[Any, ...], str]] = [
        (2, (), "name one listing"),
        (2, (1, "--file", "x.png"), "name one listing"),
        (2, (99,), "no listing 99"),
        (2, ("--file", tmp_path / "none.png"), "none.png: cannot be read"),
        (2, ("--file", tmp_path / "note.txt"), "no picture that can be compared"),
    ]
    for code, words, said in cases:
        ran = wildfree("alike", *words)
        assert (ran.code, said in ran.err) == (code, True), ran.err
        assert len(ran.err.strip().splitlines()) == 1
    place = shop.vault.workspace / hash_index.FOLDER
    place.mkdir(parents=True, exist_ok=True)
    (place / hash_index.HEAD).write_text(json.dumps({"layout": "of another time"}), "utf-8")
    assert wildfree("alike", 1).code == 0
