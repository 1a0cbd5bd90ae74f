"""Compares tables that are read from the names of wheels with the wheels that there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product as combinations

from packaging.version import Version

from bot.knowledge.models import Attribute, Product, Table
from bot.knowledge.refresh.findings import Finding, Origin, cell, release_missing, row_missing
from bot.knowledge.refresh.held import Held, Value
from bot.knowledge.refresh.wheels import Wheel, WheelColumns
from bot.knowledge.versions import Number

Cells = tuple[str, ...]


@dataclass
class WheelComparison:
    """Proposes the rows that wheels show and a table lacks. `unread` counts wheels by what is not told."""

    held: Held
    table: Table
    origin: Origin
    unread: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.columns = tuple(self.held.column(name) for name in self.table.columns)
        self.reader = WheelColumns(self.table, self.columns)
        self.at = self.table.columns.index(self.table.refresh.of if self.table.refresh else "")
        self.covered = set(self._covered())

    def findings(self, version: Version, wheels: Iterable[Wheel], *, mark_open: bool) -> list[Finding]:
        """What is missing of one release. `mark_open`: rows of a release new to the table are open."""
        shown: set[Cells] = set()
        for wheel in wheels:
            cells = set(self.reader.cells(wheel, str(version)))
            if not cells:
                self.unread[f"{self.table.table}: no {self.reader.unread(wheel)}"] += 1
            shown |= cells
        lacking = {cells for cells in shown if self._key(cells) not in self.covered}
        found = [*self._new_versions(lacking)]
        open_row = mark_open and not self._is_closed(version)
        for row in self._compact(lacking):
            cells_by_name = dict(zip(self.table.columns, row, strict=True))
            if open_row:
                cells_by_name["open"] = "true"
            found.append(row_missing(self.held, self.table, version, cells_by_name, self.origin))
        return found

    def _covered(self) -> Iterator[tuple[Value, ...]]:
        for row in self.held.kb.relations[self.table.table].rows:
            lists = [self.held.cell_values(name, row.cells[name]) for name in self.table.columns]
            yield from _all(lists)

    def _key(self, cells: Cells) -> tuple[Value, ...]:
        """Cells as rows have them: a listed version, or the value (or the wider one that a row may name)."""
        key = tuple(self._value(c, text) for c, text in zip(self.columns, cells, strict=True))
        wider = tuple(self._wider(c, v) for c, v in zip(self.columns, key, strict=True))
        return wider if wider in self.covered else key

    def _value(self, column: Product | Attribute, text: str) -> Value:
        if isinstance(column, Attribute):
            return text
        return self.held.number(column.product, text) or Number.parse(text)

    def _wider(self, column: Product | Attribute, value: Value) -> Value:
        if isinstance(column, Attribute) and isinstance(value, str):
            return column.values[value].within or value
        return value

    def _is_closed(self, version: Version) -> bool:
        """Whether the table has rows of the release that are part of a complete list."""
        of = self.table.columns[self.at]
        number = self.held.number(of, str(version))
        rows = self.held.kb.relations[self.table.table].rows
        return any(not row.open and number in self.held.cell_values(of, row.cells[of]) for row in rows)

    def _new_versions(self, lacking: Iterable[Cells]) -> Iterator[Finding]:
        """Versions in other columns that their products do not list yet."""
        for n, column in enumerate(self.columns):
            if isinstance(column, Product) and n != self.at:
                texts = {cells[n] for cells in lacking}
                for text in sorted(texts, key=Version):
                    if self.held.number(column.product, text) is None:
                        yield release_missing(
                            self.held, column, text, None, f": wheels of {self.table.table}"
                        )

    def _compact(self, lacking: Iterable[Cells]) -> list[Cells]:
        """The rows in which all combinations fit: column after column, rows that differ there alone join."""
        rows = {tuple(frozenset([text]) for text in cells) for cells in lacking}
        order = sorted(range(len(self.columns)), key=lambda n: isinstance(self.columns[n], Attribute))
        for n in order:
            groups: dict[tuple[frozenset[str], ...], set[str]] = {}
            for row in rows:
                groups.setdefault((*row[:n], *row[n + 1 :]), set()).update(row[n])
            rows = {(*rest[:n], frozenset(values), *rest[n:]) for rest, values in groups.items()}
        return sorted(
            tuple(cell(self.held, column, values) for column, values in zip(self.columns, row, strict=True))
            for row in rows
        )


def _all(lists: Sequence[Sequence[Value]]) -> Iterator[tuple[Value, ...]]:
    yield from combinations(*lists)
