"""What the terms say of texts that no search has shown: those in pictures, titles of pages, goods of live rooms."""

from collections.abc import Iterable

from archive import todo
from archive.facts import Judged
from archive.questions import clues, rooms
from archive.rows.sweep import first_look
from desk.context import Desk


def judged(here: Desk, texts: Iterable[str]) -> dict[str, Judged]:
    """What the terms say of each of TEXTS."""
    different = dict.fromkeys(texts)
    found = {"": clues.NOTHING}
    if different.keys() <= found.keys():
        return found
    from crawler.ready import matcher  # noqa: PLC0415  (only where there is something to judge)

    judging = matcher(here.overlay)
    return found | {text: judging.judge(text) for text in different}


def suspect(here: Desk) -> dict[str, Judged]:
    """The texts besides cards that the terms make suspect."""
    told = judged(here, clues.texts(here.vault))
    return {text: each for text, each in told.items() if each.suspect}


def follow_rooms(here: Desk) -> None:
    """Let what live rooms offer become due for a first look, where its title is suspect and nobody has looked."""
    goods = {(window.platform, good): window.at for window in rooms.windows(here.vault) for good in window.goods}
    told = judged(here, (good.title for _, good in goods))
    looks = (
        first_look(platform, good.key, good.url, at)
        for (platform, good), at in goods.items()
        if told[good.title].suspect
    )
    todo.plan(here.vault, looks)
