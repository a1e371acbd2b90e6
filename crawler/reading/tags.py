"""Counts a page's tags before it is read as a tree: some pages would take gigabytes, or hours."""

import re

MOST = 500_000  # tags and attributes of a page; a tree takes about 250 bytes for each
MOST_IN_ONE = 1000  # attributes of one tag; the time for a tag grows with their square
OPENS = re.compile(r"<(?:!--|([a-zA-Z][^\s/>]*+))")
ATTRIBUTE = re.compile(r"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+""")
ENDS = {
    name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea", "title", "iframe", "xmp")
}
COMMENT_ENDS = re.compile("--!?>")


def fit(html: str) -> bool:
    """Whether HTML has no more tags and attributes than can be read in time."""
    if html.count("<") > MOST:
        return False
    left, at = MOST, 0
    while opens := OPENS.search(html, at):
        name = opens[1]
        at, attributes = _attributes(html, opens.end()) if name else (opens.end(), 0)
        left -= 1 + attributes
        if left < 0 or attributes > MOST_IN_ONE:
            return False
        ends = ENDS.get(name.lower()) if name else COMMENT_ENDS
        if ends is not None:  # till then no tag is one
            end = ends.search(html, at)
            at = end.end() if end else len(html)
    return True


def _attributes(html: str, at: int) -> tuple[int, int]:
    """Where a tag whose name ends AT ends itself, and how many attributes it has, as far as they are counted."""
    count = 0
    while count <= MOST_IN_ONE and (attribute := ATTRIBUTE.match(html, at)):
        at, count = attribute.end(), count + 1
    return at, count
