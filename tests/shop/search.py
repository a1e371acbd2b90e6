"""The shop's search: every word of the query must stand in the title, newest first, one page at a time.

Haystack's own `simple` backend cannot be used: it matches the last word only and gives page 1 again as page 2.
"""

from typing import Any

from django.db.models import QuerySet  # type: ignore[import-untyped]  # ships no types
from haystack.backends import BaseEngine  # type: ignore[import-untyped]  # ships no types
from haystack.backends.simple_backend import (  # type: ignore[import-untyped]  # ships no types
    SimpleSearchBackend,
    SimpleSearchQuery,
)
from haystack.models import SearchResult  # type: ignore[import-untyped]  # ships no types
from oscar.core.loading import get_model  # type: ignore[import-untyped]  # ships no types


class TitleQuery(SimpleSearchQuery):  # type: ignore[misc]  # its base ships no types
    """The visitor's words alone; that wares must be public is seen to by the backend."""

    def build_query(self) -> str:
        words = [value for field, value in self.query_filter.children if field.startswith("content")]
        return " ".join(str(word.prepare(self)) for word in words) or "*"


class TitleBackend(SimpleSearchBackend):  # type: ignore[misc]  # its base ships no types
    """Looks for the words in the titles, as the database holds them at this moment."""

    def search(
        self, query_string: str, start_offset: int = 0, end_offset: int | None = None, **_: Any
    ) -> dict[str, Any]:
        found = self._wares("" if query_string == "*" else query_string)
        shown = [self._result(ware) for ware in found[start_offset:end_offset]]
        return {"results": shown, "hits": found.count()}

    def _wares(self, words: str) -> QuerySet:
        wares = get_model("catalogue", "Product").objects.browsable().order_by("-pk")
        for word in words.split():
            wares = wares.filter(title__icontains=word)
        return wares

    @staticmethod
    def _result(ware: Any) -> SearchResult:
        result = SearchResult("catalogue", "product", ware.pk, 0)
        result._model, result._object = type(ware), ware  # noqa: SLF001  # as haystack's own backend does
        return result


class TitleEngine(BaseEngine):  # type: ignore[misc]  # its base ships no types
    """What the settings name."""

    backend = TitleBackend
    query = TitleQuery
