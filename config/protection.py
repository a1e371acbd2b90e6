"""What a list says of a species: verified, it may be cited; unverified, it is of another type and may not."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from pydantic import Field

from config.reading import Strict
from config.settings import Language

NOT_LISTED = "none"  # the list was looked at, and does not name it
UNLISTED = frozenset({NOT_LISTED, "NC"})  # NC, "not covered": an export of CITES of what no appendix names
APPENDIX = r"(I|II|III)(/(I|II|III))*(/NC)?|NC|none"  # of CITES; I/II: it depends on population or form
CLASS = "I|II|none"  # of China's list

_NUMERAL = {"I": "一", "II": "二", "III": "三"}


class Register(StrEnum):
    """The lists that we know."""

    CITES = "cites"
    CHINA = "china"  # the national list of specially protected wild animals


class _Statement(Strict):
    """One list's word on one species."""

    register_: Register = Field(alias="list")
    level: str
    scope: str = ""  # what of the species is meant, where not all
    source: str = Field(min_length=1)

    def level_in(self, language: Language) -> str:
        """List and level in words, as `CITES Appendix I`."""
        if self.level in UNLISTED:
            return _NOT[self.register_, language]
        zh, en = _LISTED[self.register_]
        if language == "en":
            return en.format(self.level)
        return zh.format("/".join(_NUMERAL.get(part, part) for part in self.level.split("/")))


_LISTED = {
    Register.CITES: ("CITES附录{}", "CITES Appendix {}"),
    Register.CHINA: ("国家{}级保护", "China class {}"),
}
_NOT = {
    (Register.CITES, "zh"): "未列入CITES",
    (Register.CITES, "en"): "not in CITES",
    (Register.CHINA, "zh"): "未列入国家名录",
    (Register.CHINA, "en"): "not in China's list",
}
DEPENDS = "depends on population or form: see the list's note"
_SCOPES = {  # scopes of our own files in Chinese; any other stands as it was written
    "wild population only": "仅限野外种群",
    "all species of the genus": "该属所有种",
    "all species of the order": "该目所有种",
    "depends on the country of origin": "视原产国而定",
    DEPENDS: "视种群或形态而定，见名录注释",
    "all species of Coralliidae": "红珊瑚科所有种",
}


class Verified(_Statement):
    """A statement that a person read in the list itself; the one kind that a letter may print."""

    edition: date  # of the list

    def says(self, language: Language) -> str:
        """List, level, scope and edition in one line."""
        inside = [scope_in(self.scope, language), _EDITION[language].format(self.edition)]
        return f"{self.level_in(language)} ({'; '.join(part for part in inside if part)})"


class Unverified(_Statement):
    """A statement that nobody has held against the list: shown to people, never cited."""

    noted: date  # the day it was written down; no edition was read

    def says(self, language: Language) -> str:
        """List, level and scope in one line that says that it is unverified."""
        inside = [scope_in(self.scope, language), _DOUBT[language].format(self.noted)]
        return f"{self.level_in(language)} ({'; '.join(part for part in inside if part)})"


Statement = Verified | Unverified

_EDITION = {"zh": "{}版", "en": "edition {}"}
_DOUBT = {"zh": "未核实，{}记", "en": "UNVERIFIED, noted {}"}


def scope_in(scope: str, language: Language) -> str:
    """SCOPE in LANGUAGE, as far as its parts are words of our own files."""
    if language == "en":
        return scope
    return "，".join(_SCOPES.get(part.strip(), part.strip()) for part in scope.split(",")) if scope else ""


def said_on(statement: Statement) -> date:
    """The day for which it speaks."""
    return statement.edition if isinstance(statement, Verified) else statement.noted


def citable(statements: Iterable[Statement]) -> tuple[Verified, ...]:
    """Of each list the newest verified statement, unless a newer note, though unverified, says something else.

    Notices that cite an outdated level cost us the channel, so doubt is enough to keep silent.
    """
    known = tuple(statements)
    kept = (_settled([each for each in known if each.register_ is register]) for register in Register)
    return tuple(each for each in kept if each is not None)


def _settled(statements: Sequence[Statement]) -> Verified | None:
    read = [each for each in statements if isinstance(each, Verified)]
    if not read:
        return None
    newest = max(read, key=said_on)
    doubts = (each for each in statements if isinstance(each, Unverified) and each.noted > newest.edition)
    return None if any(each.level != newest.level for each in doubts) else newest


def standing(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """STATEMENTS without those that a later one of the same list has taken the place of.

    What was read takes the place of all that was read or noted up to its edition, and of later notes that say the
    same; a later note that says otherwise stays beside it, since it is then in doubt.
    """
    known = tuple(statements)
    return tuple(each for each in known if not any(_replaces(later, each) for later in known))


def _replaces(later: Statement, each: Statement) -> bool:
    if later.register_ is not each.register_ or not isinstance(later, Verified):
        return isinstance(each, Unverified) and later.register_ is each.register_ and said_on(later) > each.noted
    if isinstance(each, Verified):
        return later.edition > each.edition
    return later.edition >= each.noted or later.level == each.level


def in_doubt(statements: Iterable[Statement]) -> bool:
    """Whether a note that is newer than what was read says otherwise, of any list."""
    known = standing(statements)
    read = {each.register_ for each in known if isinstance(each, Verified)}
    return any(each.register_ in read for each in known if isinstance(each, Unverified))


def cited(statements: Sequence[Verified], language: Language) -> tuple[str, ...]:
    """What a letter may print of protection; mypy and the check below refuse what nobody has verified."""
    for each in statements:
        if not isinstance(each, Verified):
            raise TypeError(f"{each!r}: only a verified statement may be cited")
    return tuple(each.says(language) for each in statements if each.level not in UNLISTED)
