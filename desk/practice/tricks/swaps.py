"""Tricks that answer with something else than what was asked for."""

from io import BytesIO
from zipfile import ZipFile, ZipInfo

from starlette.responses import RedirectResponse, Response

from desk.practice.tricks.stage import Stage


def another_listing(stage: Stage) -> Response:
    """Another listing's page, at the address of this one, as if nothing had happened."""
    return stage.beside()


def home(_: Stage) -> Response:
    """Led to the front page."""
    return RedirectResponse("/", 302)


def empty(stage: Stage) -> Response:
    """Nothing at all, and all is well."""
    return stage.said(b"", status=200)


def download(stage: Stage) -> Response:
    """A file to save."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(ZipInfo("practice.txt"), "演练 PRACTICE")
    named = 'attachment; filename="practice.zip"'
    return stage.said(packed.getvalue(), "application/zip", 200, (("Content-Disposition", named),))
