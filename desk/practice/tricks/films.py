"""Tricks on a page that moves: a film, a film that does not play, a live room."""

from starlette.responses import Response

from desk.practice.tricks.stage import Stage


def film(stage: Stage) -> Response:
    """The listing has a film of its own, which waits for a finger."""
    return _beside(stage, _film(stage, stage.request.path_params["key"]))


def broken_film(stage: Stage) -> Response:
    """The listing has a film that is not there."""
    return _beside(stage, _film(stage, "none"))


def live_room(stage: Stage) -> Response:
    """The listing is a live room: what plays there began without us, and goods stand in its window."""
    key = stage.request.path_params["key"]
    room = stage.show("tricks/live_room.html", room=f"room-{key}", host=f"host-{key}")
    return _beside(stage, _film(stage, key, live=True) + bytes(room.body).decode())


def _film(stage: Stage, name: str, *, live: bool = False) -> str:
    return bytes(stage.show("tricks/film.html", film=f"/film/{name}.webm", live=live).body).decode()


def _beside(stage: Stage, html: str) -> Response:
    return stage.written(stage.html.replace("</main>", f"{html}</main>"))
