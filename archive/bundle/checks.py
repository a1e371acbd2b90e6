"""Has a bundle checked before anybody gets it: by warcio, by py-wacz, and by the program that goes with it."""

from argparse import Namespace
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from warnings import catch_warnings, simplefilter

from archive.bundle.stranger.check import examined
from archive.bundle.stranger.package import DATA
from config.errors import EvidenceError


def passed(folder: Path, package: Path) -> None:
    """EvidenceError, in one line, unless the bundle in FOLDER and as the zip PACKAGE passes every check."""
    for path in sorted((folder / "looks").glob("*.wacz")):
        if problem := _foreign(path):
            raise EvidenceError(f"no bundle was made: {path.name}: {problem}")
    for place in (folder, package):
        found = examined(str(place))
        if found.faults:
            raise EvidenceError(f"no bundle was made: {found.faults[0].told('en')}. See: wildfree verify")


def _foreign(path: Path) -> str:
    """What py-wacz or warcio finds wrong with the WACZ at PATH; "" where both pass it."""
    with catch_warnings(), redirect_stdout(StringIO()) as said:
        simplefilter("ignore")  # py-wacz stands on pkg_resources and leaves files open: no news to a volunteer
        from wacz.validate import Validation  # type: ignore[import-untyped]  # noqa: PLC0415  (slow, no types)
        from warcio.checker import Checker  # type: ignore[import-untyped]  # noqa: PLC0415  (no types)

        opened = Validation(str(path))
        with opened.dir:
            tests = (
                opened.frictionless_validate,
                opened.check_file_paths,
                opened.check_file_hashes,
                opened.check_data_package_hash_and_sig,
            )
            if opened.check_required_contents() or not all(test() for test in tests):
                return f"py-wacz: {_last(said)}"
            warc = Checker(Namespace(inputs=[str(Path(opened.dir.name) / DATA)], verbose=False))
            return f"warcio: {_last(said)}" if warc.process_all() else ""


def _last(said: StringIO) -> str:
    return next((line.strip() for line in reversed(said.getvalue().splitlines()) if line.strip()), "it does not hold")
