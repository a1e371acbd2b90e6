"""A download that is cut goes on where it was, and never takes a part, or another version, for the whole."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from config.errors import MachineError
from desk import download, machine
from desk.download import Cut, fetch

FONT = b"OTTO" + bytes(range(256)) * 4096  # a MiB that is easy to tell from any part of it
OTHER = b"OTTO" + bytes(reversed(range(256))) * 4096


@dataclass
class Shelf:
    """A server of one file that lets go after each share of it."""

    body: bytes = FONT
    mark: str = '"first"'
    share: int = 300_000  # bytes an answer brings before the line is cut
    ranges: bool = True
    status: int = 0  # answer this, and nothing else
    base: str = ""
    asked: list[str] = field(default_factory=list)  # the Range of each request


class Clerk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shelf: Shelf

    def do_GET(self) -> None:
        shelf, wanted = self.shelf, self.headers.get("Range", "")
        shelf.asked.append(wanted)
        if shelf.status:
            self.send_error(shelf.status)
            return
        goes_on = wanted and shelf.ranges and self.headers.get("If-Range") == shelf.mark
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if goes_on else 0
        self.send_response(206 if goes_on else 200)
        if goes_on:
            self.send_header("Content-Range", f"bytes {start}-{len(shelf.body) - 1}/{len(shelf.body)}")
        self.send_header("Content-Length", str(len(shelf.body) - start))
        self.send_header("ETag", shelf.mark)
        self.end_headers()
        self.wfile.write(shelf.body[start : start + shelf.share])
        self.close_connection = True

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Clerk,), {"shelf": shelf})) as server:
        server.daemon_threads = True
        shelf.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield shelf
        server.shutdown()
        thread.join()


def test_a_download_that_is_cut_again_and_again_comes_whole_and_nothing_is_sent_twice(
    shelf: Shelf, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    fetch(f"{shelf.base}/font.otf", tmp_path / "font.otf", lambda have, whole: told.append((have, whole)))
    assert (tmp_path / "font.otf").read_bytes() == FONT
    assert shelf.asked == ["", "bytes=300000-", "bytes=600000-", "bytes=900000-"]
    assert told == sorted(told)
    assert told[-1] == (len(FONT), len(FONT))
    assert list(tmp_path.iterdir()) == [tmp_path / "font.otf"]


def test_what_has_come_is_kept_for_the_next_time_when_the_network_is_gone(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "CUTS", 1)
    place = tmp_path / "font.otf"
    shelf.share = 300_000
    with pytest.raises(Cut, match=r"cut off at 300000 of .*300000 bytes are kept"):
        fetch(f"{shelf.base}/font.otf", place, lambda *_: None)
    assert not place.exists(), "a part is no font"
    shelf.share = len(FONT)
    fetch(f"{shelf.base}/font.otf", place, lambda *_: None)
    assert place.read_bytes() == FONT
    assert shelf.asked == ["", "bytes=300000-"]


def test_another_version_begins_anew(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "CUTS", 1)
    with pytest.raises(Cut):
        fetch(f"{shelf.base}/font.otf", tmp_path / "font.otf", lambda *_: None)
    shelf.body, shelf.mark, shelf.share = OTHER, '"second"', len(OTHER)
    fetch(f"{shelf.base}/font.otf", tmp_path / "font.otf", lambda *_: None)
    assert (tmp_path / "font.otf").read_bytes() == OTHER


def test_a_server_that_knows_no_parts_is_asked_for_the_whole_until_it_comes(shelf: Shelf, tmp_path: Path) -> None:
    shelf.ranges, shelf.share = False, len(FONT)
    (tmp_path / "font.otf.part").write_bytes(b"of long ago")
    fetch(f"{shelf.base}/font.otf", tmp_path / "font.otf", lambda *_: None)
    assert (tmp_path / "font.otf").read_bytes() == FONT


def test_a_line_that_brings_nothing_is_given_up(shelf: Shelf, tmp_path: Path) -> None:
    shelf.share = 0
    with pytest.raises(Cut, match="0 bytes are kept"):
        fetch(f"{shelf.base}/font.otf", tmp_path / "font.otf", lambda *_: None)
    assert len(shelf.asked) == download.CUTS


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_is_said_and_not_asked_again(shelf: Shelf, tmp_path: Path, status: int) -> None:
    shelf.status = status
    with pytest.raises(Cut, match=f"HTTP {status}"):
        fetch(f"{shelf.base}/font.otf", tmp_path / "font.otf", lambda *_: None)
    assert len(shelf.asked) == 1
    assert not (tmp_path / "font.otf").exists()


def test_the_set_up_brings_a_font_from_the_mirror_into_the_users_own_fonts(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    machine.font(f"{shelf.base}/some.otf")
    (brought,) = (tmp_path / ".local/share/fonts").iterdir()
    assert brought.read_bytes() == FONT
    assert machine.has_cjk_font()


def test_what_is_no_font_is_not_kept_as_one(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(machine.FONT_MIRROR, f"{shelf.base}/some.otf")
    monkeypatch.setattr(machine, "has_cjk_font", lambda: False)
    shelf.body = b"<html>Welcome to our network</html>"
    assert machine.main(["prepare"]) == MachineError.exit_code
    assert not list((tmp_path / ".local/share/fonts").iterdir())
