"""The process that reads text in pictures, apart from ours: a damaged picture may take it down, and no more.

It is handed pictures on standard input, each behind its length (8 bytes, big-endian), and answers with a line of JSON
for each part: {"text": ..., "unread": ..., "more": ...}; the first line says that it is ready. See crawler/ocr.py.
"""

import json
import os
import struct
import sys
from typing import TYPE_CHECKING, BinaryIO

from crawler.reading.ocr import SIDE, Part, read

if TYPE_CHECKING:  # it takes long to import: only this process does
    from rapidocr import RapidOCR

THREADS = 4
LENGTH = struct.Struct(">Q")


def engine() -> "RapidOCR":
    """What reads, its models loaded; they come with it, and nothing is downloaded."""
    from rapidocr import RapidOCR  # noqa: PLC0415

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # nothing stands upside down
            "Det.limit_side_len": SIDE,
            "Det.limit_type": "max",
            "EngineConfig.onnxruntime.intra_op_num_threads": min(THREADS, os.cpu_count() or 1),
        }
    )


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Say that we are ready, then read each picture that is ASKED of, until nobody asks any more."""
    reads = engine()
    _say(answers, Part("", more=False))
    while head := asked.read(LENGTH.size):
        for part in read(asked.read(LENGTH.unpack(head)[0]), reads):
            _say(answers, part)


def _say(answers: BinaryIO, part: Part) -> None:
    answers.write(json.dumps(part._asdict()).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # whatever a library prints must not stand between the answers
        serve(sys.stdin.buffer, out)
