"""Published lists: said what would change first, taken in when a person says so, nothing lost, no flood of alerts."""

import csv
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from config.exemption import Basis, exemptions
from config.settings import overlay
from config.species import names, species, species_named
from config.term import terms
from crawler.match import Matcher
from tests.conftest import Ran, Wildfree

HERE = Path(__file__).parent
LISTING = HERE / "species" / "listing.csv"
TITLES = HERE / "titles.tsv"
FACTS = "WILDFREE_FACTS"  # names a folder with real lists, which are not ours to ship
NOW = ("--now", "2027-06-01T08:00+08:00")
WORDS = ("--edition", "2026-12-01", "--source", "an export", *NOW)

Taken = Callable[..., Ran]


@pytest.fixture
def taken(workspace: Path, wildfree: Wildfree) -> Taken:
    """Import a file into the workspace."""

    def call(file: Path, *words: str) -> Ran:
        return wildfree("species", "import", file, *WORDS, "-w", workspace, *words)

    return call


def table(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (folder / "config").rglob("*") if path.is_file()}


def test_without_take_it_says_what_would_change_and_changes_nothing(taken: Taken, workspace: Path) -> None:
    before = files(workspace)
    ran = taken(LISTING)
    assert ran.code == 0, ran.err
    assert files(workspace) == before
    assert "CITES appendices: 5 read" in ran.out, "two populations of one species are one"
    assert "Falco columbarius: CITES Appendix II (edition 2026-12-01)" in ran.out
    assert "Nothing was changed" in ran.out


def test_json_tells_every_change(taken: Taken) -> None:
    (said,) = taken(LISTING, "--json").objects
    assert [line.split(":")[0] for line in said["new"]] == ["Falco columbarius"]
    assert said["changed"] == []
    settled = {line.split(":")[0] for line in said["settled"]}
    assert settled == {"Elephas maximus", "Loxodonta africana", "Dendrobium officinale", "Geochelone elegans"}
    assert any(line.startswith("Panthera tigris: ") for line in said["gone"]), "a mammal, and not in the file"
    assert not any(line.startswith("Tridacna gigas") for line in said["gone"]), "no shells were in the file"
    assert said["unreadable"] == []


def test_what_was_taken_is_known_with_its_edition_and_may_be_cited(taken: Taken, workspace: Path) -> None:
    ran = taken(LISTING, "--take", "--name", "appendices")
    assert "appendices.tsv" in ran.out
    own = overlay(workspace)
    merlin = species_named("Falco columbarius", own)
    assert merlin is not None
    assert [each.says("en") for each in merlin.protection] == ["CITES Appendix II (edition 2026-12-01)"]
    assert merlin.protection[0].source == "an export"
    elephant = species_named("Loxodonta africana", own)
    assert elephant is not None
    assert elephant.protection[0].level == "I/II"
    assert elephant.protection[0].scope
    assert elephant.zh_name == "非洲象"
    assert sum(kind.latin == "Loxodonta africana" for kind in species(own)) == 1


def test_what_was_taken_in_stands_in_the_place_of_our_note(taken: Taken, wildfree: Wildfree) -> None:
    assert "UNVERIFIED" in wildfree("species", "Geochelone elegans", "--language", "en").out
    assert taken(LISTING, "--take").code == 0
    told = wildfree("species", "Geochelone elegans", "--language", "en").out
    assert "(edition 2026-12-01)" in told
    assert "UNVERIFIED" not in told
    (said,) = wildfree("species", "Geochelone elegans", "--json").objects
    assert [each["verified"] for each in said["protection"] if each["list"] == "cites"] == [True]


