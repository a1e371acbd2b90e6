"""Letters: what stops one, what it says, and that its PDF and its mail say it on every page."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pydantic import TypeAdapter
from pypdf import PageObject, PdfReader

from archive.facts import Asked, Decision
from archive.questions.letters import Demandable
from config.errors import LetterError
from config.platform import Contact, platform
from config.settings import Sender
from letters.draft import Letter, compose, said
from letters.notice import Notice, Occasion, plain
from letters.press.mail import eml
from letters.press.pdf import pdf
from letters.press.plain import plain_text
from letters.proofread import unsaid
from letters.template import SHIPPED, html, template
from tests.letters.case import (
    CONTACT,
    KNOWN,
    MARKET,
    NOW,
    OCCASION,
    SELLER,
    SENDER,
    Shelf,
    letter,
    listing,
    screenshot,
)

HOSTILE = "<img src=file:///etc/passwd></td></table><style>@page{margin:0}</style>{{7*7}}{%raw%} 象\u200b牙\u202e"
HOSTILE_SHOWN = (
    "<img src=file:///etc/passwd></td></table><style>@page{margin:0}</style>{{7*7}}{%raw%} 象[U+200B]牙[U+202E]"
)


@dataclass(frozen=True)
class Case:
    """One letter, and what it was made of."""

    letter: Letter
    listings: tuple[Demandable, ...]
    shelf: Shelf


@dataclass(frozen=True)
class Gossip(Demandable):
    """A listing that carries more than a letter may tell."""

    seller: str = SELLER


def made(language: str, practice: bool) -> Case:
    shelf = Shelf()
    first = Gossip(**vars(listing(1, shelf, title=HOSTILE, price="")))
    photo = shelf.keep(screenshot(3, "JPEG"))
    listings = (first, listing(2, shelf, legality=2), listing(3, shelf, screenshot=photo, payload=None))
    written = letter(*listings, exhibit=shelf.read, language="zh" if language == "zh" else "en", practice=practice)
    return Case(written, listings, shelf)


@pytest.fixture(scope="module")
def practice() -> Case:
    return made("en", practice=True)


@pytest.fixture(scope="module")
def real() -> Case:
    return made("zh", practice=False)


@pytest.fixture(params=["practice", "real"])
def case(request: pytest.FixtureRequest) -> Case:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Case)
    return found


def pages(letter: Letter) -> list[str]:
    """The text of each page, without the breaks that a narrow column makes."""
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(letter.pdf)).pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


def stopped(
    listings: tuple[Demandable, ...], occasion: Occasion, shelf: Shelf, overlay: Path | None = None
) -> list[str]:
    """The lines of the LetterError that stops the letter."""
    with pytest.raises(LetterError) as problem:
        compose(listings, occasion, exhibit=shelf.read, species=KNOWN, overlay=overlay)
    return str(problem.value).splitlines()


# What it says


def test_every_page_of_a_practice_letter_says_so_at_head_and_foot(practice: Case) -> None:
    found = pages(practice.letter)
    assert len(found) >= 3
    assert [page.count("演练PRACTICE") for page in found] == [2] * len(found)
    assert "draft" not in "".join(found)


def test_every_page_of_a_real_letter_says_that_no_lawyer_has_seen_it(real: Case) -> None:
    found = pages(real.letter)
    assert len(found) >= 3
    assert [page.count("draft:lawnotreviewed草稿：法律依据未经审核") for page in found] == [2] * len(found)
    assert "演练PRACTICE" not in "".join(found)


def test_the_text_and_the_mail_are_marked_like_the_pages(practice: Case, real: Case) -> None:
    assert practice.letter.text.startswith("[演练 PRACTICE]\n")
    assert practice.letter.text.endswith("[演练 PRACTICE]\n")
    assert real.letter.text.startswith("[draft: law not reviewed 草稿：法律依据未经审核]\n")
    assert "演练 PRACTICE" in mail(practice)["Subject"]
    assert "草稿 DRAFT" in mail(real)["Subject"]


def test_each_listing_stands_in_pdf_and_text_with_address_number_title_and_hashes(case: Case) -> None:
    printed = "".join(pages(case.letter))
    for one in case.listings:
        for fact in (one.url, one.final_url, one.key, plain(one.title), one.screenshot, one.payload, one.why):
            assert squeezed(fact or "") in printed
            assert (fact or "") in case.letter.text


def test_each_listing_shows_its_own_page_and_its_facts_on_the_same_page(case: Case) -> None:
    shown = [(page, name) for page in PdfReader(BytesIO(case.letter.pdf)).pages for name in drawn(page)]
    for one, (page, name) in zip(case.listings, shown, strict=True):
        assert squeezed(one.screenshot or "") in squeezed(page.extract_text())
        picture = page.images[name].image
        with Image.open(BytesIO(case.shelf.read(one.screenshot or ""))) as full:
            expected = full.convert("RGB").getpixel((640, 400))
        assert picture is not None
        assert picture.size == (900, 563), "the top of the page, reduced"
        assert near(picture.convert("RGB").getpixel((450, 281)), expected)


def test_two_listings_of_usual_length_share_a_page(case: Case) -> None:
    assert 2 in [len(drawn(page)) for page in PdfReader(BytesIO(case.letter.pdf)).pages]


def drawn(page: PageObject) -> list[str]:
    """The names of the pictures that a page draws; its resources name those of the whole letter."""
    contents = page.get_contents()
    assert contents is not None
    return re.findall(r"(/\S+) Do\b", contents.get_data().decode("latin-1"))


def near(found: object, expected: object) -> bool:
    assert isinstance(found, tuple)
    assert isinstance(expected, tuple)
    return all(abs(a - b) < 12 for a, b in zip(found, expected, strict=True))


def test_chinese_can_be_read_out_of_the_pdf(real: Case) -> None:
    printed = "".join(pages(real.letter))
    for words in (
        "演练集市有限公司",
        "第三十三条",
        "并非法定期限",
        "非洲象（Loxodontaafricana）",
        "未保存页面原始内容",
    ):
        assert words in printed


def test_times_stand_in_utc_and_in_the_workspaces_own_zone(case: Case) -> None:
    assert "2026-11-21 10:00:00 UTC" in case.letter.text
    assert "2026-11-21 18:00:00 +08:00 (Asia/Shanghai)" in case.letter.text


def test_the_deadline_is_a_request_and_the_end_of_a_local_day(practice: Case) -> None:
    assert practice.letter.deadline == datetime(2026, 11, 28, 15, 59, tzinfo=UTC)
    assert "by 2026-11-28 23:59 (Asia/Shanghai)" in practice.letter.text
    assert "We do not say that a law sets it." in practice.letter.text


def test_it_suspects_and_never_states_guilt(practice: Case, real: Case) -> None:
    assert practice.letter.text.count("suspected") >= 3
    assert real.letter.text.count("涉嫌") >= 6
    for word in ("guilty", "criminal", "offender", "犯罪", "违法分子", "不法商家"):
        assert word not in practice.letter.text + real.letter.text


def test_a_listing_of_doubtful_legality_is_to_be_verified_first(practice: Case) -> None:
    assert [item.verify for item in practice.letter.items] == [False, True, False]
    assert practice.letter.text.count("- Asked: verify first") == 1


def test_the_seller_is_named_nowhere(case: Case) -> None:
    hidden = SELLER.encode().hex()
    assert hidden.encode() in case.shelf.read(case.listings[2].screenshot or ""), "the trap is set"
    assert SELLER not in case.letter.text + "".join(pages(case.letter))
    for body in (case.letter.pdf, case.letter.eml):
        assert hidden.encode() not in body


def test_a_hostile_title_is_printed_as_text(case: Case) -> None:
    assert HOSTILE_SHOWN in case.letter.text
    assert squeezed(HOSTILE_SHOWN) in "".join(pages(case.letter))
    assert "root:" not in "".join(pages(case.letter))
    assert sum(len(drawn(page)) for page in PdfReader(BytesIO(case.letter.pdf)).pages) == len(case.listings)


def test_the_archive_is_told_what_was_asked_of_each_listing(practice: Case) -> None:
    grounds = ("CN-WPL-33", "CN-WPL-32")
    assert practice.letter.asked[1] == Asked(2, 1002, grounds, practice.letter.deadline)
    assert practice.letter.text_sha256 == sha256(practice.letter.text.encode()).hexdigest()


def test_the_same_letter_gives_the_same_bytes(real: Case) -> None:
    again = letter(*real.listings, exhibit=real.shelf.read, language="zh", practice=False)
    assert again.text == real.letter.text
    assert again.pdf == real.letter.pdf
    assert again.eml == real.letter.eml


def test_another_moment_gives_another_letter(practice: Case) -> None:
    later = replace(OCCASION, now=NOW + timedelta(minutes=1))
    again = compose(practice.listings, later, exhibit=practice.shelf.read, species=KNOWN)
    assert again.text_sha256 != practice.letter.text_sha256
    assert again.pdf != practice.letter.pdf


# What stops it


def wall(shelf: Shelf) -> str:
    return shelf.keep(b"<html><title>Please log in</title></html>")


def cut(shelf: Shelf) -> str:
    return shelf.keep(screenshot(1)[:-4000])


def blank(shelf: Shelf) -> str:
    out = BytesIO()
    Image.new("RGB", (1280, 2000), "white").save(out, "PNG")
    return shelf.keep(out.getvalue())


def altered(shelf: Shelf) -> str:
    name = shelf.keep(screenshot(2, "JPEG"))
    shelf.kept[name] = screenshot(1)
    return name


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (lambda shelf: None, "no screenshot was kept"),
        (lambda shelf: "", "no screenshot was kept"),
        (lambda shelf: "ab" * 32, "cannot be had"),
        (wall, "does not open as a picture"),
        (cut, "does not open as a picture"),
        (blank, "shows nothing"),
        (altered, "is not what its name says"),
    ],
)
def test_a_missing_picture_stops_the_letter_and_names_the_listing(
    picture: Callable[[Shelf], str | None], said: str
) -> None:
    shelf = Shelf()
    listings = (listing(1, shelf), listing(2, shelf, screenshot=picture(shelf)))
    (line,) = stopped(listings, OCCASION, shelf)
    assert line.startswith("listing 2 (market 100002): ")
    assert said in line


@pytest.mark.parametrize(
    ("hole", "said"),
    [
        ({"title": " \u3000"}, "no title"),
        ({"sufficiency": 1}, "sufficiency E1, needs E2"),
        ({"legality": 1}, "legality L1, needs L2"),
        ({"decision": Decision.LAWFUL}, "reviewed as lawful"),
        ({"decision": Decision.REFER}, "reviewed as refer"),
        ({"last_seen": NOW - timedelta(hours=24, seconds=1)}, "more than 24 hours ago"),
        ({"last_seen": NOW + timedelta(seconds=1)}, "still to come"),
        ({"first_seen": NOW}, "after it was last seen"),
        ({"platform": "bazaar"}, "the letter goes to market"),
        ({"url": "javascript:alert(1)"}, "no web address"),
        ({"payload": "deadbeef"}, "no SHA-256"),
        ({"why": ""}, "gives no reason"),
        ({"species": "", "product_form": ""}, "neither species nor product form"),
        ({"product_form": "plant"}, "no ground in force reaches the product form 'plant'"),
    ],
)
def test_a_missing_fact_stops_the_letter_and_names_the_listing(hole: dict[str, object], said: str) -> None:
    shelf = Shelf()
    (line,) = stopped((listing(1, shelf), listing(2, shelf, **hole)), OCCASION, shelf)
    assert line.startswith("listing 2 (")
    assert said in line


@pytest.mark.parametrize(
    ("sender", "said"),
    [
        (Sender(email="desk@watch.example"), "lacks organisation"),
        (Sender(organisation="Watch"), "lacks email"),
        (Sender(organisation="Watch", email="no address"), "[sender] email"),
        (Sender(organisation="Watch\r\nBcc: all@world.example", email="desk@watch.example"), "[sender] email"),
    ],
)
def test_a_sender_who_cannot_be_answered_stops_the_letter(sender: Sender, said: str) -> None:
    shelf = Shelf()
    (line,) = stopped((listing(1, shelf),), replace(OCCASION, sender=sender), shelf)
    assert line.startswith("wildfree.toml")
    assert said in line


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        (None, "is not there"),
        (CONTACT.model_copy(update={"email": None}), "lacks email"),
        (CONTACT.model_copy(update={"email": "a@b.example\nBcc: c@d.example"}), "[contact] email"),
        (CONTACT.model_copy(update={"confidence": "D"}), "never reaches a letter"),
    ],
)
def test_a_platform_without_a_sure_contact_stops_the_letter(contact: Contact | None, said: str) -> None:
    shelf = Shelf()
    unsure = MARKET.model_copy(update={"contact": contact})
    (line,) = stopped((listing(1, shelf),), replace(OCCASION, platform=unsure), shelf)
    assert line.startswith("config/platforms/market.toml: [contact]")
    assert said in line


def test_where_nobody_is_known_to_write_to_the_ways_to_complain_are_named() -> None:
    shelf = Shelf()
    nobody = MARKET.model_copy(update={"contact": None, "routes": platform("taobao").routes})
    (line,) = stopped((listing(1, shelf),), replace(OCCASION, platform=nobody), shelf)
    assert line.endswith("Where to complain instead: wildfree platform show market")


def test_every_gap_is_named_at_once() -> None:
    shelf = Shelf()
    poor = listing(1, shelf, title="", screenshot=None, sufficiency=0, legality=0)
    occasion = replace(OCCASION, sender=Sender(), number="a/b\n")
    lines = stopped((poor, listing(2, shelf, why=""), listing(2, shelf)), occasion, shelf)
    assert len(lines) == 1 + 2 + 1 + 4 + 1, lines


def test_no_listing_and_too_many_stop_the_letter() -> None:
    shelf = Shelf()
    assert stopped((), OCCASION, shelf) == ["no listing to write about. Review listings as illegal or suspect first"]
    first = listing(1, shelf)
    many = tuple(replace(first, listing_id=n) for n in range(1, 52))
    assert stopped(many, OCCASION, shelf) == ["51 listings: a letter holds at most 50. Make more than one letter"]


def test_a_look_of_exactly_24_hours_ago_still_serves() -> None:
    shelf = Shelf()
    assert letter(listing(1, shelf, last_seen=NOW - timedelta(hours=24)), exhibit=shelf.read).items[0].number == 1


def law(folder: Path, *, spent: bool) -> Path:
    """The workspace's own law instead of ours: one ground that ran out, and one that stands if not SPENT."""
    (folder / "laws").mkdir()
    common = (
        'use = "cite"\nbears_on = "listing"\nsource = "invented"\nconfidence = "high"\nversion_date = 2019-01-01\n'
    )
    old = (
        '[[grounds]]\nid = "OLD-1"\nlaw = { zh = "《旧法》", en = "Spent Act" }\n'
        'article = { zh = "第九条", en = "Article 9" }\n'
        'says = { zh = "旧。", en = "Old." }\nvalid_from = 2019-02-01\nvalid_to = 2026-11-20\n'
    )
    new = old.replace("OLD-1", "NEW-1").replace("Spent", "Standing").replace("valid_to = 2026-11-20\n", "")
    text = old + common if spent else old + common + new + common
    (folder / "laws" / "cn.toml").write_text(text, "utf-8")
    return folder


