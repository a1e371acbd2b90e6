"""What stands on the practice market's shelves now; every thread may ask it or change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock

from config.errors import UsageError
from config.reading import did_you_mean
from desk.practice.wares import SHOPS, Ware

RELISTED = 1000 * 2 * SHOPS  # from a key to that of its relisting: the same shop, and as late as before


class State(StrEnum):
    """What has become of a listing."""

    ON_SALE = "on_sale"
    SOLD = "sold"
    REMOVED = "removed"  # by the platform, with a reason
    DELETED = "deleted"


@dataclass(frozen=True)
class Good:
    """One listing as it is now."""

    ware: Ware
    title: str  # a seller may have edited it
    state: State = State.ON_SALE
    reason: str = ""  # the platform's own, where it removed the listing
    relists: str = ""  # the key under which the same thing stood before

    @property
    def photos(self) -> str:
        """The key that its pictures are drawn for: a thing keeps its photos when it is offered again."""
        return self.relists or self.ware.key


class Stock:
    """The listings by key, and what a platform or seller does to them."""

    def __init__(self, wares: Iterable[Ware]) -> None:
        self._first: Mapping[str, Good] = {ware.key: Good(ware, ware.title) for ware in wares}
        self._now = dict(self._first)
        self._lock = Lock()

    def good(self, key: str) -> Good | None:
        """The listing KEY, whatever has become of it; None where there never was one."""
        with self._lock:
            return self._now.get(key)

    def on_sale(self) -> tuple[Good, ...]:
        """What can be bought now, in the shop's own order, which is not that of the keys."""
        with self._lock:
            goods = [good for good in self._now.values() if good.state is State.ON_SALE]
        return tuple(sorted(goods, key=lambda good: good.ware.key[::-1]))

    def found(self, term: str) -> tuple[Good, ...]:
        """What can be bought and has every word of TERM in its title; nothing for no words."""
        words = term.casefold().split()
        return tuple(
            good for good in self.on_sale() if words and all(word in good.title.casefold() for word in words)
        )

    def remove(self, key: str, reason: str) -> None:
        """Let the platform remove listing KEY, stating REASON."""
        self._change(key, State.REMOVED, reason=reason)

    def delete(self, key: str) -> None:
        """Delete listing KEY without a word."""
        self._change(key, State.DELETED)

    def sell(self, key: str) -> None:
        """Mark listing KEY as sold; its page still shows the goods."""
        self._change(key, State.SOLD)

    def edit(self, key: str, title: str) -> None:
        """Let the seller give listing KEY another TITLE."""
        self._change(key, title=title)

    def relist(self, key: str) -> str:
        """Delete listing KEY and offer the same thing under another key, which is answered."""
        good = self.known(key)
        again = str(int(key) + RELISTED)
        self.delete(key)
        with self._lock:
            ware = good.ware.model_copy(update={"key": again})
            self._now[again] = replace(good, ware=ware, state=State.ON_SALE, relists=good.photos)
        return again

    def restore(self, key: str) -> None:
        """Put listing KEY back as it was at the opening, and take away what offers it again."""
        if key not in self._first:
            raise self._unknown(key)
        with self._lock:
            self._now = {each: good for each, good in self._now.items() if good.relists != key}
            self._now[key] = self._first[key]

    def known(self, key: str) -> Good:
        """The listing KEY, whatever has become of it; UsageError where there never was one."""
        good = self.good(key)
        if good is None:
            raise self._unknown(key)
        return good

    def reset(self) -> None:
        """Put everything back as it was at the opening."""
        with self._lock:
            self._now = dict(self._first)

    def _change(
        self, key: str, state: State | None = None, title: str | None = None, reason: str | None = None
    ) -> None:
        with self._lock:
            if key not in self._now:
                raise self._unknown(key)
            good = self._now[key]
            self._now[key] = replace(
                good,
                state=good.state if state is None else state,
                title=good.title if title is None else title,
                reason=good.reason if reason is None else reason,
            )

    def _unknown(self, key: str) -> UsageError:
        return UsageError(f"the practice market has no listing '{key}'.{did_you_mean(key, self._first)}")
