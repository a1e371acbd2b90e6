"""Does one job of the schedule, and says in one line what came of it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive import todo
from archive.facts import Ended, Outcome
from archive.questions import checks, crawl
from config.platform import Condition
from config.schedule import Job
from crawler import queries
from desk import crawls, pictures, waiting
from desk.context import Desk
from desk.looks import WALLS
from desk.report.file import reported
from desk.suspicion import follow_rooms


@dataclass(frozen=True)
class Done:
    """What came of a job."""

    told: str  # in one line
    put_off: bool = False  # our manners, or the site, have the rest wait
    unanswered: bool = False  # nothing came but failures: the network may be down, or the sites


def do(here: Desk, job: Job, by: str, since: datetime) -> Done:
    """Do JOB in the name of BY. A wall is told, not raised; what a person must mend is raised.

    What a cut-off sweep got through SINCE (UTC) the job was due, or a person asked meanwhile, is not asked again.
    """
    match job.do:
        case "sweep":
            return _swept(here, [name for name in job.platforms if not _searched(here, name, since)], by)
        case "visit":
            return _looked(here, todo.Kind.VISIT, job.platforms)
        case "check":
            return _checked(here, job.platforms, since)
        case "report":
            return Done(f"written: {reported(here, job.platforms, here.settings.language)[1]}")


def _searched(here: Desk, platform: str, since: datetime) -> bool:
    """Whether all that a sweep of PLATFORM would ask for was asked for SINCE then."""
    site = here.platform(platform)
    wanted = queries.asked(site, here.settings, (), here.overlay)
    return crawl.done(here.vault, platform, queries.fingerprint(site, here.settings, wanted), since)


def _swept(here: Desk, platforms: Sequence[str], by: str) -> Done:
    """How each platform's sweep ended, and what it brought."""
    told, outcomes = [], []
    spiders = crawls.sweep(here, platforms, [], by)
    for spider in spiders:
        if spider.left_alone:
            continue
        answers = crawl.answers(here.vault, spider.sweep_id)
        outcomes += [answer.outcome for answer in answers]
        end = crawl.end_of(here.vault, spider.sweep_id)
        words = f"put off: {spider.put_off or 'a wall came up'}" if end is None else str(end[0])
        if end and end[0] is not Ended.COMPLETE:
            words += f": {end[1]}"
        suspects = sum(answer.suspects for answer in answers)
        told.append(f"{spider.site.name} {words} ({len(answers)} searches, {suspects} suspect)")
    told += [waiting.in_words(here, spider.waits) for spider in spiders if spider.waits]
    return Done(
        "; ".join(told) or "searched already, since it was due",
        put_off=any(spider.put_off or spider.waits for spider in spiders),
        unanswered=_all(outcome is Outcome.FAILED for outcome in outcomes),
    )


def _checked(here: Desk, platforms: Sequence[str], since: datetime) -> Done:
    """Look again on those of PLATFORMS (none: all) on which that was not done SINCE then: it may wait for others."""
    lanes: dict[str, list[checks.Watched]] = {}
    for each in checks.watched(here.vault, platforms):
        lanes.setdefault(each.platform, []).append(each)
    left = [name for name, listings in lanes.items() if not _over(listings, since)]
    if lanes and not left:
        return Done("looked at already, since it was due")
    return _looked(here, todo.Kind.CHECK, left or platforms)


def _over(listings: Sequence[checks.Watched], since: datetime) -> bool:
    """Whether a check of a platform's LISTINGS has ended SINCE then, be it by a wall; never where none answered."""
    last = max((each.looks[-1] for each in listings), key=lambda look: look.id)
    if last.at >= since and last.condition in WALLS:
        return True
    seen = [each for each in listings if each.latest]
    again = (each.looks[-1] for each in seen if len(each.looks) > 1)  # a first look is no check
    answered = any(look.condition is not Condition.UNREACHABLE for look in again)
    return answered and all(each.looks[-1].at >= since for each in seen)


def _looked(here: Desk, kind: todo.Kind, platforms: Sequence[str]) -> Done:
    """How many listings were looked at, what they are now, and what stopped us."""
    before = checks.newest(here.vault)
    spiders = crawls.look(here, kind, platforms)
    pictures.read_new(here)
    follow_rooms(here)
    seen = [look for each in checks.watched(here.vault, platforms) for look in each.looks if look.id > before]
    told = [f"{len(seen)} looked at"]
    told += [f"{count} {condition}" for condition, count in Counter(str(look.condition) for look in seen).items()]
    left = [f"stopped: {spider.site.name}: {spider.stopped}" for spider in spiders if spider.stopped]
    left += [f"put off: {spider.site.name}: {spider.put_off}" for spider in spiders if spider.put_off]
    left += [waiting.in_words(here, spider.waits) for spider in spiders if spider.waits]
    unanswered = _all(look.condition is Condition.UNREACHABLE for look in seen)
    put_off = any(spider.put_off or spider.waits for spider in spiders)
    return Done("; ".join([", ".join(told), *left]), put_off, unanswered)


def _all(holds: Iterable[bool]) -> bool:
    """Whether there is one, and all of them hold."""
    each = list(holds)
    return bool(each) and all(each)
