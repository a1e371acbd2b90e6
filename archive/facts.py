"""What the archive can be told: plain frozen types that float between the rooms."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from config.platform import Cause, Condition


class Outcome(StrEnum):
    """What a search page turned out to be. Zero is a claim: only the page's own words make it one."""

    HITS = "hits"
    CONFIRMED_ZERO = "confirmed_zero"
    BANNED_TERM_NOTICE = "banned_term_notice"
    LOGIN_WALL = "login_wall"
    CHALLENGE = "challenge"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    FORBIDDEN = "forbidden"
    POSTPONED = "postponed"


class How(StrEnum):
    """Who looks: our robot, or a person whose browsing we record."""

    ROBOT = "robot"
    ATTENDED = "attended"


class Ended(StrEnum):
    """How a sweep came to its end."""

    COMPLETE = "complete"  # every search asked was answered, one way or another
    NOT_LET_IN = "not_let_in"  # the canary showed no cards, or a wall came up
    ABANDONED = "abandoned"  # another sweep took its place, or nobody went on with it
    CUT_OFF = "cut_off"  # nobody ended it: a browser or a program broke down


class Capture(StrEnum):
    """Whether we kept what we saw; what the page said is its Condition."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"


class Role(StrEnum):
    """What an exhibit is of its page."""

    PAYLOAD = "payload"  # the document's body as delivered
    BODY = "body"  # of anything else that the page loaded, as delivered
    CERTIFICATE = "certificate"  # of a server, DER
    DOM = "dom"  # the page as rendered
    TEXT = "text"  # its visible text
    SCREENSHOT = "screenshot"
    MHTML = "mhtml"  # the page in one file that browsers open
    MANIFEST = "manifest"  # what binds all others to the address and the time (archive/manifest.py)
    PICTURE = "picture"
    LETTER = "letter"  # the text, the PDF or the mail of a notice
    FRAME = "frame"  # one picture of a series taken while a page played; its address ends in #t=SECONDS
    TIP = "tip"  # a file that a person brought, as it was brought
    METADATA = "metadata"  # what such a file says of itself, JSON


class Decision(StrEnum):
    """What a reviewer says of a listing."""

    ILLEGAL = "illegal"
    SUSPECT = "suspect"
    LAWFUL = "lawful"
    UNRELATED = "unrelated"
    REFER = "refer"


class Stage(StrEnum):
    """How far a letter has come; its Steps in order."""

    DRAFT = "draft"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"  # not sent, and not to be sent


@dataclass(frozen=True)
class Match:
    """One term found in a text, with its place in the original text."""

    term: str
    species: str  # scientific name, or ""
    kind: str
    start: int  # code points
    end: int
    view: str  # through which form of the text it was found


class Code(StrEnum):
    """What may be the reason for a score, beside the kinds of terms (config/term.py); stored as spelt here."""

    RAISES = "raises"  # a word that the term itself names
    LOWERS = "lowers"  # likewise
    COMPANY = "company"  # another term of the same species
    HINT = "hint"  # alone no proof
    FAINT = "faint"  # a short word of the same sound
    FARMED = "farmed"  # commonly farmed, and not said to be wild
    UNWATCHED = "unwatched"  # a species that is listed only to be told apart
    WITHIN = "within"  # part of a longer harmless word
    DISOWNED = "disowned"  # beside a word that says it is another thing
    CUT = "cut"  # a long text of which only a part was weighed
    PICTURED = "pictured"  # it stands in a picture of the listing
    SHARED = "shared"  # in one that many listings share
    OFFERED = "offered"  # it stands in the shop window of the listing's live room
    BROUGHT = "brought"  # a person brought it


@dataclass(frozen=True)
class Reason:
    """One thing that spoke for or against a text, in no language yet; desk/words/reasons.*.toml say it."""

    code: str  # a Code, or the kind of a term
    words: tuple[str, ...]  # of the text, of the terms, of the species; which, says the code


@dataclass(frozen=True)
class Judged:
    """What the terms say of one text, and why."""

    text: str
    suspect: bool
    score: float  # 0-1
    matches: tuple[Match, ...] = ()
    reasons: tuple[Reason, ...] = ()  # the strongest match's first


@dataclass(frozen=True)
class Lead:
    """One card of a search page."""

    platform: str
    key: str
    url: str
    title: str
    term: str
    rank: int  # from 1, over all pages of the query's page
    price: str = ""
    seller: str = ""
    image: str = ""


@dataclass(frozen=True)
class Exhibit:
    """Bytes to keep, in a role; a picture also names its address."""

    role: Role
    body: bytes
    media_type: str
    url: str = ""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as delivered, without its secrets (crawler/reading/heads.py)."""

    url: str
    method: str
    kind: str  # what it was for, as browsers call it: Document, Image, Script, Fetch, ...
    at: datetime  # UTC, when the request went
    request: str  # its head as sent: first line and header lines, each ended by CRLF; latin-1 bytes as code points
    status: int | None  # None: no answer came
    response: str = ""  # the answer's head as received, in the same form; its order, case and doubles kept
    protocol: str = ""  # HTTP/1.1, HTTP/2: that one's first line is ours, since it sends none
    address: str = ""  # that answered, as the guard connected to it
    payload: bytes | None = None  # the body; None: none came, or none was kept
    media_type: str = ""
    decoded: str = ""  # the content codings that were undone before the body came to us; "" none
    tls: dict[str, str] = field(default_factory=dict)  # of this connection: protocol, cipher, ...
    certificates: tuple[bytes, ...] = ()  # that the server showed on this connection, DER, its own first
    missing: str = ""  # why there is no answer, or no body


