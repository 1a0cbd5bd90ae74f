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
        self._telling = frozenset(words | {_first_telling(label.lower().split()) for label in labels})

    def condense(self, text: str, folded: str) -> str:
        """The text itself if it is short, else its beginning, its end and the lines that may tell.

        `folded` is the text as errors are looked for in it, in lower case, line by line.
        """
        if len(text) <= LONG:
            return text
        lines = text.splitlines()
        if len(lines) <= HEAD + TAIL:
            return _ends(text)
        low = folded.splitlines()
        if len(low) != len(lines):  # an entity stood for the end of a line
            low = text.lower().splitlines()
        pairs = zip(lines[HEAD:-TAIL], low[HEAD:-TAIL], strict=True)
        kept = list(islice(self._telling_lines(pairs), MOST_LINES))
        return _ends("\n".join(_cut([*lines[:HEAD], *kept, *lines[-TAIL:]])))

    def _telling_lines(self, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The lines in which a telling word stands between white space, in order, each once."""
        told: set[str] = set()
        for line, low in pairs:
            if not self._telling.isdisjoint(low.split()) and line not in told:
                told.add(line)
                yield line


def _first_telling(words: Sequence[str]) -> str:
    """The first word of a label that is more than an article."""
    return next((word for word in words if len(word) >= LEAST_NAME), words[0])


def _ends(text: str) -> str:
    """The beginning and the end of a text that is longer than there is room for."""
    if len(text) <= ROOM:
        return text
    return f"{text[:OPENING]}\n{text[OPENING - ROOM :]}"


def _cut(lines: Sequence[str]) -> list[str]:
    return [line[:LONGEST_LINE] for line in lines]
