"""Fills an empty forum: members, a moderator, sections, and the shop's wares as topics with offers and replies."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings  # type: ignore[import-untyped]  # ships no types
from django.contrib.auth import get_user_model  # type: ignore[import-untyped]  # ships no types
from django.core.management import call_command  # type: ignore[import-untyped]  # ships no types
from django.db import transaction  # type: ignore[import-untyped]  # ships no types
from djconfig.models import Config  # type: ignore[import-untyped]  # ships no types
from PIL import Image
from spirit.category.models import Category  # type: ignore[import-untyped]  # ships no types
from spirit.comment.forms import CommentForm  # type: ignore[import-untyped]  # ships no types
from spirit.topic.models import Topic  # type: ignore[import-untyped]  # ships no types

from tests.forum.offers import OFFERS, REPLIES, SECTIONS
from tests.shop.pictures import draw

MODERATOR = "keeper"
PASSWORD = "marzipan-0417"  # of everybody
SELLERS = ("attic", "harbour", "lantern", "willow")
CHOICES = {"site_name": "Lantern Street", "topics_per_page": "5", "comments_per_page": "4"}


def seed() -> None:
    """Make the tables, then everything the forum holds, and index it."""
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for key, value in CHOICES.items():
            Config.objects.create(key=key, value=value)
        keeper, *sellers = (_member(name) for name in (MODERATOR, *SELLERS))
        keeper.st.is_moderator = True
        keeper.st.save()
        sections = [Category.objects.create(title=title) for title in SECTIONS]
        for number, title in enumerate(OFFERS, start=1):
            seller = sellers[number % len(sellers)]
            topic = Topic.objects.create(user=seller, title=title, category=sections[number % len(sections)])
            _post(topic, seller, _offer(title, number))
            _answers(topic, [*sellers, keeper], number)
    call_command("rebuild_index", verbosity=0, interactive=False)


def _member(name: str) -> Any:
    return get_user_model().objects.create_user(username=name, email=f"{name}@forum.example", password=PASSWORD)


def _offer(title: str, number: int) -> str:
    """The text of an offer, with its pictures, as its author would have uploaded them."""
    shown = [_picture(title, number, view) for view in range(1 + number % 2)]
    return "\n\n".join(["Sent within two days, ask me anything.", *(f"![photo]({address})" for address in shown)])


def _picture(title: str, number: int, view: int) -> str:
    name = f"spirit/images/{number}-{view + 1}.png"
    file = Path(settings.MEDIA_ROOT) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(BytesIO(draw(title, view, f"{number} / {view + 1}"))) as picture:
        picture.save(file)
    return f"{settings.MEDIA_URL}{name}"


def _answers(topic: Any, members: Sequence[Any], number: int) -> None:
    for each in range(number % 7):
        _post(topic, members[(number + each) % len(members)], REPLIES[(number + each) % len(REPLIES)])


def _post(topic: Any, author: Any, text: str) -> None:
    form = CommentForm(user=author, topic=topic, data={"comment": text})
    assert form.is_valid(), form.errors
    form.save()
    topic.increase_comment_count()
