"""Fills an empty shop with the wares: prices, stock, categories, pictures."""

from typing import Any

from django.core.files.base import ContentFile  # type: ignore[import-untyped]  # ships no types
from django.core.management import call_command  # type: ignore[import-untyped]  # ships no types
from django.db import transaction  # type: ignore[import-untyped]  # ships no types
from oscar.apps.catalogue.categories import (  # type: ignore[import-untyped]  # ships no types
    create_from_breadcrumbs,
)
from oscar.core.loading import get_model  # type: ignore[import-untyped]  # ships no types

from tests.shop.pictures import draw
from tests.shop.wares import WARES, Ware

STOCK = 5
CATEGORIES = ("Home > Collectables", "Home > Living", "Everyday")


def seed() -> None:
    """Make the tables, then everything the shop sells."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    with transaction.atomic():
        kind = get_model("catalogue", "ProductClass").objects.create(name="Goods", track_stock=True)
        partner = get_model("partner", "Partner").objects.create(name="Harbour Lane")
        shelves = [create_from_breadcrumbs(name) for name in CATEGORIES]
        for number, ware in enumerate(WARES, start=1):
            _stock(_product(ware, number, kind, shelves[number % len(shelves)]), ware, number, partner)


def _product(ware: Ware, number: int, kind: Any, shelf: Any) -> Any:
    product = get_model("catalogue", "Product").objects.create(
        title=ware.title,
        upc=_code(number),
        product_class=kind,
        description="<p>Sent within two days. 拍下后两天内发出。</p>",
    )
    product.categories.add(shelf)
    for view in range(1 + number % 2):
        picture = ContentFile(draw(ware.title, view, f"{_code(number)} / {view + 1}"))
        image = get_model("catalogue", "ProductImage")(product=product, display_order=view)
        image.original.save(f"{_code(number)}-{view + 1}.png", picture, save=True)
    return product


def _stock(product: Any, ware: Ware, number: int, partner: Any) -> None:
    product.stockrecords.create(partner=partner, partner_sku=_code(number), price=ware.price, num_in_stock=STOCK)


def _code(number: int) -> str:
    return f"HL-{number:03}"
