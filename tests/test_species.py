"""What is known of species: every statement dated, what nobody verified never cited, found by any name."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from config.errors import ConfigError
from config.exemption import Basis, exemptions
from config.feature import Confidence, trades
from config.goods import goods
from config.group import groups, holds
from config.protection import (
    DEPENDS,
    Register,
    Statement,
    Unverified,
    Verified,
    citable,
    cited,
    in_doubt,
    scope_in,
    standing,
)
from config.species import Species, Watch, names, species, species_named
from config.term import Kind, terms
from desk.knowing import knowledge
from desk.reasons import WORDS
from desk.telling import GLANCE, PARTS, known_about, reminder, words_of
from tests.conftest import Wildfree

HEADING = "latin\tgroup\tzh\ten\tlist\tlevel\tscope\tedition\tverified\tsource\n"
HAN = re.compile("[\u3400-\u9fff]")
MOST_TRADED = {  # the most traded, and a taxon of each
    "elephant": "Elephantidae", "rhino": "Rhinocerotidae", "tiger": "Panthera tigris", "leopard": "Panthera pardus",
    "pangolin": "Manidae", "turtle": "Eretmochelys imbricata", "tortoise": "Testudinidae",
    "hornbill": "Rhinoplax vigil", "saiga": "Saiga tatarica", "antelope": "Pantholops hodgsonii", "bear": "Ursidae",
    "coral": "Coralliidae", "shark": "Selachii", "civet": "Paguma larvata", "wolf": "Canis lupus",
    "whale": "Physeter macrocephalus", "songbird": "Garrulax canorus", "parrot": "Psittaciformes",
    "orchid": "Orchidaceae", "clam": "Tridacna", "musk": "Moschus", "seahorse": "Hippocampus",
    "primate": "Primates", "raptor": "Falconiformes",
}  # fmt: skip


def own(folder: Path, *rows: str, heading: str = HEADING, name: str = "ours.tsv") -> Path:
    """An overlay with one species file."""
    path = folder / "config" / "species" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(heading + "".join(f"{row}\n" for row in rows), "utf-8")
    return folder / "config"


def known(latin: str, overlay: Path | None = None) -> Species:
    found = species_named(latin, overlay)
    assert found is not None
    return found


def read(level: str, edition: str) -> Verified:
    return Verified(list=Register.CITES, level=level, source="a list", edition=date.fromisoformat(edition))


def noted(level: str, day: str) -> Unverified:
    return Unverified(list=Register.CITES, level=level, source="a note", noted=date.fromisoformat(day))


# --- the shipped files


def test_every_taxon_that_a_term_names_is_a_species_or_a_group_of_ours() -> None:
    there = {kind.latin for kind in species()} | set(groups())
    meant = {term.species for term in terms() if term.species}
    assert len(meant) > 60
    assert sorted(meant - there) == []


def test_every_group_has_members_and_every_member_is_known_or_a_genus() -> None:
    known_groups, kinds = groups(), [kind.latin for kind in species()]
    assert holds("Aves", "Garrulax canorus", known_groups), "a species of a group within a group"
    assert not holds("Aves", "Ursus arctos", known_groups)
    assert not holds("Panthera tigris", "Panthera tigris", known_groups)
    for name in ("Elephantidae", "Manidae", "Ursidae", "Cuora", "Testudines", "Psittaciformes"):
        assert any(holds(name, latin, known_groups) for latin in kinds), name


def test_what_was_noted_of_cites_is_unverified_and_chinas_levels_are_read_and_dated() -> None:
    said = [each for kind in species() for each in kind.statements]
    of_cites = [each for each in said if each.register_ is Register.CITES]
    of_china = [each for each in said if each.register_ is Register.CHINA]
    assert len(of_cites) > 200
    assert {type(each) for each in of_cites} == {Unverified}
    assert len(of_china) > 110
    assert {each.edition for each in of_china if isinstance(each, Verified)} == {date(2021, 2, 1)}
    assert {type(each) for each in of_china} == {Verified}
    assert known("Cervus nippon").scope == "wild population only"
    assert known("Loxodonta africana").china is None


def test_names_of_other_languages_are_translations_and_find_their_species() -> None:
    spoken = {named.language for kind in species() for named in kind.others}
    assert spoken >= {"ja", "ko", "th", "ar", "ru", "es", "pt", "fr", "id", "de"}
    for kind in species():
        english = {word.casefold() for word in (*kind.en, *kind.en_loose)}
        assert [name for each in kind.others for name in each.names if name.casefold() in english] == []
    assert known("ヨウム").latin == "Psittacus erithacus"
    assert known("сапсан").latin == "Falco peregrinus"


def test_a_scientific_name_of_two_words_is_a_term_and_a_genus_is_none() -> None:
    (term,) = (term for term in names(known("Manis javanica")) if term.language == "la")
    assert (term.term, term.ambiguity, term.species) == ("Manis javanica", 1, "Manis javanica")
    genus = Species(latin="Ara", group="bird", watch=Watch.ALWAYS)
    assert names(genus) == ()
    japanese = [term for term in names(known("Psittacus erithacus")) if term.language == "ja"]
    assert [term.ambiguity for term in japanese] == [3], "no person of ours has weighed it"


@pytest.mark.parametrize("name", MOST_TRADED)
def test_each_of_the_most_traded_has_features_and_look_alikes_in_both_languages(name: str) -> None:
    trade = trades()[name]
    assert MOST_TRADED[name] in trade.taxa
    assert len(trade.looks) >= 3
    assert len(trade.alikes) >= 2
    said = [(look.zh, look.en, look.source) for look in trade.looks]
    said += [(alike.zh, alike.en, alike.source) for alike in trade.alikes]
    for zh, en, source in said:
        assert HAN.search(zh), zh
        assert not HAN.search(en), en
        assert len(en.split()) >= 4
        assert len(zh) <= 90, "short enough for somebody who looks at a photograph"
        assert source
    assert not re.search("CITES|protected|受保护|附录", str(said)), (
        "protection is dated, and stands in config/species"
    )


def test_every_taxon_of_a_feature_file_is_known() -> None:
    there = {kind.latin for kind in species()} | set(groups())
    assert [taxon for trade in trades().values() for taxon in trade.taxa if taxon not in there] == []


def test_every_hunting_tool_that_we_search_is_explained() -> None:
    explained = {word for good in goods() if good.kind == "tool" for word in good.terms}
    tools = {term.term for term in terms() if term.kind is Kind.TOOL and term.language in ("zh", "en")}
    assert len(tools) > 40
    assert sorted(tools - explained) == []


def test_tools_rest_on_an_article_and_policy_goods_name_what_platforms_refuse() -> None:
    by_id = {good.id: good for good in goods()}
    assert {by_id[name].ground for name in ("snare", "trap", "net", "lure", "gun")} == {"CN-WPL-24"}
    assert {"shark-fin", "fireflies"} <= {name for name, good in by_id.items() if good.kind == "policy"}
    assert [good.id for good in by_id.values() if not (HAN.search(good.zh) and good.source)] == []


def test_farmed_animals_keep_basis_instrument_and_whether_it_was_read() -> None:
    found = {(each.name, each.basis): each for each in exemptions()}
    assert found["梅花鹿", Basis.CAPTIVE].verified
    assert not found["大鲵", Basis.CAPTIVE].verified, "from memory"
    assert found["貉", Basis.FUR].edition == "2020-05-27"
    assert len(found) >= 60


# --- what may be cited


@pytest.mark.parametrize(
    ("statements", "levels"),
    [
        ([noted("I", "2026-11-21")], []),
        ([read("II", "2017-04-04")], ["II"]),
        ([read("II", "2017-04-04"), read("I", "2019-11-26")], ["I"]),
        ([read("II", "2017-04-04"), noted("I", "2026-11-21")], []),
        ([read("I", "2017-04-04"), noted("I", "2026-11-21")], ["I"]),
        ([noted("I", "2026-11-21"), read("II", "2026-12-01")], ["II"]),
    ],
)
def test_only_what_was_read_is_cited_and_not_where_a_newer_note_doubts_it(
    statements: list[Statement], levels: list[str]
) -> None:
    assert [each.level for each in citable(statements)] == levels
    assert [each.level for each in citable(reversed(statements))] == levels


def test_an_unverified_statement_cannot_be_cited_even_by_force() -> None:
    with pytest.raises(TypeError, match="only a verified statement"):
        cited([noted("I", "2026-11-21")], "en")  # type: ignore[list-item]  # mypy refuses it too: this is the proof
    assert cited([read("II", "2026-03-05")], "zh") == ("CITES附录二 (2026-03-05版)",)
    assert cited([read("none", "2026-03-05")], "en") == (), "not being on a list is no protection"


def test_a_species_of_which_nothing_is_verified_has_nothing_to_cite() -> None:
    hornbill = known("Rhinoplax vigil")
    assert [type(each) for each in hornbill.statements] == [Unverified]
    assert hornbill.protection == ()
    assert (hornbill.china, hornbill.edition, hornbill.scope) == (None, None, "")


# --- files of a workspace


def test_lines_of_one_scientific_name_are_one_species_and_ours_names_it(tmp_path: Path) -> None:
    added = own(
        tmp_path, "Elephas maximus\tmammal\t印度象\tIndian elephant\tcites\tI\t\t2026-12-01\tyes\tthe appendices"
    )
    elephant = known("Elephas maximus", added)
    assert (elephant.zh_name, elephant.en_name) == ("印度象", "Indian elephant"), "ours are all loose, this is sure"
    assert [each.register_.value for each in elephant.protection] == ["cites", "china"]
    assert sum(kind.latin == "Elephas maximus" for kind in species(added)) == 1
    tiger = own(tmp_path, "Panthera tigris\t\t大花虎\tBengal cat\t\t\t\t\t\t", name="aaa.tsv")
    assert known("Panthera tigris", tiger).zh_name == "虎", "the shipped names stand first"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("Ara rubra\tbird\t\t\tcites\tI\t\t\tyes\tx", "edition"),
        ("Ara rubra\tbird\t\t\tcites\t\t\t2026-03-05\tyes\tx", "level"),
        ("Ara rubra\tbird\t\t\tcites\tIV\t\t2026-03-05\tyes\tx", "'IV'"),
        ("Ara rubra\tbird\t\t\tchina\tIII\t\t2021-02-01\tyes\tx", "'III'"),
        ("Ara rubra\tbird\t\t\tcites\tI\t\t2026-03-05\tyes\t", "source"),
        ("Ara rubra\tbird\t\t\tredlist\tI\t\t2026-03-05\tyes\tx", "list = 'redlist'"),
        ("Ara rubra\tbird\t\t\t\t\twild\t\t\tx", "no list"),
        ("Ara rubra\t\t\t\tcites\tI\t\t2026-03-05\tyes\tx", "group"),
        ("Elephas maximus\tbird\t\t\t\t\t\t\t\tx", "Keep one group"),
    ],
)
def test_a_line_that_cannot_be_a_statement_is_refused_with_its_mend(row: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        species(own(tmp_path, row))


def test_a_line_that_does_not_say_verified_is_not(tmp_path: Path) -> None:
    added = own(tmp_path, "Ara rubra\tbird\t\t\tcites\tI\t\t2026-03-05\t\tour own note")
    assert known("Ara rubra", added).protection == ()


# --- looking up


@pytest.mark.parametrize(
    ("search", "latin"),
    [
        ("玳瑁", "Eretmochelys imbricata"),
        ("HAWKSBILL", "Eretmochelys imbricata"),
        ("eretmochelys", "Eretmochelys imbricata"),
        ("Ｒｈｉｎｏｐｌａｘ vigil", "Rhinoplax vigil"),
        ("鶴頂紅", "Rhinoplax vigil"),
        ("象牙", "Elephantidae"),
        ("xiangya", "Elephantidae"),
        ("ヨウム", "Psittacus erithacus"),
        ("水貂", "Neovison vison"),
    ],
)
def test_a_species_is_found_by_any_name_and_by_what_it_is_sold_as(
    search: str, latin: str, wildfree: Wildfree
) -> None:
    ran = wildfree("species", search, "--json")
    assert ran.code == 0, ran.err
    assert ran.objects[0]["latin"] == latin


def test_part_of_a_name_finds_all_that_bear_it(wildfree: Wildfree) -> None:
    found = {each["latin"] for each in wildfree("species", "crested cockatoo", "--json").objects}
    assert {"Cacatua sulphurea", "Cacatua galerita", "Cacatua moluccensis"} <= found
    ran = wildfree("species", "crested")
    assert "Name one of them for more" in ran.out
    assert "look-alikes" not in ran.out


def test_what_is_told_says_edition_and_what_is_unverified(wildfree: Wildfree) -> None:
    told = wildfree("species", "Andrias", "davidianus").out
    assert "China class II (wild population only; edition 2021-02-01)" in told
    assert "CITES Appendix I (UNVERIFIED, noted 2026-11-21)" in told
    assert "special mark" in told
    (line,) = (line for line in told.splitlines() if "2608" in line)
    assert "UNVERIFIED" in line
    assert "the wild animal stays protected" in line
    told = wildfree("species", "大鲵", "--language", "zh").out
    assert "国家二级保护 (仅限野外种群; 2021-02-01版)" in told
    assert "CITES附录一 (未核实，2026-11-21记)" in told


def test_json_tells_a_verified_statement_from_a_note(wildfree: Wildfree) -> None:
    (found,) = wildfree("species", "Eretmochelys imbricata", "--json").objects
    by_list = {each["list"]: each for each in found["protection"]}
    assert (by_list["china"]["verified"], by_list["china"]["edition"]) == (True, "2021-02-01")
    assert (by_list["cites"]["verified"], by_list["cites"]["noted"]) == (False, "2026-11-21")
    assert "edition" not in by_list["cites"]
    assert {"玳瑁", "bekko"} <= {each["term"] for each in found["sold_as"]}
    assert found["looks"]
    assert found["alikes"]


def test_ivory_tells_features_look_alikes_and_goods_that_name_no_species(wildfree: Wildfree) -> None:
    told = wildfree("species", "象牙").out
    for words in ("Schreger", "115", "mammoth ivory", "mostly below 90", "Loxodonta africana", "象科", "refused"):
        assert words in told
    assert "施雷格纹" in wildfree("species", "象牙", "--language", "zh").out


def test_a_tool_tells_why_it_is_forbidden(wildfree: Wildfree) -> None:
    told = wildfree("species", "捕鳥網").out
    assert "Article 24" in told
    assert "CN-WPL-24" in told


def test_what_nothing_is_called_is_said_with_the_nearest_names(wildfree: Wildfree) -> None:
    ran = wildfree("species", "Saiga", "tatrica")
    assert ran.code == 2
    assert "nothing is called 'Saiga tatrica'" in ran.err
    assert "Saiga tatarica" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert wildfree("species", "x", "--json").out == ""


def test_the_workspace_says_the_language_and_adds_its_own_species(workspace: Path, wildfree: Wildfree) -> None:
    own(workspace, "Ara rubra\tbird\t云顶鹦鹉\t\tcites\tI\t\t2026-03-05\tyes\tthe appendices")
    told = wildfree("species", "云顶鹦鹉", "-w", workspace).out
    assert "CITES附录一 (2026-03-05版)" in told
    assert "看什么" in told, "what is known of all macaws"
    assert "CITES Appendix I (edition 2026-03-05)" in wildfree("species", "云顶鹦鹉", "--language", "en").out


def test_a_reviewer_gets_short_lines_of_protection_features_and_look_alikes() -> None:
    told = known_about("Saiga tatarica", None, "zh")
    assert [line for line in told if line.startswith("保护: ") and "未核实" in line]
    assert {line.split(": ")[0] for line in told} == {"保护", "看什么", "易混"}
    assert all(len(line) < 160 for line in told)
    of_group = known_about("Elephantidae", None, "en")
    assert any("Elephas maximus" in line and "China class I" in line for line in of_group)
    assert known_about("手机壳", None, "en") == ()


def test_a_reminder_is_the_first_lines_under_each_heading_of_all_that_is_told() -> None:
    whole, few = known_about("Elephantidae", None, "en"), list(reminder(["Elephantidae", "手机壳"], None, "en"))
    heads = Counter(line.partition(": ")[0] for line in few)
    assert max(heads.values()) == GLANCE < max(Counter(line.partition(": ")[0] for line in whole).values())
    assert [line for line in whole if line in few] == few
    assert heads.keys() == {line.partition(": ")[0] for line in whole}


def test_every_language_tells_every_heading_basis_and_confidence() -> None:
    spoken = sorted(path.stem.removeprefix("telling.") for path in WORDS.glob("telling.*.toml"))
    assert {"en", "zh"} <= set(spoken)
    for language in spoken:
        words = words_of(language)
        assert words.heads.keys() == PARTS.keys(), language
        assert words.farmed.keys() == set(Basis), language
        assert words.sure.keys() == set(get_args(Confidence)), language
        assert words.others.format(7) != words.others, language


def test_a_species_without_a_file_of_its_own_is_told_what_is_known_of_its_group() -> None:
    told = known_about("Psittacula derbiana", None, "en")
    assert any("bare white face" in line for line in told)


def test_an_empty_search_finds_nothing(tmp_path: Path) -> None:
    assert knowledge(tmp_path).find("") == ()


def found(search: str) -> list[str]:
    return [each.latin for each in knowledge(None).find(search)]


@pytest.mark.parametrize(
    ("search", "latin"), [("熊", "Ursidae"), ("龟", "Testudines"), ("象", "Elephantidae"), ("🐯", "Panthera tigris")]
)
def test_one_character_finds_its_groups_and_what_they_hold(search: str, latin: str, wildfree: Wildfree) -> None:
    assert latin in found(search)
    told = wildfree("species", search, "--language", "zh").out
    assert {"Ursidae": "马来熊", "Testudines": "玳瑁", "Elephantidae": "非洲象"}.get(latin, "虎骨") in told
    assert found("熊") == ["Ursidae"], "its members stand under it, not beside it"
    assert found("x") == [], "a single letter is part of too many names"


def test_what_parts_the_characters_of_a_name_does_not_count(wildfree: Wildfree) -> None:
    assert found("穿山甲")
    for written in ("穿 山 甲", "穿.山.甲", "穿-山-甲", "pan·golin"):
        assert "Manidae" in found(written), written
    ran = wildfree("species", " ")
    assert ran.code == 2
    assert "write a name" in ran.err


def test_every_scope_of_a_shipped_file_is_said_in_chinese_too() -> None:
    scopes = {each.scope for kind in species() for each in kind.statements if each.scope} | {DEPENDS}
    assert len(scopes) > 4
    assert [scope for scope in scopes if not HAN.search(scope_in(scope, "zh"))] == []
    assert [scope for scope in scopes if re.search("[a-z]{3}", scope_in(scope, "zh"))] == []


def test_a_file_is_read_once_and_again_when_it_changed(tmp_path: Path) -> None:
    own(tmp_path, "Ara rubra\tbird\t云顶鹦鹉\t\tcites\tI\t\t2026-03-05\tyes\tthe appendices")
    first = knowledge(tmp_path / "config")
    assert knowledge(tmp_path / "config") is first
    assert first.find("云顶鹦鹉")
    own(tmp_path, "Ara rubra\tbird\t云顶大鹦鹉\t\tcites\tI\t\t2026-03-05\tyes\tthe appendices")
    assert knowledge(tmp_path / "config").find("云顶大鹦鹉")
    assert not knowledge(tmp_path / "config").find("云顶鹦鹉")


def test_what_a_later_edition_takes_the_place_of_is_not_shown_beside_it() -> None:
    old, note, new = read("I", "2020-01-01"), noted("I", "2024-01-01"), read("II", "2025-01-01")
    assert standing((old, note, new)) == (new,)
    assert not in_doubt((old, note, new))
    later = noted("III", "2026-01-01")
    assert standing((new, later)) == (new, later), "in doubt, so both are shown"
    assert in_doubt((new, later))
    assert standing((new, noted("II", "2026-01-01"))) == (new,), "a note that says the same adds nothing"
    assert standing((note,)) == (note,)
