"""The command `wildfree`: finds the file of a command by its name, and says every error in one line."""

import os
import re
import signal
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from config.errors import MachineError, UsageError, WildfreeError, why
from config.reading import did_you_mean
from config.system import HANGUPS, speak_utf8
from desk.shell import shell
from desk.show import visible

COMMANDS = Path(__file__).parent / "commands"
INTERRUPTED = 130  # the exit code after Ctrl-C
CHOICE = re.compile(r"'([^']*)' is not one of ((?:'[^']*'(?:, )?)+)")  # as Typer says it
WHOLE = re.compile(r"Input should be a valid integer\b.*")  # the same
ENDLESS = re.compile(r"\S{600,}")
UNANSWERED = "nothing was done, because a question was not answered. Answer it, or give the answer as an option"


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
    nothing; 8 put off: our own manners, the site or a wall has us wait, and the same command goes on later;
    130 stopped by Ctrl-C.
    """


def main(argv: Sequence[str]) -> int:
    """Run one command with the words ARGV and return its exit code."""
    try:
        _typed(argv)
        code = app(list(argv), prog_name="wildfree", standalone_mode=False)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except WildfreeError as error:
        return _said(str(error), error.exit_code)
    except TyperException as problem:
        return _said(_unfit(problem), problem.exit_code)
    except typer.Abort:
        return _said(UNANSWERED, WildfreeError.exit_code)
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        return _said(f"{where}{why(problem)}", MachineError.exit_code)
    if code == INTERRUPTED:
        print("\nStopped. What was kept stays kept; the same command goes on from there.", file=sys.stderr)
    return code or 0


def _said(text: str, code: int) -> int:
    """Say what went wrong, if anybody can be told, and answer CODE; words without end are cut."""
    short = ENDLESS.sub(lambda word: f"{word[0][:100]}... ({len(word[0])} characters)", text)
    with suppress(OSError):
        if short:
            print(f"wildfree: {visible(short)}", file=sys.stderr, flush=True)
    return code


def _unfit(problem: TyperException) -> str:
    """Typer's word on a command line that does not fit, in one line, with the nearest choice and where to look."""
    text = " ".join(problem.format_message().replace("Value error, ", "").split())
    text = WHOLE.sub("a whole number is wanted.", text)
    if text and (found := CHOICE.search(text)):
        text += did_you_mean(found[1], re.findall("'([^']*)'", found[2]))
    context: typer.Context | None = getattr(problem, "ctx", None)
    return f"{text} See: {context.command_path} --help" if text and context else text


def _typed(argv: Sequence[str]) -> None:
    """UsageError for a word that nobody can have meant: bytes that are no text, or signs that steer a terminal.

    What phones share, and `add` takes, has several lines.
    """
    lines = "\t\r\n" if argv[:1] == ["add"] else ""
    for word in argv:
        if any("\ud800" <= sign <= "\udfff" for sign in word):
            raise UsageError(f"{word[:60]!r}: not UTF-8. Set the terminal to UTF-8 and type it again")
        if any(unicodedata.category(sign) == "Cc" and sign not in lines for sign in word):
            raise UsageError(f"{word[:60]!r}: holds a control character or a line break. Type it without")


def _open_streams() -> None:
    """Open what our caller closed of standard input, output and error: no file of ours may get their numbers."""
    handle = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    while handle <= 2:
        handle = os.open(os.devnull, os.O_RDWR)
    os.close(handle)
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  (open to our end)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (the same)
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  (the same)


def _flushed() -> None:
    """Send what is left to say on its way; what nobody can take any more is let go of, as Python's own end would."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def run() -> None:
    """Run the words of the command line, and end what they set going."""
    _open_streams()
    speak_utf8()
    try:
        code = main(sys.argv[1:])
        _flushed()
    finally:
        for further in (signal.SIGINT, signal.SIGTERM, *HANGUPS):  # a second Ctrl-C must not leave half of it running
            signal.signal(further, signal.SIG_IGN)
        if "crawler.run" in sys.modules:  # else there is nothing to end, and the import takes a second
            sys.modules["crawler.run"].close()
    sys.exit(code)
