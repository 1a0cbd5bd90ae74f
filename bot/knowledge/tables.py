"""Reads the rows of table pages into cells that can be matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from bot.knowledge.base import Relation
from bot.knowledge.cells import BadCell, Cell, Versions, parse_names, parse_versions
from bot.knowledge.document import KeyPath
from bot.knowledge.hints import near
from bot.knowledge.models import Product, Table
from bot.knowledge.problems import Problem
from bot.knowledge.rows import Row
from bot.knowledge.versions import Number

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

ROW_KEYS: Final = frozenset({"source", "open", "only_if_named", "command", "with"})


def series_of(product: Product) -> tuple[Number, ...]:
    """The releases of a product, ascending; cut to its granularity where people ask by series."""
    numbers = (Number.parse(text) for text in product.releases)
    if product.granularity is not None:
        numbers = (number.series(product.granularity) for number in numbers)
    return tuple(sorted(set(numbers)))


def read_relations(
    draft: Draft, releases: Mapping[str, Sequence[Number]]
) -> tuple[dict[str, Relation], list[Problem]]:
    """Read every table of the draft; unreadable rows become problems and are left out."""
    reader = _Reader(draft, releases)
    relations = {
        slug: Relation(table, tuple(reader.rows(table)), reader.covers(table))
        for slug, table in draft.tables.items()
        if reader.columns_known(table)
    }
    return relations, reader.problems


class _Reader:
    def __init__(self, draft: Draft, releases: Mapping[str, Sequence[Number]]) -> None:
        self.draft = draft
        self.releases = releases
        self.problems: list[Problem] = []
        self._read: dict[tuple[str, str, bool], Cell] = {}

    def _say(self, table: Table, index: int, key: KeyPath, message: str) -> None:
        document, _ = self.draft.places[("table", table.table)]
        self.problems.append(document.problem((*self.draft.row_key(table.table, index), *key), message))

    def columns_known(self, table: Table) -> bool:
        unknown = [
            name
            for name in table.columns
            if not self.releases.get(name) and name not in self.draft.attributes
        ]
        known = [*self.draft.attributes, *(product for product, found in self.releases.items() if found)]
        for name in unknown:
            if not self.draft.may_lack("products", name) and not self.draft.may_lack("attributes", name):
                message = f"{name!r} is neither a product with releases nor an attribute{near(name, known)}"
                self.draft.problem("table", table.table, ("columns",), message)
        return not unknown

    def rows(self, table: Table) -> list[Row]:
        document, _ = self.draft.places[("table", table.table)]
        found = []
        for index, raw in enumerate(table.rows):
            cells = self._cells(table, index, raw)
            is_open, leaves = self._open(table, index, raw)
            found.append(
                Row(
                    ref=f"{table.table}:{document.line(self.draft.row_key(table.table, index))}",
                    cells=cells,
                    sources=self._sources(table, index, raw),
                    open=is_open,
                    only_if_named=self._places(table, index, raw),
                    command=self._text(table, index, raw, "command"),
                    extra=self._extra(table, index, raw),
                    leaves=leaves,
                )
            )
        return found

    def covers(self, table: Table) -> dict[str, frozenset[Number]]:
        """The versions under `covers`, by column; what cannot be read becomes a problem."""
        found: dict[str, frozenset[Number]] = {}
        for column, text in table.covers.items():
            if not self.releases.get(column):
                continue  # no column of versions: the check of the page says so
            try:
                cell = self._cell(column, text, requirement=False)
            except BadCell as error:
                self.draft.problem("table", table.table, ("covers", column), str(error))
                continue
            if isinstance(cell, Versions):
                found[column] = frozenset(cell.numbers)
            else:
                message = "name versions or a range of them, no specifier"
                self.draft.problem("table", table.table, ("covers", column), message)
        return found

    def _cells(self, table: Table, index: int, raw: Mapping[str, Any]) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        is_whole, requirement = True, table.relation == "requirement"
        for key, value in raw.items():
            if key in ROW_KEYS:
                continue
            if key not in table.columns:
                is_whole = False
                self._say(table, index, (key,), f"no such column: {', '.join(table.columns)}")
                continue
            try:
                cells[key] = self._cell(key, value, requirement=requirement)
            except BadCell as error:
                self._say(table, index, (key,), str(error))
        for column in table.columns if is_whole and len(cells) < len(table.columns) else ():
            if column not in raw:
                self._say(table, index, (), f"no cell for {column!r}: every column has one")
        return cells

    def _open(self, table: Table, index: int, raw: Mapping[str, Any]) -> tuple[bool, dict[str, Cell]]:
        """Whether a row may have more than it lists, and of which columns no more than what."""
        value = raw.get("open", False)
        if not isinstance(value, dict):
            if not isinstance(value, bool):
                told = 'true or false, without quotes, or what else may be: {cuda: ">=12.0"}'
                self._say(table, index, ("open",), told)
            return value is True, {}
        leaves: dict[str, Cell] = {}
        for column, text in value.items():
            if column not in table.columns:
                self._say(table, index, ("open", column), f"no such column: {', '.join(table.columns)}")
                continue
            try:
                leaves[column] = self._cell(column, text, requirement=False)
            except BadCell as error:
                self._say(table, index, ("open", column), str(error))
        return True, leaves

    def _places(self, table: Table, index: int, raw: Mapping[str, Any]) -> frozenset[str]:
        """The columns of which one must be given for the row to count; none where it always does."""
        value = raw.get("only_if_named", False)
        where = {
            c for c in table.columns if c in self.draft.attributes and self.draft.attributes[c].qualifier
        }
        if value not in (True, False, *where):
            told = f"true, or one of the columns that say where: {', '.join(sorted(where))}"
            self._say(table, index, ("only_if_named",), told)
        return frozenset(where if value is True else {value} & where)

    def _extra(self, table: Table, index: int, raw: Mapping[str, Any]) -> dict[str, str] | None:
        value = raw.get("with")
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            self._say(table, index, ("with",), 'names with quoted versions: {torchvision: "0.8.0"}')
            return None
        return {str(key): item for key, item in value.items()}

    def _cell(self, column: str, value: object, *, requirement: bool) -> Cell:
        """A cell; equal texts of a column share one, which an index counts on."""
        if isinstance(value, list):
            wrong = [item for item in value if not isinstance(item, str)]
            value = wrong[0] if wrong else "/".join(value)
        if value == "":
            raise BadCell("empty: write a version or a name")
        if not isinstance(value, str):
            raise BadCell(f'must be text: put it in quotes, for example "{value}"')
        key = (column, value, requirement)
        if key not in self._read:
            self._read[key] = self._parsed(column, value, requirement=requirement)
        return self._read[key]

    def _parsed(self, column: str, text: str, *, requirement: bool) -> Cell:
        attribute = self.draft.attributes.get(column)
        if attribute is not None:
            return parse_names(text, {name: item.within for name, item in attribute.values.items()})
        return parse_versions(text, self.releases[column], requirement=requirement)

    def _sources(self, table: Table, index: int, raw: Mapping[str, Any]) -> tuple[str, ...]:
        value = raw.get("source")
        if value is None:
            return table.source
        names = tuple(value) if isinstance(value, list) else (str(value),)
        if not names:
            self._say(table, index, ("source",), "empty: name a source or delete the key")
        for name in names:
            if name not in self.draft.sources and not self.draft.may_lack("sources", name):
                self._say(table, index, ("source",), f"no source {name!r}{near(name, self.draft.sources)}")
        return names

    def _text(self, table: Table, index: int, raw: Mapping[str, Any], key: str) -> str | None:
        value = raw.get(key)
        if (value is not None) != (table.relation == key):
            expected = (
                f"missing: each row has a {key}"
                if value is None
                else f"only in a table with `relation: {key}`"
            )
            self._say(table, index, (key,), expected)
        if value is not None and not isinstance(value, str):
            self._say(table, index, (key,), "must be text: put it in quotes")
        return value if isinstance(value, str) else None
