"""Finds the sources that nobody has compared for long, and what rests on each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Final

from bot.errors import BotError
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Source

DAYS: Final[Mapping[str, int]] = {"d": 1, "w": 7, "m": 30, "y": 365}
PERIOD: Final = re.compile(r"([0-9]{1,6})([dwmy])")


class BadPeriod(BotError):
    """A text that is no period."""


@dataclass(frozen=True, slots=True)
class StaleSource:
    """A source, the days since it was checked, and what rests on it.

    `rows` maps a table to the lines of its file where rows rest on the source; `tables` are those that
    name it for the whole table, though each of their rows may name another.
    """

    slug: str
    source: Source
    days: int
    tables: tuple[str, ...]
    rows: Mapping[str, tuple[int, ...]]
    facts: tuple[str, ...]
    products: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The source as plain values."""
        return asdict(self) | {"source": self.source.model_dump(mode="json")}


def parse_period(text: str) -> timedelta:
    """Read `180d`, `26w`, `6m` (months of 30 days) or `1y` (years of 365 days).

    Raises:
        BadPeriod: the text is none of these.
    """
    found = PERIOD.fullmatch(text.strip().lower())
    if found is None:
        raise BadPeriod(f"{text!r} is no period: write a number and d, w, m or y, for example 180d")
    return timedelta(days=int(found[1]) * DAYS[found[2]])


def stale_sources(kb: KnowledgeBase, older_than: timedelta, today: date) -> tuple[StaleSource, ...]:
    """The sources checked longer ago than `older_than`, the oldest first."""
    found = [
        _stale(kb, slug, source, (today - source.checked).days)
        for slug, source in kb.sources.items()
        if today - source.checked > older_than
    ]
    return tuple(sorted(found, key=lambda stale: (-stale.days, stale.slug)))


def _stale(kb: KnowledgeBase, slug: str, source: Source, days: int) -> StaleSource:
    return StaleSource(
        slug,
        source,
        days,
        tables=tuple(name for name, relation in kb.relations.items() if slug in relation.table.source),
        rows=dict(_rows(kb, slug)),
        facts=tuple(f.id for f in kb.facts if slug in (*f.source, f.disputed and f.disputed.source)),
        products=tuple(name for name, product in kb.products.items() if slug in product.source),
    )


def _rows(kb: KnowledgeBase, slug: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    for name, relation in kb.relations.items():
        refs = (row.ref for row in relation.rows if slug in row.sources)
        lines = tuple(sorted(int(ref.rpartition(":")[2]) for ref in refs))
        if lines:
            yield name, lines
