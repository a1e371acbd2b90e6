"""`wildfree key`: says where the sealing key is kept, copies it, or hands it to the system's keyring."""

from pathlib import Path
from typing import Annotated

import typer

from archive import key
from config.errors import MachineError, UsageError, WorkspaceError
from desk.context import WorkspaceOption, desk
from desk.shell import shell
from desk.show import line

app = shell()


@app.command("key")
def sealing_key(
    copy: Annotated[
        Path | None, typer.Option("--copy", help="Write a copy to this new file: for a stick, or to print.")
    ] = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Hand it to the system's keyring, and take its file away.")
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say where the key is kept that seals the ledger, copy it, or hand it to the system's keyring.

    Whoever has it can seal in your name; without it, nothing new can be proved. Keep a copy apart from this computer.

    Example:
        wildfree key --copy ../sealing.key
    """
    with desk(workspace) as here:
        found = key.found(here.workspace)
        if found is None:
            raise WorkspaceError(f"{here.workspace}: the sealing key is not here. Unlock it, or put your copy back")
        if copy is not None:
            if copy.exists():
                raise UsageError(f"{copy}: is there already. Name a new file")
            key.write(copy, found)
            line(f"{copy}: a copy of the key. Keep it apart from this computer, and show it to nobody.")
        if keyring:
            _handed_over(here.workspace, found)
        elif copy is None:
            line(f"{found.verifier}\nkept in {found.where}")


def _handed_over(workspace: Path, found: key.SealingKey) -> None:
    """Let the keyring keep the key that was FOUND in the workspace's own file."""
    file = workspace / key.FILE
    if found.where != str(file):
        raise UsageError(f"the key is kept in {found.where}, not in {file}: nothing to hand over")
    if not key.keep_in_keyring(workspace, found):
        raise MachineError("this computer has no keyring that is unlocked: the key stays in its file")
    file.unlink()
    line(f"The keyring keeps it now, and {key.FILE} is gone.")
