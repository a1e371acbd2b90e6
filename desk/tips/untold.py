"""Puts by what a pasted link says of its giver: tokens, passwords and tracking, which are nobody's to keep."""

import re
from urllib.parse import quote, unquote

from crawler.reading.heads import SECRET, UNKEPT_IN_ADDRESS, without_secrets

ADDRESS = r"[a-z][a-z0-9+.-]{0,30}://[!#-;=?-~]+"  # apps' own schemes too; it ends at a quotation mark, < or >
PARAMETER = re.compile(r"([?&;#])([^=&;#?]{1,200})=([^&;#\"'<>\\]*)")
WITHIN = 3  # times that an address is coded in another's parameter


def untold(link: str, named: frozenset[str], within: int = WITHIN) -> str:
    """LINK with the values of its secret parameters put by, and of those NAMED in small letters, however coded."""

    def put_by(found: re.Match[str]) -> str:
        begun, name, value = found.groups()
        plain = unquote(name).lower()
        kept = UNKEPT_IN_ADDRESS if plain in named or SECRET.fullmatch(plain) else _inner(value, named, within)
        return f"{begun}{name}={kept if value else value}"

    return PARAMETER.sub(put_by, without_secrets(link))


def _inner(value: str, named: frozenset[str], within: int) -> str:
    """The VALUE of a parameter, which may be an address, or parameters, itself."""
    plain = unquote(value)
    if plain != value and "=" not in plain and within:
        told = _inner(plain, named, within - 1)
    elif within and ("=" in plain or "@" in plain):
        told = untold(f"&{plain}", named, within - 1)[1:]
    else:
        return value
    return value if told == plain else told if plain == value else quote(told, safe="")
