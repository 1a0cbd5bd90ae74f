"""How fast the machine runs the interpreter at the moment, so that times of a busy one can be judged."""

from __future__ import annotations

import re
import time
from typing import Final

USUAL_SECONDS: Final = 0.0024
"""What `_work` takes on an unhindered core of a rented machine, with CPython 3.11 as its source builds it."""
ROUNDS: Final = 250
TRIES: Final = 5
_WORD: Final = re.compile(r"[a-z]+|[0-9.]+")
_TEXT: Final = "which torch 1.7 works with cuda 10.2 and python 3.8 on linux, and which with 11.0?"


def pace() -> float:
    """How many times as long as usual fixed work takes just now, the best of several tries."""
    return min(_seconds() for _ in range(TRIES)) / USUAL_SECONDS


def _seconds() -> float:
    start = time.perf_counter()
    _work()
    return time.perf_counter() - start


def _work() -> int:
    """What reading a question is made of: words, dictionaries, sets, sorting, small tuples."""
    known = 0
    for number in range(ROUNDS):
        words = _WORD.findall(_TEXT)
        places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            places.setdefault(word, []).append(place + number)
        ordered = sorted(((len(found), word) for word, found in places.items()), reverse=True)
        known += len({word for _, word in ordered if word[0].isdigit()})
    return known
