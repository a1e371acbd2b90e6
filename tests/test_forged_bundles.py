"""Bundles that somebody made in another's name, or with more in them than the ledger knows: none passes for proof."""

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from archive import capture, intake, seal, stamped, todo
from archive.bundle import collect, folder
from archive.bundle.folder import Bundle, laid_out
from archive.bundle.stranger.check import examined
from archive.bundle.stranger.names import HISTORY
from archive.facts import Reading, Snapshot
from archive.leaves import Seal
from archive.models import Act, Key, Listing
from archive.note import Checkpoint, signed, verifier
from archive.pin import WHAT, Pin
from archive.take import Taken, taken
from archive.vault import Kind, Vault
from config.errors import EvidenceError
from config.platform import Condition
from tests.conftest import Wildfree
from tests.field import START, Field, exchange, url
from tests.packing import KEY, NAME, SEALED, SHEETS, Copy, bundle, copied, made, told

OTHER = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
OURS, OTHERS = str(verifier(NAME, KEY)), str(verifier(NAME, OTHER))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    (tmp_path / "ledger").mkdir()
    with made(tmp_path / "ledger") as vault:
        yield vault


@pytest.fixture
def copy(vault: Vault, tmp_path: Path) -> Copy:
    return copied(bundle(vault, tmp_path / "sound").folder, tmp_path / "copy")


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Vault]:
    (tmp_path / "theirs").mkdir()
    with Vault.create(tmp_path / "theirs", "practice", START) as vault:
        yield vault


def twin(vault: Vault, place: Path) -> Vault:
    """The same ledger once more, for somebody who goes on with it in a way of their own."""
    shutil.copytree(vault.workspace, place)
    return Vault.open(place)


def grown(vault: Vault, key: Ed25519PrivateKey = KEY, looks: int = 1) -> Vault:
    """VAULT with more LOOKS in it, sealed with KEY."""
    for _ in range(looks):
        Field(vault).look("7", Condition.LIVE)
    seal.seal(vault, NAME, key, SEALED)
    return vault


def take(vault: Vault, given: Bundle) -> Taken:
    return taken(vault, given.package, "a colleague", START)


