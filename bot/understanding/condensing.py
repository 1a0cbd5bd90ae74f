"""Cuts a long paste down to the lines that may tell something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from bot.knowledge.base import KnowledgeBase

LONG: Final = 2_000
ROOM: Final = 2_200
LONGEST_LINE: Final = 400
OPENING: Final = 1_500
HEAD: Final = 12
TAIL: Final = 8
MOST_LINES: Final = 80
MOST_READ: Final = 2_000_000
LEAST_NAME: Final = 4


class Condenser:
    """Knows the words by which a line may tell something: of labels, and of names."""

    def __init__(self, kb: KnowledgeBase, labels: Iterable[str]) -> None:
        names = [*kb.products, *(alias for product in kb.products.values() for alias in product.aliases)]
        for attribute in kb.attributes.values():
            if attribute.attribute not in kb.qualifiers and attribute.recognized:
                names += [alias for value in attribute.values.values() for alias in value.aliases]
        words = {name.lower().split(" ", maxsplit=1)[0] for name in names}
        words = {word for word in words if len(word) >= LEAST_NAME and word.isascii()}
        self._telling = frozenset(words | {word for label in labels for word in label.lower().split()[:1]})

    def condense(self, text: str) -> str:
        """The text itself if it is short, else its beginning, its end and the lines that may tell."""
        if len(text) <= LONG:
            return text
        lines = text[:MOST_READ].splitlines()
        if len(lines) <= HEAD + TAIL:
            return _ends(text)
        kept = list(islice(self._telling_lines(lines[HEAD:-TAIL]), MOST_LINES))
        return _ends("\n".join(_cut([*lines[:HEAD], *kept, *lines[-TAIL:]])))

    def _telling_lines(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines in which a telling word stands between white space, in order, each once."""
        for line in dict.fromkeys(lines):
            if not self._telling.isdisjoint(line.lower().split()):
                yield line


def _ends(text: str) -> str:
    """The beginning and the end of a text that is longer than there is room for."""
    if len(text) <= ROOM:
        return text
    return f"{text[:OPENING]}\n{text[OPENING - ROOM :]}"


def _cut(lines: Sequence[str]) -> list[str]:
    return [line[:LONGEST_LINE] for line in lines]
