"""Waits until a page stands still, or shows more, from a world that its scripts cannot reach."""

from crawler.chromium.world import World

STILL = 300  # ms without a change of its tree
MOVING = 3000  # ms after which a page that never stands still is looked at as it is
SLOW = 5000  # ms for what a page names, such as pictures: what hangs for ever is left
MANY = 10  # cards that a scroll brings at once, or more
LONGEST = 20.0  # s

SETTLED = """([still, most]) => new Promise(done => {
    let waiting = setTimeout(end, still);
    const longest = setTimeout(end, most);
    const watch = new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(end, still); });
    watch.observe(document, { subtree: true, childList: true, characterData: true });
    function end() { watch.disconnect(); clearTimeout(waiting); clearTimeout(longest); done(true); }
})"""
LOADED = """most => new Promise(done => {
    const end = () => done(true), parsed = () => setTimeout(end, most);
    if (document.readyState === 'complete') return end();
    addEventListener('load', end, { once: true });
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', parsed, { once: true });
    else parsed();
})"""
COMPLETE = "() => document.readyState === 'complete'"
GROWN = """([css, before]) => new Promise(done => {
    const more = () => document.querySelectorAll(css).length > before;
    const watch = new MutationObserver(() => { if (more()) { watch.disconnect(); done(true); } });
    watch.observe(document, { subtree: true, childList: true });
    if (more()) { watch.disconnect(); done(true); }
})"""
COUNT = "css => document.querySelectorAll(css).length"


async def loaded(world: World) -> None:
    """Wait until the page has loaded all that it names, or for some seconds once it is there itself."""
    await world.run(LOADED, SLOW)


async def complete(world: World) -> bool:
    """Whether the page has loaded all that it names."""
    return bool(await world.run(COMPLETE))


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
