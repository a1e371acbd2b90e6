"""A platform is added as CONTRIBUTING shows it: one file, saved pages, no Python; and nobody's name is kept."""

import html
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import BaseModel

from config.platform import Part, Platform, Standing, platform
from desk.newcomer import FORM
from tests.conftest import Wildfree
from tests.site import Answer, Site, admit, describe, opened
from tests.third import fair as third

FILLED = Path(third.__file__).with_name("fair.toml")
BORING = "手机壳"


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[third.Fair]:
    with third.opened(tmp_path_factory.mktemp("fair")) as site:
        yield site


@pytest.fixture
def site() -> Iterator[Site]:
    with opened() as site:
        yield site


def keys(kind: type[BaseModel]) -> Iterator[str]:
    """Every key that a platform's file can have, by its name."""
    for name, field in kind.model_fields.items():
        if kind is Platform and name == "walls":  # never in this file
            continue
        yield field.alias or name
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for each in inner:
            if isinstance(each, type) and issubclass(each, BaseModel):
                yield from keys(each)


def test_the_new_file_loads_and_shows_every_key_that_it_can_have(workspace: Path, wildfree: Wildfree) -> None:
    ran = wildfree("platform", "new", "bazaar", "--base", "https://bazaar.example", "--title", 'The "Bazaar" 集市')
    assert ran.code == 0, ran.err
    made = platform("bazaar", workspace / "config")
    assert (made.title, made.base) == ('The "Bazaar" 集市', "https://bazaar.example")
    text = FORM.read_text("utf-8")
    shown = set(re.findall(r"(?:^|[\[{.,] *|# *)(\w+) *(?==|\])", text, re.MULTILINE))
    assert set(keys(Platform)) <= shown
    told = re.sub(r"(?m)^# (?=(\[+[\w.]+\]+|\w+) *(=|#|$))", "", text).replace("unsearched", "# unsearched")
    everything = tomllib.loads(told.replace("NAME", "bazaar").replace("BASE", "https://bazaar.example"))
    everything["search"] |= {"url": "/search?q={term}&page={page}"}
    everything.pop("hosts")
    assert Platform.model_validate(everything | {"hosts": ["m.bazaar.example"]}).contact is not None


def test_a_file_that_nobody_filled_in_does_not_say_that_it_was_read_of(workspace: Path, wildfree: Wildfree) -> None:
    wildfree("platform", "new", "bazaar", "--base", "https://bazaar.example")
    (told,) = [each for each in wildfree("platform", "list", "--json").objects if each["name"] == "bazaar"]
    assert [told[part] for part in Part] == ["to fill in", "to fill in", "missing"]
    assert told["read_on"] is None
    assert re.search(r"bazaar .* never .*unverified .*to fill in", wildfree("platform", "list").out)
    ran = wildfree("sweep", "bazaar", "--term", BORING)
    assert (ran.code, "bazaar is unverified" in ran.err) == (2, True)
    file = workspace / "config" / "platforms" / "bazaar.toml"
    file.write_text(file.read_text("utf-8").replace("2000-01-01", "2026-11-21"), "utf-8")
    assert platform("bazaar", workspace / "config").standing(Part.SEARCH) is Standing.READ


@pytest.mark.parametrize("name", ["con", "Bazaar", "a/b", "../x", "", "集市", "x" * 300])
def test_a_name_that_not_every_system_can_give_a_file_is_refused(
    workspace: Path, wildfree: Wildfree, name: str
) -> None:
    ran = wildfree("platform", "new", name, "--base", "https://bazaar.example")
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1
    assert not (workspace / "config" / "platforms").exists()


def test_a_file_that_is_there_is_not_written_over(workspace: Path, wildfree: Wildfree) -> None:
    wildfree("platform", "new", "bazaar", "--base", "https://bazaar.example")
    file = workspace / "config" / "platforms" / "bazaar.toml"
    file.write_text(mine := file.read_text("utf-8") + "# mine\n", "utf-8")
    assert wildfree("platform", "new", "bazaar", "--base", "https://other.example").code == 3
    assert file.read_text("utf-8") == mine