def test_an_expired_ground_is_not_printed(tmp_path: Path) -> None:
    shelf = Shelf()
    written = compose(
        (listing(1, shelf),), OCCASION, exhibit=shelf.read, species=KNOWN, overlay=law(tmp_path, spent=False)
    )
    assert [ground.id for ground in written.notice.grounds] == ["NEW-1"]
    assert written.items[0].grounds == ("NEW-1",)
    assert "Standing Act, Article 9" in written.text
    assert "Spent Act" not in written.text + "".join(pages(written))


def test_a_letter_whose_only_ground_has_expired_is_not_written(tmp_path: Path) -> None:
    shelf = Shelf()
    (line,) = stopped((listing(1, shelf),), OCCASION, shelf, law(tmp_path, spent=True))
    assert "no ground to remove a listing may be cited on 2026-11-21" in line


# Its template


def example() -> Notice:
    return TypeAdapter(Notice).validate_python(json.loads((SHIPPED / "removal/example.json").read_text("utf-8")))


@pytest.mark.parametrize("language", template("removal").languages)
def test_the_example_reads_as_a_person_agreed(language: str) -> None:
    notice = replace(example(), language="zh" if language == "zh" else "en")
    text = said(notice, html("removal", language, notice=notice))
    agreed = SHIPPED / f"removal/example.{language}.md"
    if not agreed.exists():
        agreed.write_text(text, "utf-8")
        pytest.fail(f"wrote {agreed.name}: read it, and commit it if a person would agree")
    assert text == agreed.read_text("utf-8")
    assert unsaid(notice, template("removal"), text) == []


