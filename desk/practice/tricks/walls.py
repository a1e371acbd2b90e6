"""Tricks that keep a visitor out: notices, logins, challenges, a limit. All are invented; none can be passed."""

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from desk.practice.tricks.stage import Stage

WAIT = "20"  # s that the rate limit asks for


def banned_term(stage: Stage) -> Response:
    """The search refuses the term, and says why."""
    return stage.show("tricks/refused.html", term=stage.request.query_params.get("q", ""))


def login_wall(stage: Stage) -> Response:
    """Led to the login, which knows where one wanted to go."""
    return RedirectResponse(f"/login?{urlencode({'to': stage.request.url.path})}", 302)


def app_only(stage: Stage) -> Response:
    """Only the app shows it."""
    return stage.show("tricks/app.html")


def private(stage: Stage) -> Response:
    """The seller shows it to friends only."""
    return stage.show("tricks/private.html")


def challenge_work(stage: Stage) -> Response:
    """The browser is to compute something first: HTTP 401, the task as JSON, an emptied cookie."""
    return _work(stage, 401)


def wall_404(stage: Stage) -> Response:
    """The same challenge with HTTP 404."""
    return _work(stage, 404)


def challenge_box(stage: Stage) -> Response:
    """A box to tick: HTTP 429, the address for a title, a form and little else."""
    return stage.show("tricks/box.html", 429, asked=stage.request.url.path)


def challenge_pass(stage: Stage) -> Response:
    """A visitor's pass is to be given out first: HTTP 200 and a page of scripts."""
    return stage.show("tricks/pass.html")


def rate_limit(stage: Stage) -> Response:
    """Too many requests: HTTP 429 without a page, and when to come again."""
    return stage.said(b"", status=429, heads=(("Retry-After", WAIT), ("X-RateLimit-Remaining", "0")))


def _work(stage: Stage, status: int) -> Response:
    page = stage.show("tricks/work.html", status)
    page.delete_cookie("practice-work")
    return page
