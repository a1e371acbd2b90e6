"""`wildfree demo`: a volunteer's week on the practice market, in a minute."""

from pathlib import Path

from desk import demonstration
from desk.context import WorkspaceOption
from desk.shell import shell

app = shell()
FOLDER = Path("wildfree-demo")


@app.command()
def demo(workspace: WorkspaceOption = None) -> None:
    """Show the whole job on the practice market: sweep, visit, review, letter, check, report.

    It works in the folder wildfree-demo, or in the practice workspace that you name.

    Example:
        wildfree demo
    """
    demonstration.run((workspace or FOLDER).resolve())