# The third site, by the steps of CONTRIBUTING


def filled(form: str, agreed: str) -> str:
    """FORM with the agreed lines in the place of its own, as a person fills it in."""
    head = form[: form.index("key       =")]
    return head + agreed


def test_a_third_site_is_added_by_one_file_and_saved_pages_and_walked(
    workspace: Path, wildfree: Wildfree, fair: third.Fair
) -> None:
    admit(workspace, fair.base)
    assert wildfree("platform", "new", "fair", "--base", fair.base).code == 0
    file = workspace / "config" / "platforms" / "fair.toml"
    file.write_text(filled(file.read_text("utf-8"), FILLED.read_text("utf-8")), "utf-8")

    ran = wildfree("platform", "save", "fair", BORING)
    assert ran.code == 0, ran.err
    pages = file.with_suffix("")
    search, item = pages / f"search-{BORING}.html", pages / "item-2.html"
    assert {path.name for path in pages.iterdir()} == {
        "README",
        search.name,
        item.name,
        f"search-{BORING}.head.json",
        "item-2.head.json",
    }
    kept = "".join(path.read_text("utf-8") for path in pages.iterdir())
    assert "李四" not in kept
    assert "13912345678" not in kept
    leads = wildfree("platform", "try", "fair", search, "--term", BORING, "--json").objects
    assert [lead["title"] for lead in leads] == ["手机壳 透明 防摔", "象牙白手机壳 硅胶"]
    assert {lead["seller"] for lead in leads} == {"person-1"}
    head = json.loads(item.with_suffix(".head.json").read_text("utf-8"))
    (said,) = wildfree("platform", "read", "fair", item, "--url", head["url"], "--json").objects
    assert (said["condition"], said["title"], said["price"]) == ("live", "手机壳 透明 防摔", "¥19")

    swept = wildfree("sweep", "fair", "--term", "象牙手镯", "--term", "虎骨酒", "--term", "ivory", "--json")
    assert swept.code == 0, swept.err
    outcomes = {each["term"]: each["outcome"] for each in swept.objects}
    assert outcomes == {
        BORING: "hits",
        "phone case": "hits",
        "象牙手镯": "hits",
        "虎骨酒": "hits",
        "ivory": "confirmed_zero",
    }
    seen = wildfree("visit", "--json").objects
    assert {(each["key"], each["condition"]) for each in seen} == {("1", "live"), ("4", "live")}
    fair.delete(4)
    again = wildfree("check", "--json").objects
    assert {(each["key"], each["condition"], each["cause"]) for each in again} == {
        ("1", "live", None),
        ("4", "gone", "unknown"),
    }


# People

NAMES = ["王小明", "欧阳若兰", "O'Brien & Söhne", "Иван Петров", "小红👗代购", "mary_77", "José <shop>"]
NUMBERS = ["13912345678", "139 1234 5679", "139-1234-5670", "+86 13712345678", "+49 170 1234567"]
OTHERS = ["11010519491231002X", "li.si@mail.example", "wxid_abc123", "tiger_seller99", "10012345", "/shop/oulan"]
FACES = ["faces/ouyang.jpg", "faces/mary.png"]


def crowded() -> str:
    """A search page on which twenty people's names and numbers stand in every way that pages have."""
    cards = "".join(
        f'<li class="card" data-owner="{html.escape(name, quote=True)}"><a href="/item/{key}">象牙手镯 {key}</a>'
        f'<a class="seller" href="/shop/oulan" title="{html.escape(name)}">{html.escape(name)}</a>'
        f'<img class="avatar" data-src="{FACES[key % 2]}" src="{FACES[0]}">'
        f'<a href="/chat?to={quote(name)}">chat</a></li>'
        for key, name in enumerate(NAMES, 1)
    )
    script = json.dumps({"owners": NAMES, "tel": NUMBERS[0]})
    told = " ".join(NUMBERS) + f" 微信号：{OTHERS[2]} 加V信 {OTHERS[3]} QQ:{OTHERS[4]} {OTHERS[0]} {OTHERS[1]}"
    told += (
        " 联系电话13800138000 加13812345678微信 １３７００１３７０００ wa.me/8613812345671 010-62345678 vx13912345670"
    )
    told += " O&#39;Brien &amp; S&ouml;hne 小红👗<br>代购 JOS&Eacute;&nbsp;&lt;shop&gt;"
    spelt = "".join(f"&#{ord(letter)};" for letter in NAMES[1])
    return f"<html><body><ul>{cards}</ul><p>{told} {spelt}</p><script>var state = {script}</script></body></html>"


