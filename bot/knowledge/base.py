"""The immutable knowledge base that every other layer reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.knowledge.cells import Bounds, Cell, Names, Versions
from bot.knowledge.models import Attribute, Categories, Fact, Product, Source, Table, Vocabulary
from bot.knowledge.versions import Constraint, Match, Number


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, read. `ref` names it in traces (`torch-cuda:12` is line 12 of its file)."""

    ref: str
    cells: Mapping[str, Cell]
    sources: tuple[str, ...]
    open: bool = False
    command: str | None = None
    extra: Mapping[str, str] | None = None

    def matches(self, column: str, asked: Constraint | str) -> Match:
        """Whether the cell of `column` admits a version constraint or an attribute's value."""
        cell = self.cells.get(column)
        if cell is None:
            return Match.NO
        if isinstance(cell, Names):
            return Match.YES if asked in cell.values else Match.NO
        return Match.NO if isinstance(asked, str) else cell.match(asked)


@dataclass(frozen=True, slots=True)
class Relation:
    """A table with its rows read."""

    table: Table
    rows: tuple[Row, ...]

    @property
    def slug(self) -> str:
        """The table's name."""
        return self.table.table

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns' slugs, in the order of the page."""
        return self.table.columns


@dataclass(frozen=True)
class KnowledgeBase:
    """Everything known. Mappings keep the order of the files."""

    folders: tuple[Path, ...]
    sources: Mapping[str, Source]
    products: Mapping[str, Product]
    attributes: Mapping[str, Attribute]
    categories: Categories
    relations: Mapping[str, Relation]
    facts: tuple[Fact, ...]
    vocabularies: Mapping[str, Vocabulary]
    wordings: Mapping[str, Mapping[str, str]]
    releases: Mapping[str, tuple[Number, ...]]

    @cached_property
    def primary(self) -> tuple[Relation, ...]:
        """The tables that answer pair questions: neither commands, defaults nor second opinions."""
        return tuple(
            relation
            for relation in self.relations.values()
            if relation.table.relation in ("pair", "minimum") and relation.table.yields_to is None
        )

    def second_opinions(self, slug: str) -> Iterator[Relation]:
        """The tables that lose to the table `slug` where they differ."""
        return (r for r in self.relations.values() if r.table.yields_to == slug)

    def of_kind(self, kind: str) -> Iterator[Relation]:
        """The tables of one `relation` kind."""
        return (r for r in self.relations.values() if r.table.relation == kind)

    def knows(self, product: str, asked: Constraint) -> bool:
        """Whether a release of `product` satisfies the constraint (a coarser series counts)."""
        return any(asked.match(number) is not Match.NO for number in self.releases.get(product, ()))

    def column_values(self, relation: Relation, column: str) -> tuple[Number, ...]:
        """Every version that a table lists in a column, ascending."""
        found: set[Number] = set()
        for row in relation.rows:
            cell = row.cells.get(column)
            if isinstance(cell, Versions):
                found.update(cell.numbers)
            elif isinstance(cell, Bounds):
                found.update(clause.number for clause in cell.constraint.clauses)
        return tuple(sorted(found))