@dataclass(frozen=True)
class Snapshot:
    """One look at a page: what was delivered and what was derived from that one load."""

    url: str
    final_url: str
    status: int | None  # None: no answer came
    at: datetime  # UTC
    environment: dict[str, str]
    exchanges: tuple[Exchange, ...] = ()  # in the order of their requests
    exhibits: tuple[Exhibit, ...] = ()  # what was derived: tree, text, picture, archive of the page
    missing: tuple[str, ...] = field(default=())  # what could not be kept, in words


@dataclass(frozen=True)
class Reading:
    """What a listing's page says."""

    condition: Condition
    because: str  # the sign or status that told us
    cause: Cause | None = None
    title: str = ""
    price: str = ""
    seller: str = ""
    images: tuple[str, ...] = ()
    reason: str = ""  # the platform's own stated reason, word for word


@dataclass(frozen=True)
class Round:
    """One sweep of one platform, as it begins."""

    platform: str
    how: How
    asked_by: str
    at: datetime  # UTC
    code_version: str
    config_hash: str  # SHA-256 over the platform file and the terms searched
    ignored_robots: str = ""  # why robots.txt is not obeyed; "": it is


@dataclass(frozen=True)
class Searched:
    """One search page: what we looked at, or could not see."""

    sweep_id: int
    term: str
    page: int  # from 1
    url: str
    outcome: Outcome
    because: str
    at: datetime  # UTC
    found: tuple[tuple[Lead, Judged], ...] = ()


@dataclass(frozen=True)
class Brought:
    """A link or a file that a person brought; its files travel beside it."""

    by: str
    at: datetime  # UTC
    said: str  # as it was brought: the text pasted, or the file's name
    note: str = ""
    platform: str = ""  # "": of none that has a file
    key: str = ""  # of the listing that it names; "": it names none
    url: str = ""  # that listing's canonical address


@dataclass(frozen=True)
class Opinion:
    """What one person says of one listing, having seen one look at it."""

    listing_id: int
    visit_id: int | None
    by: str
    at: datetime  # UTC
    decision: Decision
    species: str = ""  # scientific name
    product_form: str = ""
    sufficiency: int = 0  # E0-E3: how well the evidence bears it
    legality: int = 0  # L0-L4: how sure we are that it is forbidden
    why: str = ""


@dataclass(frozen=True)
class Asked:
    """One listing in a letter: the look it relies on and the grounds named."""

    listing_id: int
    visit_id: int
    grounds: tuple[str, ...]
    deadline: datetime  # UTC


@dataclass(frozen=True)
class Drafted:
    """A letter as it was composed; its text, PDF and mail travel beside it as three exhibits, in this order."""

    number: str
    template: str
    version: str
    platform: str
    language: str
    at: datetime  # UTC
    by: str
    asked: tuple[Asked, ...]
