"""The heads of an answer, and which of them are secrets that are never kept."""

import re

Headers = tuple[tuple[str, str], ...]  # as delivered: order, case, doubles

SECRET = re.compile(r"set-cookie2?|(.*[-_])?(token|authorization|api-?key|secret|session(-?id)?)", re.IGNORECASE)
UNKEPT = "(not kept)"


def kept(headers: Headers) -> Headers:
    """HEADERS with every secret's value put by; that it was there is told."""
    return tuple((name, UNKEPT if SECRET.fullmatch(name.strip()) else value) for name, value in headers)
