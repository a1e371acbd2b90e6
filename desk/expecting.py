"""Says which searches brought far fewer or far more cards than usual: their figures are no result by themselves."""

from collections.abc import Iterable

from archive.questions.expected import Odd, odd
from config.errors import ConfigError
from config.expect import Expect
from desk.context import Desk


def expect(here: Desk, name: str) -> Expect:
    """What the file of the platform NAME says to expect; nothing where it is not searched, or cannot be read now."""
    try:
        site = here.platform(name)
    except ConfigError:
        return Expect()
    return site.searching.expect if site.searching else Expect()


def odd_of(here: Desk, platforms: Iterable[str], sweeps: Iterable[int]) -> dict[tuple[int, str, int], Odd]:
    """The answers of SWEEPS on PLATFORMS that are far from usual, by sweep, term and page; usually none."""
    wanted = set(sweeps)
    found = odd(here.vault, {name: expect(here, name) for name in platforms})
    return {(each.sweep, each.term, 1): each for each in found if each.sweep in wanted}


def in_words(each: Odd) -> str:
    """One line: what is strange about EACH, and what to do."""
    return (
        f"{far(each)} than usual: {each.cards} cards for '{each.term}' on "
        f"{each.platform}, not {near(each)} ({_by(each)}): look yourself"
    )


def far(each: Odd) -> str:
    """Whether they are too few or too many, in two words."""
    return f"far {'fewer' if each.fewer else 'more'}"


def near(each: Odd) -> str:
    """How many cards would not be far from usual."""
    if each.least is not None and each.most is not None:
        return f"{each.least} to {each.most}"
    return f"at least {each.least}" if each.most is None else f"at most {each.most}"


def _by(each: Odd) -> str:
    return "as its file expects" if each.usual is None else f"usually {each.usual:g}, by {each.of} searches before"
