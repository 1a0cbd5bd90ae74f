"""Finds the rows of a table that match what is given, and what those rows hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from dataclasses import replace
from itertools import chain
from typing import Final

from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.cells import Bounds, Cell, Names, Versions
from bot.knowledge.reach import Entry
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given

REMEMBERED_ROWS: Final = 1_000_000
"""A reference to a row takes eight bytes; what is asked of a team's tables of 100,000 rows fits."""
ROWS_AN_ENTRY: Final = 16
"""An entry by itself, its key and two tuples, takes more than as many references."""

Matching = tuple[tuple[Row, ...], tuple[Row, ...]]


class RowMatcher:
    """Looks at the rows that the indexes of the columns suggest."""

    def __init__(self, kb: KnowledgeBase) -> None:
        """Remember nothing yet."""
        self.kb = kb
        self._rows: dict[tuple[object, ...], Matching] = {}
        self._held = 0

    def rows(self, relation: Relation, givens: Iterable[Given]) -> Matching:
        """The rows that surely match all givens that the table has columns for, and those that may."""
        columns = relation.columns
        relevant = [given for given in givens if given.column in columns]
        key = (relation.slug, *[(given.column, given.constraint) for given in relevant])
        found = self._rows.get(key)
        if found is None:
            if relation.table.relation == "requirement":
                relevant = list(map(self._narrowed, relevant))
            found = self._find_rows(relation, relevant)
            self._held += ROWS_AN_ENTRY + len(found[0]) + len(found[1])
            if self._held > REMEMBERED_ROWS:
                self._rows.clear()
                self._held = 0
            self._rows[key] = found
        return found

    def _narrowed(self, given: Given) -> Given:
        """A series that has one release only (2.8) as that release (2.8.0), which a requirement may pin."""
        constraint = constraint_of(given)
        exact = constraint.exact if constraint else None
        product = self.kb.products.get(given.column)
        if constraint is None or exact is None or product is None or product.more_releases:
            return given
        releases = constraint.select(self.kb.releases.get(given.column, ()))
        return replace(given, constraint=Constraint.series(releases[0])) if len(releases) == 1 else given

    def _find_rows(self, relation: Relation, relevant: list[Given]) -> Matching:
        named = {given.column for given in relevant}
        sure: list[Row] = []
        maybe: list[Row] = []
        for number in _candidates(relation, relevant):
            row = relation.rows[number]
            if row.only_if_named and row.only_if_named.isdisjoint(named):
                continue
            result = Match.NO if self._is_too_coarse(row, relevant) else _match_all(row, relevant)
            if result is not Match.NO:
                (maybe if result is Match.MAYBE else sure).append(row)
        return tuple(sure), tuple(maybe)

    def _is_too_coarse(self, row: Row, givens: list[Given]) -> bool:
        """Whether a row speaks of a branch only, where a more exact version of an open list is given."""
        for given in givens:
            product, cell = self.kb.products.get(given.column), row.cells.get(given.column)
            constraint = constraint_of(given)
            exact = constraint.exact if constraint else None
            if product and product.more_releases and exact and isinstance(cell, Versions):
                return all(len(number.release) < len(exact.release) for number in cell.numbers)
        return False

    def entries(self, rows: Iterable[Row], column: str) -> tuple[Entry, ...]:
        """What rows hold in a column, one by one; a specifier stands for the known releases within it."""
        cells = _cells(rows, column)
        if len(cells) == 1 and isinstance(only := next(iter(cells)), Versions):
            return only.numbers
        held = dict.fromkeys(chain.from_iterable(self._held_by(cell, column) for cell in cells))
        versions = [entry for entry in held if isinstance(entry, Number)]
        return (*sorted(versions, key=Number.rank), *(entry for entry in held if isinstance(entry, str)))

    def holding(self, rows: Iterable[Row], column: str, entries: Set[Entry]) -> tuple[Row, ...]:
        """The rows that hold one of these entries in a column."""
        known: dict[int, bool] = {id(None): False}
        found: list[Row] = []
        for row in rows:
            cell = row.cells.get(column)
            key = id(cell)  # equal cells of a table are one
            if key not in known and cell is not None:
                known[key] = not entries.isdisjoint(self._held_by(cell, column))
            if known[key]:
                found.append(row)
        return tuple(found)

    def admitting(self, rows: Iterable[Row], column: str, holds: Callable[[Row], bool]) -> tuple[Row, ...]:
        """The rows for which something holds that their cell in a column decides: told once for each cell."""
        known: dict[int, bool] = {}
        found: list[Row] = []
        for row in rows:
            key = id(row.cells.get(column))
            if key not in known:
                known[key] = holds(row)
            if known[key]:
                found.append(row)
        return tuple(found)

    def _held_by(self, cell: Cell, column: str) -> Sequence[Entry]:
        """The entries of one cell, those of versions ascending; an open list within a specifier has none."""
        if isinstance(cell, Versions):
            return cell.numbers
        if isinstance(cell, Names):
            return cell.values
        if isinstance(cell, Bounds) and not self.kb.products[column].more_releases:
            return cell.constraint.select(self.kb.releases.get(column, ()))
        return ()


def values_of(rows: Iterable[Row], column: str, within: Constraint | None) -> tuple[Number, ...]:
    """The versions that rows list in a column, ascending, cut to a constraint."""
    found: set[Number] = set()
    for cell in _cells(rows, column):
        if isinstance(cell, Versions):
            found.update(cell.numbers if within is None else within.select(cell.numbers))
    return tuple(sorted(found, key=Number.rank))


def _cells(rows: Iterable[Row], column: str) -> Collection[Cell]:
    """The cells of a column, each once: equal cells of a table are one."""
    cells = {id(cell): cell for row in rows if (cell := row.cells.get(column)) is not None}
    return cells.values()


def constraint_of(given: Given) -> Constraint | None:
    """The versions that are given; None for a value of an attribute."""
    return None if isinstance(given.constraint, str) else given.constraint


def _candidates(relation: Relation, givens: list[Given]) -> Iterable[int]:
    """The numbers of the rows worth a look, ascending."""
    found: frozenset[int] | None = None
    for given in givens:
        rows = relation.candidates(given.column, given.constraint)
        found = rows if found is None else found & rows
    return range(len(relation.rows)) if found is None else sorted(found)


def _match_all(row: Row, givens: list[Given]) -> Match:
    weakest = Match.YES
    for given in givens:
        result = _match(row, given)
        if result is Match.NO:
            return Match.NO
        if result is Match.MAYBE:
            weakest = Match.MAYBE
    return weakest


def _match(row: Row, given: Given) -> Match:
    cell = row.cells.get(given.column)
    if isinstance(cell, Bounds) and not isinstance(given.constraint, str):
        return cell.match(given.constraint)
    return row.matches(given.column, given.constraint)
