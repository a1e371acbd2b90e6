"""verify.py alone: what a stranger hears of a sound bundle, and of every way to tamper with one."""

import ast
import io
import json
import random
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.bundle.folder import Bundle
from archive.bundle.stranger import PARTS, program
from archive.bundle.stranger.check import examined
from archive.bundle.stranger.curve import L, signed
from archive.bundle.stranger.package import DATA, INDEX, PAGES, beside
from archive.bundle.stranger.package import zipped as zipped_whole
from archive.bundle.stranger.records import records
from archive.bundle.stranger.wacz import GZIP
from archive.bundle.stranger.warc import raw
from archive.bundle.stranger.words import WORDS, Said
from archive.bundle.wacz import _zipped
from archive.note import Checkpoint
from archive.note import signed as noted
from tests.packing import KEY, NAME, NUMBER, Copy, bundle, copied, made, told

UNSIGNED = {"README.txt", "bundle.json", "record.en.pdf", "record.zh.pdf", "verify.py"}  # they say so themselves


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundle]:
    folder = tmp_path_factory.mktemp("ledger")
    with made(folder) as vault:
        yield bundle(vault, folder / "out")


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bundle]:
    folder = tmp_path_factory.mktemp("ledger")
    with made(folder) as vault:
        yield bundle(vault, folder / "out", NUMBER)


@pytest.fixture
def copy(sound: Bundle, tmp_path: Path) -> Copy:
    return copied(sound.folder, tmp_path / "copy")


