"""What is offered on the forum: the shop's wares as topics, and the words around them."""

from tests.shop.wares import WARES

OFFERS = tuple(ware.title for ware in WARES)
SECTIONS = ("Collectables", "Living", "Everyday")
REPLIES = (  # what misleads whoever looks for words anywhere on a page
    "Is it still to be had? Error 404 on your last link, page not found here.",
    "Log in and look at my own topic, please.",
    "Nice one. My last offer was removed, no idea why.",
    "Where do you send from?",
    "There are no search results. for this anywhere else, so I take it.",
)
