"""What the page of a live room says of itself: which room it is, who hosts it, what its shop window offers."""

from pydantic import model_validator

from config.reading import Strict
from config.recourse import Sure
from config.search import Card
from config.sign import Css, Json


class Live(Strict):
    """Where a live room's page keeps its ids and its goods; how it is filmed says [listing] video."""

    room: Css | None = None  # the room's id
    room_json: Json | None = None  # the same, where it stands in JSON
    host: Css | None = None  # the id of who hosts it; it stays in the evidence
    host_json: Json | None = None
    item: Card | None = None  # one of the shop window
    source: str = ""
    confidence: Sure | None = None

    @model_validator(mode="after")
    def _told(self) -> "Live":
        if self.room is None and self.room_json is None:
            raise ValueError("needs room or room_json: without one no page is a live room's")
        return self
