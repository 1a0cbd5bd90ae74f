"""Cuts a long paste down to the lines that may tell something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
        kept = dict.fromkeys(self._telling_lines("\n".join(lines[HEAD:-TAIL])))
        return _ends("\n".join(_cut([*lines[:HEAD], *list(kept)[:MOST_LINES], *lines[-TAIL:]])))

    def _telling_lines(self, text: str) -> Iterator[str]:
        """The lines in which a telling word stands, in order: only what the whole text has is looked for."""
        low = text.lower()
        if len(low) != len(text):  # a letter that is longer in lower case would move all behind it
            low = "".join(c.lower() if c.isascii() else c for c in text)
        starts: set[int] = set()
        for word in self._telling.intersection(low.split()):
            at = low.find(word)
            while at >= 0:
                if _stands_alone(low, at, at + len(word)):
                    starts.add(low.rfind("\n", 0, at) + 1)
                    at = low.find("\n", at)  # one is enough for a line
                at = low.find(word, at + 1) if at >= 0 else at
        for start in sorted(starts):
            end = text.find("\n", start)
            yield text[start:] if end < 0 else text[start:end]


def _ends(text: str) -> str:
    """The beginning and the end of a text that is longer than there is room for."""
    if len(text) <= ROOM:
        return text
    return f"{text[:OPENING]}\n{text[OPENING - ROOM :]}"


def _cut(lines: Sequence[str]) -> list[str]:
    return [line[:LONGEST_LINE] for line in lines]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing but white space, or an end of the text, is on both sides."""
    return not (text[start - 1 : start].strip() or text[end : end + 1].strip())
