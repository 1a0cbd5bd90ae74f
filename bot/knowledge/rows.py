"""One row of a table, read into cells that can be matched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.knowledge.cells import Bounds, Cell, Names
from bot.knowledge.versions import Constraint, Match


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, read. `ref` names it in traces (`torch-cuda:12` is line 12 of its file).

    A row that counts `only_if_named` is left out where none of these is given: of all columns that only say
    where (platform, channel) or of the one that it names. An open row may have more than it lists: what of
    a column is told by `leaves`, of a column that is not there anything.
    """

    ref: str
    cells: Mapping[str, Cell]
    sources: tuple[str, ...]
    open: bool = False
    only_if_named: frozenset[str] = frozenset()
    command: str | None = None
    extra: Mapping[str, str] | None = None
    leaves: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def unbounded(self) -> bool:
        """Whether the row asks for another product and leaves open which version."""
        cells = (cell for cell in self.cells.values() if isinstance(cell, Bounds))
        return any(not cell.constraint.clauses for cell in cells)

    def matches(self, column: str, asked: Constraint | str) -> Match:
        """Whether the cell of `column` admits a version constraint or an attribute's value."""
        cell = self.cells.get(column)
        return Match.NO if cell is None else _admits(cell, asked)

    def may_have(self, column: str, asked: Constraint | str) -> bool:
        """Whether what is asked may be among what an open row does not list of a column."""
        left = self.leaves.get(column)
        return self.open and (left is None or _admits(left, asked) is not Match.NO)


def _admits(cell: Cell, asked: Constraint | str) -> Match:
    if isinstance(cell, Names):
        return Match.YES if asked in cell.admitted else Match.NO
    return Match.NO if isinstance(asked, str) else cell.match(asked)
