"""An index over one column of a table: which rows may match, without looking at every row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from bot.knowledge.cells import Bounds, Names, Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint

K = TypeVar("K")
Release = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ColumnIndex:
    """Row numbers by what their cell lists.

    `series` finds a version under every series that contains it, `exact` only under itself; `bounds`
    are the rows with a specifier, which any version may match; `names` serves attributes.
    """

    series: Mapping[Release, frozenset[int]]
    exact: Mapping[Release, frozenset[int]]
    bounds: frozenset[int]
    names: Mapping[str, frozenset[int]]

    @classmethod
    def build(cls, rows: Sequence[Row], column: str) -> Self:
        """Index a column."""
        series: dict[Release, set[int]] = defaultdict(set)
        exact: dict[Release, set[int]] = defaultdict(set)
        names: dict[str, set[int]] = defaultdict(set)
        bounds: set[int] = set()
        for number, row in enumerate(rows):
            cell = row.cells.get(column)
            if isinstance(cell, Bounds):
                bounds.add(number)
            elif isinstance(cell, Names):
                for value in cell.admitted:
                    names[value].add(number)
            elif isinstance(cell, Versions):
                for version in cell.numbers:
                    exact[version.release].add(number)
                    for length in range(1, len(version.release) + 1):
                        series[version.release[:length]].add(number)
        return cls(_frozen(series), _frozen(exact), frozenset(bounds), _frozen(names))

    def candidates(self, asked: Constraint | str) -> set[int] | None:
        """Rows that may match; None for a range, which only a look at each row can tell."""
        if isinstance(asked, str):
            return set(self.names.get(asked, ()))
        if asked.exact is None:
            return None
        release = asked.exact.release
        found = set(self.bounds) | self.series.get(release, frozenset())
        for length in range(1, len(release)):
            found |= self.exact.get(release[:length], frozenset())
        return found


def _frozen(groups: Mapping[K, set[int]]) -> dict[K, frozenset[int]]:
    return {key: frozenset(numbers) for key, numbers in groups.items()}
