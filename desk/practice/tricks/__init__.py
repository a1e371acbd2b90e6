"""What each trick makes of the market's own answer; those that change a listing itself stand in playing.py."""

from collections.abc import Mapping

from desk.practice.tricks import films, lively, swaps, walls, wire
from desk.practice.tricks.stage import Act

ACTS: Mapping[str, Act] = {
    "script_words": lively.script_words,
    "sold_beside": lively.sold_beside,
    "dialogs": lively.dialogs,
    "endless": lively.endless,
    "film": films.film,
    "live_room": films.live_room,
    "broken_film": films.broken_film,
    "gbk": lively.gbk,
    "gbk_head_utf8": lively.gbk_head_utf8,
    "gbk_meta_utf8": lively.gbk_meta_utf8,
    "banned_term": walls.banned_term,
    "login_wall": walls.login_wall,
    "app_only": walls.app_only,
    "private": walls.private,
    "challenge_work": walls.challenge_work,
    "challenge_box": walls.challenge_box,
    "challenge_pass": walls.challenge_pass,
    "wall_404": walls.wall_404,
    "rate_limit": walls.rate_limit,
    "another_listing": swaps.another_listing,
    "home": swaps.home,
    "empty": swaps.empty,
    "download": swaps.download,
    "huge": wire.huge,
    "loop": wire.loop,
    "drip": wire.drip,
}
