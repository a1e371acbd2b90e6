"""Takes a series of pictures of a video while it plays in its page, each with its place on the video's own clock.

We let it play, muted, as a visitor's finger would; what it needs for that the page itself asks for, and the recorder
keeps. Nothing is looked for beyond that, and nothing downloaded. While a picture is taken the video stands still (its
rate is 0, which no page shows as a pause), so that the picture is of the moment that is told.
"""

import asyncio
import base64
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from crawler.chromium.held import MIB
from crawler.chromium.sight import Frame, Sight
from crawler.chromium.world import UNTIL, World

OFFSETS = (0.0, 1.0, 2.0, 4.0, 6.0, 9.0)  # s of playing, from its beginning on
BEGIN = 4.0  # s for it to begin to play
LATE = 3.0  # s that it may take longer than it plays
MOST = 20.0  # s for all of it
ROOM = 8 * MIB  # bytes of all pictures
QUALITY = 90  # JPEG
NO_PLAY = "no frame: the video did not play"

BEGUN = f"""async (css, most) => {{
    const video = document.querySelector(css);
    if (!video) return {{}};
    if (!(video instanceof HTMLMediaElement)) return {{why: `it is a ${{video.localName}}`}};
    video.scrollIntoView({{block: "center"}});
    video.muted = true;
    let why = "";
    video.play().catch(problem => why = problem.message);
    const from = video.currentTime;
    const plays = () => video.readyState > 1 && video.currentTime > from;
    if (await ({UNTIL})(() => plays() || video.error || why, most) && plays()) return {{from}};
    return {{why: video.error?.message || why || `it waited for ${{most / 1000}} s`}};
}}"""
# Playing beyond a place, or not: it has ended, began again, or stands.
STILL = f"""async (css, place, before, most) => {{
    const video = document.querySelector(css);
    if (!video) return {{over: true}};
    const over = () => video.ended || video.currentTime < before;
    const came = await ({UNTIL})(() => video.currentTime >= place || over() || video.error, most);
    if (over() || video.error || !came) return {{over: over(), stands: !over()}};
    const rate = video.playbackRate;
    video.playbackRate = 0;
    for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
    const box = video.getBoundingClientRect();
    const left = Math.max(box.left, 0), top = Math.max(box.top, 0);
    return {{
        at: video.currentTime, rate, x: left + scrollX, y: top + scrollY,
        width: Math.min(box.right, innerWidth) - left, height: Math.min(box.bottom, innerHeight) - top,
    }};
}}"""
ON = """(css, rate) => {
    const video = document.querySelector(css);
    if (video) video.playbackRate = rate;
    return video ? video.currentTime : 0;
}"""


async def filmed(session: CDPSession, world: World, css: str, sight: Sight) -> None:
    """Put into SIGHT the pictures of the video that CSS names, and what is missing of them; no video, no word."""
    try:
        async with asyncio.timeout(MOST):
            begun = await world.run(BEGUN, css, BEGIN * 1000)
            if "from" in begun:
                await _series(session, world, css, begun["from"], sight)
            elif begun:
                sight.missing.append(f"{NO_PLAY}: {begun['why']}")
    except TimeoutError:
        sight.missing.append(f"{_none(sight)}: {MOST:g} s were over")
    except PlaywrightError as problem:
        sight.missing.append(f"{_none(sight)}: {problem.message.splitlines()[0]}")


async def _series(session: CDPSession, world: World, css: str, begun: float, sight: Sight) -> None:
    before = begun
    for offset in OFFSETS:
        wait = begun + offset - before + LATE
        still = await world.run(STILL, css, begun + offset, before, wait * 1000)
        if still.get("stands"):
            sight.missing.append(f"{_none(sight)}: the video stood still after {before - begun:.1f} s")
        if "at" not in still:
            return
        await _taken(session, still, sight)
        before = float(await world.run(ON, css, still["rate"]))
        if sum(len(each.body) for each in sight.frames) > ROOM:
            sight.missing.append(f"{_none(sight)}: they are longer than {ROOM} bytes")
            return


async def _taken(session: CDPSession, still: dict[str, Any], sight: Sight) -> None:
    """Take a picture of the video that stands STILL."""
    if min(still["width"], still["height"]) < 1:
        raise PlaywrightError("the video is not in sight")
    clip = {name: still[name] for name in ("x", "y", "width", "height")} | {"scale": 1}
    shot = await session.send("Page.captureScreenshot", {"format": "jpeg", "quality": QUALITY, "clip": clip})
    sight.frames.append(Frame(still["at"], base64.b64decode(shot["data"])))


def _none(sight: Sight) -> str:
    """How to begin to say that what follows was not taken."""
    return f"no frames beyond {sight.frames[-1].at:.1f} s" if sight.frames else "no frame"
