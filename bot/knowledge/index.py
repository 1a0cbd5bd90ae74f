"""An index over one column of a table: which rows may match, without looking at every row."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from bot.knowledge.cells import Bounds, Cell, Names, Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number

Release = tuple[int, ...]

REMEMBERED: Final = 2_000
NONE: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class ColumnIndex:
    """Row numbers by what their cell lists. Cells are few beside rows, since equal cells are shared.

    `series` finds the cells of a version under every series that contains it, `exact` only under itself;
    `bounds` are the cells with a specifier, which any version may match; `names` serves attributes.
    `values` are all versions that the cells list, ascending; of a specifier its bounds.
    """

    cells: tuple[tuple[Cell, frozenset[int]], ...]
    series: Mapping[Release, tuple[int, ...]]
    exact: Mapping[Release, tuple[int, ...]]
    bounds: tuple[int, ...]
    names: Mapping[str, frozenset[int]]
    values: tuple[Number, ...]
    _found: dict[Constraint, frozenset[int]] = field(default_factory=dict, repr=False)
    _selected: dict[Constraint, tuple[Number, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def build(cls, rows: Sequence[Row], column: str) -> Self:
        """Index a column."""
        cells = _grouped(rows, column)
        series: dict[Release, list[int]] = defaultdict(list)
        exact: dict[Release, list[int]] = defaultdict(list)
        names: dict[str, set[int]] = defaultdict(set)
        values: set[Number] = set()
        bounds = [place for place, (cell, _) in enumerate(cells) if isinstance(cell, Bounds)]
        for place, (cell, numbers) in enumerate(cells):
            if isinstance(cell, Names):
                for value in cell.admitted:
                    names[value] |= numbers
            elif isinstance(cell, Bounds):
                values.update(clause.number for clause in cell.constraint.clauses)
            else:
                values.update(cell.numbers)
                _enter(cell, place, series, exact)
        return cls(
            cells,
            {release: tuple(places) for release, places in series.items()},
            {release: tuple(places) for release, places in exact.items()},
            tuple(bounds),
            {name: frozenset(numbers) for name, numbers in names.items()},
            tuple(sorted(values, key=Number.rank)),
        )

    def candidates(self, asked: Constraint | str) -> frozenset[int]:
        """Rows that may match."""
        if isinstance(asked, str):
            return self.names.get(asked, NONE)
        found = self._found.get(asked)
        if found is None:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            found = self._found[asked] = NONE.union(*(self.cells[place][1] for place in self._places(asked)))
        return found

    def select(self, asked: Constraint) -> tuple[Number, ...]:
        """Those of the listed versions that a constraint surely admits, ascending."""
        found = self._selected.get(asked)
        if found is None:
            if len(self._selected) >= REMEMBERED:
                self._selected.clear()
            exact = asked.exact
            found = self._selected[asked] = asked.select(self._near(exact) if exact else self.values)
        return found

    def _near(self, number: Number) -> Iterable[Number]:
        """The versions that lie within a series, and the series that contain it, ascending."""
        coarser = [number.series(length) for length in range(1, len(number.release))]
        for other in (*coarser, Number(number.release, number.text)):
            place = bisect_left(self.values, other)
            while place < len(self.values) and self.values[place].release == other.release:
                yield self.values[place]
                place += 1
        while place < len(self.values) and self.values[place].within(number.series(len(number.release))):
            yield self.values[place]
            place += 1

    def _places(self, asked: Constraint) -> Iterable[int]:
        """The cells that may match; a range is held against each, which for cells of names is not at all."""
        exact = asked.exact
        if exact is None:
            return [place for place, (cell, _) in enumerate(self.cells) if _may_match(cell, asked)]
        release = exact.release
        coarser = (self.exact.get(release[:length], ()) for length in range(1, len(release)))
        return {*self.bounds, *self.series.get(release, ()), *(place for found in coarser for place in found)}


def _grouped(rows: Sequence[Row], column: str) -> tuple[tuple[Cell, frozenset[int]], ...]:
    """Each cell with the numbers of its rows."""
    cells: dict[int, Cell] = {}
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        cell = row.cells.get(column)
        if cell is not None:
            cells[id(cell)] = cell
            numbers[id(cell)].append(number)
    return tuple((cell, frozenset(numbers[key])) for key, cell in cells.items())


def _enter(
    cell: Versions, place: int, series: dict[Release, list[int]], exact: dict[Release, list[int]]
) -> None:
    heads = set()
    for version in cell.numbers:
        exact[version.release].append(place)
        heads |= {version.release[:length] for length in range(1, len(version.release) + 1)}
    for head in heads:
        series[head].append(place)


def _may_match(cell: Cell, asked: Constraint) -> bool:
    return not isinstance(cell, Names) and cell.match(asked) is not Match.NO
