"""What teams hand each other of platform files, terms, templates and laws: signed, read strictly, taken whole."""

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from archive import intake, take
from archive.bundle.stranger.package import member
from archive.key import SealingKey, found
from archive.note import signed_text
from archive.pin import PackPin
from archive.rows import pack as rows_of_packs
from archive.vault import Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from config.errors import EvidenceError
from config.law import laws
from config.platform import platform
from config.term import Status, terms
from desk.packs import form
from letters import proving
from letters.draft import said
from letters.template import SHIPPED, html, shelf_of
from letters.template import template as own_template
from tests import packing
from tests.conftest import CONTACT, Ran, Wildfree
from tests.field import START
from tests.spoiling import rows
from tests.test_kills import sound
from tests.test_letters import example

ROOT = Path(__file__).parent.parent
SHOP = (ROOT / "config/platforms/xianyu.toml").read_text("utf-8").replace('"xianyu"', '"newshop"')
LAW = (ROOT / "config/laws/cn.toml").read_text("utf-8").replace("CN-", "XX-")
TERMS = "term\tlanguage\tkind\tspecies\tstatus\n月光骨\tzh\tcode\t\treviewed\n月影片\tzh\tcode\t\tproposed\n"
FILES = {"platforms/newshop.toml": SHOP, "laws/xx.toml": LAW, "terms/own.tsv": TERMS}
SURE = ("--take", "--yes", "--why", "they know that platform")
AT = "2026-11-21T04:05:06Z"


