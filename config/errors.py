"""Every error of the house, as one tree: each says where, what, and how to mend it.

    WildfreeError           1  something that a person must mend
    ├── UsageError          2  a command was called with words that do not fit
    ├── ConfigError         2  a file in config/ cannot be used
    ├── WorkspaceError      3  the folder is no workspace, or not one this version can open
    ├── EvidenceError       4  an exhibit is missing or is not what its name says
    ├── LetterError         5  something that a letter needs is missing
    └── MachineError        6  this machine lacks something: a browser, a font, a free port

The figure is the exit code of the command line. What the world does (a wall, a removed page) is
a value, never one of these.
"""

import errno

NO_RIGHT = "Let yourself read and write there"
READ_ONLY = "It can only be read: work where you can write"
FULL = "Make room, then the same command goes on"
IN_THE_WAY = "Something else stands in its place: move that away"
MENDS = {
    errno.EACCES: NO_RIGHT,
    errno.EPERM: NO_RIGHT,
    errno.EROFS: READ_ONLY,
    errno.ENOSPC: FULL,
    errno.EFBIG: FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): FULL,  # Windows has none
    errno.EISDIR: IN_THE_WAY,
    errno.ENOTDIR: IN_THE_WAY,
    errno.EEXIST: IN_THE_WAY,
    errno.ELOOP: "Its link leads round in a circle: replace that",
    errno.ENOENT: "Put it back, or name another",
    errno.ENAMETOOLONG: "Choose a shorter name",
    errno.EMFILE: "Close other programs",
    errno.EIO: "The disk may be failing: copy what is on it to another",
}


def why(problem: OSError) -> str:
    """What the system says of PROBLEM, and how to mend it, where that is known."""
    said = problem.strerror or str(problem)
    mend = MENDS.get(problem.errno or 0)
    return f"{said}. {mend}" if mend else said


class WildfreeError(Exception):
    """Something that a person must mend."""

    exit_code = 1


class UsageError(WildfreeError):
    """A command was called with words that do not fit."""

    exit_code = 2


class ConfigError(WildfreeError):
    """A file in config/ cannot be used."""

    exit_code = 2


class WorkspaceError(WildfreeError):
    """The folder is no workspace, or not one this version can open."""

    exit_code = 3


class EvidenceError(WildfreeError):
    """An exhibit is missing or is not what its name says."""

    exit_code = 4


class LetterError(WildfreeError):
    """Something that a letter needs is missing."""

    exit_code = 5


class MachineError(WildfreeError):
    """This machine lacks something: a browser, a font, a free port."""

    exit_code = 6