def said(given: Bundle) -> str:
    ran = subprocess.run(
        [sys.executable, "-S", "-I", str(given.folder / "verify.py"), "--en"],
        capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.stdout


# Whose key it is


def in_the_name_of(victim: str, place: Path, monkeypatch: pytest.MonkeyPatch, *, last: bool) -> Bundle:
    """A bundle of OTHER's ledger that names the VICTIM's key too: as its newest (LAST), or as the one before."""
    keys = [OTHERS, victim] if last else [victim, OTHERS]
    place.mkdir()
    with Vault.create(place, "practice", START) as vault, monkeypatch.context() as forger:
        intake.take(vault, lambda session, _: session.add_all([Key(at=START, verifier=each) for each in keys]))
        forger.setattr(seal, "signer", lambda _: verifier(NAME, OTHER))  # a forger's own program leaves this out
        forger.setattr(folder, "passed", lambda *_: None)  # and this
        return bundle(grown(vault, OTHER), place / "out")


def test_nobody_is_said_to_have_signed_what_another_key_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = in_the_name_of(OURS, tmp_path / "last", monkeypatch, last=True)
    output = said(forged)
    assert "DOES NOT HOLD" in output
    assert f"is signed by {OTHERS}, which is not the newest key" in output
    own = said(in_the_name_of(OURS, tmp_path / "first", monkeypatch, last=False))
    assert "HOLDS" in own, "a ledger of their own is theirs to make"
    assert f"whoever holds the key {OTHERS} wrote" in own, "the whole key, not 32 bits of it"
    assert OURS not in own


def test_a_checkpoint_of_the_key_before_is_good_up_to_where_the_next_is_named(vault: Vault, tmp_path: Path) -> None:
    """The same two keys in the other order of time: honest, if the old one signed before the new one was named."""
    given = bundle(grown(vault, OTHER), tmp_path / "out")
    found = examined(str(given.folder))
    assert (found.code, found.key) == (0, OTHERS)
    assert {key for signers in found.signers.values() for key in signers} == {OURS, OTHERS}
    copy = copied(given.folder, tmp_path / "copy")
    name = max(each for each in copy.names if each.startswith("checkpoints/"))
    origin, size, root = found.head
    (copy.folder / name).write_text(signed(Checkpoint(origin, size, bytes.fromhex(root)), KEY), "utf-8")
    copy.relisted()
    assert f"{name}: is signed by {OURS}, which is not the newest" in told(examined(str(copy.folder)))


def test_a_checkpoint_that_the_newest_does_not_go_on_from_is_named(copy: Copy) -> None:
    (copy.folder / "checkpoints" / f"{5:012}.note").write_text(signed(Checkpoint(NAME, 5, bytes(32)), KEY), "utf-8")
    copy.relisted()
    assert f"{HISTORY}: does not lead from the checkpoint of 5 entries" in told(examined(str(copy.folder)))


# What is taken in of one ledger


def test_a_ledger_that_was_taken_in_is_held_to_its_key(vault: Vault, theirs: Vault, tmp_path: Path) -> None:
    first = take(theirs, bundle(vault, tmp_path / "first"))
    assert (first.key, first.known, first.uncompared) == (OURS, False, ())
    with twin(vault, tmp_path / "twin") as forged:
        given = bundle(grown(forged, OTHER), tmp_path / "forged")
    assert examined(str(given.folder)).code == 0, "of itself it holds"
    with pytest.raises(EvidenceError, match="does not vouch for it") as problem:
        take(theirs, given)
    assert OURS in str(problem.value)
    assert OTHERS in str(problem.value)
    later = take(theirs, bundle(grown(vault), tmp_path / "later"))
    assert (later.key, later.known, later.uncompared) == (OURS, True, ())
    with theirs.reading() as session:
        pins = [Pin.read(each) for each in session.scalars(select(Act.subject).where(Act.what == WHAT))]
    assert [(pin.entries, pin.key) for pin in pins] == [(first.entries, OURS), (later.entries, OURS)]


def test_a_new_key_is_taken_on_the_word_of_the_one_before(vault: Vault, theirs: Vault, tmp_path: Path) -> None:
    take(theirs, bundle(vault, tmp_path / "first"))
    newest = seal.latest(grown(vault, OTHER))
    assert newest
    both = signed(newest, OTHER) + signed(newest, KEY).partition("\n\n")[2]
    with vault.writing() as session:
        session.execute(update(Seal).where(Seal.size == newest.size).values(note=both))
    kept = take(theirs, bundle(grown(vault, OTHER), tmp_path / "second"))
    assert (kept.key, kept.known) == (OTHERS, False)


def test_a_ledger_that_does_not_go_on_from_what_was_taken_in_is_refused_whichever_comes_first(
    vault: Vault, theirs: Vault, tmp_path: Path
) -> None:
    with twin(vault, tmp_path / "twin") as forked:
        shorter = bundle(grown(vault), tmp_path / "shorter")
        longer = bundle(grown(forked, looks=3), tmp_path / "longer")
    (tmp_path / "others").mkdir()
    with Vault.create(tmp_path / "others", "practice", START) as others:
        for here, one, two in ((theirs, shorter, longer), (others, longer, shorter)):
            take(here, one)
            with pytest.raises(EvidenceError, match="two different ledgers") as problem:
                take(here, two)
            assert "\n" not in str(problem.value)


def test_an_older_bundle_of_the_same_ledger_is_compared_and_what_cannot_be_is_said(
    vault: Vault, theirs: Vault, tmp_path: Path
) -> None:
    older = bundle(vault, tmp_path / "older")
    newer = bundle(grown(vault), tmp_path / "newer")
    large = take(theirs, newer)
    assert take(theirs, older).uncompared == ()
    history = sha256((newer.folder / HISTORY).read_bytes()).hexdigest()
    theirs.store.path(history).unlink()
    again = take(theirs, older)
    assert (again.new, again.uncompared) == (False, (large.entries,))


def test_who_was_taken_in_before_keys_were_pinned_is_still_held_to_their_history(
    vault: Vault, theirs: Vault, tmp_path: Path
) -> None:
    newest = seal.latest(vault)
    assert newest
    old = Act(at=START, by="x", what=WHAT, subject=f"{'0' * 64} {NAME} {newest.size} {newest.root.hex()}", why="")
    intake.take(theirs, lambda session, _: session.add(old))
    take(theirs, bundle(grown(vault), tmp_path / "same"))
    (tmp_path / "forged").mkdir()
    with made(tmp_path / "forged") as forged, pytest.raises(EvidenceError, match="two different ledgers"):
        take(theirs, bundle(grown(forged, looks=2), tmp_path / "other"))


def test_the_command_prints_the_key_and_what_was_not_compared(
    vault: Vault, tmp_path: Path, workspace: Path, wildfree: Wildfree
) -> None:
    older, newer = bundle(vault, tmp_path / "older"), bundle(grown(vault), tmp_path / "newer")
    assert f"Signed with the key {OURS}: new here" in wildfree("archive", "take", newer.package).out
    history = sha256((newer.folder / HISTORY).read_bytes()).hexdigest()
    (workspace / "evidence" / history[:2] / history).unlink()
    ran = wildfree("archive", "take", older.package)
    assert ran.code == 0, ran.err
    assert f"Signed with the key {OURS}: as before" in ran.out
    assert re.search(r"Not compared with the ledger of \d+ entries", ran.out)


# Addresses of a stranger


def of(place: Path, address: str, *, platform: str = "market", kind: Kind = "practice") -> Bundle:
    """A bundle of a look at listing 7, which its maker says lies at ADDRESS on PLATFORM."""
    place.mkdir()
    with Vault.create(place, kind, START) as vault:
        task = todo.Task(todo.Kind.CHECK, "check", platform, START, {"key": "7", "url": address})
        page = exchange(url("7"), b"<h1>7</h1>", START)
        snapshot = Snapshot(address, address, 200, START, {"tool": "test"}, (page,), ())
        capture.take(vault, task, address, snapshot, Reading(Condition.LIVE, "sign", title="7"))
        seal.seal(vault, NAME, KEY, SEALED)
        contents, mark = collect.of_listing(vault, 1), "practice" if kind == "practice" else ""
        return laid_out(contents, vault.store, SHEETS, place / "out", mark=mark)


@pytest.mark.parametrize(
    ("address", "platform", "why"),
    [
        ("javascript:alert(document.cookie)", "market", "no address of the listing '7' on market"),
        ("https://market.example/item/8", "market", "no address of the listing '7' on market"),
        ("//market.example/item/7", "market", "no address of the listing '7' on market"),
        ("http://[x/item/7", "market", "no address of the listing '7' on market"),
        ("https://market.example/item/7", "nowhere", "no file here"),
        ("https://market.example/item/7", "../platforms/market", "no file here"),
    ],
)
def test_a_listing_at_an_address_that_is_not_its_own_is_not_taken_in(
    theirs: Vault, tmp_path: Path, address: str, platform: str, why: str
) -> None:
    given = of(tmp_path / "forged", address, platform=platform)
    before = sorted(theirs.store.folder.rglob("*"))
    with pytest.raises(EvidenceError, match=why):
        take(theirs, given)
    assert sorted(theirs.store.folder.rglob("*")) == before
    with theirs.reading() as session:
        assert (session.scalars(select(Listing)).all(), session.scalars(select(Act)).all()) == ([], [])


def test_what_is_written_is_the_address_as_our_own_file_has_it(theirs: Vault, tmp_path: Path) -> None:
    take(theirs, of(tmp_path / "given", "https://market.example/item/7?a=<script>#x"))
    with theirs.reading() as session:
        assert session.scalars(select(Listing.url)).all() == ["https://market.example/item/7"]


def test_a_real_archive_takes_listings_on_the_platforms_own_hosts_alone(tmp_path: Path) -> None:
    ours = "https://mp.weixin.qq.com/s/7"
    with Vault.create(_made(tmp_path / "real"), "real", START) as real:
        with pytest.raises(EvidenceError, match="no address of the listing"):
            take(real, of(tmp_path / "one", "https://evil.example/s/7", platform="weixin", kind="real"))
        with pytest.raises(EvidenceError, match="no address of the listing"):
            take(real, of(tmp_path / "two", ours + "/", platform="market", kind="real"))


def _made(place: Path) -> Path:
    place.mkdir()
    return place


# Files of a stranger


@pytest.mark.parametrize(
    "name",
    [
        "confession.pdf", "record.fr.txt", "exhibits/confession.pdf", "ledger/confession.json", "looks/more.txt",
        "ledger/000000009999.private.json", "ledger/000000009999.proof.json", "stamps/000000009999/1-x.tsr",
        "stamps/confession.pdf", "checkpoints/0.note", "a/b/c", ".hidden", "ledger/٠٠٠٠٠٠٠٠٠٠٠٠.json",
    ],
)  # fmt: skip
def test_a_file_that_the_ledger_knows_nothing_of_is_named_though_it_is_listed(copy: Copy, name: str) -> None:
    (copy.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (copy.folder / name).write_bytes(b"{}")
    copy.relisted()
    assert name in {each.where for each in examined(str(copy.folder)).faults}


def test_what_a_system_lays_beside_the_files_is_passed_over_aloud_and_refused_in_a_zip(
    copy: Copy, theirs: Vault, tmp_path: Path
) -> None:
    (package,) = (tmp_path / "sound").glob("*.zip")
    (copy.folder / "exhibits" / "Thumbs.db").write_bytes(b"anything")
    found = examined(str(copy.folder))
    assert (found.code, [each.where for each in found.notes if each.what == "junk"]) == (0, ["exhibits/Thumbs.db"])
    taken(theirs, copy.folder, "a colleague", START)
    assert not theirs.store.path(sha256(b"anything").hexdigest()).exists()
    for name in ("exhibits/Thumbs.db", "a folder with bytes/"):
        hostile = tmp_path / "hostile.zip"
        shutil.copy(package, hostile)
        with zipfile.ZipFile(hostile, "a") as opened:
            opened.writestr(f"{package.stem}/{name}", b"anything")
        assert f"{name}: " in told(examined(str(hostile)))


# Stamps of a stranger


def test_a_stamp_is_said_to_be_over_its_checkpoint_or_is_a_fault(copy: Copy) -> None:
    name = max(each for each in copy.names if each.startswith("checkpoints/"))
    digest, place = sha256((copy.folder / name).read_bytes()).digest(), copy.folder / "stamps" / Path(name).stem
    place.mkdir(parents=True)
    for stamp in ("1-x.tsr", "2-x.ots", "3-x.outside"):
        (place / stamp).write_bytes(b"made of " + digest)
    copy.relisted()
    found = examined(str(copy.folder))
    assert found.code == 0, told(found)
    lines = [each.told("en") for each in found.notes]
    assert len(lines) == 3
    assert all(f"the checkpoint of {int(Path(name).stem)} entries" in line for line in lines)
    assert [word in line for word, line in zip(("openssl ts", "ots verify", "ask"), lines, strict=True)] == [True] * 3
    assert "chain.pem" not in lines[0], "no chain came with it"
    for stamp in ("1-x.tsr", "2-x.ots"):
        (place / stamp).write_bytes(b"made of " + bytes(32))
    copy.relisted()
    faults = told(examined(str(copy.folder))).splitlines()
    assert len(faults) == 2
    assert all("does not name the SHA-256 of the checkpoint" in line for line in faults)


@pytest.mark.parametrize("name", ["$(id).tsr", "a b.tsr", "a;b.tsr", "`id`.ots", "a\u202eb.tsr", "x.outside;y"])
def test_no_name_that_a_shell_would_obey_stands_in_a_command_to_paste(copy: Copy, name: str) -> None:
    checkpoint = max(each for each in copy.names if each.startswith("checkpoints/"))
    place = copy.folder / "stamps" / Path(checkpoint).stem / name
    place.parent.mkdir(parents=True)
    place.write_bytes(sha256((copy.folder / checkpoint).read_bytes()).digest())
    copy.relisted()
    found = examined(str(copy.folder))
    assert [each.what for each in found.faults] == ["unsafe"]
    assert not any("openssl" in each.told("en") or "ots" in each.told("en") for each in found.notes)


def test_an_attached_file_is_no_time_stamp_and_its_giver_is_named_as_a_person_reads_it(
    vault: Vault, tmp_path: Path
) -> None:
    newest = seal.latest(vault)
    assert newest
    long = "某某市某某区公证处证据保全中心第一办公室"
    for giver in ("公证处", long):
        stamped.take(vault, newest.size, "outside", giver, b"a notary's file", SEALED)
    given = bundle(vault, tmp_path / "out").folder
    notes = {each.what: each.told("zh") for each in examined(str(given)).notes}
    assert notes.keys() == {"outside", "no_stamp"}, "a file is no clock"
    told_of = [each.told("zh") for each in examined(str(given)).notes if each.what == "outside"]
    assert "据称为 公证处 所给文件" in told_of[0]
    assert f"据称为 {long[:10]} 所给文件" in told_of[1], "cut between signs, not in the midst of one"
    assert "如何验证请问出具者" in told_of[0]


def test_the_names_that_we_give_to_stamps_are_among_those_that_pass(vault: Vault, tmp_path: Path) -> None:
    newest = seal.latest(vault)
    assert newest
    for witness in ("公证处/1", "a b;$(id)", "~x", "-q", "x" * 60):
        stamped.take(vault, newest.size, "outside", witness, b"a notary's file", SEALED)
    found = examined(str(bundle(vault, tmp_path / "out").folder))
    notes = [each.where for each in found.notes if each.what == "outside"]
    assert len(notes) == 5
    assert [shlex.quote(each).strip("'") for each in notes] == notes


# More than anybody needs


def alter(copy: Copy, change: Callable[[str], str]) -> str:
    """Change the newest checkpoint's note; what is found then."""
    name = max(each for each in copy.names if each.startswith("checkpoints/"))
    note = (copy.folder / name).read_text("utf-8")
    (copy.folder / name).write_text(change(note), "utf-8")
    copy.relisted()
    return next(each.told("en") for each in examined(str(copy.folder)).faults if each.where == name)


def test_a_note_with_more_signatures_than_anybody_gives_is_refused_before_they_are_tried(copy: Copy) -> None:
    line = signed(Checkpoint(NAME, 1, bytes(32)), KEY).splitlines()[-1] + "\n"
    assert "more than 16 signatures" in alter(copy, lambda note: note + 16 * line)


def test_a_note_that_is_too_long_is_refused(copy: Copy) -> None:
    assert "more than 16384 bytes" in alter(copy, lambda note: note + "\u2014 x " + "A" * 20000 + "\n")


def test_one_bad_signature_of_a_known_key_spoils_a_note(copy: Copy) -> None:
    line = signed(Checkpoint(NAME, 1, bytes(32)), KEY).splitlines()[-1] + "\n"
    assert "no good signature" in alter(copy, lambda note: note + line)


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for a process's memory there")
@pytest.mark.parametrize("way", ["member", "record"])
def test_a_page_that_swells_is_named_and_never_unpacked(copy: Copy, way: str) -> None:
    name = max(copy.folder.glob("looks/*"), key=lambda path: path.stat().st_size)
    with zipfile.ZipFile(name) as package:
        files = {each: package.read(each) for each in package.namelist()}
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    swelling = b"".join(packer.compress(bytes(1 << 20)) for _ in range(500)) + packer.flush()
    data = bytes(500 << 20) if way == "member" else b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + swelling[10:]
    with zipfile.ZipFile(name, "w") as package:
        for each, body in files.items():
            inside = data if each.endswith(".warc.gz") else body
            package.writestr(zipfile.ZipInfo(each), inside, zipfile.ZIP_DEFLATED if way == "member" else None)
    copy.relisted()
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))"
    start = f"{limit}; import runpy, sys; sys.argv = ['v', '--en']; runpy.run_path({str(copy.folder / 'verify.py')!r}"
    command = [sys.executable, "-c", f"{start}, run_name='__main__')"]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert f"looks/{name.name}: does not hold what the manifest says" in ran.stdout
