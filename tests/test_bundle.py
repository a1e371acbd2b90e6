"""Bundles as a volunteer makes them and another team takes them in."""

import gzip
import io
import json
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]  # carries no types

from archive import entries, erase, intake, seal, stamped, take
from archive.bundle import checks, collect
from archive.bundle.stranger.check import examined
from archive.bundle.stranger.package import DATA, PACKAGE, PAGES, zipped
from archive.facts import Capture, Judged, Lead, Outcome, Role, Searched
from archive.leaves import Entry, Head, Node
from archive.models import Act, Exhibit, Listing, Visit, VisitExhibit
from archive.pin import WHAT, Pin, earlier
from archive.rows.sweep import searched
from archive.stamps import rfc3161
from archive.store import FolderStore
from archive.take import taken
from archive.vault import Vault
from archive.verify.fault import Found
from archive.verify.whole import verify
from config.errors import EvidenceError, UsageError, WorkspaceError
from config.platform import Condition
from desk import bundling
from tests.conftest import Wildfree
from tests.field import PNG, START, Field, url
from tests.packing import KEY, NAME, NUMBER, SEALED, bundle, copied, made, told
from tests.stamping import authority

NOT_SUSPECT = Judged("", False, 0.1)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    (tmp_path / "ledger").mkdir()
    with made(tmp_path / "ledger") as vault:
        yield vault


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[Vault]:
    (tmp_path / "theirs").mkdir()
    with Vault.create(tmp_path / "theirs", "practice", START) as vault:
        yield vault


def records(wacz: Path) -> list[tuple[str, str, bytes, dict[str, str]]]:
    """Type, address, payload and heads of the records, as warcio reads them."""
    with zipfile.ZipFile(wacz) as package:
        body = package.read("archive/data.warc.gz")
    return [
        (
            each.rec_type,
            each.rec_headers.get_header("WARC-Target-URI"),
            each.content_stream().read(),
            dict(each.http_headers.headers) if each.http_headers else {},
        )
        for each in ArchiveIterator(io.BytesIO(body), check_digests="raise")
    ]


# What it is


def test_the_same_checkpoint_gives_the_same_bytes_and_another_look_another_bundle(
    vault: Vault, tmp_path: Path
) -> None:
    one, two = bundle(vault, tmp_path / "one"), bundle(vault, tmp_path / "two")
    assert one.package.read_bytes() == two.package.read_bytes()
    assert one.sha256 == two.sha256
    Field(vault).look("7", Condition.GONE)
    assert bundle(vault, tmp_path / "three").sha256 == one.sha256, "what is not sealed is not in it"
    seal.seal(vault, NAME, KEY, SEALED)
    assert bundle(vault, tmp_path / "three").looks == one.looks + 1


def test_the_folder_and_the_zip_hold_the_same_and_every_exhibit_under_its_name(vault: Vault, tmp_path: Path) -> None:
    made = bundle(vault, tmp_path)
    with zipfile.ZipFile(made.package) as package:
        inside = {each.partition("/")[2]: package.read(each) for each in package.namelist()}
    there = {path.relative_to(made.folder).as_posix(): path.read_bytes() for path in made.folder.rglob("*.*")}
    exhibits = {path.name: path.read_bytes() for path in (made.folder / "exhibits").iterdir()}
    assert inside == there | {f"exhibits/{name}": body for name, body in exhibits.items()}
    assert len(exhibits) >= 9
    assert all(vault.store.read(name) == body for name, body in exhibits.items())


