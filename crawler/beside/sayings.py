"""What a page, judged as it came, was found to say, without the volunteer's own; keys and addresses stay. Pure."""

import json
from dataclasses import replace

import rfc8785

from archive.facts import Exhibit, Lead, Reading
from config.platform import Platform
from crawler.beside.blackout import Own, addressed
from crawler.page import Results
from crawler.reading.heads import without_secrets
from crawler.signs import Page


class Sayings:
    """What is kept of the pages of SITE, without what is known to be OWN by then."""

    def __init__(self, own: Own, site: Platform) -> None:
        self._own, self._site = own, site

    def text(self, text: str) -> str:
        """TEXT with all of it blacked out."""
        return self._own.out_of_text(without_secrets(text))

    def address(self, url: str) -> str:
        """The address URL, which goes on showing what it shows."""
        return addressed(without_secrets(url), self._own, self._site)

    def page(self, page: Page) -> Page:
        """PAGE as it is kept."""
        url, final_url = self.address(page.url), self.address(page.final_url)
        return replace(page, url=url, final_url=final_url, html=self.text(page.html))

    def results(self, told: Results) -> Results:
        """TOLD of a search; a card is the same card still."""
        return replace(told, because=self.text(told.because), leads=tuple(map(self._lead, told.leads)))

    def _lead(self, lead: Lead) -> Lead:
        image = self.address(lead.image) if lead.image else ""
        title, price, seller = map(self.text, (lead.title, lead.price, lead.seller))
        return replace(lead, title=title, price=price, seller=seller, image=image)

    def reading(self, said: Reading) -> Reading:
        """What was SAID of a listing."""
        because, title, price, seller, reason = map(
            self.text, (said.because, said.title, said.price, said.seller, said.reason)
        )
        images = tuple(map(self.address, said.images))
        return replace(said, because=because, title=title, price=price, seller=seller, reason=reason, images=images)

    def room(self, exhibit: Exhibit) -> Exhibit:
        """The EXHIBIT of a live room (crawler/live.py)."""
        told = json.loads(exhibit.body)
        items = [
            each | {"title": self.text(each["title"]), "price": self.text(each["price"])} for each in told["items"]
        ]
        return replace(exhibit, body=rfc8785.dumps(told | {"host": self.text(told["host"]), "items": items}))

    def pictures(self, remembered: tuple[Exhibit, ...], named: tuple[str, ...]) -> dict[str, Exhibit]:
        """Those of REMEMBERED, by their addresses, that a listing NAMED, without the account's own."""
        others = (each for each in remembered if not self._own.pictured(each.url, each.body))
        found = {address: replace(each, url=address) for each in others if (address := self.address(each.url))}
        return {address: each for address, each in found.items() if address in named}
