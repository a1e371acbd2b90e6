"""Reads every file of a pack strictly before any of it is taken: one bad file, and nothing is."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import ConfigError, WildfreeError
from config.law import Law, laws
from config.platform import platform, platforms
from config.reading import read_toml, read_tsv
from config.term import Term, placed
from letters.proving import proven

BEYOND = (RecursionError, OverflowError, MemoryError)  # what hostile patterns and selectors make their readers raise


def each(config: Path, paths: Iterable[str]) -> None:
    """See that each of PATHS in the folder CONFIG can be read by itself; ConfigError says which cannot."""
    for path in paths:
        with _told(path):
            folder = path.partition("/")[0]
            if folder == "platforms":
                platform(Path(path).stem, config)
            elif folder == "terms":
                read_tsv(config / path, Term)
            elif folder == "laws":
                read_toml(config / path, Law)
    _letters(config, paths)


def together(config: Path, paths: Iterable[str]) -> None:
    """See that all files of CONFIG, PATHS among them, and the shipped ones can be read together; else ConfigError."""
    with _told("its files beside those that are here"):
        list(platforms(config))
        placed(config)
        list(laws(config))
    _letters(config, paths)


def _letters(config: Path, paths: Iterable[str]) -> None:
    """See that each template of which one of PATHS is a file prints its example."""
    for name in dict.fromkeys(path.split("/")[1] for path in paths if path.startswith("templates/")):
        with _told(f"templates/{name}"):
            proven(name, config / "templates")


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except WildfreeError as problem:
        first, *more = str(problem).splitlines()
        rest = f" (and {len(more)} more faults)" if more else ""
        raise ConfigError(f"not taken: {_placed(path, first)}{rest}") from None
    except BEYOND as problem:
        raise ConfigError(f"not taken: {path}: cannot be read: {type(problem).__name__}") from None


def _placed(path: str, said: str) -> str:
    return said if path in said else f"{path}: {said}"
