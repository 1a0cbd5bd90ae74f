"""What a team would do instead of a bot: find the statement that is most like the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import bm25s
from rapidfuzz import process

from tests.benchmarks.scoring import ANSWERED, DECLINED, Answer

_TERM: Final = re.compile(r"\d+(?:\.\d+)*|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Found:
    """The best statement and how much it is like the question (0 is nothing at all)."""

    text: str
    score: float

    def answer(self, threshold: float) -> Answer:
        """The statement as an answer; below the threshold the peer declines."""
        return Answer(ANSWERED, None, self.text) if self.score >= threshold and self.score > 0 else DECLINED


class Peer(Protocol):
    """A search over statements."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        ...

    def find(self, text: str) -> Found:
        """The best statement for a question."""
        ...


class Fuzzy:
    """rapidfuzz's `extractOne` with its own scorer (a weighted ratio from 0 to 100)."""

    name = "rapidfuzz extractOne"

    def __init__(self, statements: Sequence[str]) -> None:
        self._statements = statements

    def find(self, text: str) -> Found:
        """Compare the question with every statement."""
        found = process.extractOne(text, self._statements)
        return Found(found[0], found[1]) if found else Found("", 0)


class Ranked:
    """BM25 over words, whole versions and single Han characters, with the library's own parameters."""

    name = "BM25 (bm25s)"

    def __init__(self, statements: Sequence[str]) -> None:
        self._statements = statements
        self._index = bm25s.BM25()
        self._index.index([_terms(statement) for statement in statements], show_progress=False)

    def find(self, text: str) -> Found:
        """Rank the statements by the terms that they share with the question."""
        terms = _terms(text)
        if not terms:
            return Found("", 0)
        numbers, scores = self._index.retrieve([terms], k=1, show_progress=False)
        return Found(self._statements[int(numbers[0, 0])], float(scores[0, 0]))


def _terms(text: str) -> list[str]:
    return _TERM.findall(text.casefold())
