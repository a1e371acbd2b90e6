"""The shop's addresses: all of oscar's own, robots.txt and the pictures."""

from django.apps import apps  # type: ignore[import-untyped]  # ships no types
from django.conf import settings  # type: ignore[import-untyped]
from django.http import HttpRequest, HttpResponse  # type: ignore[import-untyped]
from django.urls import include, path  # type: ignore[import-untyped]
from django.views.static import serve  # type: ignore[import-untyped]

ROBOTS = "User-agent: *\nDisallow: /basket/\nDisallow: /accounts/\nDisallow: /dashboard/\n"


def robots(request: HttpRequest) -> HttpResponse:
    """What the shop asks of robots."""
    return HttpResponse(ROBOTS, content_type="text/plain")


handler403 = "oscar.views.handler403"
handler404 = "oscar.views.handler404"
handler500 = "oscar.views.handler500"

urlpatterns = [
    path("robots.txt", robots),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("i18n/", include("django.conf.urls.i18n")),  # oscar's footer names it
    path("", include(apps.get_app_config("oscar").urls[0])),
]
