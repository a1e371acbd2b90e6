"""Which tricks the practice market plays now, and where; every thread may ask it or change it."""

from collections.abc import Iterable, Mapping

from config.errors import UsageError
from config.reading import did_you_mean
from desk.practice.stock import Stock
from desk.practice.trick import Trick, tricks
from desk.practice.wares import Ware

Places = frozenset[str]  # keys of listings, and terms of searches
EVERYWHERE: Places = frozenset()
SAID = "已下架 已售出 都是骗人的 还在卖"  # what a seller may write into the title of a thing that is on sale
EDITED = "老物件 手工 懂的来"
DEEDS = frozenset({"edited", "title_words", "relisted"})  # done to a listing; its page is the market's own
BANNED = ("象牙", "虎骨", "犀角", "穿山甲", "ivory", "pangolin")  # refused where no term is named


class Playing(Stock):
    """A stock that plays tricks. Where two could play at one place, the one switched on last does."""

    def __init__(self, wares: Iterable[Ware]) -> None:
        super().__init__(wares)
        self.tricks: Mapping[str, Trick] = tricks()
        self._on: dict[str, Places] = {}

    def play(self, name: str, *places: str) -> None:
        """Switch the trick NAME on: at PLACES (keys of listings, terms of searches) too; with none, everywhere.

        UsageError where there is no such trick or place.
        """
        trick = self._named(name)
        for place in places:
            self._fits(trick, place)
        with self._lock:
            before = self._on.pop(name, None)
            wide = not places or before == EVERYWHERE
            self._on[name] = EVERYWHERE if wide else frozenset(places) | (before or EVERYWHERE)
        for key in self._listings(places):
            self._begin(name, key)

    def cease(self, name: str) -> None:
        """Switch the trick NAME off everywhere; UsageError where there is no such trick."""
        self._named(name)
        with self._lock:
            places = self._on.pop(name, None)
        for key in () if places is None else self._listings(places):
            self._end(name, key)

    def playing(self) -> Mapping[str, Places]:
        """The tricks that are on, and where; EVERYWHERE is empty."""
        with self._lock:
            return dict(self._on)

    def played_on_listing(self, key: str) -> str:
        """The trick that the page of listing KEY plays now, or ""."""
        for name, places in self._latest():
            if self.tricks[name].listing is not None and (key in places or places == EVERYWHERE):
                return name
        return ""

    def played_on_search(self, term: str) -> str:
        """The trick that a search for TERM plays now, or ""."""
        for name, places in self._latest():
            if self.tricks[name].search is not None and (term in places or _all(name, places, term)):
                return name
        return ""

    def reset(self) -> None:
        """Put everything back as it was at the opening, with every trick off."""
        super().reset()
        with self._lock:
            self._on.clear()

    def _latest(self) -> list[tuple[str, Places]]:
        """What plays on pages now, the last switched on first."""
        return [(name, places) for name, places in self.playing().items() if name not in DEEDS][::-1]

    def _named(self, name: str) -> Trick:
        if name not in self.tricks:
            hint = did_you_mean(name, self.tricks) or " See: tricks"
            raise UsageError(f"the practice market knows no trick '{name}'.{hint}")
        return self.tricks[name]

    def _fits(self, trick: Trick, place: str) -> None:
        """UsageError unless TRICK can play at PLACE. What is no listing's key is a term."""
        if self.good(place) is not None:
            if trick.listing is None:
                raise UsageError(f"{trick.name} plays on searches: name a term, not the listing '{place}'")
        elif trick.search is None or place.isdecimal():
            self.known(place)

    def _listings(self, places: Iterable[str]) -> list[str]:
        """The keys among PLACES; of no places, all that the market opened with."""
        return [key for key in places or self._first if key in self._first]

    def _begin(self, name: str, key: str) -> None:
        """Do to the listing KEY what the trick NAME needs done; most need nothing."""
        match name:
            case "edited":
                self.edit(key, EDITED)
            case "title_words":
                self.edit(key, f"{SAID} {self.known(key).ware.title}")
            case "relisted":
                self.relist(key)

    def _end(self, name: str, key: str) -> None:
        """Undo what was done to the listing KEY."""
        match name:
            case "edited" | "title_words":
                self.edit(key, self.known(key).ware.title)
            case "relisted":
                self.restore(key)


def _all(name: str, places: Places, term: str) -> bool:
    """Whether the trick NAME plays everywhere, and so on TERM; a banned term is one of BANNED."""
    if places != EVERYWHERE:
        return False
    return name != "banned_term" or any(word in term.casefold() for word in BANNED)
