"""Finds rows of a table that contradict each other, or that say what another row says already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from bot.knowledge.base import Relation
from bot.knowledge.cells import Bounds, Cell, Names
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

MOST_POINTS: Final = 5_000_000
"""Combinations of single cells in one table, beyond which its rows are not compared."""

Point = tuple[str, ...]


def verify_rows(draft: Draft, relations: Mapping[str, Relation]) -> None:
    """Add a problem for each row that another row of its table contradicts or makes needless.

    What contradicts depends on the kind of table. A `pair` may stand beside any other. A `minimum`, a
    `default` and a `requirement` have one answer for the same cells, and a `command` one command. In a table
    that is complete, what an open row says is in no other row.
    """
    for relation in relations.values():
        checker = _Rows(draft, relation)
        if checker.count > MOST_POINTS:
            message = f"more than {MOST_POINTS:,} combinations: write narrower ranges"
            draft.problem("table", relation.slug, ("rows",), message)
            continue
        checker.empty_bounds()
        checker.repeated()
        checker.answered_twice()
        checker.open_and_closed()


class _Rows:
    def __init__(self, draft: Draft, relation: Relation) -> None:
        self._draft = draft
        self._relation = relation
        self._columns = relation.columns
        self._rows = {n: row for n, row in enumerate(relation.rows) if set(self._columns) <= set(row.cells)}
        self._units: dict[int, tuple[str, ...]] = {}

    @property
    def count(self) -> int:
        """How many combinations of single cells the rows stand for."""
        rows = self._rows.values()
        return sum(prod(len(self._split(row.cells[c])) for c in self._columns) for row in rows)

    def empty_bounds(self) -> None:
        """Tell the specifiers within which no version can lie."""
        for number, row in self._rows.items():
            for column, cell in row.cells.items():
                if isinstance(cell, Bounds) and _is_empty(cell.constraint):
                    self._say(number, (column,), f"no version lies within {cell.constraint}: correct a bound")

    def repeated(self) -> None:
        """Tell the rows of which another row says all, and the same cells with other sources."""
        holders = self._by_point(self._columns, self._rows)
        for number, row in self._rows.items():
            for other in sorted(_holding_all(number, self._points(row, self._columns), holders)):
                message = self._repeats(number, other)
                if message:
                    self._say(number, (), message)
                    break

    def _repeats(self, number: int, other: int) -> str | None:
        row, known = self._rows[number], self._rows[other]
        if (row.command, row.extra, row.open) != (known.command, known.extra, known.open):
            return None
        if row.leaves != known.leaves:
            return None
        line = self._line(other)
        if all(self._split(row.cells[c]) == self._split(known.cells[c]) for c in self._columns):
            if other > number:
                return None
            if set(row.sources) <= set(known.sources):
                return f"says what line {line} says: delete one of the two"
            return f"says what line {line} says: name the sources of both in one row"
        if set(row.sources) <= set(known.sources):
            return f"line {line} says this and more: delete this row, or correct one of the two"
        return None

    def answered_twice(self) -> None:
        """Tell the rows that answer the same question in two ways."""
        key = self._key_columns()
        if key is None:
            return
        answers = tuple(column for column in self._columns if column not in key)
        self._tell_several(answers)
        told: set[tuple[int, int]] = set()
        for point, numbers in self._by_point(key, self._rows).items():
            first, *others = numbers
            for number in others:
                if (first, number) not in told and self._answer(first, answers) != self._answer(
                    number, answers
                ):
                    told.add((first, number))
                    self._say_twice(number, first, point, key, answers)

    def _tell_several(self, answers: Sequence[str]) -> None:
        for number, row in self._rows.items() if self._relation.table.relation == "default" else ():
            for column in answers:
                if len(self._split(row.cells[column])) > 1:
                    self._say(number, (column,), "a default is one version: keep one")

    def _key_columns(self) -> tuple[str, ...] | None:
        """The columns that ask; the others answer. None where rows may stand beside each other."""
        kind = self._relation.table.relation
        if kind == "pair":
            return None
        if kind == "command":
            return self._columns
        bounded = {
            c for c in self._columns if any(isinstance(r.cells[c], Bounds) for r in self._rows.values())
        }
        if kind == "minimum" and bounded:
            return tuple(column for column in self._columns if column not in bounded)
        first, *rest = self._columns
        return (first, *(column for column in rest if column in self._draft.attributes))

    def _answer(self, number: int, columns: Sequence[str]) -> tuple[object, ...]:
        row = self._rows[number]
        extra = tuple(sorted((row.extra or {}).items()))
        return (row.command, extra, *(self._split(row.cells[column]) for column in columns))

    def _say_twice(
        self, number: int, first: int, point: Point, key: Sequence[str], answers: Sequence[str]
    ) -> None:
        row, known, line = self._rows[number], self._rows[first], self._line(first)
        asked = ", ".join(f"{column} {text}" for column, text in zip(key, point, strict=True))
        if not answers:
            part, what = ("command",), f"line {line} has another command"
        else:
            part = (next(c for c in answers if self._split(row.cells[c]) != self._split(known.cells[c])),)
            what = f"line {line} has {'/'.join(self._split(known.cells[part[0]]))}"
        self._say(number, part, f"{what} for {asked}: keep one of the two, or tell them apart by a column")

    def open_and_closed(self) -> None:
        """Tell the rows of a complete list that are open where another row, of the same cells, is not."""
        if self._relation.table.complete_for is None:
            return
        told: set[int] = set()
        for numbers in self._by_point(self._columns, self._rows).values():
            closed = [number for number in numbers if not self._rows[number].open]
            opened = [number for number in numbers if self._rows[number].open and number not in told]
            for number in opened if closed else ():
                told.add(number)
                line = self._line(closed[0])
                self._say(
                    number, ("open",), f"line {line} says the same and is not open: keep one of the two"
                )

    def _by_point(self, columns: Sequence[str], rows: Mapping[int, Row]) -> dict[Point, list[int]]:
        """The numbers of the rows that stand for each combination of single cells."""
        found: dict[Point, list[int]] = defaultdict(list)
        for number, row in rows.items():
            for point in self._points(row, columns):
                found[point].append(number)
        return found

    def _points(self, row: Row, columns: Sequence[str]) -> Iterator[Point]:
        return product(*(self._split(row.cells[column]) for column in columns))

    def _split(self, cell: Cell) -> tuple[str, ...]:
        """The single versions or names of a cell; a specifier is one by itself. Cells are shared by rows."""
        found = self._units.get(id(cell))
        if found is None:
            found = self._units[id(cell)] = split_cell(cell)
        return found

    def _line(self, number: int) -> int:
        return int(self._rows[number].ref.rpartition(":")[2])

    def _say(self, number: int, part: tuple[str, ...], message: str) -> None:
        self._draft.row_problem(self._relation.slug, number, part, message)


def split_cell(cell: Cell) -> tuple[str, ...]:
    """The single versions or names of a cell, in order; a specifier as one text."""
    if isinstance(cell, Names):
        return tuple(sorted(cell.values))
    if isinstance(cell, Bounds):
        return (str(cell.constraint),)
    return tuple(str(version) for version in cell.numbers)


def _holding_all(number: int, points: Iterable[Point], holders: Mapping[Point, list[int]]) -> set[int]:
    """The other rows that stand for all of some points."""
    common: set[int] | None = None
    for point in points:
        here = holders[point]
        if len(here) == 1:
            return set()
        common = set(here) if common is None else common & set(here)
        if common == {number}:
            return set()
    return (common or set()) - {number}


def _is_empty(constraint: Constraint) -> bool:
    """Whether a lower bound lies surely above an upper one, by the components that both name."""
    lows = [clause.number.release for clause in constraint.clauses if clause.op in (">=", ">")]
    highs = [clause.number.release for clause in constraint.clauses if clause.op in ("<=", "<")]
    return any(
        low[: len(high)] > high[: len(low)] or (low == high and _excludes(constraint, low))
        for low in lows
        for high in highs
    )


def _excludes(constraint: Constraint, release: tuple[int, ...]) -> bool:
    return any(clause.op in ("<", ">") and clause.number.release == release for clause in constraint.clauses)
