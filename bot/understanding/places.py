"""Tells a machine's system from the paths and channels that a message shows."""

from __future__ import annotations

import re
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.understanding.question import Given

_LETTER: Final = "[a-z]"
_BEGINS: Final = r"(?<![\w:.~/\\-])"
_SLASHES: Final = frozenset("/\\")


class PlaceReader:
    """Knows by which parts of paths each place is seen; a place of two kinds at once is none."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._known = [
            (Given(column, value, value), re.compile("|".join(map(_pattern, item.seen_in))))
            for column in sorted(kb.qualifiers)
            for value, item in kb.attributes[column].values.items()
            if item.seen_in
        ]
        self._within = {
            (column, value): item.within
            for column in kb.qualifiers
            for value, item in kb.attributes[column].values.items()
        }

    def read(self, low: str) -> tuple[Given, ...]:
        """The one place that a text in lower case shows; nothing where it shows several, or no path."""
        if _SLASHES.isdisjoint(low):
            return ()
        found = [given for given, pattern in self._known if pattern.search(low)]
        wider = {self._within[given.column, str(given.constraint)] for given in found}
        finest = tuple(given for given in found if given.constraint not in wider)
        return finest if len(finest) == 1 else ()


def _pattern(text: str) -> str:
    """A part of a path as an expression: `?` is any letter; without a `*` before it, it begins the path."""
    bare = text.removeprefix("*")
    start = _BEGINS if bare == text else ""
    return start + _LETTER.join(map(re.escape, bare.lower().split("?")))