@pytest.mark.parametrize(
    "lost", ["item.url", "item.screenshot", "item.last_seen | utc", "notice.sender.email", "ground.article.en"]
)
def test_a_template_that_forgets_a_fact_is_caught(lost: str, tmp_path: Path) -> None:
    shelf = changed(tmp_path, lambda words: words.replace(lost, "''"))
    text = said(
        replace(example(), language="en"), html("removal", "en", shelf, notice=replace(example(), language="en"))
    )
    assert any(
        "the text does not say its" in line
        for line in unsaid(replace(example(), language="en"), template("removal"), text)
    )


def test_a_promise_that_no_letter_knows_is_a_mistake_in_the_template() -> None:
    kind = template("removal").model_copy(update={"says_of_item": ("titel",)})
    with pytest.raises(LetterError, match="Did you mean 'title'"):
        unsaid(example(), kind, "")


@pytest.mark.parametrize(
    "words", ["{{ notice.__class__.__mro__ }}", "{{ nobody_gave_this }}", "{% include '/etc/passwd' %}", "{{ oops"]
)
def test_a_template_reaches_nothing_that_it_was_not_given(words: str, tmp_path: Path) -> None:
    with pytest.raises(LetterError, match=r"removal/letter\.en\.j2"):
        html("removal", "en", changed(tmp_path, lambda _: words), notice=example())