def test_a_wacz_holds_what_came_as_it_came_and_says_what_is_not_true_of_it_any_more(
    vault: Vault, tmp_path: Path
) -> None:
    made = bundle(vault, tmp_path)
    found = records(made.folder / "looks" / "000000000001.wacz")
    assert [kind for kind, *_ in found] == [
        "warcinfo", "request", "response", "request", "response", "request", "response", "request", "response",
        "request", "resource", "conversion", "conversion", "resource",
    ]  # fmt: skip
    answers = {address: (body, heads) for kind, address, body, heads in found if kind == "response"}
    page, heads = answers[url("7")]
    assert "象牙手串 7".encode() in page
    assert heads["X-Archive-Orig-Content-Encoding"] == "br"
    assert heads["X-Archive-Orig-Content-Length"] == "3"
    assert not {"Content-Encoding", "Content-Length"} & heads.keys()
    picture, heads = answers[url("7.png")]
    assert picture == PNG
    assert heads == {"Content-Length": str(len(PNG)), "X-Archive-Orig-Transfer-Encoding": "chunked"}
    assert answers[url("7?from=s")][1]["Location"] == "/item/7"
    assert answers[url("%E8%B1%A1%E7%89%99%207.js")][0] == b""
    derived = {address.split(":")[1]: body for kind, address, body, _ in found if kind in {"resource", "conversion"}}
    assert derived.keys() == {"certificate", "dom", "text", "screenshot"}
    assert derived["text"] == "象牙手串 7".encode()


def test_every_head_of_a_record_and_the_whole_warc_is_of_the_newest_form(vault: Vault, tmp_path: Path) -> None:
    made = bundle(vault, tmp_path)
    for path in sorted(made.folder.glob("looks/*.wacz")):
        with zipfile.ZipFile(path) as package:
            raw = gzip.decompress(package.read("archive/data.warc.gz"))
            pages = [json.loads(line) for line in package.read("pages/pages.jsonl").decode().splitlines()]
            assert json.loads(package.read("datapackage.json"))["wacz_version"] == "1.1.1"
        assert raw.count(b"WARC/1.1\r\n") >= 1
        assert b"WARC/1.0" not in raw
        assert b"WARC-Type: revisit" not in raw
        assert raw.count(b"WARC-Block-Digest: sha256:") == raw.count(b"WARC/1.1\r\n")
        assert [each["url"] for each in pages if "url" in each] == [url("7")]


def test_a_bundle_of_a_letter_holds_the_looks_that_it_relies_on_and_the_letter(vault: Vault, tmp_path: Path) -> None:
    made = bundle(vault, tmp_path, NUMBER)
    assert made.looks == 2
    assert NUMBER.encode() in [path.read_bytes() for path in (made.folder / "exhibits").iterdir()]


def test_no_reviewer_and_no_writer_stands_in_a_bundle(vault: Vault, tmp_path: Path) -> None:
    everything = b"".join(
        path.read_bytes() for each in ("1", NUMBER) for path in bundle(vault, tmp_path, each).folder.rglob("*.*")
    )
    assert "象牙手串".encode() in everything
    for name in ("王某某", "tester", "诚信收藏老铺"):
        assert name.encode() not in everything, name


def test_a_time_stamp_goes_with_it_and_openssl_bears_it_out_with_the_words_that_verify_py_gives(
    vault: Vault, tmp_path: Path
) -> None:
    papers = authority.made(tmp_path)
    first = min(each.size for each in collect.of_listing(vault, 1).seals)
    note = vault.store.read_paper(f"checkpoint-{first:012}.note")
    asked = rfc3161.question(sha256(note).digest(), 0xF1E2D3C4B5A69788)
    token = authority.signed(papers, asked, papers.under_middle, (papers.middle,))
    stamped.take(vault, first, "rfc3161", "Test Authority", token, SEALED)
    stamped.take(vault, first, "outside", "公证处/1", b"a notary's file", SEALED)
    made = bundle(vault, tmp_path / "out")
    found = examined(str(made.folder))
    assert found.code == 0, told(found)
    said = {each.where: each.told("en") for each in found.notes}
    assert len(said) == 2
    (name,) = (each for each in said if each.endswith(".tsr"))
    assert name == f"stamps/{first:012}/000001-Test%20Authority.tsr"
    words = said[name].partition("To check it: ")[2].replace("ROOT.pem", shlex.quote(str(papers.root.file)))
    assert words.startswith("openssl ts -verify")
    assert ran(words, made.folder) == 0
    (made.folder / name).write_bytes(token.replace(sha256(note).digest(), bytes(32)))
    assert ran(words, made.folder) != 0


