"""`wildfree schedule`: what runs by itself, and when; and the process that keeps to it."""

from datetime import datetime

from archive import todo
from config.errors import ConfigError
from config.settings import FILE, Settings
from desk.clock import Clock
from desk.context import ByOption, JsonOption, WorkspaceOption, desk, who
from desk.ending import ending
from desk.leader import kept_by, leading
from desk.shell import shell
from desk.show import line, objects, table
from desk.standing import SHOWN, Standing, planned, standing

app = shell(no_args_is_help=True, help="Let sweeps, visits, checks and reports run by themselves.")
HOW = """\
Nothing runs by itself yet. Write jobs like this one at the end of {file};
do: sweep, visit, check or report; at: days and times by the clocks of your time_zone. Then: wildfree schedule run

[[schedule]]
do = "sweep"
platforms = ["{name}"]
at = "sun 09:00"
"""
HEADS = ("job", "at", "last run", "next run", "in UTC", "")
START = "Start it, and leave it running: wildfree schedule run"


@app.command("list")
def show(as_json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Show what runs by itself: when it last ran, when it will next, and what was missed meanwhile.

    Example:
        wildfree schedule list
    """
    with desk(workspace) as here:
        stands = standing(planned(here), todo.last_runs(here.vault), here.clock())
        keeper = kept_by(here.workspace)
    if as_json:
        objects(_object(each, here.settings, keeper) for each in stands)
    elif not stands:
        line(HOW.format(file=here.workspace / FILE, name="market" if here.practice else "PLATFORM"))
    else:
        table(HEADS, (_row(each, here.settings, keeper) for each in stands))
        line(f"Kept by {keeper}." if keeper else f"Nobody keeps to it now. {START}")


@app.command()
def run(by: ByOption = "", workspace: WorkspaceOption = None) -> None:
    """Keep to the schedule: run what is due whenever it is, until Ctrl-C. One process a workspace does.

    A job that has never run begins at once. What was missed while the computer was off is made up for once,
    however often it was missed; what was cut off or put off goes on.

    Example:
        wildfree schedule run
    """
    with desk(workspace) as here:
        if not here.settings.schedule:
            raise ConfigError(f"{here.workspace / FILE}: there is no [[schedule]] yet. See: wildfree schedule list")
    with leading(here.workspace), ending():
        line(f"Keeping the schedule of {here.workspace}. Ctrl-C ends it; what is cut off goes on at the next start.")
        Clock(here.workspace, f"{who(by)} (schedule)").run()


def _row(each: Standing, settings: Settings, keeper: str) -> tuple[str, ...]:
    last, following = (_local(moment, settings) for moment in (each.last_run, each.next_run))
    utc = f"{each.next_run:%Y-%m-%d %H:%M}"
    return each.job.name, each.job.at.words, last, following, utc, _remark(each, keeper)


def _local(moment: datetime | None, settings: Settings) -> str:
    return f"{moment.astimezone(settings.zone):{SHOWN}}" if moment else "never"


def _remark(each: Standing, keeper: str) -> str:
    if each.due is None:
        return ""
    if keeper:
        return "under way, next in turn, or put off"
    return "missed: made up for at the next start" if each.last_run else "begins at the first start"


def _object(each: Standing, settings: Settings, keeper: str) -> dict[str, object]:
    """One job as JSON; moments in UTC, and by the clocks of the workspace."""
    return {
        "job": each.job.name,
        "do": each.job.do,
        "platforms": each.job.platforms,
        "at": each.job.at.words,
        "last_run": each.last_run,
        "next_run": each.next_run,
        "last_run_local": each.last_run and each.last_run.astimezone(settings.zone),
        "next_run_local": each.next_run.astimezone(settings.zone),
        "due": each.due is not None,
        "missed": each.due is not None and each.last_run is not None and not keeper,
        "kept_by": keeper or None,
    }
