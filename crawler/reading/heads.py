"""The heads of requests and answers, and which of their parts are secrets that are never kept."""

import re

Headers = tuple[tuple[str, str], ...]  # as delivered: order, case, doubles

CALLED = (  # anywhere in a name
    r"(?:token|auth|api[-_]?key|access[-_]?key|secret|sess(?:ion|id)|csrf|xsrf|passw(?:or)?d|pwd|ticket|bearer|jwt"
    r"|signature|credential)"
)
SHORT = r"(?:sid|sess|sign?|tk|otp|pass)"  # the whole name, or its last word
SECRET = re.compile(rf"(?:set-)?cookie2?|proxy-.*|.*{CALLED}.*|(?:.*[-_])?{SHORT}", re.IGNORECASE | re.DOTALL)
NAMED = rf"(?:[\w.%\[\]-]{{0,80}}?{CALLED}[\w.%\[\]-]{{0,80}}|(?:[\w.%\[\]-]{{0,80}}[-_])?{SHORT})"
BEGUN = r"(?:[?&;#]|%(?:25)*3[Ff]|%(?:25)*26)(?:amp;)?"  # an address may stand in another's query, coded
GIVEN = re.compile(rf"({BEGUN}{NAMED}(?:=|%(?:25)*3[Dd]))[^&#;\s\"'<>\\]+", re.IGNORECASE)
QUOTE, SPACE = "(?:%5C)?%22", "(?:%20)*"  # in JSON that stands in an address
IN_JSON = re.compile(rf"({QUOTE}{NAMED}{QUOTE}{SPACE}(?:%3A|:){SPACE}%22)[^%&#\s\"'<>]+", re.IGNORECASE)
WHO = re.compile(r"(?<=//)[^/?#\s\"'<>]+@")  # name and password before a host; a password may have an @ in it
UNKEPT = "(not kept)"
UNKEPT_IN_ADDRESS = "(not%20kept)"
LINE = "\r\n"
BODILESS = frozenset({204, 304})  # statuses of answers that have no body (RFC 9110 §6.4.1)


def kept(headers: Headers) -> Headers:
    """HEADERS with every secret's value put by; that it was there is told."""
    return tuple((name, _value(name, value)) for name, value in headers)


def without_secrets(text: str) -> str:
    """TEXT, in which addresses may stand, with the values of their secret parameters put by."""
    if "=" not in text and "@" not in text and "%3" not in text and "%25" not in text:
        return text
    for found in (GIVEN, IN_JSON):
        text = found.sub(rf"\g<1>{UNKEPT_IN_ADDRESS}", text)
    return WHO.sub(f"{UNKEPT_IN_ADDRESS}@", text)


def head(first: str, headers: Headers) -> str:
    """A head of the line FIRST and of HEADERS, without their secrets; each line is ended by CRLF."""
    lines = (f"{name}: {value}" for name, value in kept(headers))
    return "".join(line + LINE for line in (without_secrets(first), *lines))


def head_kept(came: str) -> str:
    """The head that CAME, in its own order, case and doubles, without its secrets and its closing empty line."""
    first, *others = came.rstrip(LINE).split("\n")
    lines = [without_secrets(first.removesuffix("\r"))]
    secret = False
    for line in others:
        name, colon, value = line.removesuffix("\r").partition(":")
        if line[:1] in {" ", "\t"}:  # it goes on with the one before
            lines.append(f" {UNKEPT}" if secret else without_secrets(line.removesuffix("\r")))
            continue
        secret = bool(colon) and bool(SECRET.fullmatch(name.strip()))
        lines.append(f"{name}: {UNKEPT}" if secret else f"{name}{colon}{without_secrets(value)}")
    return "".join(line + LINE for line in lines)


def value_of(came: str, name: str) -> str:
    """The value of the heads called NAME (in small letters) in a head that CAME, doubles with commas; "" without."""
    named = (line.partition(":") for line in came.split(LINE)[1:])
    return ", ".join(value.strip() for called, _, value in named if called.lower() == name)


def _value(name: str, value: str) -> str:
    return UNKEPT if SECRET.fullmatch(name.strip()) else without_secrets(value)
