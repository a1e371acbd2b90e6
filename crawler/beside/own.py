"""Asks an open page what of it is the volunteer's own, and where in the window that stands."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.async_api import Error as PlaywrightError

from crawler.beside.cdp import Session

Box = tuple[float, float, float, float]  # left, top, right, bottom; CSS px from the window's corner
Told = dict[str, Any]
GROUPS = count()  # of what the browser holds for us meanwhile: a tab may be looked at twice at once
CHOSEN = """css => {
    const chosen = [];
    const deep = root => {
        for (const one of css) chosen.push(...root.querySelectorAll(one));
        for (const element of root.querySelectorAll('*')) if (element.shadowRoot) deep(element.shadowRoot);
    };
    deep(document);
    return chosen;
}"""
FIND = """(chosen, ...roots) => {
    const closed = new Map(roots.map(root => [root.host, root]));
    const found = { words: [], pictures: [], boxes: [] };
    const here = location.href.split('#')[0];
    const address = text => { try {
        const there = new URL(text, document.baseURI).href.split('#')[0];
        if (there !== here) found.pictures.push(there);  // an empty one names its own page
    } catch {} };
    const styled = element => {
        for (const [, , named] of getComputedStyle(element).backgroundImage.matchAll(/url\\((["']?)(.*?)\\1\\)/g))
            address(named);
        for (const part of ['::before', '::after']) {
            const drawn = getComputedStyle(element, part).content;
            const said = drawn.includes('"') ? drawn.replace(/\\\\(.)/g, '$1') : '';
            for (const { name, value } of element.attributes)  // content: attr(...)
                if (/^(data|aria)-/.test(name) && value.trim() && said.includes(value)) found.words.push(value);
        }
    };
    const within = one => {
        const all = [[one, one]];
        for (const [, each] of all) {  // it grows meanwhile
            for (const child of each.children) all.push([child, child]);
            const root = each.shadowRoot || closed.get(each);
            if (root) all.push([null, root]);
        }
        return all;
    };
    for (const one of chosen) {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        if (right > left && bottom > top) found.boxes.push([left, top, right, bottom]);
        for (const [element, each] of within(one)) {
            for (const node of each.childNodes) if (node.nodeType === 3) found.words.push(node.nodeValue);
            if (!element) continue;
            const box = element.getBoundingClientRect();
            if (box.width && box.height) found.boxes.push([box.left, box.top, box.right, box.bottom]);
            for (const name of ['title', 'alt', 'aria-label', 'placeholder'])
                if (element.hasAttribute(name)) found.words.push(element.getAttribute(name));
            if (element.matches('input, textarea')) found.words.push(element.value);
            if (element.matches('img, source, image, video')) {
                if (element.currentSrc) address(element.currentSrc);
                for (const name of ['src', 'href', 'poster', 'data-src'])
                    if (element.hasAttribute(name)) address(element.getAttribute(name));
                for (const part of (element.getAttribute('srcset') || '').split(','))
                    if (part.trim()) address(part.trim().split(/\\s+/)[0]);
            }
            styled(element);
        }
        found.words.push(one.innerText || '');
    }
    return found;
}"""


@dataclass(frozen=True)
class Shown:
    """What a page shows of the volunteer's own account."""

    words: tuple[str, ...]
    pictures: tuple[str, ...]  # addresses
    boxes: tuple[Box, ...]

    def within(self, place: Box) -> "Shown":
        """The same of a frame that stands at PLACE in the window."""
        left, top, right, bottom = place
        moved = ((left + a, top + b, min(left + c, right), min(top + d, bottom)) for a, b, c, d in self.boxes)
        clipped = ((max(a, left), max(b, top), c, d) for a, b, c, d in moved)
        return Shown(self.words, self.pictures, tuple(one for one in clipped if one[0] < one[2] and one[1] < one[3]))


async def shown(session: Session, frame: str, css: tuple[str, ...]) -> Shown:
    """What of the page in FRAME CSS names; PlaywrightError where the page went on meanwhile."""
    if not css:
        return Shown((), (), ())
    made = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "wildfree"})
    world = {"executionContextId": made["executionContextId"], "objectGroup": f"wildfree {next(GROUPS)}"}
    try:
        chosen = {"objectId": (await _run(session, world, CHOSEN, {"value": list(css)}))["objectId"]}
        roots = [{"objectId": each} for each in await _closed(session, world, chosen)]
        found = (await _run(session, world, FIND, chosen, *roots, by_value=True))["value"]
    finally:
        with suppress(PlaywrightError):
            await session.send("Runtime.releaseObjectGroup", {"objectGroup": world["objectGroup"]})
    boxes = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in found["boxes"])
    return Shown(tuple(found["words"]), tuple(found["pictures"]), boxes)


async def _run(session: Session, world: Told, script: str, *told: Told, by_value: bool = False) -> Told:
    """What SCRIPT answers in WORLD to what it is TOLD, as CDP has it."""
    asked = {"functionDeclaration": script, "arguments": list(told), "returnByValue": by_value}
    answer = await session.send("Runtime.callFunctionOn", asked | world)
    if "exceptionDetails" in answer:
        raise PlaywrightError(str(answer["exceptionDetails"].get("text", "a script of ours failed")))
    result: Told = answer["result"]
    return result


async def _closed(session: Session, world: Told, chosen: Told) -> list[str]:
    """The closed shadow roots within the CHOSEN elements: no script comes to these by itself."""
    asked = chosen | {"ownProperties": True}
    elements = [each["value"] for each in (await session.send("Runtime.getProperties", asked))["result"]]
    nodes = [each["objectId"] for each in elements if each.get("subtype") == "node"]
    trees = await asyncio.gather(*(_tree(session, node) for node in nodes))
    roots = dict.fromkeys(root for tree in trees for root in _roots(tree))
    found = []
    for root in roots:
        with suppress(PlaywrightError):  # it is gone
            node = await session.send("DOM.resolveNode", {"backendNodeId": root} | world)
            found.append(str(node["object"]["objectId"]))
    return found


async def _tree(session: Session, node: str) -> Told:
    """NODE with all that stands in it; nothing where it is too deep to be told."""
    with suppress(PlaywrightError):
        told: Told = await session.send("DOM.describeNode", {"objectId": node, "depth": -1, "pierce": True})
        return dict(told["node"])
    return {}


def _roots(tree: Told) -> Iterator[int]:
    """The closed shadow roots in TREE, by the numbers that the browser gives them."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if node.get("shadowRootType") == "closed":
            yield node["backendNodeId"]
        waiting += [*node.get("children", ()), *node.get("shadowRoots", ())]
