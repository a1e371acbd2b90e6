"""What a site's own API is: where it answers, and from where in the environment its key comes."""

import os
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from config.reading import Strict
from config.recourse import Sure


def _safe(base: str) -> str:
    parts = urlsplit(base)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("needs https://: a key goes there")
    return base


Origin = Annotated[str, Field(pattern=r"^https?://[^/\s?#@]+$"), AfterValidator(_safe)]
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
# A head that crawler/reading/heads.py puts by wherever it is written down.
SecretHead = Annotated[str, Field(pattern=re.compile(r"^(?i:authorization|x-api-key|[a-z-]+-token)$"))]


class Mint(Strict):
    """Where a key that soon runs out is had for an application's name and secret (RFC 6749 §4.4)."""

    path: Annotated[str, Field(pattern="^/[^/]")]  # on the API's base
    id: Variable  # variables of the environment, never the secrets themselves
    secret: Variable
    scope: str


class ApiKey(Strict):
    """From where the key comes, and how the API wants to be shown it. The key itself stands in no file."""

    environment: Variable
    header: SecretHead = "Authorization"
    prefix: str = "Bearer "
    get: str  # where one gets a key, for whoever has none
    mint: Mint | None = None


class Api(Strict):
    """A site's own API: a robot asks there, with a key, what a person reads on its pages."""

    base: Origin
    key: ApiKey
    source: str = Field(min_length=1)
    confidence: Sure

    def lacks(self) -> str:
        """What the environment lacks of the key, and where one gets it; "" if it is all there."""
        key, mint = self.key, self.key.mint
        if secret(key.environment) or (mint and secret(mint.id) and secret(mint.secret)):
            return ""
        pair = f", or {mint.id} and {mint.secret}," if mint else ""
        return f"its API wants a key: put {key.environment}{pair} into the environment. One gets a key at {key.get}"


def secret(variable: str) -> str:
    """What the environment holds as VARIABLE; "" where it holds none."""
    return os.environ.get(variable, "").strip()
