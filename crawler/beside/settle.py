"""Waits until a page stands still, or shows more, from a world that its scripts cannot reach."""

from crawler.chromium.world import World

STILL = 300  # ms without a change of its tree
MOVING = 3000  # ms after which a page that never stands still is looked at as it is
MANY = 10  # cards that a scroll brings at once, or more
LONGEST = 20.0  # s

SETTLED = """([still, most]) => new Promise(done => {
    let waiting = setTimeout(end, still);
    const longest = setTimeout(end, most);
    const watch = new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(end, still); });
    watch.observe(document, { subtree: true, childList: true, characterData: true });
    function end() { watch.disconnect(); clearTimeout(waiting); clearTimeout(longest); done(true); }
})"""
LOADED = """() => new Promise(done => document.readyState === 'complete'
    ? done(true) : addEventListener('load', () => done(true), { once: true }))"""
GROWN = """([css, before]) => new Promise(done => {
    const more = () => document.querySelectorAll(css).length > before;
    const watch = new MutationObserver(() => { if (more()) { watch.disconnect(); done(true); } });
    watch.observe(document, { subtree: true, childList: true });
    if (more()) { watch.disconnect(); done(true); }
})"""
COUNT = "css => document.querySelectorAll(css).length"


async def loaded(world: World) -> None:
    """Wait until the page has loaded all that it names."""
    await world.run(LOADED)


async def settled(world: World) -> None:
    """Wait until the page's tree has not changed for a moment, or for as long as there is patience."""
    await world.run(SETTLED, [STILL, MOVING])


async def grown(world: World, css: str, before: int) -> None:
    """Wait until there are more than BEFORE of what CSS names, as long as the page stays."""
    await world.run(GROWN, [css, before])


async def count(world: World, css: str) -> int:
    """How many of what CSS names there are."""
    return int(await world.run(COUNT, css))


def pause(before: float, more: int) -> float:
    """How many seconds to let more cards gather, once MORE came; BEFORE: the same, the last time.

    What a scroll brings is followed at once; a page that drips by itself is looked at ever more seldom.
    """
    return 0.0 if more >= MANY else min(max(2 * before, 1.0), LONGEST)