def ran(words: str, folder: Path) -> int:
    return subprocess.run(shlex.split(words), cwd=folder, capture_output=True, timeout=60, check=False).returncode


# When it is not made


def test_none_is_made_of_a_broken_exhibit_and_nothing_is_left_behind(vault: Vault, tmp_path: Path) -> None:
    with vault.reading() as session:
        visit = session.scalars(select(Visit)).first()
    assert visit
    look = next(each for each in collect.of_listing(vault, 1).looks if each.visit == visit.id)
    vault.store.path(look.files[0].sha256).write_bytes(b"other")
    out = tmp_path / "out"
    with pytest.raises(EvidenceError, match="altered") as problem:
        bundle(vault, out)
    assert "\n" not in str(problem.value)
    assert list(out.iterdir()) == []


def test_none_is_made_of_a_row_that_was_changed_since_it_was_sealed(vault: Vault, tmp_path: Path) -> None:
    with vault.writing() as session:
        row = session.get_one(Entry, 4)
        session.execute(update(Entry).where(Entry.index == 4).values(body=row.body.replace('"200', '"201')))
        session.execute(update(Entry).where(Entry.index == 4).values(body=row.body.replace("complete", "partial")))
    with pytest.raises(EvidenceError, match="not proved to be in the ledger"):
        bundle(vault, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def of_another_payload(files: dict[str, bytes]) -> None:
    whole = gzip.decompress(files[DATA]).replace("象牙手串".encode(), "塑料手串".encode())
    files[DATA] = gzip.compress(whole)


def of_another_page(files: dict[str, bytes]) -> None:
    files[PAGES] = files[PAGES].replace(b"item/7", b"item/8")


def of_another_list(files: dict[str, bytes]) -> None:
    files[PACKAGE] = files[PACKAGE].replace(b"item/7", b"item/8")


def of_one_file_more(files: dict[str, bytes]) -> None:
    files["pages/more.jsonl"] = files[PAGES]


@pytest.mark.parametrize(
    ("change", "who"),
    [
        (of_another_payload, "warcio"),
        (of_another_page, "wacz"),
        (of_another_list, "wacz"),
        (of_one_file_more, "wacz"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_none_is_made_that_the_tools_of_others_do_not_pass(
    vault: Vault,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    who: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = copied(bundle(vault, tmp_path / "out").folder, tmp_path / "copy")
    name = made.folder / "looks" / "000000000001.wacz"
    if who == "warcio":
        made.rezipped("looks/000000000001.wacz", change)
    else:
        with zipfile.ZipFile(name) as package:
            files = {each: package.read(each) for each in package.namelist()}
        change(files)
        name.write_bytes(zipped(files))
    monkeypatch.setattr(checks, "examined", lambda _: pytest.fail("they passed it"))
    with pytest.raises(EvidenceError, match=f"no bundle was made: {name.name}: .*{who}"):
        checks.passed(made.folder, tmp_path / "none")


@pytest.mark.parametrize("change", [{"status": 404}, {"url": url("8")}, {"capture": Capture.PARTIAL}, {}])
def test_none_is_made_of_a_look_whose_row_says_something_else_than_its_manifest(
    vault: Vault, tmp_path: Path, change: dict[str, object]
) -> None:
    """Every hash, proof and signature holds: whoever keeps the ledger wrote it so."""

    def write(session: Session, _: object) -> None:
        look = session.get_one(Visit, 1)
        facts = {each.name: getattr(look, each.name) for each in Visit.__table__.columns if each.name != "id"}
        copy = Visit(**facts | change)
        session.add(copy)
        session.flush()
        files = session.scalars(select(VisitExhibit).where(VisitExhibit.visit_id == 1))
        for each in files.all()[0 if change else 1 :]:
            facts = {"position": each.position, "sha256": each.sha256, "role": each.role, "url": each.url}
            session.add(VisitExhibit(visit_id=copy.id, **facts))

    intake.take(vault, write)
    seal.seal(vault, NAME, KEY, SEALED)
    with pytest.raises(EvidenceError, match="the manifest does not say what the ledger says"):
        bundle(vault, tmp_path / "out")


def test_none_is_made_of_what_was_erased_and_that_is_said(vault: Vault, tmp_path: Path) -> None:
    erase.listing(vault, 1, why="a court has ordered it", by="a colleague", now=SEALED)
    with pytest.raises(EvidenceError, match="erased"):
        bundle(vault, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_bundle_of_the_same_name_is_not_written_over(vault: Vault, tmp_path: Path) -> None:
    made = bundle(vault, tmp_path)
    made.package.write_bytes(b"mine")
    with pytest.raises(WorkspaceError, match="Move it away"):
        bundle(vault, tmp_path)
    assert made.package.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".wild", "wild"))) == [
        made.folder.name, made.package.name,
    ]  # fmt: skip


def test_a_stamp_that_came_later_makes_a_bundle_of_a_name_of_its_own(vault: Vault, tmp_path: Path) -> None:
    before = bundle(vault, tmp_path / "out")
    stamped.take(vault, max(each.size for each in collect.of_listing(vault, 1).seals), "outside", "x", b"x", SEALED)
    after = bundle(vault, tmp_path / "out")
    assert after.package != before.package
    assert {before.package, after.package} == {*(tmp_path / "out").glob("*.zip")}
    assert [len(list(each.folder.rglob("*.outside"))) for each in (before, after)] == [0, 1]
    assert bundle(vault, tmp_path / "elsewhere").package.name == after.package.name, "it follows from what is in it"


def test_what_is_not_there_or_not_sealed_is_said(tmp_path: Path) -> None:
    with Vault.create(tmp_path, "practice", START) as vault:
        with pytest.raises(UsageError, match="no listing 1"):
            collect.of_listing(vault, 1)
        with pytest.raises(UsageError, match="no listing and no letter WF-1"):
            collect.of_notice(vault, "WF-1")
        Field(vault).look("7", Condition.LIVE)
        with pytest.raises(EvidenceError, match="sealed"):
            collect.of_listing(vault, 1)


def test_a_look_that_is_older_than_the_ledger_is_never_called_proved(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with Vault.create(tmp_path / "old", "practice", START) as vault:
        with vault.writing() as session:
            aged(session, vault.store)
            entries.adopt(session, vault.store, SEALED)
        seal.seal(vault, NAME, KEY, SEALED)
        made = bundle(vault, tmp_path / "out")
    assert (made.looks, made.before) == (1, 1)
    found = examined(str(made.folder))
    assert told(found) == ""
    assert found.code == 3
    assert "Not proved since its date" in found.lacks[0].told("en")
    kept = copied(made.folder, tmp_path / "copy")
    for name in kept.names:
        body = (kept.folder / name).read_bytes()
        if name.startswith(("ledger", "exhibits", "looks")):
            (kept.folder / name).write_bytes(body[:-2] + bytes([body[-2] ^ 1]) + body[-1:])
            kept.relisted()
            assert examined(str(kept.folder)).code == 1, name
            (kept.folder / name).write_bytes(body)


def aged(session: Session, store: FolderStore) -> None:
    """Leave of the archive what one from before the ledger would hold: a look without entry and manifest."""
    for row in (*session.scalars(select(Entry)), *session.scalars(select(Node))):
        session.delete(row)
    session.execute(update(Head).values(size=0, at=None))
    page = b"<h1>old</h1>"
    body = store.put(page)
    session.add_all(
        [
            Listing(id=1, platform="market", key="7", url=url("7")),
            Exhibit(sha256=body, size=12, media_type="text/html"),
        ]
    )
    facts = {"capture": Capture.COMPLETE, "missing": [], "condition": Condition.LIVE, "because": "", "reason": ""}
    more = {"title": "old", "price": "", "environment": {"tool": "old"}, "at": START, "status": 200}
    session.add(Visit(id=1, listing_id=1, url=url("7"), final_url=url("7"), **facts, **more))
    session.flush()
    session.add(VisitExhibit(visit_id=1, position=0, sha256=body, role=Role.PAYLOAD, url=url("7")))
    session.flush()


# From the desk


def test_the_desk_makes_a_bundle_with_sheets_marked_on_every_page(workspace: Path, wildfree: Wildfree) -> None:
    with Vault.open(workspace) as vault:
        here = Field(vault)
        here.sweep()
        here.search("象牙", "hits", k7="象牙手镯")  # type: ignore[arg-type]
        here.look("7", Condition.LIVE, pictured=True, title="象牙 <b>手串</b>\u202e")
    ran = wildfree("bundle", "1", "--json")
    assert ran.code == 0, ran.err
    (said,) = ran.objects
    sheets = {path.name: PdfReader(path) for path in Path(said["folder"]).glob("*.pdf")}
    assert sheets.keys() == {"record.zh.pdf", "record.en.pdf"}
    for name, sheet in sheets.items():
        pages = ["".join(page.extract_text().split()) for page in sheet.pages]
        assert len(pages) >= 2
        assert [page.count("演练PRACTICE") >= 2 for page in pages] == [True] * len(pages)
        only = "仅供平台、法院或主管机关使用" if "zh" in name else "forplatform,courtorauthorityonly"
        assert only in pages[0][:200]
        assert "象牙<b>手串</b>[U+202E]" in "".join(pages)
        assert len({image.data for page in sheet.pages for image in page.images}) == 1
    again = wildfree("bundle", "1", "--json").objects
    assert again == ran.objects
    assert wildfree("bundle", "2").code == 2
    assert wildfree("bundle", "9" * 40).code == 2
    assert "no letter WF-2026-0001" in wildfree("bundle", "WF-2026-0001").err


def test_the_desk_says_what_to_send_and_a_line_to_paste(workspace: Path, wildfree: Wildfree, tmp_path: Path) -> None:
    with Vault.open(workspace) as vault:
        Field(vault).look("7", Condition.LIVE)
    out = tmp_path / "练习 of it's own"
    ran = wildfree("bundle", "1", "--out", out)
    assert (ran.code, "The zip is what to send" in ran.out) == (0, True), ran.err
    words = shlex.split(ran.out.partition("To check it: ")[2])
    done = subprocess.run(
        [sys.executable, *words[1:]], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, "HOLDS" in done.stdout) == (0, True), done.stdout + done.stderr
    file = tmp_path / "settings.toml"
    file.write_bytes(b"")
    ran = wildfree("bundle", "1", "--out", file)
    assert (ran.code, ran.err) == (2, f"wildfree: --out {file}: is a file. Name a folder\n")


def test_a_bundle_heard_by_nobody_is_ended_all_the_same(
    workspace: Path, wildfree: Wildfree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A library's destructor swallows what Ctrl-C raises, and the work goes on."""

    def swallowed(*_: object, **__: object) -> None:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        for _tick in range(300):
            Event().wait(0.1)
        pytest.fail("it went on")

    monkeypatch.setattr(bundling, "sheets", swallowed)
    with Vault.open(workspace) as vault:
        Field(vault).look("7", Condition.LIVE)
    assert wildfree("bundle", "1").code == 130


def test_why_there_is_nothing_to_bundle_is_said_with_the_next_step(
    vault: Vault, workspace: Path, wildfree: Wildfree, tmp_path: Path
) -> None:
    with Vault.open(workspace) as mine:
        here = Field(mine)
        here.sweep()
        here.search("象牙", Outcome.HITS, k5="象牙手镯")
        lawful = Lead("market", "6", url("6"), "木头", "象牙", 1, "1")
        card = Searched(here.sweeps["market"], "x", 1, url("s"), Outcome.HITS, "", here.at, ((lawful, NOT_SUSPECT),))
        intake.take(mine, searched(card, None, False))
    assert wildfree("archive", "take", bundle(vault, tmp_path).package).code == 0
    said = [wildfree("bundle", number).err for number in (1, 2, 3)]
    assert "was never looked at. Look first: wildfree visit market" in said[0]
    assert "was not suspect" in said[1]
    assert "another team's bundle" in said[2]
    with Vault.create(_made(tmp_path / "locked"), "practice", START) as locked:
        Field(locked).look("7", Condition.LIVE)
        seal.seal(locked, NAME, KEY, SEALED)
        Field(locked).look("8", Condition.LIVE)
        with pytest.raises(EvidenceError, match="the key is locked away"):
            collect.of_listing(locked, 2)


def _made(place: Path) -> Path:
    place.mkdir()
    return place


# Taken in by another team


def test_another_teams_bundle_is_kept_whole_and_as_theirs(vault: Vault, theirs: Vault, tmp_path: Path) -> None:
    made = bundle(vault, tmp_path)
    Field(theirs).look("9", Condition.LIVE)
    for place in (made.package, made.folder):
        kept = taken(theirs, place, "a colleague", START)
        assert kept.new == (place == made.package)
        assert (kept.origin, kept.looks, kept.before) == (NAME, 3, 0)
    with theirs.reading() as session:
        (act,) = session.scalars(select(Act).where(Act.what == WHAT))
        (listing,) = session.scalars(select(Listing).where(Listing.key == "7"))
        bodies = [entries.bare(each) for each in session.scalars(select(Entry.body))]
    assert act.subject.split(" ")[:2] == [kept.sha256, NAME]
    assert kept.listings == (listing.id,)
    assert json.loads(theirs.store.read(kept.sha256))["about"]["listing"]["key"] == "7"
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert theirs.store.read(entries.digest(path.read_bytes()))
    assert sum(WHAT in json.dumps(each) for each in bodies) == 1


def test_a_listing_that_both_know_keeps_its_number(vault: Vault, theirs: Vault, tmp_path: Path) -> None:
    Field(theirs).look("5", Condition.LIVE)
    Field(theirs).look("7", Condition.LIVE)
    kept = taken(theirs, bundle(vault, tmp_path).package, "a colleague", START)
    assert kept.listings == (2,)


def test_what_does_not_hold_is_not_taken_in_and_nothing_of_it_is_kept(
    vault: Vault, theirs: Vault, tmp_path: Path
) -> None:
    made = bundle(vault, tmp_path)
    hostile = tmp_path / "hostile.zip"
    shutil.copy(made.package, hostile)
    with zipfile.ZipFile(hostile, "a") as package:
        package.writestr(f"{made.folder.name}/../../away", b"x")
    changed = copied(made.folder, tmp_path / "changed")
    (changed.folder / "verifier.keys").write_bytes(b"")
    (tmp_path / "nonsense.zip").write_bytes(b"PK\3\4" + bytes(100))
    before = sorted(theirs.store.folder.rglob("*"))
    for place in (hostile, changed.folder, tmp_path / "nonsense.zip"):
        with pytest.raises(EvidenceError, match="not taken in") as problem:
            taken(theirs, place, "a colleague", START)
        assert "\n" not in str(problem.value)
    with pytest.raises(UsageError):
        taken(theirs, tmp_path / "none", "a colleague", START)
    assert sorted(theirs.store.folder.rglob("*")) == before
    with theirs.reading() as session:
        assert session.scalars(select(Act)).all() == []


@pytest.mark.parametrize(("subject", "listing"), [("1", "7"), (NUMBER, "8")])
def test_what_came_in_a_bundle_is_erased_with_its_listing_and_does_not_come_back(
    vault: Vault, theirs: Vault, tmp_path: Path, subject: str, listing: str
) -> None:
    given = bundle(vault, tmp_path, subject)
    Field(theirs).look("9", Condition.LIVE)
    taken(theirs, given.package, "a colleague", START)
    with theirs.reading() as session:
        number = session.scalars(select(Listing.id).where(Listing.key == listing)).one()
    showing = [path for path in given.folder.rglob("*") if path.is_file() and "象牙".encode() in path.read_bytes()]
    assert len(showing) >= 3
    assert {path.parent.name for path in showing} >= {"exhibits", "looks", "ledger"}
    done = erase.listing(theirs, number, why="a court has ordered it", by="a colleague", now=SEALED)
    assert len(done.along) == (subject == NUMBER), "that another listing went with it is said"
    assert not any(theirs.store.path(entries.digest(path.read_bytes())).exists() for path in showing)
    assert verify(theirs.workspace, Found()).faults == []
    for again in (given, bundle(vault, tmp_path / "other", NUMBER)):
        with pytest.raises(EvidenceError, match="erased here"):
            taken(theirs, again.package, "a colleague", START)
    with pytest.raises(UsageError, match="nothing of it is left"):
        erase.listing(theirs, number, why="again", by="a colleague", now=SEALED)


def test_one_file_that_came_in_a_bundle_can_be_erased_unless_its_listing_is_held(
    vault: Vault, theirs: Vault, tmp_path: Path
) -> None:
    given = bundle(vault, tmp_path)
    (number,) = taken(theirs, given.package, "a colleague", START).listings
    file = max(given.folder.glob("exhibits/*"), key=lambda path: path.stat().st_size).name
    erase.hold(theirs, number, erase.HELD, why="a court has asked", by="a colleague", now=SEALED)
    for what in (file, str(number)):
        with pytest.raises(UsageError, match=f"listing {number}: is held"):
            erase.named(theirs, what, why="w", by="b", now=SEALED)
    assert theirs.store.path(file).exists()
    erase.hold(theirs, number, erase.RELEASED, why="closed", by="a colleague", now=SEALED)
    assert erase.named(theirs, file, why="w", by="b", now=SEALED).files == 1
    assert not theirs.store.path(file).exists()


def test_what_a_look_of_ours_or_another_bundle_names_too_stays_when_a_bundle_is_erased(
    vault: Vault, theirs: Vault, tmp_path: Path
) -> None:
    Field(theirs).look("9", Condition.LIVE, pictured=True)
    (number,) = taken(theirs, bundle(vault, tmp_path).package, "a colleague", START).listings
    erase.listing(theirs, number, why="w", by="b", now=SEALED)
    assert theirs.store.read(entries.digest(PNG)) == PNG, "the same picture, on our own look at another listing"
    assert verify(theirs.workspace, Found()).faults == []


def test_a_bundle_of_our_own_ledger_brings_nothing_back(vault: Vault, tmp_path: Path) -> None:
    given = bundle(vault, tmp_path)
    erase.listing(vault, 1, why="a court has ordered it", by="a colleague", now=SEALED)
    there = sorted(vault.store.folder.rglob("*"))
    with pytest.raises(EvidenceError, match="own ledger"):
        taken(vault, given.package, "a colleague", START)
    assert sorted(vault.store.folder.rglob("*")) == there
    assert verify(vault.workspace, Found()).faults == []


def test_of_two_who_take_the_same_bundle_in_one_waits_and_finds_it_there(
    vault: Vault, theirs: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, both = bundle(vault, tmp_path), Barrier(2)

    def together(vault: Vault, origin: str) -> list[Pin]:
        known = earlier(vault, origin)
        with suppress(BrokenBarrierError):  # where one waits, the other never comes
            both.wait(2)
        return known

    monkeypatch.setattr(take, "earlier", together)
    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(lambda _: taken(theirs, given.package, "a colleague", START), range(2)))
    assert sorted(each.new for each in kept) == [False, True]


def test_practice_never_comes_into_a_real_archive(vault: Vault, tmp_path: Path) -> None:
    made = bundle(vault, tmp_path)
    (tmp_path / "real").mkdir()
    with Vault.create(tmp_path / "real", "real", START) as real, pytest.raises(EvidenceError, match="practice"):
        taken(real, made.package, "a colleague", START)


def test_a_ledger_that_tells_two_stories_is_found_out(vault: Vault, theirs: Vault, tmp_path: Path) -> None:
    """Sealed twice, at the same length, with other entries: each bundle holds, both together cannot."""
    taken(theirs, bundle(vault, tmp_path / "one").package, "a colleague", START)
    (tmp_path / "forged").mkdir()
    with made(tmp_path / "forged") as forged, pytest.raises(EvidenceError, match="two different ledgers"):
        taken(theirs, bundle(forged, tmp_path / "two").package, "a colleague", START)
