"""Walks a listing through the whole house, on the practice market, with the market's own answer sheet."""

from pathlib import Path
from typing import get_args

from archive import todo
from archive.facts import Capture, Decision
from archive.questions import checks
from archive.questions import letters as letter_questions
from archive.questions import report as report_questions
from archive.questions import review as review_questions
from archive.vault import DATABASE, EVIDENCE
from config.errors import EvidenceError, LetterError, UsageError
from config.platform import Cause, Condition
from config.settings import Language
from desk import crawls, reviewing, workspaces, writing
from desk.context import LETTERS, Desk, desk
from desk.practice.market import Market
from desk.practice.opening import NAME, opened
from desk.practice.wares import Label, Ware, wares
from desk.report.file import reported
from desk.show import line, progress

TERMS = ("象牙", "虎骨", "穿山甲", "玳瑁", "犀", "熊胆", "鹤顶红", "ivory", "pangolin")
BY = "practice reviewer"
REASON = "该商品涉嫌违反《野生动植物及其制品管理规则》"  # the market's stated reason, when it removes a listing
SENDER = ("演练小组 Practice team (fictional)", "practice-team@example.org")


def run(workspace: Path) -> None:
    """Run the demonstration in WORKSPACE, made if it is not there."""
    if not (workspace / DATABASE).exists():
        workspaces.make(workspace, "practice", *SENDER)
    with desk(workspace) as here:
        if not here.practice:
            raise UsageError(f"{workspace}: is a real workspace; the demo needs a practice one. Name another folder")
        with opened(workspace) as market:
            _walk(here, market)
    with desk(workspace) as here:
        _told(here)


def _walk(here: Desk, market: Market) -> None:
    line(f"1 sweep   the practice market at {market.base} is searched")
    crawls.sweep(here, [NAME], TERMS, BY)
    line("2 visit   each new suspect listing is opened once, and its page kept")
    crawls.look(here, todo.Kind.VISIT, [NAME])
    line("3 review  a person says what each is (here: the market's own answer sheet)")
    _review(here)
    line("4 letter  one removal demand in each language; a person approves it")
    _write(here)
    line("5 check   the market acts on some of the demands; every page is looked at again")
    _act(here, market)
    crawls.look(here, todo.Kind.CHECK, [NAME])


def _review(here: Desk) -> None:
    truth = {ware.key: ware for ware in wares()}
    waiting = reviewing.waiting(here, BY)
    with progress("Reviewing") as step:
        step(0, len(waiting))
        for case in waiting:
            reviewing.keep(here, case, _verdict(truth[case.key]), BY)
            step(1, 0)


def _verdict(ware: Ware) -> reviewing.Verdict:
    if ware.label is Label.SUSPECT:
        return reviewing.Verdict(Decision.ILLEGAL, ware.species, ware.form, sufficiency=2, legality=3)
    return reviewing.Verdict(Decision.LAWFUL if ware.label is Label.LAWFUL else Decision.UNRELATED)


def _write(here: Desk) -> None:
    languages = get_args(Language)
    gaps: list[str] = []
    with progress("Writing") as step:
        step(0, len(languages))
        for language in languages:
            try:
                writing.approve(here, writing.draft(here, NAME, language, [], BY).number, BY)
            except LetterError as gap:
                gaps.append(f"          no new letter ({language}): {gap}")
            step(1, 0)
    for words in gaps:
        line(words)


def _act(here: Desk, market: Market) -> None:
    """Let the market do what platforms do: remove some with a reason, delete some; one is sold, one edited."""
    demanded = {listing for letter in letter_questions.written(here.vault) for listing in letter.listings}
    keys = [case.key for case in review_questions.cases(here.vault, [NAME]) if case.listing_id in demanded]
    for key in keys[:4]:
        market.remove(key, REASON)
    for key in keys[4:7]:
        market.delete(key)
    for key in keys[7:8]:
        market.sell(key)
    for key in keys[8:9]:
        market.edit(key, "老物件 手工 私聊")


def _told(here: Desk) -> None:
    """Print what the archive now holds, read back from it, and where everything is."""
    counts = next(each for each in report_questions.counts(here.vault) if each.platform == NAME)
    away = report_questions.away(here.vault, [NAME])
    first = sum(each.looks[0].capture is Capture.COMPLETE for each in checks.watched(here.vault, [NAME]))
    gone = [each for each in away if each.condition is Condition.GONE]
    named = [each for each in gone if each.cause is Cause.PLATFORM]
    words = named[0].reason if named else ""
    line("\nRead back from the archive:")
    line(f"  {counts.sightings} sightings of {counts.listings} listings, {counts.suspects} of them suspect")
    line(f"  {first} listings captured whole by browser (page, text, screenshot, pictures)")
    line(f"  {len(named)} not seen since: removed by the platform, in its own words: {words}")
    line(f"  {len(gone) - len(named)} not seen since: the page is gone and does not say by whose hand")
    for paper in writing.papers(here):
        if isinstance(paper, str):
            raise EvidenceError(paper)
        line(f"  letter {paper.number} ({paper.language}, {len(paper.listings)} listings): {paper.pdf}")
    _, page = reported(here, [], here.settings.language)
    line(f"Letters:  {here.workspace / LETTERS}\nEvidence: {here.workspace / EVIDENCE}\nReport:   {page}")