def test_a_later_edition_says_what_is_new_changed_and_gone_and_keeps_the_earlier_file(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    assert taken(LISTING, "--take", "--name", "appendices").code == 0
    earlier = (workspace / "config/species/appendices.tsv").read_bytes()
    later = [
        line.replace("Falco columbarius,II", "Falco columbarius,I")
        for line in LISTING.read_text("utf-8").splitlines()
        if "Elephas" not in line
    ]
    file = table(tmp_path, "later.csv", *later, "Animalia,Aves,SPECIES,Ara rubra,I,,")
    ran = taken(file, "--edition", "2027-01-01", "--name", "appendices", "--json")
    (said,) = ran.objects
    assert [line.split(":")[0] for line in said["new"]] == ["Ara rubra"]
    assert said["changed"] == [
        "Falco columbarius: CITES Appendix II (edition 2026-12-01) -> CITES Appendix I (edition 2027-01-01)"
    ]
    assert "Elephas maximus: CITES Appendix I (edition 2026-12-01)" in said["gone"]
    assert (workspace / "config/species/appendices.tsv").read_bytes() == earlier
    assert taken(file, "--edition", "2027-01-01", "--name", "appendices", "--take").code == 0
    assert (workspace / "config/species/appendices.tsv.before").read_bytes() == earlier
    second = (workspace / "config/species/appendices.tsv").read_bytes()
    for _ in range(2):
        assert taken(LISTING, "--take", "--name", "appendices").code == 0
    assert (workspace / "config/species/appendices.tsv.before.2").read_bytes() == second, (
        "nothing that was there is lost"
    )
    assert taken(file, "--edition", "2027-01-01", "--name", "appendices", "--take").code == 0
    (merlin,) = (kind for kind in species(overlay(workspace)) if kind.latin == "Falco columbarius")
    assert [each.level for each in merlin.protection] == ["I"]


def test_lines_that_cannot_be_read_are_named_by_number_and_the_others_are_kept(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    file = table(
        tmp_path,
        "torn.csv",
        "Class,Full name,Listing,English",
        "Aves,Ara rubra,II,Cloud Macaw",
        "Aves,,I,Nameless",
        "Aves,Ara alba,IV,White Macaw",
        "Insecto,Ara viridis,II,",
        "Aves,Ara nigra,II,=cmd|' /C calc'!A0",
        f"Aves,Ara longa,II,{'x' * 300}",
        "",
        "Aves,Ara flava",
        '"Aves","Ara fusca",II,"Brown Macaw, Dun Macaw"',
    )
    (said,) = taken(file, "--json").objects
    assert [number for number, _ in said["unreadable"]] == [3, 4, 5, 6, 7, 9]
    why = dict(said["unreadable"])
    assert "scientific name" in why[3]
    assert "'IV'" in why[4]
    assert "Insecto" in why[5]
    assert "a spreadsheet would run it" in why[6]
    assert "too long" in why[7]
    told = taken(file, "--take").out
    assert "line 4: listing 'IV'" in told
    own = overlay(workspace)
    assert {kind.latin for kind in species(own)} >= {"Ara rubra", "Ara fusca"}
    assert species_named("Dun Macaw", own) is not None


def test_a_line_after_a_cell_of_two_lines_keeps_its_number(taken: Taken, tmp_path: Path) -> None:
    file = table(
        tmp_path,
        "two.csv",
        "Class,Full name,Listing,English",
        'Aves,Ara rubra,II,"Cloud',
        'Macaw"',
        "Aves,Ara alba,IV,",
    )
    (said,) = taken(file, "--json").objects
    assert [number for number, _ in said["unreadable"]] == [4]
    assert said["read"] == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gbk.csv", "学名,级别\n狼,二级\n".encode("gbk"), "not UTF-8"),
        ("empty.csv", b"", "is empty"),
        ("zero.csv", b"Full name,Listing\0\n", "zero bytes"),
        ("other.csv", b"Full nmae,Appendx\nAra rubra,I\n", "Did you mean"),
        ("broken.xlsx", b"PK\x03\x04 no zip", "no spreadsheet"),
        ("old.xls", b"\xd0\xcf\x11\xe0", "old Excel form"),
        ("open.csv", b'Full name,Listing\n"Ara rubra,I\n' + b"Ara alba,I\n" * 30, "open.csv:2: cannot be read"),
        (
            "late.csv",
            b'Full name,Listing\n"Ara rubra' + b"\nAra alba,I" * 30 + b'",I\n',
            "late.csv:2: cannot be read",
        ),
    ],
)
def test_a_file_that_is_no_list_is_one_clear_line(
    name: str, content: bytes, words: str, taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    before = files(workspace)
    file = tmp_path / name
    file.write_bytes(content)
    ran = taken(file, "--take")
    assert ran.code == 2
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert words in ran.err
    assert name in ran.err
    assert files(workspace) == before


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--name", "core"), "would hide"),
        (("--name", "../out"), "--name ../out"),
        (("--edition", "last spring"), "2026-03-05"),
        (("--source", " "), "where the list comes from"),
        (("--edition", "2099-03-05"), "is yet to come (today is 2027-06-01)"),
    ],
)
def test_an_import_that_does_not_fit_is_refused(
    more: tuple[str, ...], words: str, taken: Taken, workspace: Path
) -> None:
    before = files(workspace)
    ran = taken(LISTING, "--take", *more)
    assert ran.code == 2
    assert words in ran.err
    assert files(workspace) == before


def test_an_edition_and_a_source_must_be_given(workspace: Path, wildfree: Wildfree) -> None:
    assert "--edition" in wildfree("species", "import", LISTING, "--source", "x", "-w", workspace).err
    assert "--source" in wildfree("species", "import", LISTING, "--edition", "2026-12-01", "-w", workspace).err


