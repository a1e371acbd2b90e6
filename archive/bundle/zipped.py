"""Writes the zip of a bundle's folder: its bytes follow from what it holds."""

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from archive.bundle.stranger.package import member


def zip_folder(folder: Path, names: Iterable[str], out: Path) -> None:
    """Write the files NAMES of FOLDER to the zip OUT, packed, inside a folder of the same name."""
    with ZipFile(out, "x") as package:
        for name in names:
            package.writestr(member(f"{folder.name}/{name}"), (folder / name).read_bytes(), ZIP_DEFLATED)
