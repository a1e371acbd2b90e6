"""The letter as plain text, for the mail's body and for its hash: what the HTML says, without its looks."""

from html.parser import HTMLParser

from config.errors import LetterError

HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### "}
BLOCKS = {*HEADINGS, "p", "li", "tr"}


def plain_text(html: str) -> str:
    """One paragraph a block; a table's row reads `- label: value`. The last line ends with a newline.

    Figures are left out; LetterError where other words stand outside a block, since they would be lost.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n".join(reader.lines).strip() + "\n"


class _Reader(HTMLParser):
    """Collects the words of each block; pictures and tags leave no trace."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.words = ""
        self.block = ""
        self.figure = False
        self.counts: list[int | None] = []  # open lists: the next figure, or None where bullets stand

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ol", "ul"):
            self.counts.append(1 if tag == "ol" else None)
        if tag in BLOCKS:
            self.block, self.words = tag, ""
        self.figure = self.figure or tag == "figure"
        if tag == "br":
            self.words += "\0"

    def handle_data(self, data: str) -> None:
        if data.strip() and not (self.block or self.figure):
            raise LetterError(f"letters/templates: {data.strip()!r} stands in no paragraph. Put it in a <p>")
        self.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul"):
            self.counts.pop()
            self.lines.append("")
        if tag == "table":
            self.lines.append("")
        if tag == "figure":
            self.figure = False
        if tag == "th":
            self.words += ": "
        if tag == self.block:
            self._close()

    def _close(self) -> None:
        lines = [" ".join(line.split()) for line in self.words.split("\0")]
        listed = self.block in ("li", "tr")
        self.lines += [self._lead() + lines[0], *("  " * listed + line for line in lines[1:])]
        if not listed:
            self.lines.append("")
        self.block, self.words = "", ""

    def _lead(self) -> str:
        """What stands before a block's first word."""
        if self.block == "li" and (count := self.counts[-1]) is not None:
            self.counts[-1] = count + 1
            return f"{count}. "
        return HEADINGS.get(self.block, "- " if self.block in ("li", "tr") else "")
