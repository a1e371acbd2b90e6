"""A site that throws all it has at whoever looks, in a process of its own."""

import asyncio
import gzip
import io
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

import brotli  # type: ignore[import-untyped]  # it has none
from backports import zstd
from PIL import Image

MIB = 1024 * 1024
KINDS = ("gzip", "gzip, gzip", "deflate", "br", "zstd")
HTML = "text/html; charset=utf-8"
SECRETS = "Set-Cookie: who=me; Path=/\r\nset-cookie2: who=you\r\nX-CSRF-Token: abc"
GOODS = "<h1>象牙手镯</h1>"
Answer = tuple[dict[str, str], AsyncIterator[bytes] | bytes]


def page(html: str) -> str:
    return f"<!doctype html><html><head><link rel=icon href='data:,'></head><body>{GOODS}{html}</body></html>"


def script(words: str) -> str:
    return page(f"<script>{words}</script>")


PAGES = {
    "/search": "".join(f'<li class="card"><a href="/item/{key}">象牙手镯 {key}</a></li>' for key in (1, 2, 3)),
    "/item/1": page("<link rel=stylesheet href=/bomb.css>"),
    "/item/2": page("<script>for (;;) {}</script>"),
    "/item/3": page("<p>¥1</p>"),
    "/plain": page(""),
    "/loop": script("setTimeout(() => { for (;;) {} }, 50)"),
    "/loop-at-once": script("for (;;) {}"),
    "/alerts": script("setTimeout(() => { for (;;) { alert('x'); confirm('y'); prompt('z') } }, 50)"),
    "/windows": script("for (let n = 0; n < 300; n++) window.open('/plain?' + n, '_blank', 'noopener')"),
    "/frames": script("for (let n = 0; n < 200; n++) document.body.append(document.createElement('iframe'))"),
    "/download": script("location = '/attachment'"),
    "/blob": script(
        "for (let n = 0; n < 20; n++) { const a = document.createElement('a'); a.download = 'x' + n;"
        "a.href = URL.createObjectURL(new Blob([new Uint8Array(1e6)])); a.click() }"
    ),
    "/leaving": script("addEventListener('beforeunload', event => event.preventDefault())"),
    "/printing": script("for (let n = 0; n < 5; n++) print()"),
    "/refresh": f"<!doctype html><meta http-equiv=refresh content=0>{GOODS}",
    "/script-loop": script("location = '/script-loop?' + Math.random()"),
    "/tall": page("<div style='height:3000000px'>x</div>"),
    "/deep": script("let at = document.body; for (let n = 0; n < 1e6; n++) at = at.appendChild(new Image(1, 1))"),
    "/flat": page("<p>x</p>" * 1_000_000),
    "/nested": page("<div>" * 100_000),
    "/canvas": script(
        "for (let n = 0; n < 20; n++) { const c = document.createElement('canvas'); document.body.append(c);"
        "const x = c.getContext('2d'); let t = 0; const draw = () => {"
        "x.fillStyle = `hsl(${t++},90%,50%)`; x.fillRect(0, 0, 300, 150); requestAnimationFrame(draw) }; draw() }"
    ),
    "/webgl": script(
        "for (let n = 0; n < 20; n++) { const c = document.createElement('canvas'); document.body.append(c);"
        "const g = c.getContext('webgl'); if (g) { g.clearColor(1, 0, 0, 1); g.clear(g.COLOR_BUFFER_BIT) } }"
    ),
    "/noise": script(
        "const c = document.createElement('canvas'); c.width = 1280; c.height = 12000;"
        "const x = c.getContext('2d'), d = x.createImageData(1280, 12000), u = new Uint32Array(d.data.buffer);"
        "let s = 1; for (let i = 0; i < u.length; i++) {"
        "s = Math.imul(s, 1664525) + 1013904223 | 0; u[i] = (s ^ s >>> 13) | 0xff000000 }"
        "x.putImageData(d, 0, 0); document.body.append(c)"
    ),
    "/eater": script("const all = []; setInterval(() => all.push(new Uint8Array(2e7).fill(1)), 20)"),
    "/console": script("setInterval(() => console.log('x'.repeat(5e7)), 10)"),
    "/errors": script("setInterval(() => { throw new Error('x'.repeat(5e7)) }, 10)"),
    "/addresses": script("setInterval(() => history.pushState('', '', '#' + 'x'.repeat(1e6) + Math.random()), 1)"),
    "/wishes": script(
        "const told = {}; const say = () => document.querySelector('h1').textContent = JSON.stringify(told);"
        "const ask = (name, made) => made.then(() => told[name] = 'granted', () => told[name] = 'denied').then(say);"
        "for (const name of ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read'])"
        "  navigator.permissions.query({name}).then(is => { told[name] = is.state; say() });"
        "ask('where', new Promise((y, n) => navigator.geolocation.getCurrentPosition(y, n)));"
        "ask('full', document.body.requestFullscreen()); ask('locked', document.body.requestPointerLock())"
    ),
    "/dripping-picture": page("<img src=/drip>"),
    "/endless-picture": page("<img src=/endless.png>"),
    "/packed-picture": page("<img src=/bomb.png>"),
    "/large-picture": page("<img src=/large.png>"),
    "/wide-picture": page("<img src=/wide.png>"),
    "/many-pictures": page("".join(f"<img src='/noise.png?{n}'>" for n in range(60))),
    "/unsaid-picture": page("<img src=/unsaid.png>"),
    "/packed-style": page("<link rel=stylesheet href=/bomb.css>"),
    "/half-picture": page("<img src=/half.png>"),
    "/dripping-style": page("<link rel=stylesheet href=/drip>"),
    "/data-pictures": script(
        "for (let n = 0; n < 8; n++) new Image().src = 'data:image/png;base64,' + 'A'.repeat(1e8) + n"
    ),
}


