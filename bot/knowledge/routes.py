"""Which tables lead from one column to another: the shortest ways through columns that tables share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.knowledge.base import KnowledgeBase, Relation

MOST_TABLES: Final = 3
"""A longer chain of tables says less than it seems to."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A first step: the table that has the starting column, and the column through which it is left."""

    relation: Relation
    column: str


class Routes:
    """The ways between columns over the primary tables, found on first use and kept.

    A way may not pass through a qualifier (platform, channel), nor through a column at which the tables on
    both sides of it end, nor through one by which one of them may not be joined.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        """Index the tables by column."""
        self._kb = kb
        tables: dict[str, list[Relation]] = defaultdict(list)
        for relation in kb.primary:
            for column in relation.columns:
                tables[column].append(relation)
        self._tables: Mapping[str, tuple[Relation, ...]] = {c: tuple(found) for c, found in tables.items()}
        self._lengths: dict[tuple[str, str, str], int | None] = {}
        self._hops: dict[tuple[str, str, str], tuple[Hop, ...]] = {}
        self._direct: dict[tuple[str, str, str], tuple[Relation, ...]] = {}

    def tables(self, column: str) -> tuple[Relation, ...]:
        """The primary tables that have a column."""
        return self._tables.get(column, ())

    def direct(self, left: str, right: str, entered: Relation | None = None) -> tuple[Relation, ...]:
        """The tables that have both columns; `entered` is the table from which `left` was reached."""
        key = (left, right, entered.slug if entered else "")
        if key not in self._direct:
            self._direct[key] = tuple(
                r
                for r in self.tables(left)
                if right in r.columns and r.tells(left, right) and _may_pass(entered, r, left)
            )
        return self._direct[key]

    def hops(self, left: str, right: str, entered: Relation | None = None) -> tuple[Hop, ...]:
        """The first steps of the shortest ways that need more than one table."""
        key = (left, right, entered.slug if entered else "")
        if key not in self._hops:
            length = self.length(left, right, entered)
            steps = self._steps(left, right, entered) if length and length > 1 else ()
            self._hops[key] = tuple(
                hop
                for hop in steps
                if self._length(hop.column, right, hop.relation, (left,), (length or 0) - 1) is not None
            )
        return self._hops[key]

    def length(self, left: str, right: str, entered: Relation | None = None) -> int | None:
        """How many tables the shortest way has; None where there is none."""
        key = (left, right, entered.slug if entered else "")
        if key not in self._lengths:
            depths = range(1, MOST_TABLES + 1)
            reached = (d for d in depths if self._length(left, right, entered, (), d) is not None)
            self._lengths[key] = next(reached, None)
        return self._lengths[key]

    def _length(
        self, left: str, right: str, entered: Relation | None, passed: tuple[str, ...], most: int
    ) -> int | None:
        """The length of a way of at most `most` tables that passes no column twice."""
        if most < 1 or left == right:
            return None
        if self.direct(left, right, entered):
            return 1
        lengths = (
            self._length(hop.column, right, hop.relation, (*passed, left), most - 1)
            for hop in self._steps(left, right, entered)
            if hop.column not in passed
        )
        found = [length + 1 for length in lengths if length is not None]
        return min(found, default=None)

    def _steps(self, left: str, right: str, entered: Relation | None) -> Iterator[Hop]:
        for relation in self.tables(left):
            if relation is entered or not _may_pass(entered, relation, left):
                continue
            for column in relation.columns:
                passable = column not in (left, right) and column not in self._kb.qualifiers
                if passable and relation.tells(left, column):
                    yield Hop(relation, column)


def _may_pass(before: Relation | None, after: Relation, column: str) -> bool:
    if before is None:
        return True
    sides = (before.table, after.table)
    return any(column not in t.ends for t in sides) and all(
        not t.joined_by or column in t.joined_by for t in sides
    )
