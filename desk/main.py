"""The command `wildfree`: finds the file of a command by its name, and says every error in one line."""

import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from config.errors import MachineError, UsageError, WildfreeError
from config.reading import did_you_mean
from desk.shell import shell
from desk.show import visible

COMMANDS = Path(__file__).parent / "commands"
INTERRUPTED = 130  # the exit code after Ctrl-C


class Commands(TyperGroup):
    """The files of desk/commands/, each a command, imported when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the files."""
        return sorted(path.stem for path in COMMANDS.glob("[a-z]*.py"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command in the file of that name; UsageError with the nearest where there is none."""
        known = self.list_commands(ctx)
        if cmd_name not in known:
            raise UsageError(f"no command '{cmd_name}'.{did_you_mean(cmd_name, known)} See: wildfree --help")
        command = typer.main.get_command(import_module(f"desk.commands.{cmd_name}").app)
        command.name = cmd_name
        return command


app = shell(cls=Commands, no_args_is_help=True)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"wildfree {version('wildfree')}")
        raise typer.Exit


@app.callback()
def wildfree(
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say the version and stop.")
    ] = False,
) -> None:
    """Find illegal wildlife trade online, keep evidence, demand removal, and see what platforms do.

    A week: sweep, visit, review, letter, check, report. Try it all with: wildfree demo

    Exit codes: 0 done; 1 an error; 2 a word or a file in config/ that does not fit; 3 the workspace;
    4 the evidence; 5 a letter lacks something; 6 this machine lacks something; 7 a platform let us see
    nothing; 130 stopped by Ctrl-C.
    """


def main(argv: Sequence[str]) -> int:
    """Run one command with the words ARGV and return its exit code."""
    try:
        _readable(argv)
        app(list(argv), prog_name="wildfree", standalone_mode=True)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("\nStopped. What was kept stays kept; the same command goes on from there.", file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except WildfreeError as error:
        print(f"wildfree: {visible(str(error))}", file=sys.stderr)
        return error.exit_code
    except OSError as problem:
        print(f"wildfree: {visible(f'{problem.filename or problem}: {problem.strerror}')}", file=sys.stderr)
        return MachineError.exit_code
    return 0


def _readable(argv: Sequence[str]) -> None:
    for word in argv:
        if not word.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in word):
            raise UsageError(f"{word!r}: not UTF-8. Set the terminal to UTF-8 and type it again")


def run() -> None:
    """Run the words of the command line, and end what they set going."""
    try:
        code = main(sys.argv[1:])
    finally:
        for further in (signal.SIGINT, signal.SIGTERM):  # a second Ctrl-C must not leave half of it running
            signal.signal(further, signal.SIG_IGN)
        if "crawler.run" in sys.modules:  # else there is nothing to end, and the import takes a second
            sys.modules["crawler.run"].close()
    sys.exit(code)
