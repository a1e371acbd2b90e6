"""The practice market's pages as a Starlette application over its stock, and where its tricks play."""

from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from desk.practice.film import MEDIA_TYPE, film
from desk.practice.pictures import EACH, picture
from desk.practice.playing import Playing
from desk.practice.stock import Good, State
from desk.practice.tricks import ACTS
from desk.practice.tricks.stage import Stage

HERE = Path(__file__).parent
BATCH = 8  # cards that come at a time
ROBOTS = "User-agent: *\nDisallow: /seller/\n"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:",
}


class Pages:
    """What the market answers to each address."""

    def __init__(self, stock: Playing) -> None:
        self._stock = stock
        self._templates = Jinja2Templates(HERE / "templates")

    def app(self) -> Starlette:
        """The application: every page, the JSON behind some of them, the pictures."""
        routes = [
            Route("/", self.home),
            Route("/search", self.search),
            Route("/item/{key}", self.item),
            Route("/seller/{shop}", self.seller),
            Route("/login", self.login),
            Route("/api/search", self.more),
            Route("/api/item/{key}", self.details),
            Route("/picture/{key}-{number:int}.jpg", self.picture),
            Route("/film/{key}.webm", self.film),
            Route("/robots.txt", self.robots),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
        return Starlette(routes=routes, exception_handlers={404: self.missing})

    async def home(self, request: Request) -> Response:
        """The front page, with a few goods."""
        return self._page(request, "home.html", goods=self._liked())

    async def search(self, request: Request) -> Response:
        """The result page, or what a trick makes of it."""
        term = request.query_params.get("q", "")
        return self._played(self._stock.played_on_search(term), request, self._results(request, term))

    def _results(self, request: Request, term: str) -> Response:
        """The first cards in the HTML, or, for terms in Latin letters, none: JavaScript fetches them all."""
        found = self._stock.found(term)
        ready = 0 if term.isascii() else min(BATCH, len(found))
        nothing = not found and not term.isascii()
        return self._page(
            request,
            "search.html",
            term=term,
            goods=found[:ready],
            ready=ready,
            more=not nothing and (ready < len(found) or term.isascii()),
            nothing=nothing,
            liked=self._liked(),
        )

    async def more(self, request: Request) -> Response:
        """The next cards as JSON, and where those after them start (null: there are none)."""
        found = self._stock.found(request.query_params.get("q", ""))
        start = request.query_params.get("from", "0")
        first = int(start) if start.isdecimal() else 0
        after = first + BATCH
        cards = [_told(good) for good in found[first:after]]
        return JSONResponse({"cards": cards, "next": after if after < len(found) else None}, headers=HEADERS)

    async def item(self, request: Request) -> Response:
        """A listing's page, or what a trick makes of it."""
        answer = self._listing(request, self._known(request))
        return self._played(self._stock.played_on_listing(request.path_params["key"]), request, answer)

    def _listing(self, request: Request, good: Good | None) -> Response:
        """A listing: on sale, sold, removed with the platform's reason, or deleted."""
        if good is None:
            return self._nothing_here(request)
        if good.state is State.REMOVED:
            return self._page(request, "removed.html", good=good, liked=self._liked())
        return self._page(request, "item.html", good=good, sold=good.state is State.SOLD, numbers=range(1, EACH + 1))

    async def details(self, request: Request) -> Response:
        """What a late listing's page asks for once its JavaScript runs."""
        good = self._known(request)
        if good is None or good.state is State.REMOVED:
            return JSONResponse({"error": "not found"}, 404, HEADERS)
        return JSONResponse(_told(good), headers=HEADERS)

    async def seller(self, request: Request) -> Response:
        """One shop and what it sells; robots.txt asks robots to stay away."""
        shop = request.path_params["shop"]
        goods = [good for good in self._stock.on_sale() if good.ware.shop == shop]
        return self._page(request, "seller.html", shop=shop, goods=goods) if goods else self._nothing_here(request)

    def picture(self, request: Request) -> Response:
        """A picture, drawn when it is first asked for; it outlives its listing, as on real platforms."""
        good = self._stock.good(request.path_params["key"])
        number = request.path_params["number"]
        if good is None or not 1 <= number <= EACH:
            return PlainTextResponse("not found", 404)
        return Response(picture(good.photos, number, good.ware.picture), media_type="image/jpeg")

    def film(self, request: Request) -> Response:
        """The film of a listing."""
        if self._stock.good(request.path_params["key"]) is None:
            return PlainTextResponse("not found", 404)
        return Response(film(f"No. {request.path_params['key']}"), media_type=MEDIA_TYPE)

    async def login(self, request: Request) -> Response:
        """The login, where nobody has an account."""
        return self._page(request, "login.html")

    async def robots(self, _: Request) -> Response:
        """Everything is allowed except the shops' own pages."""
        return PlainTextResponse(ROBOTS)

    async def missing(self, request: Request, _: Exception) -> Response:
        """The answer to an address that names nothing."""
        return self._nothing_here(request)

    def _played(self, trick: str, request: Request, own: Response) -> Response:
        """What TRICK makes of the market's OWN answer; that answer itself where no trick plays."""
        if trick not in ACTS:
            return own

        def show(template: str, status: int = 200, **content: object) -> Response:
            return self._page(request, template, status, liked=self._liked(), **content)

        def beside() -> Response:
            others = (good for good in self._stock.on_sale() if good.ware.key != request.path_params["key"])
            return self._listing(request, next(others, None))

        return ACTS[trick](Stage(request, own, show, beside))

    def _nothing_here(self, request: Request) -> Response:
        return self._page(request, "missing.html", 404)

    def _known(self, request: Request) -> Good | None:
        good = self._stock.good(request.path_params["key"])
        return None if good is None or good.state is State.DELETED else good

    def _liked(self) -> Sequence[Good]:
        return self._stock.on_sale()[:6]

    def _page(self, request: Request, template: str, status: int = 200, **content: object) -> Response:
        return self._templates.TemplateResponse(request, template, content, status, HEADERS)


def _told(good: Good) -> dict[str, str | int]:
    """A listing as the site's own JavaScript reads it."""
    ware = good.ware
    return {"key": ware.key, "title": good.title, "price": ware.price, "shop": ware.shop, "pictures": EACH}
