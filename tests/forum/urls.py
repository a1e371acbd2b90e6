"""The forum's addresses: all of spirit's own, the pictures, and a search that its owner can open to everyone."""

from collections.abc import Callable

from django.conf import settings  # type: ignore[import-untyped]  # ships no types
from django.http import HttpRequest, HttpResponse  # type: ignore[import-untyped]  # ships no types
from django.urls import include, path  # type: ignore[import-untyped]  # ships no types
from django.views.static import serve  # type: ignore[import-untyped]  # ships no types
from haystack.views import SearchView  # type: ignore[import-untyped]  # ships no types
from spirit.search.views import SearchView as MembersSearchView  # type: ignore[import-untyped]  # ships no types


class OwnersChoice(MembersSearchView):  # type: ignore[misc]  # its base ships no types
    """Spirit's search: for members only, as it comes, or for everyone."""

    open = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answering = SearchView.__call__ if type(self).open else MembersSearchView.__call__
        return answering(self, request)


def search(request: HttpRequest) -> HttpResponse:
    """A search of its own for each request: the view keeps what was asked."""
    return OwnersChoice()(request)


class Closing:
    """Middleware that makes the forum its members' own once so many topics were asked for."""

    after: int | None = None  # topics that a stranger may still see; None: as many as they like

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if Closing.after is not None and request.path.startswith("/topic/"):
            Closing.after -= 1
            settings.ST_PRIVATE_FORUM = Closing.after < 0
        return self._answer(request)


urlpatterns = [
    path("search/", search),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("spirit.urls")),
]
