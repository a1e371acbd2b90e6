"""Asks an open page what of it is the volunteer's own, and where in the window that stands."""

from dataclasses import dataclass
from typing import Any

from crawler.chromium.world import World

Box = tuple[float, float, float, float]  # left, top, right, bottom; CSS px from the window's corner
FIND = """css => {
    const found = { words: [], pictures: [], boxes: [] };
    const here = location.href.split('#')[0];
    const address = text => { try {
        const there = new URL(text, document.baseURI).href.split('#')[0];
        if (there !== here) found.pictures.push(there);  // an empty one names its own page
    } catch {} };
    const styled = element => {
        for (const [, , named] of getComputedStyle(element).backgroundImage.matchAll(/url\\((["']?)(.*?)\\1\\)/g))
            address(named);
    };
    const deep = (root, each) => {
        each(root);
        for (const element of root.querySelectorAll('*')) if (element.shadowRoot) deep(element.shadowRoot, each);
    };
    const chosen = [];
    deep(document, root => css.forEach(one => chosen.push(...root.querySelectorAll(one))));
    for (const one of chosen) {
        const { left, top, right, bottom } = one.getBoundingClientRect();
        if (right > left && bottom > top) found.boxes.push([left, top, right, bottom]);
        for (const element of [one, ...one.querySelectorAll('*')]) {
            const box = element.getBoundingClientRect();
            if (box.width && box.height) found.boxes.push([box.left, box.top, box.right, box.bottom]);
            for (const node of element.childNodes) if (node.nodeType === 3) found.words.push(node.nodeValue);
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


async def shown(world: World, css: tuple[str, ...]) -> Shown:
    """What of the page CSS names; PlaywrightError where the page went on meanwhile."""
    if not css:
        return Shown((), (), ())
    found: dict[str, Any] = await world.run(FIND, list(css))
    boxes = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in found["boxes"])
    return Shown(tuple(found["words"]), tuple(found["pictures"]), boxes)