def unescaped(text: str) -> str:
    """TEXT as it stands, and as a browser or a script would read it."""
    read = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return text + html.unescape(text) + read.encode("utf-16", "surrogatepass").decode("utf-16")


def test_no_name_and_no_number_of_twenty_people_is_in_any_file(
    workspace: Path, wildfree: Wildfree, site: Site
) -> None:
    page = crowded()
    people = [*NAMES, *NUMBERS, *OTHERS, *FACES]
    assert len(people) == 20
    assert all(each in unescaped(page) for each in people), "the trap is set"
    described(workspace, site)
    site.answers["/search"] = Answer(page)
    site.answers["/item/1"] = Answer(f"<html><body><h1>象牙手镯</h1><b class='seller'>{NAMES[0]}</b></body></html>")
    ran = wildfree("platform", "save", "stall", "象牙")
    assert ran.code == 0, ran.err
    files = sorted((workspace / "config" / "platforms" / "stall").iterdir())
    assert len(files) == 4
    kept = unescaped("".join(file.read_text("utf-8") for file in files))
    assert [each for each in people if each in kept] == []
    assert quote(NAMES[0]) not in kept
    for number in ("13800138000", "13812345678", "１３７００１３７０００", "13812345671", "62345678", "13912345670"):
        assert number not in kept
    assert "Brien" not in kept
    leads = wildfree("platform", "try", "stall", files[-1], "--json").objects
    assert [lead["title"] for lead in leads] == [f"象牙手镯 {key}" for key in range(1, len(NAMES) + 1)]
    assert len({lead["seller"] for lead in leads}) == len(NAMES), "each has a mark of their own"


def test_a_page_that_reads_otherwise_without_its_sellers_is_not_kept(
    workspace: Path, wildfree: Wildfree, site: Site
) -> None:
    described(workspace, site)
    card = '<li class="card"><a href="/item/1">象牙手镯</a><b class="seller">象牙</b></li>'
    site.answers["/search"] = Answer(f"<html><body><ul>{card}</ul></body></html>")
    ran = wildfree("platform", "save", "stall", "象牙")
    assert ran.code == 2
    assert "no longer reads as it did; nothing was kept" in ran.err
    assert not (workspace / "config" / "platforms" / "stall").exists()


def test_a_wall_is_kept_as_a_wall(workspace: Path, wildfree: Wildfree, site: Site) -> None:
    described(workspace, site)
    site.answers["/search"] = Answer("<html><body>Log in</body></html>", 401)
    ran = wildfree("platform", "save", "stall", "象牙")
    assert "login_wall" in ran.out
    assert (workspace / "config" / "platforms" / "stall" / "search-login_wall-象牙.html").exists()


def test_robots_are_heeded_and_nothing_is_kept(workspace: Path, wildfree: Wildfree, site: Site) -> None:
    described(workspace, site)
    site.robots("User-agent: *\nDisallow: /search\n")
    ran = wildfree("platform", "save", "stall", "象牙")
    assert ran.code == 7
    assert "forbidden" in ran.err
    assert site.asked() == ["/robots.txt"]


def described(workspace: Path, site: Site) -> None:
    """Give the workspace a platform file for SITE that says where sellers stand."""
    describe(workspace, site.base, 0.0)
    file = workspace / "config" / "platforms" / "stall.toml"
    text = file.read_text("utf-8").replace('title = "a::text"', 'title = "a::text"\nseller = ".seller"')
    file.write_text(text.replace('title = "h1::text"', 'title = "h1::text"\nseller = ".seller"'), "utf-8")
