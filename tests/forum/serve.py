"""The forum as a test sees it from outside: its address, its topics, and what its keepers can be told to do."""

from pathlib import Path

from tests.served.outside import Request, Served


class Forum:
    """A running forum. `restore` undoes all that was done to it."""

    def __init__(self, folder: Path) -> None:
        self._site = Served("forum", folder)
        self._paths: dict[str, str] = self._site.order("paths")

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return self._site.base

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request since the last `restore`, in the order in which they came."""
        return self._site.requests

    def stop(self) -> None:
        """End the forum's process and wait for its end."""
        self._site.stop()

    def url(self, title: str) -> str:
        """The address of the topic's page, even after it was removed or renamed."""
        return self.base + self._paths[title]

    def remove(self, title: str) -> None:
        """Let the moderator delete the topic."""
        self._site.order("remove", title)

    def close(self, title: str) -> None:
        """Let the moderator close the topic: it stays, and nobody can reply."""
        self._site.order("close", title)

    def rewrite(self, title: str, new_title: str, section: str) -> None:
        """Let the moderator give the topic another title and move it to SECTION."""
        self._site.order("rewrite", title, new_title, section)
        self._paths[new_title] = self._paths[title]

    def remove_post(self, title: str, number: int) -> None:
        """Let the moderator delete the topic's post NUMBER; 1 is the offer itself."""
        self._site.order("remove_post", title, number)

    def expel(self, title: str) -> None:
        """Delete the account of the topic's author, and with it all their topics."""
        self._site.order("expel", title)

    def members_only(self, after: int = 0) -> None:
        """Send everyone who is not logged in to the login page, once AFTER more topics were asked for."""
        self._site.order("members_only", after)

    def open_to_all(self) -> None:
        """Undo `members_only`."""
        self._site.order("open_to_all")

    def open_search(self) -> None:
        """Let everyone search; as spirit comes, only members can."""
        self._site.order("open_search")

    def reindex(self) -> None:
        """Bring the search up to date, as the forum does once a night."""
        self._site.order("reindex")

    def restore(self) -> None:
        """Put everything back as it was on the first day, and forget the requests."""
        self._site.order("restore")
