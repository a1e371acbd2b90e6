"""The forum's own process: what its owner, its moderator and its members do when a test orders it."""

import os
from pathlib import Path
from typing import Any

import django  # type: ignore[import-untyped]  # ships no types
from django.conf import settings  # type: ignore[import-untyped]  # ships no types
from django.contrib.auth import get_user_model  # type: ignore[import-untyped]  # ships no types
from django.core.cache import cache  # type: ignore[import-untyped]  # ships no types
from django.core.management import call_command  # type: ignore[import-untyped]  # ships no types
from django.db import connection  # type: ignore[import-untyped]  # ships no types
from django.test import Client  # type: ignore[import-untyped]  # ships no types

from tests.served.inside import RequestLog, copy, serve

FOLDER = Path(os.environ["WILDFREE_FORUM"])
LIVE, SEEDED = FOLDER / "live.sqlite3", FOLDER / "seeded.sqlite3"


def topic(title: str) -> Any:
    """The topic of this title, as the forum's database has it now."""
    from spirit.topic.models import Topic  # type: ignore[import-untyped]  # needs the settings, ships no types

    return Topic.objects.get(title=title)


def moderate(address: str, **words: str) -> None:
    """Let the moderator send a form, through spirit's own page at ADDRESS."""
    from tests.forum.seed import MODERATOR

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.get(username=MODERATOR), settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post(address, words)
    assert answer.status_code == 302, f"{address}: {answer.status_code}"


def remove(title: str) -> None:
    moderate(f"/topic/moderate/delete/{topic(title).pk}/")


def close(title: str) -> None:
    moderate(f"/topic/moderate/lock/{topic(title).pk}/")


def rewrite(title: str, new_title: str, section: str) -> None:
    from spirit.category.models import Category  # type: ignore[import-untyped]  # needs the settings, ships no types

    chosen = Category.objects.get(title=section)
    moderate(f"/topic/update/{topic(title).pk}/", title=new_title, category=str(chosen.pk))


def remove_post(title: str, number: int) -> None:
    post = topic(title).comment_set.order_by("date", "pk")[number - 1]
    moderate(f"/comment/{post.pk}/delete/")


def expel(title: str) -> None:
    """Delete the account of the topic's author, and with it all that they wrote."""
    topic(title).user.delete()


def members_only(after: int) -> None:
    from tests.forum.urls import Closing

    Closing.after = after
    settings.ST_PRIVATE_FORUM = not after


def open_to_all() -> None:
    from tests.forum.urls import Closing

    Closing.after = None
    settings.ST_PRIVATE_FORUM = False


def open_search(*, yes: bool = True) -> None:
    from tests.forum.urls import OwnersChoice

    OwnersChoice.open = yes


def reindex() -> None:
    """What the forum does once a night."""
    call_command("rebuild_index", verbosity=0, interactive=False)
    INDEX["stale"] = True


INDEX = {"stale": False}  # whether the index is another than the seeded one
LOG = RequestLog(FOLDER / "requests.tsv")


def restore() -> None:
    copy(SEEDED, LIVE)
    cache.clear()
    open_to_all()
    open_search(yes=False)
    if INDEX["stale"]:
        reindex()
        INDEX["stale"] = False
    LOG.clear()


def paths() -> dict[str, str]:
    """The path of every topic's page."""
    from spirit.topic.models import Topic

    return {each.title: each.get_absolute_url() for each in Topic.objects.all()}


MODERATED = (remove, close, rewrite, remove_post, expel)
OWNED = (members_only, open_to_all, open_search, reindex, restore, paths)
ORDERS = {order.__name__: order for order in MODERATED + OWNED}


def main() -> None:
    """Fill the forum if it is new, and open it."""
    django.setup()
    from tests.forum.seed import seed

    if not SEEDED.exists():
        seed()
        connection.close()
        copy(LIVE, SEEDED)
    restore()
    serve(LOG, ORDERS)


if __name__ == "__main__":
    main()
