"""The tables are what the models say, on both databases; and who may import and write what."""

import ast
import io
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, insert, inspect, select, text
from sqlalchemy.exc import StatementError

from archive import todo
from archive.facts import Ended, How
from archive.models import Origin, Sweep, SweepEnd, Visit
from archive.table import VOCABULARIES, Row
from archive.vault import DATABASE, REVISION, Vault
from config.errors import WorkspaceError
from tests.conftest import Wildfree

ROOT = Path(__file__).parent.parent
FLOORS = ("config", "archive", "crawler", "letters", "desk")
MAY_IMPORT = {
    "config": {"config"},
    "archive": {"config", "archive"},
    "crawler": {"config", "archive", "crawler"},
    "letters": {"config", "archive", "letters"},
    "desk": set(FLOORS),
}
PURE = (
    *(
        f"crawler/{name}.py"
        for name in (
            "page",
            "cards",
            "quoted",
            "answers",
            "signs",
            "match",
            "script",
            "ways/public",
            "chromium/strips",
        )
    ),
    *(
        str(path.relative_to(ROOT))
        for room in ("reading", "matching", "drift")
        for path in sorted((ROOT / "crawler" / room).glob("*.py"))
    ),
    "archive/likeness.py",
    "archive/alignment.py",
    "archive/prints.py",
)
WORLD = {  # what reaches the network, the disk or the clock
    "aiohttp", "asyncio", "glob", "http", "os", "pathlib", "playwright", "requests", "scrapy", "shutil", "socket",
    "sqlalchemy", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "twisted", "urllib.request",
    "archive.intake", "archive.store", "archive.todo", "archive.vault", "archive.questions", "archive.rows",
    "archive.lane", "crawler.browser", "crawler.guard", "crawler.guest", "crawler.handler", "crawler.run",
    "crawler.chromium.load", "crawler.ways.lookup", "crawler.ways.way",
}  # fmt: skip
MOMENT = datetime(2026, 11, 21, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with Vault.create(tmp_path, "practice", MOMENT) as made:
        yield made


def alembic(connection: Connection | None = None, url: str = "", out: io.StringIO | None = None) -> Config:
    config = Config(output_buffer=out) if out else Config()
    config.set_main_option("script_location", "archive:migrations")
    if url:
        config.set_main_option("sqlalchemy.url", url)
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Row.metadata))


def test_the_migrations_make_exactly_the_tables_of_the_models(vault: Vault) -> None:
    engine = create_engine(vault.url)
    with engine.connect() as connection:
        made = set(inspect(connection).get_table_names())
        assert made == {*Row.metadata.tables, "alembic_version"}
        assert {"sweep", "query", "visit", "exhibit", "notice", "unit", "lane"} <= made
        assert differences(connection) == []
        connection.execute(text("ALTER TABLE visit DROP COLUMN because"))
        connection.execute(text("CREATE TABLE stray (id INTEGER)"))
        assert len(differences(connection)) == 2, "the comparison sees nothing: this test proves nothing"
    engine.dispose()


def test_the_revision_that_the_vault_knows_is_the_newest() -> None:
    heads = ScriptDirectory.from_config(alembic()).get_heads()
    assert heads == [REVISION]


