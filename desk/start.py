"""Where `wildfree` starts: hears Ctrl-C from the first moment on, while the commands are still being read in."""

import sys


def run() -> None:
    """Run the command line; 130 after a Ctrl-C that came before anything was begun, or after all was done."""
    try:
        from desk.main import run as run_command  # noqa: PLC0415  (that takes a while, and may be interrupted)

        run_command()
    except KeyboardInterrupt:
        sys.exit(130)