def run(*words: object, where: Path) -> subprocess.CompletedProcess[str]:
    """verify.py as a stranger runs it: no site, no environment, no packages."""
    command = [sys.executable, "-S", "-I", str(where / "verify.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


def look(folder: Path) -> str:
    """The name of the WACZ with the most in it."""
    return max(folder.glob("looks/*"), key=lambda path: path.stat().st_size).relative_to(folder).as_posix()


def changed(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


# What it says of a sound one


def test_a_sound_bundle_holds_as_a_folder_as_a_zip_and_in_both_languages(sound: Bundle, letters: Bundle) -> None:
    for each, looks in ((sound, 3), (letters, 2)):
        for place in (each.folder, each.package):
            ran = run("--en", place, where=each.folder)
            assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
            assert ran.stdout.startswith("PRACTICE")
            assert ran.stdout.count("answered 200") == looks
            assert f"HOLDS: checkpoint of {NAME}" in ran.stdout
            assert "It does not prove" in ran.stdout
        spoken = run("--zh", where=each.folder)
        assert spoken.returncode == 0
        assert "成立" in spoken.stdout
        assert "不能证明" in spoken.stdout


def test_it_is_one_file_of_the_standard_library_that_python_3_8_reads(sound: Bundle) -> None:
    source = (sound.folder / "verify.py").read_bytes()
    assert source == program()
    tree = ast.parse(source, feature_version=(3, 8))
    imported = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    imported |= {name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names}
    assert "hashlib" in imported
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names
    names = [name for each in tree.body for name in named(each)]
    assert len(names) > 40
    assert sorted(names) == sorted(set(names)), "two parts of verify.py use one name"
    assert len(PARTS) == len(list(Path(__file__).parents[1].glob("archive/bundle/stranger/[a-z]*.py")))


def named(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return [name.id for each in targets if each for name in ast.walk(each) if isinstance(name, ast.Name)]


@pytest.mark.skipif(not shutil.which("python3.8"), reason="no Python 3.8 here to try it with")
def test_it_runs_in_python_3_8(sound: Bundle) -> None:
    seen = subprocess.run(["python3.8", "--version"], capture_output=True, encoding="utf-8", check=False)
    if seen.returncode:
        pytest.skip("python3.8 is a name without a Python behind it")
    command = ["python3.8", "-S", "-I", str(sound.folder / "verify.py")]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr + ran.stdout


def test_it_asks_for_a_bundle_where_none_is(sound: Bundle, tmp_path: Path) -> None:
    for words in ([tmp_path / "none"], ["--so"], ["x" * 5000], [sound.folder, sound.folder]):
        assert run(*words, where=sound.folder).returncode == 2
    assert run("--en", tmp_path, where=sound.folder).returncode == 2


def test_its_words_say_what_is_wrong_in_the_language_that_was_asked_for(sound: Bundle, tmp_path: Path) -> None:
    helped = run("--help", where=sound.folder)
    assert (helped.returncode, "python3 verify.py" in helped.stdout) == (0, True)
    gone = run("--zh", tmp_path / "none", where=sound.folder)
    assert gone.stdout == f"{tmp_path / 'none'}: 没有这个文件或文件夹\n"
    for words in (["--zh", "--en"], ["--fr"], ["--zh", "--fr"]):
        ran = run(*words, where=sound.folder)
        assert (ran.returncode, ran.stdout.count("python3 verify.py"), len(ran.stdout.splitlines())) == (2, 1, 1)
    assert "证据包：" in run("--zh", "--fr", where=sound.folder).stdout


def test_what_is_no_bundle_is_said_in_one_line(sound: Bundle, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "photo.jpg").write_bytes(b"x")
    (tmp_path / "nothing.zip").write_bytes(b"")
    (tmp_path / "text.zip").write_bytes(b"a text")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    places = sorted(each for each in tmp_path.iterdir())
    assert len(places) == 5
    for place in places:
        ran = run("--zh", place, where=sound.folder)
        assert (ran.returncode, ran.stdout) == (2, f"{place}: 这不是 wildfree 证据包\n")


def test_every_word_is_there_in_both_languages_and_takes_the_same_facts() -> None:
    assert len(WORDS) > 20
    for name, (en, zh) in WORDS.items():
        assert {each for each in "0123456" if f"{{{each}}}" in en} == {
            each for each in "0123456" if f"{{{each}}}" in zh
        }
        assert (en.isascii(), zh.isascii()) == (True, False), name
    assert Said("a\x1b[2J", "missing").told("en") == "a\\u001b[2J: is missing"


# Tampering


@pytest.mark.parametrize("which", ["sound", "letters"])
def test_a_changed_byte_is_named_in_every_file(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    copy = copied(request.getfixturevalue(which).folder, tmp_path / "copy")
    names = copy.names
    assert len(names) >= 25
    for name in names:
        body = (copy.folder / name).read_bytes()
        for at in {0, len(body) // 2, len(body) - 1}:
            (copy.folder / name).write_bytes(changed(body, at))
            found = examined(str(copy.folder))
            assert found.code == 1, (name, at)
            assert name in told(found) or name == "bundle.json", (name, at, told(found))
        (copy.folder / name).write_bytes(body)
    assert examined(str(copy.folder)).code == 0


@pytest.mark.parametrize("which", ["sound", "letters"])
def test_a_changed_byte_is_named_though_the_list_of_files_was_made_anew(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    copy = copied(request.getfixturevalue(which).folder, tmp_path / "copy")
    for name in sorted({*copy.names} - UNSIGNED):
        body = (copy.folder / name).read_bytes()
        for at in {0, len(body) // 2, len(body) - 1}:
            (copy.folder / name).write_bytes(changed(body, at))
            copy.relisted()
            found = examined(str(copy.folder))
            assert found.code == 1, (name, at)
            assert Path(name).name.partition(".")[0] in told(found), (name, at, told(found))
        (copy.folder / name).write_bytes(body)


@pytest.mark.parametrize("which", ["sound", "letters"])
@pytest.mark.parametrize("anew", [False, True], ids=["listed", "list made anew"])
def test_a_dropped_file_is_named(which: str, anew: bool, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    copy = copied(request.getfixturevalue(which).folder, tmp_path / "copy")
    newest = max(name for name in copy.names if name.startswith("checkpoints/"))
    left_out = {name for name in copy.names if "private" in name or name.startswith("ledger/")} if anew else set()
    for name in copy.names:
        if anew and name in UNSIGNED | left_out:
            continue
        body = (copy.folder / name).read_bytes()
        (copy.folder / name).unlink()
        if anew:
            copy.relisted()
        found = examined(str(copy.folder))
        assert found.code == 1, name
        assert name in told(found) or name in {newest, "verifier.keys"} or "checkpoints" in name, (name, told(found))
        (copy.folder / name).write_bytes(body)


@pytest.mark.parametrize("which", ["sound", "letters"])
def test_one_altered_or_missing_exhibit_is_no_fault_of_other_files(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    copy = copied(request.getfixturevalue(which).folder, tmp_path / "copy")
    names = [name for name in copy.names if name.startswith("exhibits/")]
    assert len(names) >= 6
    for name in names:
        body = (copy.folder / name).read_bytes()
        for altered in (changed(body, 0), None):
            (copy.folder / name).unlink()
            if altered is not None:
                (copy.folder / name).write_bytes(altered)
            found = examined(str(copy.folder))
            assert {each.where for each in found.faults} == {name}, told(found)
            assert len({each.what for each in found.faults}) == 2, "what the list says, and what the look says"
            (copy.folder / name).write_bytes(body)


def test_an_entry_that_is_dropped_takes_its_look_with_it_and_that_is_named(copy: Copy) -> None:
    entries = [name for name in copy.names if name.startswith("ledger/") and name.count(".") == 1]
    assert len(entries) == 5  # what the ledger is, its key, and three looks
    for name in entries:
        mine = [each for each in copy.names if each.startswith(name[:-5])]
        bodies = {each: (copy.folder / each).read_bytes() for each in mine}
        for each in mine:
            (copy.folder / each).unlink()
        copy.relisted()
        assert examined(str(copy.folder)).code == 1, name
        for each, body in bodies.items():
            (copy.folder / each).write_bytes(body)


@pytest.mark.parametrize("anew", [False, True], ids=["listed", "list made anew"])
def test_two_files_that_changed_places_are_named(copy: Copy, anew: bool) -> None:
    names = [name for name in copy.names if name not in UNSIGNED]
    tried = 0
    for one, two in pairwise(names):
        bodies = (copy.folder / one).read_bytes(), (copy.folder / two).read_bytes()
        if bodies[0] == bodies[1]:
            continue
        (copy.folder / one).write_bytes(bodies[1])
        (copy.folder / two).write_bytes(bodies[0])
        if anew:
            copy.relisted()
        assert examined(str(copy.folder)).code == 1, (one, two)
        (copy.folder / one).write_bytes(bodies[0])
        (copy.folder / two).write_bytes(bodies[1])
        tried += 1
    assert tried > 15


def drop_page(files: dict[str, bytes]) -> None:
    files[PAGES] = files[PAGES].splitlines(keepends=True)[0]


def other_page(files: dict[str, bytes]) -> None:
    files[PAGES] = files[PAGES].replace(b"item/7", b"item/8")


def other_title(files: dict[str, bytes]) -> None:
    files[PAGES] = files[PAGES].replace("手串".encode(), "手机".encode())


def drop_index(files: dict[str, bytes]) -> None:
    files[INDEX] = b"".join(files[INDEX].splitlines(keepends=True)[1:])


def cross_index(files: dict[str, bytes]) -> None:
    files[INDEX] = files[INDEX].replace(b"example,market)/item/7 ", b"example,market)/item/9 ")


def other_kind(files: dict[str, bytes]) -> None:
    files[INDEX] = files[INDEX].replace(b"image/png", b"text/html", 1)


def drop_record(files: dict[str, bytes]) -> None:
    files[DATA] = files[DATA][: files[DATA].rindex(GZIP)]


def double_record(files: dict[str, bytes]) -> None:
    files[DATA] += files[DATA][files[DATA].rindex(GZIP) :]


def drop_info(files: dict[str, bytes]) -> None:
    files[DATA] = files[DATA][files[DATA].index(GZIP, 1) :]


def more_files(files: dict[str, bytes]) -> None:
    files["archive/more.warc.gz"] = files[DATA]


@pytest.mark.parametrize(
    "change",
    [
        drop_page, other_page, other_title, drop_index, cross_index, other_kind,
        drop_record, double_record, drop_info, more_files,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_a_wacz_that_was_made_anew_with_less_or_more_or_other_in_it_is_named(
    copy: Copy, change: Callable[[dict[str, bytes]], None]
) -> None:
    name = look(copy.folder)
    before = (copy.folder / name).read_bytes()
    copy.rezipped(name, lambda files: None)
    assert (copy.folder / name).read_bytes() == before, "made anew without a change, it is the same"
    copy.rezipped(name, change)
    assert (copy.folder / name).read_bytes() != before
    found = examined(str(copy.folder))
    assert [each.where for each in found.faults] == [name], told(found)


def test_a_record_that_says_something_else_is_named_though_index_and_lists_were_made_to_fit(copy: Copy) -> None:
    name = look(copy.folder)
    sha256 = next(each for each in copy.names if b'"exchanges":[{' in (copy.folder / each).read_bytes())[9:]
    manifest = json.loads((copy.folder / "exhibits" / sha256).read_bytes())
    warc, lying = b"", []
    every = records(manifest, sha256, lambda each: (copy.folder / "exhibits" / each).read_bytes())
    for place, record in enumerate(every):
        member = _zipped(raw(record, place, sha256).replace("象牙".encode(), "塑料".encode()))
        lying.append((record, len(warc), len(member)))
        warc += member
    (copy.folder / name).write_bytes(zipped_whole(beside(warc, lying, manifest, "象牙手串 7")))
    copy.relisted()
    assert "its WARC: record" in told(examined(str(copy.folder)))


def test_a_forged_manifest_with_every_hash_made_anew_does_not_hold(copy: Copy) -> None:
    """The manifest, its name, the entry that names it, the pages: all rewritten to fit; the root is not."""
    name = next(each for each in copy.names if b'"exchanges":[{' in (copy.folder / each).read_bytes())
    forged = (copy.folder / name).read_bytes().replace("象牙".encode(), "塑料".encode()).replace(b"item/7", b"item/8")
    assert forged != (copy.folder / name).read_bytes()
    old, new = name.partition("/")[2], __import__("hashlib").sha256(forged).hexdigest()
    (copy.folder / name).unlink()
    (copy.folder / "exhibits" / new).write_bytes(forged)
    for each in copy.names:
        body = (copy.folder / each).read_bytes()
        if each.startswith("ledger/"):
            (copy.folder / each).write_bytes(body.replace(old.encode(), new.encode()))
    copy.relisted()
    found = examined(str(copy.folder))
    assert found.code == 1
    assert "is not proved to be in the ledger" in told(found)


def test_a_checkpoint_signed_with_another_key_does_not_hold(copy: Copy) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    for name in (each for each in copy.names if each.startswith("checkpoints/")):
        size = int(Path(name).stem)
        forged = noted(Checkpoint(NAME, size, bytes(32)), other)
        (copy.folder / name).write_text(forged, "utf-8")
    copy.relisted()
    assert "no good signature" in told(examined(str(copy.folder)))


def test_a_key_that_the_ledger_does_not_name_is_named_itself(copy: Copy) -> None:
    from archive.note import verifier

    other = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    with (copy.folder / "verifier.keys").open("a", encoding="utf-8") as keys:
        keys.write(f"{verifier(NAME, other)}\n")
    copy.relisted()
    assert "the ledger does not name" in told(examined(str(copy.folder)))


def test_a_practice_bundle_cannot_be_passed_off_as_a_real_one(copy: Copy) -> None:
    index = json.loads((copy.folder / "bundle.json").read_bytes())
    (copy.folder / "bundle.json").write_text(json.dumps(index | {"practice": False}), "utf-8")
    assert examined(str(copy.folder)).code == 1


def test_a_bundle_cannot_be_passed_off_as_one_of_another_listing(copy: Copy) -> None:
    index = json.loads((copy.folder / "bundle.json").read_bytes())
    for name, value in (("key", "8"), ("platform", "other"), ("id", 2)):
        listing = index["about"]["listing"] | {name: value}
        (copy.folder / "bundle.json").write_text(json.dumps(index | {"about": {"listing": listing}}), "utf-8")
        assert "bundle.json" in told(examined(str(copy.folder))), name


# Hostile zips


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, body in files.items():
            package.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "a\\x", "C:x", "a//x", "./x", "a\nb"])
def test_a_name_that_leads_out_is_refused_and_nothing_is_written(sound: Bundle, tmp_path: Path, name: str) -> None:
    hostile = tmp_path / "in" / "hostile.zip"
    hostile.parent.mkdir()
    shutil.copy(sound.package, hostile)
    with zipfile.ZipFile(hostile, "a") as package:
        package.writestr(f"{sound.folder.name}/{name}", b"x")
    found = examined(str(hostile))
    assert "no bundle holds" in told(found)
    assert [each.name for each in tmp_path.rglob("*")] == ["in", "hostile.zip"]


def test_links_doubles_and_locked_files_are_refused(sound: Bundle, tmp_path: Path) -> None:
    link = zipfile.ZipInfo(f"{sound.folder.name}/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    double = zipfile.ZipInfo(f"{sound.folder.name}/VERIFY.py")
    for number, member in enumerate((link, double)):
        hostile = tmp_path / f"{number}.zip"
        shutil.copy(sound.package, hostile)
        with zipfile.ZipFile(hostile, "a") as package:
            package.writestr(member, b"/etc/passwd")
        assert "no bundle holds" in told(examined(str(hostile))), member


def test_a_link_in_a_folder_is_refused(copy: Copy) -> None:
    name = next(each for each in copy.names if each.startswith("exhibits/"))
    body = copy.folder / name
    body.rename(copy.folder.parent / "moved")
    body.symlink_to(copy.folder.parent / "moved")
    (copy.folder / "away").symlink_to("/etc")
    found = told(examined(str(copy.folder)))
    assert f"{name}: a name or a kind of file that no bundle holds" in found
    assert "away: a name" in found


def test_what_claims_to_be_huge_is_refused_before_it_is_unpacked(sound: Bundle, tmp_path: Path) -> None:
    hostile = tmp_path / "bomb.zip"
    with zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as package, package.open("b/bomb", "w") as out:
        for _ in range(520):
            out.write(bytes(1 << 20))
    assert hostile.stat().st_size < 1 << 20
    assert "b/bomb" not in told(found := examined(str(hostile)))
    assert "bomb: a name or a kind of file that no bundle holds" in told(found)


def test_no_fuzzed_zip_crashes_it_and_none_holds(sound: Bundle, tmp_path: Path) -> None:
    whole = sound.package.read_bytes()
    dice = random.Random(7)
    place = tmp_path / "fuzzed.zip"
    for _ in range(300):
        body = bytearray(whole)
        begin = dice.choice((0, len(body) - 6000))
        for _ in range(dice.randint(1, 8)):
            body[dice.randrange(begin, len(body))] = dice.randrange(256)
        cut = dice.random() < 0.2
        place.write_bytes(bytes(body[: dice.randrange(len(body))] if cut else body))
        found = examined(str(place))
        assert all(each.told("zh") and each.told("en") for each in found.faults)
        assert found.faults or contents(place) == contents(sound.package), "only what the zip says of itself changed"


def contents(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as opened:
        return {each.filename.partition("/")[2]: opened.read(each) for each in opened.infolist()}


JSONS = [
    b"",
    b"[]",
    b"{}",
    b"null",
    b"1",
    b'{"files": 1}',
    b'{"files": {"a": 1}}',
    b"[" * 100_000,
    b"\xff",
    b'{"at":',
]


@pytest.mark.parametrize("body", JSONS, ids=range(len(JSONS)))
def test_any_file_may_hold_nonsense_and_is_named(copy: Copy, body: bytes) -> None:
    for name in copy.names:
        kept = (copy.folder / name).read_bytes()
        (copy.folder / name).write_bytes(body)
        if name != "bundle.json":
            copy.relisted()
        found = examined(str(copy.folder))
        assert found.code == 1 or name in UNSIGNED, name
        (copy.folder / name).write_bytes(kept)


# Its own arithmetic


def test_its_signatures_are_those_of_another_implementation() -> None:
    for number in range(12):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public, text = key.public_key().public_bytes_raw(), bytes(range(number * 7))
        good = key.sign(text)
        assert signed(public, text, good)
        assert not signed(public, text + b"x", good)
        for at in (0, 31, 32, 63):
            assert not signed(public, text, changed(good, at))
            assert not signed(changed(public, at % 32), text, good)
        shifted = int.from_bytes(good[32:], "little") + L
        assert not signed(public, text, good[:32] + shifted.to_bytes(32, "little")), "RFC 8032 wants S below L"
    assert not signed(bytes(31), b"", bytes(64))
    assert KEY.public_key().public_bytes_raw()