def changed(folder: Path, change: Callable[[str], str]) -> Path:
    """A shelf with our letter, its English words changed."""
    (folder / "removal").mkdir()
    words = (SHIPPED / "removal/letter.en.j2").read_text("utf-8")
    (folder / "removal/letter.en.j2").write_text(change(words), "utf-8")
    return folder


def test_an_unknown_letter_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(LetterError, match="Did you mean 'removal'"):
        template("removals")


def test_words_outside_a_paragraph_are_not_lost_silently() -> None:
    with pytest.raises(LetterError, match="stands in no paragraph"):
        plain_text("<p>Said.</p><div>Lost.</div>")


# Its PDF


@pytest.mark.parametrize(
    "asks",
    [
        '<img src="file:///etc/hosts">',
        '<img src="http://127.0.0.1:9/pixel.png">',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
        f'<img src="exhibit:{"ab" * 32}">',
        '<link rel="stylesheet" href="file:///etc/hosts">',
        '<p style="background: url(http://127.0.0.1:9/x)">x</p>',
        '<style>@import "http://127.0.0.1:9/x.css";</style>',
        '<object data="file:///etc/hosts"></object>',
    ],
)
def test_the_press_fetches_nothing_but_our_own_pictures(asks: str, practice: Case) -> None:
    with pytest.raises(LetterError, match="no picture of a listing in it"):
        pdf(practice.letter.notice, f"<p>Words.</p>{asks}")