@cache
def packed(kind: str) -> bytes:
    """What unpacks to 600 MiB of zeros."""
    piece, count = bytes(MIB), 600
    if kind == "gzip, gzip":
        return gzip.compress(packed("gzip"))
    if kind == "zstd":
        return zstd.compress(piece) * count
    if kind == "br":
        packing = brotli.Compressor(quality=1)
        return b"".join(packing.process(piece) for _ in range(count)) + bytes(packing.finish())
    deflating = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = (deflating.compress(piece) + deflating.flush(zlib.Z_FULL_FLUSH)) * count + deflating.flush()
    if kind == "deflate":
        return raw
    crc = 0
    for _ in range(count):
        crc = zlib.crc32(piece, crc)
    return gzip.compress(b"")[:10] + raw + struct.pack("<II", crc, MIB * count)


def wide() -> bytes:
    """A PNG that says it has 50,000 by 50,000 pixels, in few bytes."""
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    head = b"IHDR" + (50_000).to_bytes(4, "big") * 2 + out.getvalue()[24:29]
    return out.getvalue()[:12] + head + zlib.crc32(head).to_bytes(4, "big") + out.getvalue()[33:]


def plain(html: str) -> Answer:
    return {}, html.encode()


def unpacking(kind: str) -> Answer:
    return {"Content-Encoding": kind}, packed(kind)


async def dripping() -> AsyncIterator[bytes]:
    while True:
        yield b"x"
        await asyncio.sleep(1)


async def endless(piece: bytes) -> AsyncIterator[bytes]:
    while True:
        yield piece


async def broken_off(piece: bytes) -> AsyncIterator[bytes]:
    yield piece
    raise ConnectionAbortedError


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), MIB):
        yield body[at : at + MIB]


@cache
def noise(count: int) -> bytes:
    return random.Random(1).randbytes(count)


def answers() -> dict[str, Callable[[], Answer]]:
    png, css = {"Content-Type": "image/png"}, {"Content-Type": "text/css"}
    gz = {"Content-Encoding": "gzip"}
    found: dict[str, Callable[[], Answer]] = {
        "/drip": lambda: ({}, dripping()),
        "/endless": lambda: ({}, endless(b"<p>x</p>" * 8192)),
        "/endless.png": lambda: (png, endless(bytes(65536))),
        "/bomb.png": lambda: (png | gz, packed("gzip")),
        "/bomb.css": lambda: (css | gz, packed("gzip")),
        "/large.png": lambda: (png | {"Content-Length": str(400 * MIB)}, pieces(bytes(400 * MIB))),
        "/large": lambda: ({"Content-Length": str(100 * MIB)}, endless(b"<p>x</p>" * 8192)),
        "/wide.png": lambda: (png, wide()),
        "/noise.png": lambda: (png, noise(MIB)),
        "/half": lambda: ({"Content-Length": "99999"}, broken_off(page("").encode())),
        "/half.png": lambda: (png | {"Content-Length": "99999"}, broken_off(noise(9))),
        "/half-unsaid": lambda: ({}, broken_off(page("").encode())),
        "/half-zipped": lambda: (gz, broken_off(gzip.compress(page("<p>x</p>" * 99).encode())[:-9])),
        "/unsaid.png": lambda: (png, pieces(noise(8 * MIB))),
        "/unsaid": lambda: ({}, pieces(page("x" * (8 * MIB)).encode())),
        "/attachment": lambda: ({"Content-Disposition": "attachment"}, b"x" * 1000),
        "/redirect": lambda: ({"Location": "/redirect"}, b""),
        "/headed": lambda: ({"x-B": "1\r\nx-b: 2\r\nX-A: 3\r\n" + SECRETS, "Content-Length": "2"}, b"ok"),
        "/auth": lambda: ({"WWW-Authenticate": 'Basic realm="x"'}, page("").encode()),
        "/layers": lambda: ({"Content-Encoding": ", ".join(["gzip"] * 1000)}, gzip.compress(b"x")),
        "/heads": lambda: ({f"X-{n}": "x" * 1000 for n in range(1000)}, page("").encode()),
    }
    return found | {f"/packed/{kind.replace(', ', '-')}": partial(unpacking, kind) for kind in KINDS}


STATUSES = {"/redirect": "302 Found", "/auth": "401 Unauthorized"}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        asked = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().partition("?")[0]
        if asked == "/flood":
            await flood(writer)
        await answer(asked, writer)
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()


async def flood(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Flood: " + b"x" * 8000 + b"\r\n")
        await writer.drain()


async def answer(asked: str, writer: asyncio.StreamWriter) -> None:
    if asked not in ANSWERS:
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return
    heads, body = ANSWERS[asked]()
    if isinstance(body, bytes):
        heads = heads | {"Content-Length": str(len(body))}
    chunked = "Content-Length" not in heads
    heads = {"Content-Type": HTML, "Connection": "close"} | heads
    if chunked:
        heads |= {"Transfer-Encoding": "chunked"}
    lines = [f"HTTP/1.1 {STATUSES.get(asked, '200 OK')}", *(f"{name}: {value}" for name, value in heads.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    if isinstance(body, bytes):
        writer.write(body)
        return
    async for piece in body:
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        await writer.drain()
    writer.write(b"0\r\n\r\n" if chunked else b"")


ANSWERS = answers() | {path: partial(plain, html) for path, html in PAGES.items()}


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def opened() -> Iterator[str]:
    """The site, open until the end of the `with`: its address."""
    with subprocess.Popen([sys.executable, "-m", "tests.bombs"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(main())
