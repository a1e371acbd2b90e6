"""Keeps a workspace's schedule: says what is due, and does it when its time has come.

Settings and the clock's rows alone say what is due; APScheduler only wakes us when it may have come to that.
So nothing is lost by a kill, a suspended laptop or a clock that is set, and of many missed runs one is made up for.
"""

import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

from archive import todo
from archive.vault import Vault
from config.errors import WildfreeError, WorkspaceError
from config.schedule import Job
from config.settings import FILE
from desk import work
from desk.context import desk
from desk.show import line
from desk.standing import SHOWN, Standing, due, planned, standing
from desk.work import Done

TICK = 5.0  # s until we look anyway: timers stand still while a laptop sleeps, and the settings may have changed
AGAIN = timedelta(hours=1)  # until a job goes on that was put off, or that nobody answered
TRIES = 6  # in vain; then the job has run, and its next time is waited for


class Clock:
    """The schedule of one workspace, kept by this process, which must lead it (desk/leader.py)."""

    def __init__(self, workspace: Path, by: str, say: Callable[[str], None] = line) -> None:
        self._workspace, self._by, self._say = workspace, by, say
        self._read = self._stamp()
        with desk(workspace) as here:
            self._plan = planned(here)
            self._ran = todo.last_runs(here.vault)
        self._sound = True  # whether the settings can be read; while they cannot, nothing begins
        self._later: dict[str, datetime] = {}  # a job that was put off -> when it goes on, in UTC
        self._tries: Counter[str] = Counter()  # in vain, one after the other
        self._next = ""
        self._wake = Event()
        self._scheduler = _scheduler()

    def run(self) -> NoReturn:
        """Do what is due whenever it is, until something is raised: the wish to end, or what we cannot go on with."""
        self._scheduler.start()
        try:
            while True:
                self._wake.clear()
                self.work_off()
                self._set()
                self._wake.wait()
        finally:
            self._scheduler.shutdown(wait=False)

    def work_off(self) -> None:
        """Do all that is due now, one job after the other, and say what will be next."""
        self._read_again()
        while self._sound and (waiting := self._waiting()):
            self._do(*waiting[0])
            self._read_again()
        if self._sound:
            self._tell_next()

    def _waiting(self) -> list[tuple[datetime, Job]]:
        """What is due, and since when (UTC), without what was put off till later."""
        now = datetime.now(UTC)
        return [(since, job) for since, job in due(self._standing()) if self._later.get(job.name, now) <= now]

    def _standing(self) -> list[Standing]:
        return standing(self._plan, self._ran, datetime.now(UTC))

    def _set(self) -> None:
        """Have us woken at the next time of each job, however late, and every TICK."""
        self._scheduler.remove_all_jobs()
        self._scheduler.add_job(self._wake.set, "interval", seconds=TICK, misfire_grace_time=None)
        for each in self._standing():
            self._scheduler.add_job(self._wake.set, "date", run_date=each.next_run, misfire_grace_time=None)

    def _do(self, since: datetime, job: Job) -> None:
        """Do one job, due SINCE then: it then has run, or will go on AGAIN later."""
        began = datetime.now(UTC)
        self._tell(f"{job.name}: begins")
        done = self._done(job, since)
        if self._goes_on(job, done):
            self._later[job.name] = datetime.now(UTC) + AGAIN
            self._tell(f"{job.name}: {done.told}; goes on at {self._local(self._later[job.name]):%H:%M}")
        else:
            self._tell(f"{job.name}: {done.told}")
            self._note(job, began)

    def _done(self, job: Job, since: datetime) -> Done:
        """What came of JOB; what goes wrong with it is said, and the clock goes on."""
        try:
            with desk(self._workspace) as here:
                return work.do(here, job, self._by, since)
        except WildfreeError as problem:
            return Done(f"failed: {_in_one_line(problem)}")
        except Exception as fault:  # noqa: BLE001  (the outermost line of a crawl: the next job must not fall with it)
            return Done(f"failed: {_placed(fault)}")

    def _goes_on(self, job: Job, done: Done) -> bool:
        """Whether JOB is not over yet: it was put off, or nobody answered, but for the last of some tries."""
        self._tries[job.name] = self._tries[job.name] + 1 if done.unanswered else 0
        return done.put_off or 0 < self._tries[job.name] < TRIES

    def _note(self, job: Job, began: datetime) -> None:
        """Remember the run, here too: if the disk is full, the job must not begin again and again."""
        self._ran[job.name] = began
        self._tries[job.name] = 0
        try:
            with Vault.open(self._workspace) as vault:
                todo.ran(vault, job.name, began)
        except WorkspaceError as problem:
            self._tell(f"{job.name}: that it ran could not be noted: {problem}")

    def _read_again(self) -> None:
        """Take over what was changed in the settings; until a fault in them is mended, nothing begins."""
        if (stamp := self._stamp()) == self._read:
            return
        self._read = stamp
        try:
            with desk(self._workspace) as here:
                self._plan, self._sound = planned(here), True
        except WildfreeError as problem:
            self._sound = False
            self._tell(f"nothing begins until this is mended: {_in_one_line(problem)}")
        else:
            self._tell(f"{FILE} was read again; jobs: {len(self._plan.schedule)}")

    def _stamp(self) -> tuple[int, int] | None:
        """What changes when the settings do; None while there are none."""
        try:
            there = (self._workspace / FILE).stat()
        except FileNotFoundError:
            return None
        return there.st_mtime_ns, there.st_size

    def _tell_next(self) -> None:
        """Say what will be next, if that was not said yet."""
        nexts = sorted((self._later.get(each.job.name, each.next_run), each.job.name) for each in self._standing())
        words = f"next: {nexts[0][1]} at {self._local(nexts[0][0]):{SHOWN}}" if nexts else "no jobs"
        if words != self._next:
            self._next = words
            self._tell(words)

    def _tell(self, words: str) -> None:
        self._say(f"{self._local(datetime.now(UTC)):%Y-%m-%d %H:%M:%S}  {words}")

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._plan.zone)


def _scheduler() -> Any:
    """APScheduler, in a thread of its own: a crawl holds the event loop only while it lasts."""
    from apscheduler.schedulers.background import (  # type: ignore[import-untyped]  # noqa: PLC0415  (heavy; no types)
        BackgroundScheduler,
    )

    return BackgroundScheduler(timezone=UTC)


def _in_one_line(problem: Exception) -> str:
    return " ".join(str(problem).split())


def _placed(fault: Exception) -> str:
    """A fault of ours or of the machine, with the place where it came up."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__}: {_in_one_line(fault)} ({Path(last.filename).name}:{last.lineno})"
