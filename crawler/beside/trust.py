"""What a session has seen of its platform, by which anything else it says is believed or not. Pure."""

from archive.facts import Outcome
from archive.questions.report import ANSWERED
from config.platform import READ, Condition


class Trust:
    """The listings that read live in this session, and whether a wall or a failure came since."""

    def __init__(self) -> None:
        self._live: dict[str, str] = {}  # by key: the address; the latest is the last
        self.shut = False  # so it did last, and nothing was answered since

    def searched(self, outcome: Outcome) -> None:
        """Note the OUTCOME of a search."""
        if outcome in ANSWERED:
            self.shut = False
        elif outcome is not Outcome.UNREADABLE:
            self._shut_out()

    def read(self, key: str, url: str, condition: Condition) -> None:
        """Note that the listing KEY, at URL, was found in this CONDITION."""
        self._live.pop(key, None)
        if condition is Condition.LIVE:
            self._live[key] = url
            self.shut = False
        elif condition not in READ and condition is not Condition.UNREADABLE:
            self._shut_out()

    def control(self, key: str) -> str:
        """The address of another listing than KEY, which read live last, with no wall or failure since; "": none."""
        return next((url for each, url in reversed(self._live.items()) if each != key), "")

    def _shut_out(self) -> None:
        self._live.clear()
        self.shut = True
