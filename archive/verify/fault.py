"""What verifying finds: faults, and what has to be said besides them."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from config.errors import EvidenceError


class Means(StrEnum):
    """What a fault means for whoever relies on the archive."""

    FILE = "what it held cannot be shown any more. Put back your copy of it"
    ROW = "the row no longer says what was recorded. See: wildfree archive rebuild"
    EXTRA = "it was never recorded through the ledger: do not rely on it. See: wildfree archive rebuild"
    ENTRY = "the ledger was changed after it was written. See: wildfree archive rebuild"
    TREE = "the tree no longer follows from the entries. See: wildfree archive rebuild"
    SEAL = "this checkpoint proves nothing. Put back your copy of it"
    REWRITTEN = (
        "the ledger was rewritten: nothing in it is proved since that checkpoint. Keep both, and ask who could"
    )
    BINDING = "manifest and row do not speak of the same look: do not rely on it"
    STAMP = "this outside witness bears nothing out. Put back your copy of it"
    DATABASE = "rows may be lost. Keep the file as it is, then: wildfree archive rebuild"
    ERASING = "an erasing was cut off. Finish it with the same: wildfree archive erase"


class Kind(StrEnum):
    """What has to be said besides faults."""

    ERASED = "erased"
    BEFORE = "before_the_ledger"
    NOT_CHECKED = "not_checked"
    UNFINISHED = "unfinished"  # a write that was cut off, and that the next of its kind finishes
    UNNAMED = "unnamed"  # a file that nothing speaks of
    RESUMED = "resumed"
    KEY = "key"  # who seals has changed: whether it was the owner, no signature tells
    UNSEALED = "unsealed"  # entries that whoever can write to this disk could still change


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    where: str  # path, table and key, entry, listing and visit
    what: str
    since: str  # when it was last known to be right: the time of its entry or seal, in UTC; "" unknown
    means: str

    def __str__(self) -> str:
        since = f" (recorded {self.since})" if self.since else ""
        return f"{self.where}: {self.what}{since}; {self.means}"


@dataclass(frozen=True)
class Remark:
    """One thing to know that is no fault."""

    kind: Kind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}: {self.where}: {self.what}"


@dataclass
class Found:
    """All that one run found."""

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)  # how many of what

    def fault(self, where: str, what: str, means: Means, since: str = "") -> None:
        """Note a fault, each once."""
        one = Fault(where, what, since, str(means))
        if one not in self.faults[-50:]:
            self.faults.append(one)

    def remark(self, kind: Kind, where: str, what: str) -> None:
        """Note what has to be said."""
        self.remarks.append(Remark(kind, where, what))

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def insist(self) -> None:
        """EvidenceError with the first faults, if there are any."""
        if self.faults:
            more = f"\nand {len(self.faults) - 5} more" if len(self.faults) > 5 else ""
            raise EvidenceError("\n".join(map(str, self.faults[:5])) + more)