def test_stepping_back_leaves_no_table_behind(vault: Vault) -> None:
    engine = create_engine(vault.url)
    with engine.begin() as connection:
        command.downgrade(alembic(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    engine.dispose()


def test_the_migrations_can_be_written_out_for_postgresql() -> None:
    out = io.StringIO()
    command.upgrade(alembic(url="postgresql+psycopg://", out=out), "head", sql=True)
    said = out.getvalue()
    for table in Row.metadata.tables:
        assert f"CREATE TABLE {table} " in said
    assert "id SERIAL NOT NULL" in said
    assert "DATETIME" not in said, "SQLite's word, not PostgreSQL's"
    assert said.rindex(f"version_num='{REVISION}'") > said.rindex("CREATE TABLE")


def _postgres_tools() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    on_path = shutil.which("pg_ctl")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _as_nobody() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    import pwd  # there is none on Windows

    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pytest.skip("root, and neither a user 'postgres' nor 'nobody' to start PostgreSQL as")


@contextmanager
def postgres(tools: Path) -> Iterator[str]:
    """The address of a PostgreSQL server of our own, on the loopback, in a folder that its user may enter."""
    user = _as_nobody()
    folder = Path(f"/tmp/wildfree-postgres-{os.getpid()}")  # pytest's own folders are closed to other users
    folder.mkdir(mode=0o700)
    if user:
        os.chown(folder, user["user"], user["group"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"

    def run(tool: str, *words: object) -> None:
        # -l and DEVNULL: the server would hold a pipe of ours for ever
        call = [str(tools / tool), "-D", str(folder / "data"), *map(str, words)]
        subprocess.run(call, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60, **user)

    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    try:
        run("initdb", "-U", "wildfree", "-A", "trust", "-N")
        run("pg_ctl", "-w", "-l", log, "-o", options, "start")
        try:
            yield f"postgresql+psycopg://wildfree@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def test_the_migrations_run_on_a_real_postgresql_and_rows_come_back_as_they_were() -> None:
    tools = _postgres_tools()
    if tools is None:
        pytest.skip("no pg_ctl under /usr/lib/postgresql or on the PATH")
    with postgres(tools) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            command.upgrade(alembic(connection), "head")
        with engine.begin() as connection:
            assert differences(connection) == []
            connection.execute(insert(Origin).values(id=1, kind="practice", at=MOMENT))
            assert connection.execute(select(Origin.at)).scalar_one() == MOMENT
        with engine.begin() as connection:
            command.downgrade(alembic(connection), "base")
            assert inspect(connection).get_table_names() == ["alembic_version"]
        engine.dispose()


def test_a_moment_without_a_zone_is_refused(vault: Vault) -> None:
    naive = MOMENT.replace(tzinfo=None)
    ended = insert(SweepEnd).values(sweep_id=1, at=naive, outcome=Ended.COMPLETE, because="")
    with vault.writing() as session, pytest.raises(StatementError, match="names no zone"):
        session.execute(ended)
    with vault.reading() as session:
        assert session.scalars(select(SweepEnd)).all() == []


def test_a_moment_comes_back_as_the_same_moment_in_utc(vault: Vault) -> None:
    beijing = MOMENT.astimezone(timezone(timedelta(hours=8)))
    with vault.writing() as session:
        session.add(_sweep(beijing))
    with vault.reading() as session:
        back = session.scalars(select(Sweep.started)).one()
        assert session.scalars(select(Sweep.id).where(Sweep.started == beijing)).all() == [1]
    assert back == MOMENT
    assert back.utcoffset() == timedelta(0)
    with sqlite3.connect(vault.workspace / DATABASE) as plain:
        assert plain.execute("SELECT started FROM sweep").fetchone() == ("2026-11-21 12:30:15.123456",)
    plain.close()


def _sweep(at: datetime) -> Sweep:
    return Sweep(platform="x", how=How.ATTENDED, asked_by="", started=at, code_version="", config_hash="")


def test_words_are_stored_as_spelt_not_by_their_python_names(vault: Vault) -> None:
    with vault.writing() as session:
        session.add(_sweep(MOMENT))
        session.flush()
        session.add(SweepEnd(sweep_id=1, at=MOMENT, outcome=Ended.NOT_LET_IN, because=""))
    with sqlite3.connect(vault.workspace / DATABASE) as plain:
        assert plain.execute("SELECT how, outcome FROM sweep, sweep_end").fetchone() == ("attended", "not_let_in")
    plain.close()
    with vault.reading() as session:
        assert session.scalars(select(SweepEnd)).one().outcome is Ended.NOT_LET_IN
    assert max(len(word) for kind in VOCABULARIES for word in kind) <= 20, "longer than its column"


def test_a_row_that_names_a_missing_row_is_refused(vault: Vault) -> None:
    facts = dict.fromkeys(("url", "final_url", "because", "reason", "title", "price"), "")
    with pytest.raises(Exception, match="FOREIGN KEY"), vault.writing() as session:
        session.add(Visit(listing_id=77, at=MOMENT, capture="failed", condition="live", missing=[],
                          environment={}, **facts))  # fmt: skip
    with vault.reading() as session:
        assert session.scalars(select(Visit)).all() == []


def test_an_archive_of_a_newer_version_is_left_alone_and_said_so_in_one_line(
    workspace: Path, wildfree: Wildfree
) -> None:
    _stamp(workspace, "9999")
    before = (workspace / DATABASE).read_bytes()
    ran = wildfree("sweep", "market")
    assert ran.code == WorkspaceError.exit_code
    assert ran.err.count("\n") == 1
    assert str(workspace) in ran.err
    assert "newer" in ran.err
    assert "9999" in ran.err
    assert "Update wildfree" in ran.err
    assert (workspace / DATABASE).read_bytes() == before


def _stamp(workspace: Path, revision: str) -> None:
    with sqlite3.connect(workspace / DATABASE) as plain:
        plain.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    plain.close()


def test_an_archive_whose_making_was_cut_off_gets_its_tables_but_no_kind(tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    with Vault.open(tmp_path) as vault:
        assert todo.due(vault, todo.Kind.VISIT, MOMENT) == []
        with pytest.raises(WorkspaceError, match="cut off"):
            _ = vault.kind


# Who imports whom.


def shipped() -> list[Path]:
    return [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """Every module that the file names in an import, wherever it stands in it; `from a import b` names a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(modules: set[str], rooms: set[str]) -> set[str]:
    return {module for module in modules if any(module == room or module.startswith(f"{room}.") for room in rooms)}


def test_imports_run_downwards_only() -> None:
    seen = dict.fromkeys(FLOORS, 0)
    for path in shipped():
        floor = path.relative_to(ROOT).parts[0]
        seen[floor] += 1
        wrong = within(imports(path), {*FLOORS, "tests"} - MAY_IMPORT[floor])
        assert not wrong, f"{path.relative_to(ROOT)} imports {sorted(wrong)}"
    assert min(seen.values()) >= 5, f"the walk found hardly anything: {seen}"


def test_no_room_reaches_another_by_a_name_made_at_run_time() -> None:
    makers = {
        str(path.relative_to(ROOT))
        for path in shipped()
        if within(imports(path), {"importlib.import_module", "runpy"}) or "__import__" in path.read_text("utf-8")
    }
    assert makers <= {"desk/main.py"}


@pytest.mark.parametrize("name", PURE)
def test_what_reads_and_judges_touches_no_network_disk_or_clock(name: str) -> None:
    path = ROOT / name
    assert not within(imports(path), WORLD)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "today", "utcnow", "read_bytes", "read_text", "urlopen"}, node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "open", node.lineno


def test_only_the_archive_speaks_sql() -> None:
    sql = {"sqlalchemy", "alembic", "sqlite3", "psycopg"}
    speak = {path.relative_to(ROOT).parts[0] for path in shipped() if within(imports(path), sql)}
    assert speak == {"archive"}


def test_only_the_one_door_opens_a_writing_session() -> None:
    writers = {str(path.relative_to(ROOT)) for path in shipped() if _names(path, "writing")}
    doors = {
        f"archive/{name}.py" for name in ("intake", "lane", "pause", "pictures", "todo", "vault", "seal", "stamped")
    }
    assert writers == doors
    for beside in ("archive/lane.py", "archive/pause.py", "archive/pictures.py", "archive/todo.py"):
        evidence = within(imports(ROOT / beside), {"archive"})
        assert evidence == {"archive.table", "archive.table.Row", "archive.vault", "archive.vault.Vault"}
    for path in shipped():
        if path.relative_to(ROOT).parts[0] != "archive":
            tables = {"archive.models", "archive.leaves", "archive.table"}
            assert not within(imports(path), tables), f"{path}: rows are not for other rooms"
            assert not _names(path, "_writer"), f"{path}: goes round the door"


def test_only_the_one_door_puts_exhibits_into_the_store() -> None:
    putting = {str(path.relative_to(ROOT)) for path in shipped() if _names(path, "put")}
    assert putting == {"archive/entries.py", "archive/intake.py", "archive/store.py"}


def _names(path: Path, attribute: str) -> bool:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return any(
        (isinstance(node, ast.Attribute) and node.attr == attribute)
        or (isinstance(node, ast.FunctionDef) and node.name == attribute)
        for node in nodes
    )
