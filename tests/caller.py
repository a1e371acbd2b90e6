"""Asks a stall by our own settings, without a lock on it: `python -m tests.caller`, then lines of COUNT WORKSPACE.

Answers each line by one JSON object: the statuses that came, and why there was none for the others of the COUNT.
"""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.vault import Vault
from config.progress import nowhere
from config.settings import platform_in, settings
from crawler import run
from crawler.meta import GAP


class Caller(Spider):
    """Asks for the same page COUNT times; Scrapy would gladly send all of them at once."""

    name = "caller"
    custom_settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 8}  # noqa: RUF012  (Scrapy's way)

    def __init__(self, vault: Vault, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vault, self.count, self.step, self.ignored_robots = vault, count, nowhere, ""
        self.site = platform_in(vault.workspace, "stall", practice=True)
        self.settings_here = settings(vault.workspace)
        self.allow = self.settings_here.allowed(practice=True)
        self.answers: list[int] = []
        self.refusals: list[str] = []

    async def start(self) -> AsyncIterator[Request]:
        for number in range(self.count):
            url = self.site.search_url(str(number), 1)
            meta = {GAP: self.site.manners.delay}
            yield Request(url, self.answered, errback=self.refused, meta=meta, dont_filter=True)

    def answered(self, response: Response) -> None:
        self.answers.append(response.status)

    def refused(self, failure: Failure) -> None:
        self.refusals.append(str(failure.value))


def asked(workspace: Path, count: int) -> str:
    with Vault.open(workspace) as vault:
        (caller,) = run.crawl(Caller, [{"vault": vault, "count": count}])
    assert isinstance(caller, Caller)
    return json.dumps({"answers": caller.answers, "refusals": caller.refusals})


if __name__ == "__main__":
    print("ready", flush=True)
    for line in sys.stdin:
        count, _, workspace = line.strip().partition(" ")
        print(asked(Path(workspace), int(count)), flush=True)
    run.close()
