"""What can be held before a platform, fact by fact, each with its source and how sure it is."""

from collections.abc import Iterator

from config.platform import Platform
from config.recourse import Contact, Fact

HEADS = ("what", "where", "says", "sure", "source", "seen on")


def held(platform: Platform) -> Iterator[dict[str, str]]:
    """Whom to write to, where to complain, its own rules, its promises: a row of HEADS each, in that order."""
    if contact := platform.contact:
        name = " ".join(filter(None, (contact.entity_zh, contact.entity_en)))
        yield _row("letters to", contact.email or contact.address or "", name, contact)
    for route in platform.routes:
        yield _row(f"complaint ({route.way})", route.to, route.note, route)
    for policy in platform.policies:
        yield _row("its own rule", policy.url or "", f"{policy.title}: {policy.says}", policy)
    for pledge in platform.pledges:
        yield _row(f"promise of {pledge.on}", pledge.url or "", f"{pledge.title} ({pledge.by})", pledge)


def _row(what: str, where: str, says: str, fact: Contact | Fact) -> dict[str, str]:
    seen = str(fact.verified_on or "")
    return dict(zip(HEADS, (what, where, says, fact.confidence, fact.source, seen), strict=True))
