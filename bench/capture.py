"""Measures one capture against the reference: CPU of all processes, the same browser, flags and pages, in turns."""

import asyncio
import io
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

import psutil
from PIL import Image, ImageFilter
from playwright.async_api import async_playwright

from archive.store import FolderStore
from bench.reference import capture as reference
from config.system import root
from crawler import browser
from crawler.chromium import load as loading
from crawler.chromium.find import chromium
from crawler.chromium.load import Ask, Loaded

PAGES = 20
PICTURES = 12
GOAL = 0.9
PACE = 40  # pages a minute


def photo(seed: int) -> bytes:
    """A JPEG of about 150 KB."""
    noise = Image.frombytes("RGB", (400, 400), random.Random(seed).randbytes(480_000))  # noqa: S311  (a picture)
    big = noise.resize((800, 800), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(0.6))
    written = io.BytesIO()
    big.save(written, "JPEG", quality=67)
    return written.getvalue()


class Stand(ThreadingHTTPServer):
    """The server; a visitor who hangs up is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


def serve(told: "Queue[int]") -> None:
    """A listing's page with PICTURES, another at each address, until the process is ended."""
    photos = [photo(seed) for seed in range(PICTURES)]
    images = "".join(f'<p>象牙手镯 {n}</p><img src="{n}.jpg" width="800" height="800">' for n in range(PICTURES))
    page = f'<!doctype html><link rel="icon" href="data:,"><h1>象牙手镯</h1>{images}'.encode()

    class Till(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rpartition("/")[2]
            body = photos[int(name.removesuffix(".jpg"))] if name.endswith(".jpg") else page
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg" if name.endswith(".jpg") else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    with Stand(("127.0.0.1", 0), Till) as server:
        told.put(server.server_port)
        server.serve_forever()


class Meter:
    """CPU seconds of this process and of all that it started, but for those left OUT."""

    def __init__(self, out: set[int]) -> None:
        self._out = out
        self._ended: dict[psutil.Process, float] = {}

    def read(self) -> float:
        """So far; of a process that has ended, what it had when it was last seen."""
        us = psutil.Process()
        for process in (us, *us.children(recursive=True)):
            if process.pid not in self._out:
                try:
                    times = process.cpu_times()
                except psutil.Error:
                    continue
                self._ended[process] = times.user + times.system
        return sum(self._ended.values())


class Stages:
    """Wall time by stage, told by the functions it stands around."""

    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = defaultdict(list)

    def around(self, where: Any, name: str) -> None:
        """Measure the coroutine function NAME of WHERE from now on."""
        inner = getattr(where, name)

        async def measured(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return await inner(*args, **kwargs)
            finally:
                self.spent[name].append(time.perf_counter() - began)

        setattr(where, name, measured)


@contextmanager
def site() -> Iterator[tuple[str, int]]:
    """The site in a process of its own: address and process id."""
    told: Queue[int] = Queue()
    process = Process(target=serve, args=(told,), daemon=True)
    process.start()
    try:
        yield f"127.0.0.1:{told.get()}", process.pid or 0
    finally:
        process.kill()


def sure(holds: bool, why: str) -> None:
    """End all where what is compared is not the same."""
    if not holds:
        raise SystemExit(f"nothing was measured: {why}")


def kept(store: FolderStore, loaded: Loaded) -> int:
    """Keep all of LOADED, opened again from the disk, and say how many bytes that are."""
    bodies = [each.payload or b"" for each in loaded.exchanges]
    heads = [(each.request + each.response).encode() for each in loaded.exchanges]
    derived = [loaded.dom.encode(), loaded.text.encode(), loaded.screenshot, loaded.mhtml]
    sure(len(loaded.exchanges) == PICTURES + 1, "ours recorded other exchanges")
    sure(all(bodies) and all(derived), f"ours lacks something: {loaded.missing}")
    files = [*bodies, *heads, *derived]
    for file in files:
        store.put(file)  # which opens it again, and holds it against its name
    return sum(map(len, files))


async def ours(place: str, page: str, store: FolderStore) -> int:
    """One capture of ours."""
    loaded = await browser.shared().load(Ask(f"http://{place}/{page}/", marks=("h1",), keep=True, allow=(place,)))
    return await asyncio.to_thread(kept, store, loaded)


async def compared(place: str, server: int, folder: Path, stages: Stages) -> dict[str, list[tuple[float, float]]]:
    """CPU and wall seconds of each page, ours and the reference's, in turns."""
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "reference": []}
    meter, store = Meter({server}), FolderStore(folder)
    async with async_playwright() as playwright:
        bare = await playwright.chromium.launch(
            executable_path=chromium(),
            args=browser.FLAGS,
            ignore_default_args=browser.LEFT_OUT,
            chromium_sandbox=not root(),
        )
        for turn in range(PAGES + 2):
            for who in ("ours", "reference"):
                began, before = time.perf_counter(), meter.read()
                if who == "ours":
                    await ours(place, f"ours-{turn}", store)
                else:
                    bodies, shot = await reference(bare, f"http://{place}/reference-{turn}/")
                    sure(len(bodies) == PICTURES + 1 and bool(shot), "the reference lacks something")
                wall = time.perf_counter() - began
                await asyncio.sleep(0.3)  # what is still to be cleaned up belongs to the page
                found[who].append((meter.read() - before, wall))
        await bare.close()
    stages.spent = {name: spent[2:] for name, spent in stages.spent.items()}
    return {who: each[2:] for who, each in found.items()}  # the first two warm up


def told(name: str, values: list[float]) -> str:
    """One line: median, quartiles, extremes, in milliseconds."""
    low, middle, high = (1000 * each for each in statistics.quantiles(values, n=4))
    return f"{name:<22}{middle:8.0f}{low:8.0f}{high:8.0f}{1000 * min(values):8.0f}{1000 * max(values):8.0f}"


def main() -> int:
    """Print what was measured; 1 where a goal was missed."""
    stages = Stages()
    for where, name in (
        (loading, "_arrived"),
        (loading, "looked_through"),
        (loading, "pictured"),
        (loading, "packed"),
    ):
        stages.around(where, name)
    stages.around(loading, "written")
    with tempfile.TemporaryDirectory() as folder, site() as (place, server):
        found = asyncio.run(compared(place, server, Path(folder), stages))
    browser.close()
    print(f"{'ms a page':<22}{'median':>8}{'q1':>8}{'q3':>8}{'least':>8}{'most':>8}   ({PAGES} pages each, in turns)")
    for who, pages in found.items():
        print(told(f"CPU, {who}", [cpu for cpu, _ in pages]))
        print(told(f"wall, {who}", [wall for _, wall in pages]))
    for name, spent in stages.spent.items():
        print(told(f"  ours, {name.strip('_')}", spent))
    ratio = statistics.median(cpu for cpu, _ in found["ours"]) / statistics.median(
        cpu for cpu, _ in found["reference"]
    )
    pace = 60 / statistics.median(wall for _, wall in found["ours"])
    print(f"CPU of ours / reference: {ratio:.2f} (goal: at most {GOAL}); pages a minute: {pace:.0f} (goal: {PACE})")
    return 0 if ratio <= GOAL and pace >= PACE else 1


if __name__ == "__main__":
    sys.exit(main())
