"""The tricks that the practice market knows, each beside what a careful person would say of its page."""

from collections.abc import Mapping
from pathlib import Path

from archive.facts import Outcome
from config.platform import Cause, Condition
from config.reading import Strict, read_tsv

SHELF = Path(__file__).with_name("tricks.tsv")


class Trick(Strict):
    """One line of tricks.tsv; a trick that has no truth for listings, or none for searches, plays on the other."""

    name: str
    listing: Condition | None = None  # what can be said of a listing's page that plays it
    cause: Cause | None = None  # and by whose hand it went away
    search: Outcome | None = None  # what can be said of a search
    listing_in_browser: Condition | None = None  # where a browser shows something else than plain HTTP
    search_in_browser: Outcome | None = None
    shows: str  # what a visitor meets

    def of_listing(self, *, browser: bool) -> Condition | None:
        """The truth of a listing's page that plays this trick, seen in a BROWSER or by plain HTTP."""
        return (self.listing_in_browser if browser else None) or self.listing

    def of_search(self, *, browser: bool) -> Outcome | None:
        """The truth of a search that plays this trick, seen in a BROWSER or by plain HTTP."""
        return (self.search_in_browser if browser else None) or self.search


def tricks(path: Path = SHELF) -> Mapping[str, Trick]:
    """The tricks of the file at PATH by name, in its order; ConfigError names the line that cannot be read."""
    return {trick.name: trick for trick in read_tsv(path, Trick)}