def test_a_picture_that_does_not_print_stops_the_letter(practice: Case) -> None:
    item = replace(practice.letter.items[0], picture=b"\xff\xd8\xff\xe0 no picture")
    with pytest.raises(LetterError, match="WF-2026-0001"):
        pdf(replace(practice.letter.notice, items=(item,)), f'<img src="exhibit:{item.screenshot}">')


# Its mail


def mail(case: Case) -> EmailMessage:
    found = message_from_bytes(case.letter.eml, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_the_mail_names_both_sides_the_number_and_the_moment(case: Case) -> None:
    message = mail(case)
    assert message["From"].addresses[0].addr_spec == "desk@watch.example"
    assert message["From"].addresses[0].display_name == "野生动物观察 Wildlife Watch"
    assert message["To"].addresses[0].addr_spec == "reports@market.example"
    assert "WF-2026-0001" in message["Subject"]
    assert message["Date"].datetime == NOW
    assert message["Message-ID"].startswith("<WF-2026-0001.")
    assert message.defects == []


def test_the_mail_carries_the_text_and_the_pdf_unchanged(case: Case) -> None:
    message = mail(case)
    body = message.get_body(("plain",))
    (attached,) = message.iter_attachments()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == case.letter.text
    assert attached.get_content() == case.letter.pdf
    assert attached.get_filename() == "WF-2026-0001.pdf"
    assert attached.get_content_type() == "application/pdf"


def test_the_mail_is_ascii_in_short_lines_as_every_server_takes_it(case: Case) -> None:
    assert case.letter.eml.isascii()
    assert max(map(len, case.letter.eml.split(b"\r\n"))) <= 998
    assert b"\n" not in case.letter.eml.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "change",
    [
        {"number": "WF-1\r\nBcc: all@world.example"},
        {"subject": "Hello\nBcc: all@world.example"},
        {"platform_title": "Market\r\nBcc: all@world.example"},
        {"sender": SENDER.model_copy(update={"organisation": "Watch\nBcc: all@world.example"})},
        {"contact": CONTACT.model_copy(update={"email": "a@b.example\r\nBcc: all@world.example"})},
    ],
)
def test_a_line_break_never_becomes_a_header(change: dict[str, object], practice: Case) -> None:
    with pytest.raises(LetterError, match="no mail can be made of it"):
        eml(replace(practice.letter.notice, **change), "text", b"pdf")  # type: ignore[arg-type]  # one field a case


def test_a_page_that_is_not_kept_any_more_stops_the_letter_that_says_it_is() -> None:
    shelf = Shelf()
    sound, hollow = listing(1, shelf), listing(2, shelf)
    assert hollow.payload is not None
    del shelf.kept[hollow.payload]
    with pytest.raises(LetterError, match=f"^listing 2 .*{hollow.payload}") as stopped:
        letter(sound, hollow, exhibit=shelf.read)
    assert "listing 1" not in str(stopped.value)


def test_a_rare_sign_in_a_title_stops_no_letter() -> None:
    shelf = Shelf()
    rare = listing(1, shelf, title="象牙手串 \u9fff 老料")
    assert "\u9fff" in letter(rare, exhibit=shelf.read, language="zh").text
