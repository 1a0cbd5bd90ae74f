"""Finds the things on record whose names are most like one that is on no record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rapidfuzz import fuzz, process

from bot.knowledge.base import KnowledgeBase
from bot.understanding.question import Given

MOST: Final = 3
LEAST_LIKENESS: Final = 88.0


def things_alike(kb: KnowledgeBase, given: Given) -> Iterator[Given]:
    """At most three values of the same attribute (GPUs beside a GPU), the most alike first."""
    values = kb.attributes[given.column].values
    names = {value: item.name["en"] for value, item in values.items()}
    close = process.extract(given.surface, names, scorer=fuzz.WRatio, limit=MOST, score_cutoff=LEAST_LIKENESS)
    yield from (Given(given.column, value, name) for name, _, value in close)
