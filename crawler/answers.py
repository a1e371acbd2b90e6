"""The JSON that an answered page holds, and what a JMESPath finds in it. No network, no clock."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import jmespath  # type: ignore[import-untyped]  # ships no types
from jmespath.exceptions import JMESPathError  # type: ignore[import-untyped]  # ships no types

from crawler.reading.css import chosen
from crawler.reading.words import first

if TYPE_CHECKING:  # it reads codes by us
    from crawler.signs import Page

MOST = 50  # elements of one page that are read as JSON
BLANK = " \t\r\n\x00\ufeff"


def documents(page: "Page", where: str | None) -> Iterator[Any]:
    """What stands as JSON in the elements WHERE of PAGE, or as the whole answer; not what is cut or is no JSON."""
    for text in islice(_texts(page, where), MOST):
        try:
            yield _whole(json.loads(text)) if "\\ud" in text.lower() else json.loads(text)
        except (ValueError, RecursionError):
            continue


def at(document: Any, path: str | None) -> Any:
    """What PATH finds in DOCUMENT; None where it finds nothing, or a function of it does not fit."""
    try:
        return jmespath.compile(path).search(document) if path else None
    except (JMESPathError, RecursionError):
        return None


def text(document: Any, path: str | None) -> str:
    """The words or the figure that PATH finds, white space joined; "" for all else."""
    value = at(document, path)
    told = isinstance(value, str | int | float) and not isinstance(value, bool)
    return " ".join(str(value).split()) if told else ""


def _whole(document: Any) -> Any:
    """DOCUMENT without halves of a letter (a surrogate without its other): no row and no file can hold them."""
    return json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))


def _texts(page: "Page", where: str | None) -> Iterator[str]:
    """The JSON in its elements, or the whole answer, which a browser shows inside a page of its own."""
    if where is None:
        whole = page.html.strip(BLANK)
        shown = any("json" in value for name, value in page.headers if name.lower() == "content-type")
        yield first(page.root, "body > pre") if shown and whole[:1] == "<" else whole
        return
    for each in chosen(page.root, where):
        yield each.root if isinstance(each.root, str) else "".join(each.root.itertext())
