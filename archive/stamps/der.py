"""Finds its way in DER (X.690): where each piece begins and ends, whatever it means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """One tag with its content, by its places in the whole."""

    tag: int  # as the one octet it is written in
    begin: int  # of the tag
    content: int  # where the content begins
    end: int  # behind the last octet


def piece(raw: bytes, begin: int, limit: int) -> Piece:
    """The piece of RAW that begins at BEGIN and ends by LIMIT. ValueError where there is none."""
    if begin + 2 > limit or raw[begin] & 0x1F == 0x1F:
        raise ValueError(f"no tag at octet {begin}")
    length, content = raw[begin + 1], begin + 2
    if length & 0x80:
        content += length & 0x7F
        length = int.from_bytes(raw[begin + 2 : min(content, limit)], "big")
    if raw[begin + 1] == 0x80 or content + length > limit:
        raise ValueError(f"the piece at octet {begin} has no end")
    return Piece(raw[begin], begin, content, content + length)


def whole(raw: bytes) -> Piece:
    """RAW as one piece, with nothing behind it. ValueError where it is not."""
    found = piece(raw, 0, len(raw))
    if found.end != len(raw):
        raise ValueError(f"{len(raw) - found.end} octets too many")
    return found


def inside(raw: bytes, outer: Piece) -> list[Piece]:
    """The pieces in OUTER's content, in order. ValueError where it holds anything else."""
    found, at = [], outer.content
    while at < outer.end:
        found.append(piece(raw, at, outer.end))
        at = found[-1].end
    return found


def written(tag: int, content: bytes) -> bytes:
    """CONTENT as one piece under TAG; CONTENT has fewer than 128 octets."""
    if len(content) > 0x7F:
        raise ValueError(f"{len(content)} octets need a longer length")
    return bytes((tag, len(content))) + content
