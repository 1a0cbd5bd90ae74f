"""The immutable knowledge base that every other layer reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from bot.knowledge.cells import Versions
from bot.knowledge.index import ColumnIndex
from bot.knowledge.models import (
    Attribute,
    Categories,
    Environment,
    Fact,
    Localized,
    Product,
    Source,
    Table,
    Vocabulary,
)
from bot.knowledge.problems import Override
from bot.knowledge.routes import Routes
from bot.knowledge.rows import Row
from bot.knowledge.tools import Tool
from bot.knowledge.trouble import KnownError, Output
from bot.knowledge.versions import Constraint, Match, Number

TELLING: Final = frozenset({"pair", "minimum", "requirement"})


@dataclass(frozen=True, eq=False)
class Relation:
    """A table with its rows read, indexed by column on first use.

    `covers` are the versions that a losing table speaks of, by column; in any other column it speaks of all.
    """

    table: Table
    rows: tuple[Row, ...]
    covers: Mapping[str, frozenset[Number]] = field(default_factory=dict)
    _indexes: dict[str, ColumnIndex] = field(default_factory=dict, repr=False)

    @cached_property
    def slug(self) -> str:
        """The table's name."""
        return self.table.table

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns' slugs, in the order of the page."""
        return self.table.columns

    def tells(self, *columns: str) -> bool:
        """Whether the table is about what these of its columns have to do with each other."""
        told = self.table.tells
        return not told or not set(told).isdisjoint(columns)

    def candidates(self, column: str, asked: Constraint | str) -> frozenset[int]:
        """The numbers of all rows that may match in a column."""
        return self.index(column).candidates(asked)

    def values(self, column: str) -> tuple[Number, ...]:
        """Every version that the table lists in a column, ascending; of a specifier its bounds."""
        return self.index(column).values

    def select(self, column: str, asked: Constraint) -> tuple[Number, ...]:
        """Those of `values` that a constraint surely admits."""
        return self.index(column).select(asked)

    def may_hold(self, rows: Iterable[Row], column: str, asked: Constraint | str) -> bool:
        """Whether one of the rows leaves open what else a column has, and what is asked may be among that."""
        if not any(row.may_have(column, asked) for row in rows):
            return False
        floor = self._floors.get(column)
        exact = asked.exact if isinstance(asked, Constraint) else None
        return floor is None or exact is None or exact >= floor

    def lists_all(self, column: str, releases: Iterable[Number]) -> bool:
        """Whether each release of a column, from the first that is listed on, has all its rows."""
        table = self.table
        if table.complete_for != column or table.relation != "pair" or table.holes or not self._is_closed:
            return False
        listed = self.values(column)
        known = {number for number in releases if listed and number >= listed[0]}
        return bool(known) and known <= set(listed)

    @cached_property
    def _is_closed(self) -> bool:
        return not any(row.open or row.only_if_named for row in self.rows)

    @cached_property
    def _floors(self) -> Mapping[str, Number]:
        """The least version of each column that drops its old ones, in the newest release listed in full."""
        subject = self.table.complete_for
        closed = [row for row in self.rows if not row.open]
        newest = (
            max((n for row in closed for n in _versions(row, subject)), default=None) if subject else None
        )
        if subject is None or newest is None:
            return {}
        rows = [row for row in closed if newest in _versions(row, subject)]
        return {column: min(n for row in rows for n in _versions(row, column)) for column in self.table.drops}

    def index(self, column: str) -> ColumnIndex:
        """The index of a column, made when it is first asked for."""
        if column not in self._indexes:
            self._indexes[column] = ColumnIndex.build(self.rows, column)
        return self._indexes[column]


def _versions(row: Row, column: str) -> tuple[Number, ...]:
    cell = row.cells.get(column)
    return cell.numbers if isinstance(cell, Versions) else ()


