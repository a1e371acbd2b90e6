"""Tells what the goods on a page are called, which stays whole though somebody wrote it to the volunteer. Pure."""

from config.platform import Platform
from crawler.beside.seen import Seen
from crawler.cards import leads
from crawler.page import page_shown
from crawler.quoted import quoted


def titles(site: Platform, reader: Platform | None, seen: Seen, term: str) -> list[str]:
    """The titles on the page that was SEEN, where the files say that they stand, and the TERM searched for."""
    page = page_shown(seen.dom, b"", url=seen.asked, final_url=seen.url, status=seen.status)
    cards = leads(reader, page, term)[0] if reader else ()
    return [term, quoted(site, page).title, *(lead.title for lead in cards)]
