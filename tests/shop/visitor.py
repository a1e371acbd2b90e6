"""A visitor of the shop, who reads its pages with the platform's file and parsel alone."""

from dataclasses import dataclass
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

from parsel import Selector

from config.platform import Condition, Platform, Sign


@dataclass(frozen=True)
class Answer:
    """What the shop answered."""

    status: int
    url: str
    body: bytes

    @property
    def root(self) -> Selector:
        return Selector(self.body.decode("utf-8"))


def visitor() -> OpenerDirector:
    """A visitor with cookies, who asks the shop itself and no proxy."""
    return build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))


def get(url: str, who: OpenerDirector | None = None) -> Answer:
    """The answer to a GET, whatever its status, after redirects."""
    try:
        with (who or visitor()).open(url, timeout=20) as answer:
            return Answer(answer.status, answer.url, answer.read())
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.url, refused.read())


def titles(file: Platform, page: Answer) -> list[str]:
    each = page.root.css(file.search.card.each)
    return [(card.css(file.search.card.title).get() or "").strip() for card in each]


def every_page(file: Platform, term: str) -> list[Answer]:
    """The result pages as far as the shop itself says that another follows."""
    pages = [get(file.search_url(term, 1))]
    while file.search.next and pages[-1].root.css(file.search.next):
        pages.append(get(file.search_url(term, len(pages) + 1)))
        assert len(pages) < 20, "the shop never says that a page is the last"
    return pages


def found(file: Platform, term: str) -> list[str]:
    return [title for page in every_page(file, term) for title in titles(file, page)]


def says(root: Selector, where: str | None, words: tuple[str, ...]) -> bool:
    said = [" ".join("".join(each.css("*::text").getall()).split()) for each in root.css(where or "")]
    return any(word in text for word in words for text in said)


def says_zero(file: Platform, page: Answer) -> bool:
    assert file.search.zero is not None
    return says(page.root, file.search.zero.where, file.search.zero.says)


def sign(file: Platform, means: Condition) -> Sign:
    (only,) = [sign for sign in file.signs if sign.means is means]
    return only


def looks_sold(file: Platform, page: Answer) -> bool:
    sold = sign(file, Condition.SOLD_OR_ENDED)
    return says(page.root, sold.where, sold.says)
