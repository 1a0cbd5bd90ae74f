"""Counts what a knowledge base holds, how old it is, and how far it can be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Final, get_args

from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.cache import ParsedFiles
from bot.knowledge.expanding import single_values
from bot.knowledge.loader import read_folders
from bot.knowledge.models import Confidence

BANDS: Final = (30, 90, 180, 365)
LEVELS: Final[tuple[str, ...]] = get_args(Confidence)
COUNTED: Final = ("product", "table", "fact", "source")


@dataclass(frozen=True, slots=True)
class Share:
    """How many sources and rows of tables belong to a group."""

    sources: int
    rows: int


@dataclass(frozen=True, slots=True)
class Stats:
    """The counts. `pairs` are distinct pairs of single versions of two products.

    They are what the rows of all tables that answer expand to: ranges and lists written out, and a bound
    taken for the known releases that it admits. `ages` go by days since `checked`, `confidence` by the
    source's word; a row is as old as the oldest of its sources, and as sure as the least sure of them.
    `folders` counts the entries of each folder by itself, before later ones replace any.
    """

    products: int
    releases: int
    tables: int
    rows: int
    pairs: int
    facts: int
    sources: int
    ages: Mapping[str, Share]
    confidence: Mapping[str, Share]
    folders: Mapping[str, Mapping[str, int]]

    def as_json(self) -> dict[str, object]:
        """The counts as plain values."""
        return asdict(self)


def count(kb: KnowledgeBase, today: date) -> Stats:
    """Count everything; `today` tells the ages."""
    return Stats(
        products=len(kb.products),
        releases=sum(len(product.releases) for product in kb.products.values()),
        tables=len(kb.relations),
        rows=sum(len(relation.rows) for relation in kb.relations.values()),
        pairs=sum(1 for _ in version_pairs(kb)),
        facts=len(kb.facts),
        sources=len(kb.sources),
        ages=_ages(kb, today),
        confidence=_confidence(kb),
        folders=_folders(kb.folders) if len(kb.folders) > 1 else {},
    )


def version_pairs(kb: KnowledgeBase) -> Iterator[tuple[str, str, str, str]]:
    """Every pair of two products' versions that a table lists, once: column, version, column, version."""
    seen: set[tuple[str, str, str, str]] = set()
    for relation in kb.primary:
        for pair in _pairs(kb, relation):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _pairs(kb: KnowledgeBase, relation: Relation) -> Iterator[tuple[str, str, str, str]]:
    columns = sorted(column for column in relation.columns if column in kb.releases)
    for row in relation.rows:
        values = {c: single_values(kb, c, row.cells[c]) for c in columns}
        for left, right in combinations(columns, 2):
            yield from ((left, one, right, other) for one in values[left] for other in values[right])


def _ages(kb: KnowledgeBase, today: date) -> dict[str, Share]:
    labels = [*(f"up to {days} days" for days in BANDS), f"over {BANDS[-1]} days"]

    def band(names: Iterable[str]) -> str:
        days = max((today - kb.sources[name].checked).days for name in names)
        return labels[sum(days > limit for limit in BANDS)]

    rows = Counter(band(row.sources) for relation in kb.relations.values() for row in relation.rows)
    sources = Counter(band([name]) for name in kb.sources)
    return {label: Share(sources[label], rows[label]) for label in labels}


def _confidence(kb: KnowledgeBase) -> dict[str, Share]:
    def level(names: Iterable[str]) -> str:
        return max((kb.sources[name].confidence for name in names), key=LEVELS.index)

    rows = Counter(level(row.sources) for relation in kb.relations.values() for row in relation.rows)
    sources = Counter[str](source.confidence for source in kb.sources.values())
    return {label: Share(sources[label], rows[label]) for label in LEVELS}


def _folders(folders: Sequence[Path]) -> dict[str, dict[str, int]]:
    found = {}
    for folder in folders:
        kinds = Counter(kind for kind, _ in read_folders([folder], ParsedFiles(None)).places)
        found[str(folder)] = {f"{kind}s": kinds[kind] for kind in COUNTED}
    return found