def one_line(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran.err
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert "Traceback" not in ran.err
    assert [word for word in words if word not in ran.err] == [], ran.err


def written(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        place = folder / "config" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return folder


def config_of(folder: Path) -> dict[str, bytes]:
    """Every file of a workspace's config/, hidden ones too."""
    return {
        each.relative_to(folder / "config").as_posix(): each.read_bytes()
        for each in (folder / "config").rglob("*")
        if each.is_file()
    }


def acts(folder: Path, what: str = "took a pack") -> list[dict[str, Any]]:
    return [row for row in rows(folder, "act") if row["what"] == what]


@pytest.fixture
def theirs(tmp_path: Path, wildfree: Wildfree) -> Path:
    """Another team's workspace, with files of its own."""
    assert wildfree("init", "--practice", tmp_path / "theirs").code == 0
    return written(tmp_path / "theirs", FILES)


@pytest.fixture
def pack(theirs: Path, tmp_path: Path, wildfree: Wildfree) -> Path:
    """Their pack."""
    ran = wildfree("config", "pack", tmp_path / "pack.zip", "--why", "ours", "--by", "Li", "-w", theirs)
    assert ran.code == 0, ran.err
    return tmp_path / "pack.zip"


def key_of(folder: Path) -> SealingKey:
    key = found(folder)
    assert key is not None
    return key


def packed(files: dict[str, str | bytes], key: SealingKey, *, practice: bool = True) -> bytes:
    """A pack of FILES, whatever is in them, signed with KEY."""
    bodies = {path: body if isinstance(body, bytes) else body.encode() for path, body in files.items()}
    return form.packed(bodies, key, form.Made("Li", AT, "ours", practice, "wildfree 0.1")).body


# --- a pack


def test_the_same_files_and_moment_give_the_same_bytes_and_the_list_is_signed_as_told(theirs: Path) -> None:
    key = key_of(theirs)
    body = packed(dict(FILES), key)
    assert body == packed(dict(reversed(FILES.items())), key)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert package.namelist() == ["pack.note", *sorted(FILES)]
        assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        note = package.read("pack.note").decode()
        assert {path: package.read(path).decode() for path in FILES} == FILES
    text, signature = note.split("\n\n")
    manifest = json.loads(text)
    assert rfc8785.dumps(manifest).decode() == text
    name, _, coded = manifest["key"].split("+", 2)
    assert signature.startswith(f"— {name} ")
    signed = b64decode(signature.split(" ")[2])[4:]
    Ed25519PublicKey.from_public_bytes(b64decode(coded)[1:]).verify(signed, f"{text}\n".encode())
    assert [each["path"] for each in manifest["files"]] == sorted(FILES)
    assert (manifest["by"], manifest["at"], manifest["origin"]) == ("Li", AT, name)


def test_a_pack_holds_nothing_else_of_its_workspace(theirs: Path, pack: Path, wildfree: Wildfree) -> None:
    with zipfile.ZipFile(pack) as package:
        held = b"".join(package.read(each) for each in package.namelist())
        assert set(package.namelist()) == {"pack.note", *FILES}
    assert (theirs / "keys/sealing.key").read_bytes().strip() not in held
    assert [(row["subject"].split(" ")[0], row["by"], row["why"]) for row in acts(theirs, "packed")] == [
        (form.read(pack).sha256, "Li", "ours")
    ]
    written(theirs, {"species/ours.tsv": "x", "wildfree.toml": "x", "platforms/.hidden.toml": "x"})
    ran = wildfree("config", "pack", pack.with_name("2.zip"), "--why", "y", "-w", theirs)
    assert "Left out, as packs do not hold it: species/ours.tsv" in ran.out
    assert set(form.read(pack.with_name("2.zip")).files) == set(FILES)


def test_a_link_in_config_takes_no_key_along(theirs: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    folder = theirs / "config/templates/removal"
    folder.mkdir(parents=True)
    (folder / "letter.zh.j2").symlink_to(theirs / "keys/sealing.key")
    one_line(wildfree("config", "pack", tmp_path / "x.zip", "--why", "y", "-w", theirs), 2, "letter.zh.j2", "link")
    (folder / "letter.zh.j2").unlink()
    folder.rmdir()
    folder.symlink_to(theirs / "keys")
    (theirs / "keys/letter.toml").write_text("x")
    ran = wildfree("config", "pack", tmp_path / "x.zip", "--why", "y", "-w", theirs)
    assert "Left out, as packs do not hold it: templates/removal" in ran.out
    assert set(form.read(tmp_path / "x.zip").files) == set(FILES)


def test_what_cannot_be_read_here_is_not_packed(theirs: Path, tmp_path: Path, wildfree: Wildfree) -> None:
    written(theirs, {"platforms/newshop.toml": SHOP.replace("title ", "titel ")})
    one_line(wildfree("config", "pack", tmp_path / "x.zip", "--why", "y", "-w", theirs), 2, "newshop.toml", "titel")
    assert not (tmp_path / "x.zip").exists()
    assert acts(theirs, "packed") == []


# --- taking one


def test_nothing_changes_until_somebody_says_so(pack: Path, workspace: Path, wildfree: Wildfree) -> None:
    before = config_of(workspace)
    ran = wildfree("config", "take", pack)
    assert ran.code == 0, ran.err
    for path in FILES:
        assert f"new        {path}" in ran.out
    assert "new here. Ask them by another way" in ran.out
    assert "+zh 月光骨: code" in ran.out
    assert "not adopted here" in ran.out
    assert config_of(workspace) == before
    assert rows(workspace, "act") == []


def test_what_is_taken_counts_and_is_one_act(pack: Path, workspace: Path, wildfree: Wildfree) -> None:
    ran = wildfree("config", "take", pack, *SURE)
    assert ran.code == 0, ran.err
    config = workspace / "config"
    assert platform("newshop", config).title == platform("xianyu", None).title
    assert {"XX-WPL-33", "CN-WPL-33"} <= {each.id for each in laws(config)}
    (act,) = acts(workspace)
    pin = PackPin.read(act["subject"])
    assert (pin.sha256, pin.key) == (form.read(pack).sha256, str(key_of(pack.parent / "theirs").verifier))
    assert act["why"] == SURE[3]
    assert {path.removesuffix(".before") for path in config_of(workspace)} == set(FILES)
    sound(workspace)
    again = wildfree("config", "take", pack, *SURE)
    assert "All of it is here already" in again.out
    assert len(acts(workspace)) == 1


def test_taken_terms_stand_in_the_ledger_and_what_others_reviewed_is_a_draft_here(
    pack: Path, workspace: Path, wildfree: Wildfree
) -> None:
    assert wildfree("term", "add", "星尾", "--kind", "code", "--why", "ours").code == 0
    assert wildfree("config", "take", pack, *SURE).code == 0
    used = {each.term: each.status for each in terms(workspace / "config")}
    assert used["月光骨"] is Status.DRAFT
    assert used["星尾"] is Status.DRAFT
    assert "月影片" not in used, "what waits in their queue waits in ours"
    said = {(row["term"], row["what"], row["why"]) for row in rows(workspace, "term_change")}
    assert {("月光骨", "added", SURE[3]), ("月影片", "proposed", SURE[3]), ("星尾", "added", "ours")} == said
    assert wildfree("term", "list").code == 0
    assert len(rows(workspace, "term_change")) == 3, "nothing is left to be noticed"


def test_a_key_is_asked_for_once_and_pinned(pack: Path, theirs: Path, workspace: Path, wildfree: Wildfree) -> None:
    really = ("config", "take", pack, "--take", "--why", "x")
    one_line(wildfree(*really), 2, "nobody has said", "--yes")
    one_line(wildfree(*really, typed="n\n"), 2, "nobody has said")
    assert acts(workspace) == []
    assert wildfree(*really, typed="y\n").code == 0
    written(theirs, {"platforms/newshop.toml": f"{SHOP}\n# newer\n"})
    newer = pack.with_name("newer.zip")
    assert wildfree("config", "pack", newer, "--why", "newer", "-w", theirs).code == 0
    ran = wildfree("config", "take", newer, "--take", "--why", "x")
    assert ran.code == 0, "its key is known now"
    assert "changed    platforms/newshop.toml  (yours is theirs, of an earlier pack)" in ran.out
    assert (workspace / "config/platforms/newshop.toml").read_text("utf-8").endswith("# newer\n")


def test_an_older_pack_after_a_newer_one_is_taken_only_where_it_is_meant(
    theirs: Path, workspace: Path, wildfree: Wildfree
) -> None:
    packs = []
    for day in ("20", "22"):
        files = {"platforms/newshop.toml": f"{SHOP}# of {day}\n".encode()}
        made = form.Made("Li", f"2026-11-{day}T04:05:06Z", "ours", practice=True, tool="wildfree 0.1")
        packs.append(workspace.parent / f"{day}.zip")
        packs[-1].write_bytes(form.packed(files, key_of(theirs), made).body)
    older, newer = packs
    for file in packs:
        ran = wildfree("config", "take", file, *SURE)
        assert (ran.code, "Mind:" in ran.out) == (0, False), ran.err
    shown = wildfree("config", "take", older)
    assert "(yours is theirs, of a later pack)" in shown.out
    assert (
        "Mind: it was packed at 2026-11-20T04:05:06Z, and one of theirs of 2026-11-22T04:05:06Z was taken"
        in shown.out
    )
    one_line(wildfree("config", "take", older, *SURE), 2, "not taken", "of 2026-11-22T04:05:06Z", "--older")
    assert config_of(workspace)["platforms/newshop.toml"].endswith(b"# of 22\n")
    assert wildfree("config", "take", older, *SURE, "--older").code == 0
    assert config_of(workspace)["platforms/newshop.toml"].endswith(b"# of 20\n")
    assert "an earlier pack" in wildfree("config", "take", newer).out


def test_who_looks_at_a_pack_that_is_here_is_told_that_there_is_nothing_to_take(
    theirs: Path, workspace: Path, wildfree: Wildfree
) -> None:
    place = workspace.parent / "p.zip"
    place.write_bytes(packed({"platforms/jd.toml": (ROOT / "config/platforms/jd.toml").read_bytes()}, key_of(theirs)))
    ran = wildfree("config", "take", place)
    assert "nothing is to be taken" in ran.out
    assert "--take" not in ran.out


def test_another_key_under_a_known_name_is_refused(
    pack: Path, theirs: Path, workspace: Path, wildfree: Wildfree
) -> None:
    assert wildfree("config", "take", pack, *SURE).code == 0
    forged = SealingKey(key_of(theirs).name, Ed25519PrivateKey.generate(), "")
    other = pack.with_name("forged.zip")
    other.write_bytes(packed({"platforms/newshop.toml": f"{SHOP}\n#"}, forged))
    before = config_of(workspace)
    one_line(wildfree("config", "take", other, *SURE), 4, "is known here by", str(key_of(theirs).verifier))
    assert config_of(workspace) == before
    mine = SealingKey(key_of(workspace).name, Ed25519PrivateKey.generate(), "")
    other.write_bytes(packed({"platforms/newshop.toml": SHOP}, mine))
    one_line(wildfree("config", "take", other, *SURE), 4, "is known here by")


def test_a_bundle_signed_otherwise_than_a_pack_that_was_taken_is_refused(tmp_path: Path) -> None:
    for name in ("theirs", "out", "True", "False"):
        (tmp_path / name).mkdir()
    with packing.made(tmp_path / "theirs") as vault:
        made = packing.bundle(vault, tmp_path / "out")
    other = SealingKey(packing.NAME, Ed25519PrivateKey.generate(), "")
    for key, refused in ((other, True), (SealingKey(packing.NAME, packing.KEY, ""), False)):
        with Vault.create(tmp_path / str(refused), "practice", START) as ours:
            pin = PackPin("0" * 64, packing.NAME, str(key.verifier))
            intake.take(ours, rows_of_packs.took(pin, [], by="x", at=START, why="x"))
            if refused:
                with pytest.raises(EvidenceError, match="does not vouch for it"):
                    take.taken(ours, made.package, "me", packing.SEALED)
            else:
                assert take.taken(ours, made.package, "me", packing.SEALED).new


def test_a_pack_of_a_day_that_is_yet_to_come_is_refused_and_one_of_a_clock_that_is_a_little_fast_is_not(
    theirs: Path, workspace: Path, wildfree: Wildfree
) -> None:
    place, now = workspace.parent / "p.zip", datetime.now(UTC)
    for ahead, code in ((timedelta(days=2), 4), (timedelta(days=365 * 900), 4), (timedelta(hours=3), 0)):
        at = f"{now + ahead:%Y-%m-%dT%H:%M:%SZ}"
        made = form.Made("Li", at, "ours", practice=True, tool="wildfree 0.1")
        place.write_bytes(form.packed({"laws/xx.toml": LAW.encode()}, key_of(theirs), made).body)
        ran = wildfree("config", "take", place, *SURE)
        assert ran.code == code, ran.err
        if code:
            one_line(ran, code, at, "yet to come", "clock")
            assert acts(workspace) == []


def test_what_is_said_of_a_pack_is_one_line_however_it_was_typed(
    theirs: Path, tmp_path: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "x.zip"
    words = ("config", "pack", place, "-w", theirs)
    one_line(wildfree(*words, "--why", "y" * 3000, "--by", "Li"), 2, "--why", "1000")
    one_line(wildfree(*words, "--why", "y", "--by", "L" * 3000), 2, "--by", "1000")
    assert not place.exists()
    monkeypatch.setenv("WILDFREE_BY", "Li\nWang")
    assert wildfree(*words, "--why", " a file\u2028of  ours ").code == 0
    said = form.read(place).manifest
    assert (said.why, said.by) == ("a file of ours", "Li Wang")


def test_a_pack_in_a_pipe_that_nobody_fills_is_told_and_not_waited_for(
    workspace: Path, wildfree: Wildfree, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    one_line(wildfree("config", "take", tmp_path / "pipe"), 2, "pipe", "no file")
    one_line(wildfree("alike", "--file", tmp_path / "pipe"), 2, "pipe", "no file")


def test_a_pack_of_a_practice_is_not_taken_by_a_real_workspace(
    pack: Path, tmp_path: Path, wildfree: Wildfree
) -> None:
    assert wildfree("init", tmp_path / "real").code == 0
    one_line(wildfree("config", "take", pack, *SURE, "-w", tmp_path / "real"), 4, "practice")


# --- what is here already


def test_your_own_files_are_never_replaced_by_the_way(pack: Path, workspace: Path, wildfree: Wildfree) -> None:
    mine = f"{SHOP}\n# mine\n"
    written(workspace, {"platforms/newshop.toml": mine})
    assert wildfree("term", "add", "月光骨", "--kind", "product", "--why", "mine").code == 0
    shown = wildfree("config", "take", pack)
    assert "conflicts  platforms/newshop.toml  (yours is your own)" in shown.out
    assert "    -# mine" in shown.out
    assert "conflicts  terms/own.tsv" in shown.out
    before = config_of(workspace)
    one_line(wildfree("config", "take", pack, *SURE), 2, "conflict with your own", "--conflicts")
    assert config_of(workspace) == before
    assert acts(workspace) == []

    assert wildfree("config", "take", pack, *SURE, "--conflicts", "ours").code == 0
    now = config_of(workspace)
    assert now["platforms/newshop.toml"].decode() == mine
    assert "laws/xx.toml" in now, "the rest is taken"
    kinds = {each.term: str(each.kind) for each in terms(workspace / "config")}
    assert kinds["月光骨"] == "product"

    assert wildfree("config", "take", pack, *SURE, "--conflicts", "theirs").code == 0
    now = config_of(workspace)
    assert now["platforms/newshop.toml"].decode() == SHOP
    assert now["platforms/newshop.toml.before"].decode() == mine
    assert {each.term: str(each.kind) for each in terms(workspace / "config")}["月光骨"] == "code"
    assert "月光骨" in now["terms/own.tsv.before"].decode()


def test_each_file_of_your_own_that_theirs_replaces_stays_beside_it(
    pack: Path, theirs: Path, workspace: Path, wildfree: Wildfree
) -> None:
    take = ("config", "take", pack, *SURE, "--conflicts", "theirs")
    for turn in ("first", "second", "second", "third"):
        written(workspace, {"platforms/newshop.toml": f"{SHOP}\n# {turn}\n"})
        kind = {"first": "product", "second": "name", "third": "emoji"}[turn]
        written(workspace, {"terms/own.tsv": f"term\tlanguage\tkind\n月光骨\tzh\t{kind}\n"})
        assert wildfree(*take).code == 0
    now = config_of(workspace)
    assert now["platforms/newshop.toml"].decode() == SHOP
    for end, turn, kind in (("", "first", "product"), (".2", "second", "name"), (".3", "third", "emoji")):
        assert now[f"platforms/newshop.toml.before{end}"].decode().endswith(f"# {turn}\n")
        assert kind in now[f"terms/own.tsv.before{end}"].decode()
    assert not any(path.endswith(".4") for path in now), "what is kept already is not kept twice"
    ran = wildfree("config", "pack", pack.with_name("mine.zip"), "--why", "x")
    assert ran.code == 0, ran.err
    assert "before" not in ran.out


def test_a_changed_shipped_file_shows_what_changes(theirs: Path, workspace: Path, wildfree: Wildfree) -> None:
    shipped = (ROOT / "config/platforms/xianyu.toml").read_text("utf-8")
    files: dict[str, str | bytes] = {
        "platforms/xianyu.toml": shipped + CONTACT,
        "platforms/jd.toml": (ROOT / "config/platforms/jd.toml").read_bytes(),
    }
    place = workspace.parent / "p.zip"
    place.write_bytes(packed(files, key_of(theirs)))
    ran = wildfree("config", "take", place, "--json")
    (same, other) = ran.objects
    assert (same["path"], same["finding"], same["diff"]) == ("platforms/jd.toml", "same", [])
    assert other["finding"] == "changed"
    assert '+email = "notices@shop.example"' in other["diff"], "whom we would write to is seen"


# --- bad files


def template(change: Callable[[str], str] = str, **others: str) -> dict[str, str | bytes]:
    """Our letter as another team's own, its English words changed; its examples are what it prints."""
    shelf = SHIPPED / "removal"
    files: dict[str, str | bytes] = {
        f"templates/removal/{name}": (shelf / name).read_text("utf-8")
        for name in ("letter.toml", "letter.zh.j2", "letter.en.j2", "example.json")
    }
    for language in ("zh", "en"):
        notice = replace(example(), language=language)
        files[f"templates/removal/example.{language}.md"] = said(notice, html("removal", language, notice=notice))
    words = files["templates/removal/letter.en.j2"]
    assert isinstance(words, str)
    return (
        files
        | {"templates/removal/letter.en.j2": change(words)}
        | {f"templates/removal/{k}": v for k, v in others.items()}
    )


def crowded(dots: int) -> str:
    """A key of so many parts, which a reader that looks back at each of them takes minutes to read."""
    return f"{'x' * 3000}{'.a' * dots} = 1\n"


BAD: dict[str, tuple[dict[str, str | bytes], str]] = {
    "a misspelt key": ({"platforms/newshop.toml": SHOP.replace("canonical ", "canonicle ")}, "canonicle"),
    "another name": ({"platforms/other.toml": SHOP}, "other.toml"),
    "no toml": ({"platforms/newshop.toml": "x = ["}, "not TOML"),
    "brackets without end": ({"laws/xx.toml": "x = " + "[" * 100_000}, "brackets"),
    "a key of many parts": ({"laws/xx.toml": crowded(100_000)}, "more than 50 parts"),
    "a heading of many parts, in quotes and spaces": (
        {"platforms/newshop.toml": SHOP + "[x" + """. 'a' ."\\"" """ * 15_000 + "]\n"},
        "more than 50 parts",
    ),
    "a key of many parts behind a text of many lines": (
        {"laws/xx.toml": 'x = [\n"""\n\'""", {a' + ".a" * 100_000 + " = 1}] # '\n"},
        "more than 50 parts",
    ),
    "a number without end": ({"laws/xx.toml": f"x = {'9' * 5000}\n"}, "not TOML"),
    "a pattern beyond bounds": (
        {"platforms/newshop.toml": re.sub("(?m)^key .*$", r"key = '/(\\d{8,9999})'", SHOP)},
        "invalid repetition size",
    ),
    "a selector beyond bounds": (
        {"platforms/newshop.toml": f'{SHOP}\n[listing]\ntitle = "{":not(" * 5000}a{")" * 5000}"\n'},
        "newshop",
    ),
    "terms without a language": ({"terms/own.tsv": "term\tkind\n月光骨\tcode\n"}, "language"),
    "a term of no kind": ({"terms/xx.tsv": "term\tlanguage\tkind\nx\tzh\tnothing\n"}, "xx.tsv:2"),
    "a term that is here": ({"terms/xx.tsv": "term\tlanguage\tkind\n象牙\tzh\tname\n"}, "象牙"),
    "a law that says it is adopted": (
        {"laws/xx.toml": LAW.replace("bears_on ", "adopted = true\nbears_on ")},
        "adopted",
    ),
    "a law that is here": ({"laws/xx.toml": LAW.replace("XX-", "CN-")}, "stands twice"),
    "a pattern that looks ahead": (
        {"platforms/newshop.toml": re.sub("(?m)^key .*$", r"key = '/item/(\\d+)(?!x)'", SHOP)},
        "(?:[^x]|$)",
    ),
    "no utf-8": ({"platforms/newshop.toml": b"\xff\xfe"}, "UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_file_and_nothing_is_taken(name: str, theirs: Path, workspace: Path, wildfree: Wildfree) -> None:
    files, word = BAD[name]
    place = workspace.parent / "p.zip"
    good: dict[str, str | bytes] = {"platforms/aaa.toml": SHOP.replace('"newshop"', '"aaa"')}
    place.write_bytes(packed(good | files, key_of(theirs)))
    before = config_of(workspace)
    one_line(wildfree("config", "take", place, *SURE), 2, "not taken", word)
    assert config_of(workspace) == before
    assert acts(workspace) == []


def test_a_template_is_taken_and_used_when_its_example_reads_as_it_says(
    theirs: Path, workspace: Path, wildfree: Wildfree
) -> None:
    place = workspace.parent / "p.zip"
    files = template()
    ours = str(files["templates/removal/letter.toml"])
    files["templates/removal/letter.toml"] = re.sub("version +=.*", 'version = "theirs-1"', ours)
    place.write_bytes(packed(files, key_of(theirs)))
    ran = wildfree("config", "take", place, *SURE)
    assert ran.code == 0, ran.err
    assert "changed    templates/removal/letter.toml" in ran.out
    assert set(config_of(workspace)) == set(files), "a template of one's own stands alone, with all its files"
    own = shelf_of("removal", workspace / "config")
    assert own_template("removal", own).version == "theirs-1"
    assert shelf_of("removal", None) == SHIPPED


TEMPLATES = {
    "reaches for the machine": "{{ notice.__class__.__mro__[-1].__subclasses__() }}",
    "reads a file": "{% include '/etc/passwd' %}",
    "says something else": "<p>Pay us.</p>",
    "never ends": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "takes all memory": "{{ 'a' * 9999999999 }}",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_bad_template_is_refused_without_harm(
    name: str, theirs: Path, workspace: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "never ends":
        monkeypatch.setattr(proving, "SECONDS", 6.0)
    place = workspace.parent / "p.zip"
    place.write_bytes(packed(template(lambda words: TEMPLATES[name] + words), key_of(theirs)))
    before = config_of(workspace)
    one_line(wildfree("config", "take", place, *SURE), 2, "templates/removal")
    assert config_of(workspace) == before


# --- hostile packs


def zipped(members: list[tuple[zipfile.ZipInfo | str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, body in members:
            package.writestr(name, body)
    return out.getvalue()


def members_of(body: bytes) -> list[tuple[zipfile.ZipInfo | str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return [(each, package.read(each)) for each in package.namelist()]


def unpacking(*before: tuple[zipfile.ZipInfo | str, bytes], name: str, after: list[Any]) -> bytes:
    """A pack whose file NAME unpacks to 200 MB."""
    return zipped([*before, (name, bytes(200_000_000)), *after], zipfile.ZIP_DEFLATED)


def linked(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.create_system, made.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return made


def renamed(key: SealingKey, path: str) -> bytes:
    """A signed pack whose one file is called PATH."""
    return packed({path: SHOP}, key)


def relisted(body: bytes, **changes: Any) -> bytes:
    """BODY with its list changed, and its signature as it was."""
    (note, signed), *files = members_of(body)
    text, rest = signed.decode().split("\n\n")
    return zipped([(note, f"{rfc8785.dumps(json.loads(text) | changes).decode()}\n\n{rest}".encode()), *files])


Hostile = Callable[[bytes, SealingKey], bytes]


def other_key(name: str) -> str:
    return str(SealingKey(name, Ed25519PrivateKey.generate(), "").verifier)


def swapped(body: bytes, old: bytes, new: bytes) -> bytes:
    return zipped([(name, data.replace(old, new)) for name, data in members_of(body)])


def with_link(body: bytes) -> bytes:
    return zipped([members_of(body)[0], (linked("platforms/newshop.toml"), b"/etc/passwd")])


def turned(body: bytes) -> bytes:
    return zipped([members_of(body)[0], *members_of(body)[:0:-1]])


def many() -> bytes:
    return zipped([(f"terms/a{n}.tsv", b"") for n in range(20_000)])


HOSTILE: dict[str, tuple[Hostile, str]] = {
    "no zip": (lambda body, key: b"PK\3\4 nonsense", "no pack"),
    "empty": (lambda body, key: b"", "no pack"),
    "cut off": (lambda body, key: body[:-100], "no pack"),
    "a zip of others": (lambda body, key: zipped([("x.txt", b"x")]), "x.txt"),
    "no note": (lambda body, key: zipped(members_of(body)[1:]), "pack.note"),
    "zip slip": (lambda body, key: renamed(key, "../../evil.toml"), "evil.toml"),
    "slip inside": (lambda body, key: renamed(key, "platforms/../../evil.toml"), "evil.toml"),
    "absolute": (lambda body, key: renamed(key, "/tmp/evil.toml"), "evil.toml"),
    "a drive": (lambda body, key: renamed(key, "C:\\evil.toml"), "evil.toml"),
    "settings": (lambda body, key: renamed(key, "wildfree.toml"), "wildfree.toml"),
    "walls": (lambda body, key: renamed(key, "walls.toml"), "walls.toml"),
    "a key": (lambda body, key: renamed(key, "keys/sealing.key"), "sealing.key"),
    "a name of Windows'": (lambda body, key: renamed(key, "platforms/con.toml"), "con.toml"),
    "the journal": (lambda body, key: renamed(key, ".taking/act.json"), "act.json"),
    "a link": (lambda body, key: with_link(body), "no plain file"),
    "a folder": (lambda body, key: zipped([*members_of(body), ("platforms/", b"")]), "no plain file"),
    "one name twice": (lambda body, key: zipped([*members_of(body), members_of(body)[1]]), "two files of one name"),
    "two cases of a name": (lambda body, key: zipped([*members_of(body), ("Laws/XX.toml", b"")]), "Laws/XX.toml"),
    "one more file": (lambda body, key: zipped([*members_of(body), ("terms/zzz.tsv", b"x")]), "terms/zzz.tsv"),
    "one file less": (lambda body, key: zipped(members_of(body)[:-1]), "terms/own.tsv"),
    "another order": (lambda body, key: turned(body), "order"),
    "another content": (lambda body, key: swapped(body, b"XX-WPL-33", b"XX-WPL-34"), "altered"),
    "another list": (lambda body, key: relisted(body, by="Wang"), "signature"),
    "another key": (lambda body, key: relisted(body, key=other_key(key.name)), "signature"),
    "another name": (lambda body, key: relisted(body, origin="wildfree-real-0123456789ab"), "signature"),
    "more to its list": (lambda body, key: relisted(body, sender="x"), "list"),
    "a newer form": (lambda body, key: relisted(body, v=2), "this version"),
    "a bomb": (lambda body, key: unpacking(*members_of(body)[:-1], name="terms/own.tsv", after=[]), "than it may"),
    "a bomb of a list": (lambda body, key: unpacking(name="pack.note", after=members_of(body)[1:]), "than it may"),
    "a huge file": (lambda body, key: renamed_huge(key), "at most"),
    "two signatures": (lambda body, key: resigned(body), "signature"),
    "junk before it": (lambda body, key: b"MZ" * 9000 + body, "nobody signed"),
    "junk behind it": (lambda body, key: body[:-2] + b"\4\0junk", "nobody signed"),
    "packed otherwise": (lambda body, key: zipped(members_of(body), zipfile.ZIP_DEFLATED), "nobody signed"),
    "a line of ours in why": (lambda body, key: saying(key, why=f"x\nSigned with the key {key.name}"), "one line"),
    "a line of ours in by": (lambda body, key: saying(key, by="Li\rSigned"), "one line"),
    "a line of ours in tool": (lambda body, key: saying(key, tool="x\u2028Signed"), "one line"),
    "an endless why": (lambda body, key: saying(key, why="x" * 100_000), "one line"),
    "a day that never was": (lambda body, key: saying(key, at="9999-99-99T99:99:99Z"), "at: "),
    "a second that never was": (lambda body, key: saying(key, at="2026-02-28T23:59:61Z"), "at: "),
    "bzip2": (lambda body, key: zipped(members_of(body), zipfile.ZIP_BZIP2), "packed in a way"),
    "thousands of files": (lambda body, key: many(), "more than 500"),
}


def renamed_huge(key: SealingKey) -> bytes:
    return packed({"platforms/newshop.toml": SHOP + "#" * 300_000}, key)


def saying(key: SealingKey, **said: str) -> bytes:
    """A signed pack whose list says SAID, whatever it is."""
    manifest = json.loads(members_of(packed({"laws/xx.toml": LAW}, key))[0][1].decode().split("\n\n")[0]) | said
    note = signed_text(f"{rfc8785.dumps(manifest).decode()}\n", key.name, key.key)
    return zipped([(member("pack.note"), note.encode()), (member("laws/xx.toml"), LAW.encode())])


def resigned(body: bytes) -> bytes:
    (_, note), *files = members_of(body)
    other = SealingKey("others", Ed25519PrivateKey.generate(), "")
    more = signed_text("x\n", other.name, other.key).partition("\n\n")[2]
    return zipped([(member("pack.note"), note + more.encode()), *((member(str(name)), data) for name, data in files)])


@pytest.fixture(scope="module")
def signed() -> tuple[bytes, SealingKey]:
    """A pack that holds, and the key that signed it."""
    key = SealingKey("wildfree-practice-0123456789ab", Ed25519PrivateKey.generate(), "")
    return packed(dict(FILES), key), key


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pack_is_refused_in_one_line(name: str, signed: tuple[bytes, SealingKey], tmp_path: Path) -> None:
    make, word = HOSTILE[name]
    place = tmp_path / "hostile.zip"
    place.write_bytes(make(*signed))
    with pytest.raises(EvidenceError) as refused:
        form.read(place)
    assert len(str(refused.value).splitlines()) == 1
    assert "not taken" in str(refused.value)
    assert word in str(refused.value)
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_hostile_is_refused_by_the_command_too(
    theirs: Path, pack: Path, workspace: Path, wildfree: Wildfree, tmp_path: Path
) -> None:
    assert set(form.opened(pack.read_bytes(), "").files) == set(FILES), "the pack itself holds"
    before = config_of(workspace)
    for name in ("zip slip", "another content", "a bomb"):
        pack.write_bytes(HOSTILE[name][0](packed(dict(FILES), key_of(theirs)), key_of(theirs)))
        everywhere = set(tmp_path.rglob("*"))
        one_line(wildfree("config", "take", pack, *SURE), 4, "not taken", HOSTILE[name][1])
        assert set(tmp_path.rglob("*")) == everywhere
    assert config_of(workspace) == before
    assert acts(workspace) == []


# --- killed


Mortal = Callable[[Path, int, tuple[str, ...]], str]


@pytest.fixture(scope="module")
def mortal() -> Iterator[Mortal]:
    """Runs `wildfree WORDS` in a WORKSPACE and kills it at its NTH write; answers which, or "done 0"."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.dying"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdin
        assert process.stdout

        def died(workspace: Path, nth: int, words: tuple[str, ...]) -> str:
            assert process.stdin
            assert process.stdout
            print(json.dumps([nth, str(workspace), *words]), file=process.stdin, flush=True)
            at = process.stdout.readline().strip()
            assert process.stdout.readline().strip() == "over"
            return at

        yield died
        process.stdin.close()


@pytest.mark.parametrize("step", [73, pytest.param(2, marks=pytest.mark.slow)])
def test_killed_anywhere_in_taking_all_of_it_is_taken_or_nothing(
    step: int, pack: Path, workspace: Path, wildfree: Wildfree, mortal: Mortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copied(nth: int) -> Path:
        place = workspace.with_name(f"killed-{nth}")
        shutil.copytree(workspace, place)
        monkeypatch.setenv("WILDFREE_WORKSPACE", str(place))
        return place

    written(workspace, {"platforms/newshop.toml": f"{SHOP}\n# mine\n"})
    words = ("config", "take", str(pack), *SURE, "--conflicts", "theirs")
    lasts = next(nth for nth in range(100, 1000, 40) if mortal(copied(nth), nth, words) == "done 0")
    before = [killed(nth, pack, copied(-nth), wildfree, mortal) for nth in range(lasts - 220, lasts, step)]
    assert set(before) == {0, 1}, "some died before the ledger had it, some after"


def killed(nth: int, pack: Path, workspace: Path, wildfree: Wildfree, mortal: Mortal) -> int:
    """How often PACK was taken, by a command that died at its NTH write; what the next one finds is whole."""
    before = config_of(workspace)
    mortal(workspace, nth, ("config", "take", str(pack), *SURE, "--conflicts", "theirs"))
    assert wildfree("platform", "list").code == 0
    now, taken = config_of(workspace), acts(workspace)
    assert len(taken) <= 1
    if taken:
        assert set(now) == {*FILES, "platforms/newshop.toml.before"}
        assert now["platforms/newshop.toml"].decode() == SHOP
        assert {each.term for each in terms(workspace / "config")} >= {"月光骨"}
    else:
        assert now == before
    assert verify(workspace, Found()).faults == []
    assert len(rows(workspace, "term_change")) == (2 if taken else 0)
    return len(taken)