@dataclass(frozen=True)
class KnowledgeBase:
    """Everything known. Mappings keep the order of the files.

    `overrides` is what a later folder replaced. `source_folders` tells, of sources that a team's own folder
    cites, what answers call that folder; `maintainers` are the Slack ids that such folders name.
    """

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
    errors: Mapping[str, KnownError] = field(default_factory=dict)
    causes: Mapping[str, Localized] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    tools: Mapping[str, Tool] = field(default_factory=dict)
    interpreters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    source_folders: Mapping[str, Localized] = field(default_factory=dict)
    maintainers: tuple[str, ...] = ()

    @cached_property
    def primary(self) -> tuple[Relation, ...]:
        """The tables that answer pair questions: no commands, defaults, second opinions nor fallbacks."""
        return tuple(
            relation
            for relation in self.relations.values()
            if relation.table.relation in TELLING
            and relation.table.yields_to is None
            and relation.table.holds != "fallback"
        )

    @cached_property
    def fallbacks(self) -> tuple[Relation, ...]:
        """The tables of what may do where nothing better does."""
        return tuple(r for r in self.relations.values() if r.table.holds == "fallback")

    @cached_property
    def qualifiers(self) -> frozenset[str]:
        """The attributes that only say where a row holds."""
        return frozenset(slug for slug, attribute in self.attributes.items() if attribute.qualifier)

    @cached_property
    def routes(self) -> Routes:
        """The ways from column to column over the primary tables."""
        return Routes(self)

    def second_opinions(self, slug: str) -> tuple[Relation, ...]:
        """The tables that lose to the table `slug` where they differ."""
        return self._losing.get(slug, ())

    @cached_property
    def _losing(self) -> Mapping[str, tuple[Relation, ...]]:
        winners = {r.table.yields_to for r in self.relations.values() if r.table.yields_to is not None}
        return {
            slug: tuple(r for r in self.relations.values() if r.table.yields_to == slug) for slug in winners
        }

    def of_kind(self, kind: str) -> Iterator[Relation]:
        """The tables of one `relation` kind."""
        return iter(self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Relation, ...]]:
        found: dict[str, list[Relation]] = {}
        for relation in self.relations.values():
            found.setdefault(relation.table.relation, []).append(relation)
        return {kind: tuple(relations) for kind, relations in found.items()}

    @cached_property
    def implicit(self) -> tuple[str, ...]:
        """The products that a version alone may mean."""
        return tuple(slug for slug, product in self.products.items() if product.implicit)

    def knows(self, product: str, asked: Constraint) -> bool:
        """Whether a release of `product` satisfies the constraint (a coarser series counts)."""
        exact = asked.exact
        if exact is not None and exact.has_leading_zero and not self.products[product].more_releases:
            return False
        if exact is not None:
            known = self._series.get(product, frozenset())
            return exact.release in known or any(
                exact.release[:length] in self._releases.get(product, ())
                for length in range(len(exact.release))
            )
        return any(asked.match(number) is not Match.NO for number in self.releases.get(product, ()))

    def listed(self, product: str, number: Number) -> Number:
        """The number without its post-release, where the product lists no post-release of that release.

        Of a toolkit that a driver tops, a patch that is not listed is one of its series.
        """
        own = self.products.get(product)
        if own is not None and own.ceilings and own.granularity is not None:
            series = number.series(own.granularity)
            patched = len(number.release) > own.granularity and number not in self._patches[product]
            if patched and self.knows(product, Constraint.series(series)):
                return series
        if number.post < 0 or (product, number.release) in self._reissued:
            return number
        return number.series(len(number.release))

    @cached_property
    def _patches(self) -> Mapping[str, frozenset[Number]]:
        """The versions that tables list of each product that a driver tops."""
        return {
            slug: frozenset(n for r in self.relations.values() if slug in r.columns for n in r.values(slug))
            for slug, product in self.products.items()
            if product.ceilings
        }

    @cached_property
    def _reissued(self) -> frozenset[tuple[str, tuple[int, ...]]]:
        """Each product's releases of which a post-release is listed."""
        return frozenset(
            (slug, n.release) for slug, numbers in self.releases.items() for n in numbers if n.post >= 0
        )

    @cached_property
    def positions(self) -> Mapping[str, Mapping[Number, int]]:
        """Where each release stands in the order of its product's."""
        return {slug: {n: i for i, n in enumerate(numbers)} for slug, numbers in self.releases.items()}

    @cached_property
    def _releases(self) -> Mapping[str, frozenset[tuple[int, ...]]]:
        return {slug: frozenset(n.release for n in numbers) for slug, numbers in self.releases.items()}

    @cached_property
    def _series(self) -> Mapping[str, frozenset[tuple[int, ...]]]:
        """Every release and every series that contains one."""
        return {
            slug: frozenset(n.release[:length] for n in numbers for length in range(1, len(n.release) + 1))
            for slug, numbers in self.releases.items()
        }
