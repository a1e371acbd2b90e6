"""What a sweep asks of a platform: the terms that it searches, or the channels that it walks."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from archive.facts import Judged, Lead
from config.errors import UsageError
from config.platform import Platform
from config.settings import Settings
from config.term import search_terms

Posts = Sequence[tuple[Lead, Judged]]


def asked(site: Platform, here: Settings, named: Iterable[str], own: Path) -> list[str]:
    """What is to be asked of SITE, each once: what is NAMED, else the workspace's terms (of config/ OWN) or channels.

    A channel is written @name, so that no record of a sweep takes it for a word that was searched.
    """
    wanted = [each.strip() for each in named if each.strip()]
    if not site.search.walked:
        return list(dict.fromkeys(wanted or search_terms(here.language, own)))
    if words := [each for each in wanted if not each.startswith("@")]:
        raise UsageError(
            f"{site.name} is walked channel by channel, and its posts are held against your terms here: "
            f"'{words[0]}' is no channel. Write --term @NAME"
        )
    channels = wanted or [f"@{name}" for name in here.channels.get(site.name, ())]
    if not channels:
        raise UsageError(
            f"{site.name} is walked channel by channel, and no channel is named. "
            f'Name some in wildfree.toml: [channels] {site.name} = ["NAME"]; or one with --term @NAME'
        )
    return list(dict.fromkeys(channels))


def fingerprint(site: Platform, here: Settings, wanted: Iterable[str]) -> str:
    """SHA-256 over the platform's file, its robots.txt's standing and what is WANTED: what is asked, and how."""
    told = [site.model_dump_json(), here.ignore_robots.get(site.name, ""), *wanted]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def with_terms(site: Platform, found: Posts) -> Posts:
    """Of a walk, the posts that hold a term of ours: what else stands in a channel is nobody's to keep."""
    return [each for each in found if each[1].matches] if site.search.walked else found


def told(because: str, found: Posts, kept: Posts) -> str:
    """BECAUSE, with how many of what was FOUND were KEPT, where not all were."""
    return because if len(kept) == len(found) else f"{because}, {len(kept)} of them with a term of ours"
