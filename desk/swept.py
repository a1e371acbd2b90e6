"""Says what sweeps brought: a table or objects, and what somebody must look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from archive.facts import Ended, Outcome
from archive.questions import crawl
from archive.questions.crawl import Answered
from archive.questions.expected import Odd
from config.term import terms
from desk import waiting
from desk.context import Desk
from desk.expecting import far, in_words, odd_of
from desk.report.blocked import Brought, blocked
from desk.show import line, objects, table

if TYPE_CHECKING:  # it is heavy: imported when a crawl begins
    from crawler.spiders.sweep import SweepSpider

NEXT = 6  # variants that are proposed; the report has all
HEADS = ("platform", "term", "page", "outcome", "cards", "suspect")
Ends = dict[str, tuple[Ended, str] | None]


def told(here: Desk, swept: "Sequence[SweepSpider]", *, as_json: bool) -> tuple[list[Answered], Ends]:
    """Print what the spiders that have SWEPT brought; answers that, and how each platform's sweep ended."""
    ends = {spider.site.name: crawl.end_of(here.vault, spider.sweep_id) for spider in swept}
    answers = [answer for spider in swept for answer in crawl.answers(here.vault, spider.sweep_id)]
    odd = odd_of(here, ends, (spider.sweep_id for spider in swept))
    if as_json:
        warned = {key: in_words(each) for key, each in odd.items()}
        objects(asdict(each) | {"warning": warned.get(_key(each), "")} for each in answers)
    elif swept:
        table(HEADS, (_row(each, odd) for each in answers))
        _remarks([*map(in_words, odd.values()), *_refusals(here, answers)])
        _remarks(
            f"Stopped: {end[1]}{_advice(name, answers)}"
            for name, end in ends.items()
            if end and end[0] is not Ended.COMPLETE
        )
    return answers, ends


def _key(each: Answered) -> tuple[int, str, int]:
    return each.sweep, each.term, each.page


def _row(each: Answered, odd: Mapping[tuple[int, str, int], Odd]) -> tuple[object, ...]:
    """A line of the table; a figure that is far from usual is not left standing by itself."""
    mark = f" ({far(odd[_key(each)])})" if _key(each) in odd else ""
    return each.platform, each.term, each.page, each.outcome, f"{each.cards}{mark}", each.suspects


def _remarks(lines: Iterable[str]) -> None:
    for each in lines:
        line(each)


def _refusals(here: Desk, answers: Iterable[Answered]) -> Iterable[str]:
    """Of each term that was refused now: which others of the same species were not tried there yet."""
    now = {(each.platform, each.term) for each in answers if each.outcome is Outcome.BANNED_TERM_NOTICE}
    if not now:
        return
    for each in blocked(here.vault, sorted({name for name, _ in now}), terms(here.overlay)):
        if (each.platform, each.term) in now:
            words = each.that(Brought.NEVER)[:NEXT]
            untried = f"not tried there yet: {', '.join(words)}" if words else "no other word for it is left to try"
            yield f"{each.platform} refuses '{each.term}'; {untried}. See: wildfree report blocklist {each.platform}"


def _advice(name: str, answers: Sequence[Answered]) -> str:
    """What a person can do, where the last that the platform NAME showed was a wall."""
    last = [each.outcome for each in answers if each.platform == name][-1:]
    return f". {waiting.way_in(name)}" if last and last[0] in crawl.WALLS else ""
