"""Has outside witnesses say when the ledger's newest checkpoint was there: authorities (RFC 3161) and calendars.

Who could not be asked is asked again after the next seal; so nothing is lost while a laptop is offline.
"""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from urllib.parse import urlsplit

from archive import seal, stamped
from archive.questions import stamps as questions
from archive.seal import CHECKPOINT
from archive.stamps import calendars, rfc3161
from archive.stamps.asking import Reach, Unanswered
from config.proof import Witness, proof
from desk.context import Desk

PATIENCE = 10.0  # s for one answer: nobody shall wait long for a witness that is not there
AT_ONCE = 8
HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Asked:
    """One witness, and what came of asking it."""

    kind: str
    witness: Witness
    answer: bytes | Unanswered


def stamp(here: Desk) -> list[Asked]:
    """Ask every witness that has not spoken of the newest checkpoint yet, and keep what each says.

    Calendars that promised a proof are asked for it, too. In practice only this machine's own witnesses are asked.
    """
    newest = seal.latest(here.vault)
    if newest is None:
        return []
    known = proof(here.overlay)
    authorities, diaries = (_near(each) if here.practice else each for each in (known.authorities, known.calendars))
    reach = Reach((*authorities, *diaries), here.practice, PATIENCE)
    note = here.vault.store.read_paper(CHECKPOINT.format(newest.size))
    digest = sha256(note).digest()
    spoken = questions.spoken(here.vault, newest.size)
    asks = [ask for ask in _asks(reach, digest, authorities, diaries) if (ask[0], ask[1].name) not in spoken]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda ask: Asked(ask[0], ask[1], ask[2]()), asks))
    for each in found:
        if isinstance(each.answer, bytes):
            stamped.take(here.vault, newest.size, each.kind, each.witness.name, each.answer, here.clock())
    _upgraded(here, reach)
    return found


def _near(witnesses: tuple[Witness, ...]) -> tuple[Witness, ...]:
    """Those of WITNESSES that are on this machine."""
    return tuple(each for each in witnesses if urlsplit(each.url).hostname in HERE)


def _asks(
    reach: Reach, digest: bytes, authorities: tuple[Witness, ...], diaries: tuple[Witness, ...]
) -> Iterator[tuple[str, Witness, Callable[[], bytes | Unanswered]]]:
    for each in authorities:
        yield "rfc3161", each, partial(rfc3161.ask, reach, each.url, digest, secrets.randbits(63) + 1)
    for each in diaries:
        yield "opentimestamps", each, partial(calendars.ask, reach, each.url, digest)


def _upgraded(here: Desk, reach: Reach) -> None:
    """Ask calendars for the proofs that they promised, and keep those that have come."""
    for promise in questions.pending(here.vault):
        proven = calendars.upgrade(reach, here.vault.store.read_paper(promise.file)).proof
        if proven is not None:
            stamped.take(here.vault, promise.size, "opentimestamps", promise.witness, proven, here.clock())
