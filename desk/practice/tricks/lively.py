"""Tricks on a page that is what it ought to be, and only looks otherwise, or is hard to read."""

from starlette.responses import Response

from desk.practice.tricks.stage import UTF8, Stage

META = '<meta charset="utf-8">'
ADDED = '<script src="/static/tricks/{}.js" defer></script>\n</body>'
WORDS = '<script>window.said = {"404": "Page not found", "gone": "该商品因违反平台规则已被下架"};</script>\n</body>'
OPEN = "default-src 'self'; img-src 'self' data:; script-src 'self' 'unsafe-inline'"  # lets WORDS run


def script_words(stage: Stage) -> Response:
    """A script in the page holds the words of a dead page, and shows none of them."""
    return stage.written(stage.html.replace("</body>", WORDS), (("Content-Security-Policy", OPEN),))


def sold_beside(stage: Stage) -> Response:
    """Goods that are marked sold out stand under the listing."""
    beside = bytes(stage.show("tricks/sold_beside.html").body).decode()
    return stage.written(stage.html.replace("</main>", f"{beside}</main>"))


def dialogs(stage: Stage) -> Response:
    """The page opens one dialog after another."""
    return stage.written(stage.html.replace("</body>", ADDED.format("dialogs")))


def endless(stage: Stage) -> Response:
    """The page grows whenever its end comes in sight."""
    return stage.written(stage.html.replace("</body>", ADDED.format("endless")))


def gbk(stage: Stage) -> Response:
    """In GBK, as head and meta element say."""
    return stage.said(_gbk(stage.html, "gbk"), "text/html; charset=gbk")


def gbk_head_utf8(stage: Stage) -> Response:
    """In GBK, as its meta element says; the head, which counts for a browser, says UTF-8."""
    return stage.said(_gbk(stage.html, "gbk"), UTF8)


def gbk_meta_utf8(stage: Stage) -> Response:
    """In GBK; the head says nothing, the meta element UTF-8."""
    return stage.said(_gbk(stage.html, "utf-8"), "text/html")


def _gbk(html: str, said: str) -> bytes:
    return html.replace(META, f'<meta charset="{said}">').encode("gbk", "xmlcharrefreplace")
