"""The stand-alone verify.py of every bundle: these files joined into one, for a stranger with nothing but Python.

They use the standard library of Python 3.8 alone. `wildfree verify` and the maker of bundles call the same code:
`examined` in check.py.
"""

import re
from pathlib import Path

PARTS = (
    "words",
    "curve",
    "tree",
    "files",
    "names",
    "stamps",
    "pages",
    "warc",
    "records",
    "package",
    "wacz",
    "check",
    "main",
)
OWN = re.compile(r"^from archive\.bundle\.stranger\.\w+ import (?:\([^)]*\)|.*)\n", re.MULTILINE)
FUTURE = "from __future__ import annotations\n"
OPENING = '''"""Checks a bundle of wildfree evidence with nothing but Python 3.8, and says what it proves.

    python3 verify.py [--en|--zh] [BUNDLE]    BUNDLE: the folder or its zip; none: the folder this file stands in

Exit code 0: signature, inclusion, manifest and every exhibit were checked and hold. 1: something is wrong.
3: nothing is wrong, but something that the proof needs is not there. 2: there is no bundle. It believes no file of
the bundle but through the signed checkpoint; whose key that is, only you can find out. It writes nothing.
"""

'''


def program() -> bytes:
    """verify.py, the same bytes each time."""
    parts = [_part(Path(__file__).with_name(f"{name}.py").read_text("utf-8")) for name in PARTS]
    return "\n\n".join([OPENING + FUTURE, *parts]).encode()


def _part(text: str) -> str:
    """TEXT without what only holds the parts together; its first sentence becomes a remark."""
    said, _, code = text.removeprefix('"""').partition('"""\n')
    if not said or "\n" in said:
        raise ValueError("a part of verify.py opens with one sentence on one line")
    return f"# --- {said}\n{OWN.sub('', code.replace(FUTURE, ''))}".rstrip() + "\n"