def test_a_list_of_which_no_line_can_be_read_takes_nothing(taken: Taken, workspace: Path, tmp_path: Path) -> None:
    file = table(tmp_path, "none.csv", "Class,Full name,Listing", "Aves,Ara rubra,IV")
    ran = taken(file, "--take")
    assert ran.code == 2
    assert "no line could be read" in ran.err
    assert not (workspace / "config/species/none.tsv").exists()


def test_chinas_list_is_taken_by_chinese_names_with_level_and_wild_only(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    file = table(
        tmp_path,
        "china.csv",
        "中文名,纲,级别,仅限野外种群",
        "玳瑁,爬行纲,国家二级,否",
        "梅花鹿,哺乳纲,一级,是",
        "云顶猴,哺乳纲,二级,",
        "云顶虫,怪纲,二级,",
        "云顶鸟,鸟纲,三级,",
        "云顶鱼,硬骨鱼纲,2,也许",
    )
    (said,) = taken(file, "--json").objects
    assert said["changed"] == [
        "Eretmochelys imbricata: China class I (edition 2021-02-01) -> China class II (edition 2026-12-01)"
    ]
    assert [line.split(":")[0] for line in said["new"]] == ["云顶猴"], "without a scientific name it is not lost"
    assert [number for number, _ in said["unreadable"]] == [5, 6, 7]
    assert taken(file, "--take").code == 0
    deer = species_named("Cervus nippon", overlay(workspace))
    assert deer is not None
    assert (deer.china, deer.scope, str(deer.edition)) == ("I", "wild population only", "2026-12-01")
    monkey = species_named("云顶猴", overlay(workspace))
    assert monkey is not None
    assert (monkey.group, monkey.china) == ("mammal", "II")
    assert taken(file, "--take").code == 0, "and again, now that it knows them"


def test_a_list_of_farmed_animals_keeps_what_it_says_it_did_not_check(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    file = table(
        tmp_path,
        "farmed.tsv",
        "name_zh\tlist\tinstrument\tverification",
        "大鲵\t人工繁育名录\t公告2608\t已核实",
        "胭脂鱼\t人工繁育名录\t公告2608\tFROM MEMORY",
        "貉\t畜禽（非食用）\t公告303\tyes",
        "云顶猪\t畜禽\t公告303\tyes",
        "云顶兽\t别的名录\t\tyes",
    )
    (said,) = taken(file, "--json").objects
    assert [line.split(" ")[0] for line in said["settled"]] == ["大鲵"]
    assert [number for number, _ in said["unreadable"]] == [6]
    assert taken(file, "--take").code == 0
    found = {each.name: each for each in exemptions(overlay(workspace)) if each.source == "an export"}
    assert (found["大鲵"].latin, found["大鲵"].verified) == ("Andrias davidianus", True)
    assert not found["胭脂鱼"].verified
    assert found["貉"].basis is Basis.FUR
    assert found["云顶猪"].basis is Basis.LIVESTOCK


OWN_LIST = """
kind  = "{kind}"
title = "our ministry's list"
needs = ["latin", "level"]

[columns]
latin = ["Nombre"]
level = ["Apéndice"]
class = ["Clase"]

[words.class]
Aves = "bird"
"""


def test_a_list_that_a_workspace_describes_is_read_as_its_file_says(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    (workspace / "config/lists").mkdir(parents=True)
    described = workspace / "config/lists/mine.toml"
    file = table(tmp_path, "theirs.csv", "Nombre,Clase,Apéndice", "Ara rubra,Aves,II")
    described.write_text(OWN_LIST.format(kind="cites"), "utf-8")
    (said,) = taken(file, "--json").objects
    assert said["title"] == "our ministry's list"
    assert said["new"] == ["Ara rubra: CITES Appendix II (edition 2026-12-01)"]
    described.write_text(OWN_LIST.format(kind="redlist"), "utf-8")
    ran = taken(file)
    assert ran.code == 2
    assert "config/lists/mine.toml: kind = 'redlist'" in ran.err
    assert "'exemptions'" in ran.err


def test_a_spreadsheet_is_read_like_a_text(taken: Taken, workspace: Path, tmp_path: Path) -> None:
    book = Workbook()
    for line in csv.reader(LISTING.read_text("utf-8").splitlines()):
        book.active.append(line)
    book.save(tmp_path / "listing.xlsx")
    of_text, of_sheet = taken(LISTING, "--json").objects[0], taken(tmp_path / "listing.xlsx", "--json").objects[0]
    assert of_sheet == of_text
    assert taken(tmp_path / "listing.xlsx", "--take").code == 0
    assert species_named("Falco columbarius", overlay(workspace)) is not None


def large(folder: Path, count: int) -> Path:
    """An export of COUNT invented species, each with three common names of its own."""
    rows = ["Class,Scientific name,Listing,English,Chinese"]
    letters = "abcdefghij"
    for number in range(count):
        word = "".join(letters[int(figure)] for figure in str(number))
        rows.append(
            f'Aves,Falsus {word}us,II,"Crested {word} Finch, {word} Warbler",云顶{chr(0x4E00 + number % 9000)}雀'
        )
    return table(folder, "large.csv", *rows)


def test_thirty_thousand_names_are_taken_and_loaded(taken: Taken, workspace: Path, tmp_path: Path) -> None:
    file = large(tmp_path, 10_000)
    assert taken(file, "--take").code == 0
    own = overlay(workspace)
    begun = time.monotonic()
    found = species(own)
    assert time.monotonic() - begun < 20, "about half a second"
    words = {term.term for kind in found for term in names(kind)}
    assert len(words) > 30_000


@pytest.mark.slow  # the matcher is built of 30,000 names
def test_thirty_thousand_names_alert_nobody_but_by_the_scientific_name(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    assert taken(large(tmp_path, 10_000), "--take").code == 0
    own = overlay(workspace)
    matcher = Matcher(terms(own), species(own))
    assert matcher.judge("Falsus bcdus 活体 出售 私聊").suspect, "a scientific name is no accident"
    assert not matcher.judge("Crested bcd Finch greeting card for sale, price 5").suspect


def judged(matcher: Matcher, label: str) -> list[str]:
    """The TITLES of LABEL that MATCHER would put before a person."""
    with TITLES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row["title"] for row in rows if row["label"] == label and matcher.judge(row["title"]).suspect]


EVERYDAY = """
    Puma running shoes new size 42 free shipping|Jaguar car keyring leather with claw logo|Merlin the wizard costume
    Hobby knife set with teeth, new|Boa feather scarf pink party|Cobra snake skin pattern phone case|Kestrel bag
    Robin figurine hand carved|Ocelot print dress size M new|Harrier jet model kit 1:72 boxed|Condor trail boots
    Merlin bird feather pattern cushion|Kea ornaments|Caracal cat plush toy claw machine|Addax notebook cover
    白鹭手机壳 包邮|海狸毛线帽 正品|鹦鹉螺钟表零件|麻雀木牌 出售|苍鹭牌钓鱼竿 一根|灰鹤剪纸 手工
""".replace("\n", "|").split("|")
TRAPS = (
    "Puma,Jaguar,Merlin,Hobby,Boa,Cobra,Kestrel,Robin,Ocelot,Harrier,Condor,Kea,Caracal,Addax,Puma Cat",
    "白鹭,海狸,麻雀,苍鹭,灰鹤",
)


def test_common_names_of_an_import_alert_nobody_in_everyday_titles(
    taken: Taken, workspace: Path, tmp_path: Path
) -> None:
    zh = TRAPS[1]
    file = table(
        tmp_path, "traps.csv", "Class,Full name,Listing,English,Chinese", f'Aves,Falsus novus,II,"{TRAPS[0]}","{zh}"'
    )
    assert taken(file, "--take").code == 0
    own = overlay(workspace)
    before, after = Matcher(terms(), species()), Matcher(terms(own), species(own))
    titles = [title.strip() for title in EVERYDAY if title.strip()]
    assert len(titles) > 15
    assert [title for title in titles if after.judge(title).suspect and not before.judge(title).suspect] == []
    assert judged(after, "neg") == judged(before, "neg")
    assert len(judged(after, "pos")) >= len(judged(before, "pos")) > 100
    assert species_named("Merlin", own) is not None, "what is not looked for is known all the same"


@pytest.mark.slow
@pytest.mark.skipif(FACTS not in os.environ, reason=f"{FACTS} names no folder with real lists")
def test_a_real_list_of_seven_thousand_is_taken_and_raises_no_false_alert(taken: Taken, workspace: Path) -> None:
    folder = Path(os.environ[FACTS])
    (said,) = taken(folder / "cites_2017_animalia.tsv", "--edition", "2017-04-04", "--json").objects
    assert said["read"] > 6900
    assert len(said["unreadable"]) < 5
    assert any(line.startswith("Geochelone elegans: ") for line in said["changed"])
    for name in ("cites_2017_animalia", "cn_national_key_protected_2021", "cn_exemptions"):
        assert taken(folder / f"{name}.tsv", "--edition", "2017-04-04", "--take").code == 0
    own = overlay(workspace)
    tortoise = species_named("Geochelone elegans", own)
    assert tortoise is not None
    assert tortoise.protection == (), "the list of 2017 is outdated, and our note says so"
    before, after = Matcher(terms(), species()), Matcher(terms(own), species(own))
    assert judged(after, "neg") == judged(before, "neg")
    assert len(judged(after, "pos")) >= len(judged(before, "pos")) > 100
