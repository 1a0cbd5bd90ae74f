"""Finds the command that installs what is given, from the tables whose rows end in a command."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from bot.answering.answers import Command, Evidence, Finding, Truth
from bot.answering.joins import Joins, as_given
from bot.knowledge.base import Relation
from bot.knowledge.cells import Names, Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given


@dataclass(frozen=True, slots=True)
class _Candidate:
    relation: Relation
    row: Row
    cells: Mapping[str, Number | str]


_Option = tuple[Number, Relation, Row]


class Installer:
    """Chooses one row and one value of each of its cells, then fills the command's placeholders."""

    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._tables = tuple(self._kb.of_kind("command"))
        self.subjects = frozenset(relation.columns[0] for relation in self._tables)
        self.builds = tuple(
            dict.fromkeys(
                c for relation in self._tables for c in relation.columns[1:] if c not in relation.table.prefer
            )
        )
        prefer = (relation.table.prefer for relation in self._tables)
        first = {column: values[0] for order in prefer for column, values in order.items() if values}
        self.usual_places = tuple(Given(column, value, value) for column, value in first.items())
        named = {name for relation in self._tables for row in relation.rows for name in _names_in(row)}
        self.installs = frozenset(named & self._kb.products.keys()) - self.subjects - set(self.builds)

    def best(self, givens: Iterable[Given]) -> Command | None:
        """The command for the newest subject that fits everything given; None if no row does.

        Where a column is not given, a default table decides, else the newest version, else the order
        that the command table prefers.
        """
        wanted = tuple(givens)
        return self._find(wanted, strict=True) or self._find(wanted, strict=False)

    def exact(self, givens: Iterable[Given]) -> Command | None:
        """The command, unless it would install another companion than one that is given."""
        wanted = tuple(givens)
        command = self.best(wanted)
        filled = dict(command.filled) if command else {}
        for given in wanted:
            asked, value = given.constraint, filled.get(given.column)
            if isinstance(asked, Constraint) and value and asked.match(Number.parse(value)) is Match.NO:
                return None
        return command

    def _find(self, wanted: tuple[Given, ...], *, strict: bool) -> Command | None:
        """Look in the tables; `strict` leaves out those for a device that nobody named."""
        named = {given.column for given in wanted}
        rows = [
            (newest, relation, row)
            for relation in self._tables
            if self._has_columns(relation, named)
            and (not strict or named.issuperset(self._must_be_named(relation)))
            for row in self._joins.rows(relation, wanted)[0]
            for newest in self._subjects(relation, row, wanted)
        ]
        for places in self._preferred_places(named):
            command = self._find_at(wanted, rows, places)
            if command is not None:
                return command
        return None

    def _preferred_places(self, named: set[str]) -> list[tuple[tuple[str, str], ...]]:
        """Where to look first for what is not given: each combination that the tables prefer, in order."""
        orders: dict[str, tuple[str, ...]] = {}
        for relation in self._tables:
            orders |= {c: o for c, o in relation.table.prefer.items() if c not in named}
        return [tuple(zip(orders, values, strict=True)) for values in product(*orders.values())]

    def _find_at(
        self, wanted: tuple[Given, ...], rows: list[_Option], places: tuple[tuple[str, str], ...]
    ) -> Command | None:
        here = (*wanted, *(Given(column, value, value) for column, value in places))
        for newest in sorted({number for number, _, _ in rows}, reverse=True):
            found = [
                candidate
                for number, relation, row in rows
                if number == newest
                for candidate in self._candidates(relation, row, here, newest)
                if self._admitted(candidate, wanted)
            ]
            if found:
                return self._fill(max(found, key=lambda candidate: self._rank(candidate, wanted)))
        return None

    def _admitted(self, candidate: _Candidate, givens: tuple[Given, ...]) -> bool:
        """Whether what the command's table has no column for (a driver, a GPU) goes with its cells."""
        rest = [given for given in givens if given.column not in candidate.cells]
        return all(self._fits_fixed(candidate, given) for given in rest) and all(
            truth >= Truth.CONDITIONAL for given in rest for truth in self._truths(candidate, given)
        )

    def _truths(self, candidate: _Candidate, given: Given) -> Iterator[Truth]:
        """How the cells go with a given: those that a table relates to it, else the subject as this build."""
        places = self._places(candidate)
        cells = [(c, value) for c, value in candidate.cells.items() if isinstance(value, Number)]
        near = [(c, value) for c, value in cells if any(self._joins.tables(c, given.column))]
        for column, value in near:
            truth = self._joins.truth(as_given(column, value), given, places)
            if truth is Truth.NOT_RECORDED and places:
                truth = self._joins.truth(as_given(column, value), given)
            yield truth
        subject, version = cells[0]
        if not near and self._joins.related(subject, given.column):
            others = (*(as_given(c, value) for c, value in cells[1:]), *places)
            yield self._joins.truth(as_given(subject, version), given, others)

    def findings(self, command: Command, givens: Iterable[Given]) -> tuple[Finding, ...]:
        """How what a command installs goes with what only a join over tables relates to it (a GPU)."""
        columns = command.evidence.relation.columns
        (subject, version), *rest = (cell for cell in command.cells if cell[0] in columns)
        own = as_given(subject, Number.parse(version))
        others = tuple(self._cell_given(column, value) for column, value in rest)
        told = dict(command.cells)
        found = (
            self._joins.check(own, given, others)
            for given in givens
            if given.column not in told
            and not any(self._kb.routes.direct(column, given.column) for column in told)
            and self._joins.related(subject, given.column)
        )
        return tuple(finding for finding in found if finding.truth >= Truth.CONDITIONAL)

    def _cell_given(self, column: str, value: str) -> Given:
        return as_given(column, value if column in self._kb.attributes else Number.parse(value))

    def _fits_fixed(self, candidate: _Candidate, given: Given) -> bool:
        """Whether a version that the command itself fixes (the Python of one wheel) is the one given."""
        fixed = (candidate.row.extra or {}).get(given.column)
        if (
            fixed is None
            or given.column in _names_in(candidate.row)
            or not isinstance(given.constraint, Constraint)
        ):
            return True
        return given.constraint.match(Number.parse(fixed)) is not Match.NO

    def _has_columns(self, relation: Relation, named: set[str]) -> bool:
        """A given that some command table has a column for can be met by such a table only."""
        return all(
            column in relation.columns or all(column not in other.columns for other in self._tables)
            for column in named
        )

    def _must_be_named(self, relation: Relation) -> set[str]:
        """Attributes without a preferred value: a table for one device is for those who ask for it."""
        attributes = {column for column in relation.columns if column in self._kb.attributes}
        return attributes - set(relation.table.prefer)

    def _subjects(self, relation: Relation, row: Row, givens: tuple[Given, ...]) -> list[Number]:
        values = self._cell_values(row, relation.columns[0], givens)
        return [value for value in values if isinstance(value, Number)]

    def _candidates(
        self, relation: Relation, row: Row, givens: tuple[Given, ...], subject: Number
    ) -> list[_Candidate]:
        options: list[dict[str, Number | str]] = [{relation.columns[0]: subject}]
        for column in relation.columns[1:]:
            values = self._cell_values(row, column, givens)
            options = [{**option, column: value} for option in options for value in values]
        return [_Candidate(relation, row, option) for option in options]

    def _cell_values(self, row: Row, column: str, givens: tuple[Given, ...]) -> list[Number | str]:
        given = next((g for g in givens if g.column == column), None)
        cell = row.cells.get(column)
        if isinstance(cell, Versions):
            constraint = given.constraint if given and isinstance(given.constraint, Constraint) else None
            return list(cell.numbers if constraint is None else constraint.select(cell.numbers))
        if isinstance(cell, Names):
            kinds = self._kb.attributes[column].values
            return [v for v in cell.values if given is None or given.constraint in (v, kinds[v].within)]
        return []

    def _rank(self, candidate: _Candidate, wanted: tuple[Given, ...]) -> tuple[object, ...]:
        """What surely goes with everything given, then the default build, then the newest."""
        given = {item.column for item in wanted}
        versions = tuple(
            (column not in given and self._is_default(candidate, column), candidate.cells[column])
            for column in candidate.relation.columns[1:]
            if isinstance(candidate.cells[column], Number)
        )
        return (self._certainty(candidate, wanted), versions)

    def _certainty(self, candidate: _Candidate, wanted: tuple[Given, ...]) -> Truth:
        """The weakest truth of a given that the command's table has no column for, with a cell."""
        rest = [given for given in wanted if given.column not in candidate.cells]
        truths = (truth for given in rest for truth in self._truths(candidate, given))
        return min(truths, default=Truth.SUPPORTED)

    def _places(self, candidate: _Candidate) -> tuple[Given, ...]:
        cells = candidate.cells.items()
        return tuple(as_given(column, value) for column, value in cells if isinstance(value, str))

    def _is_default(self, candidate: _Candidate, column: str) -> bool:
        """Whether a default table pairs this value with the subject on this platform."""
        for relation in self._kb.of_kind("default"):
            if column in relation.columns and candidate.relation.columns[0] in relation.columns:
                shared = [c for c in relation.columns if c in candidate.cells]
                givens = [as_given(c, candidate.cells[c]) for c in shared]
                if self._joins.rows(relation, givens)[0]:
                    return True
        return False

    def _fill(self, candidate: _Candidate) -> Command:
        filled = {name: self._value(candidate, name) for name in _names_in(candidate.row)}
        text = (candidate.row.command or "").format_map(filled)
        cells = tuple((column, str(value)) for column, value in candidate.cells.items())
        fixed = {k: v for k, v in (candidate.row.extra or {}).items() if k not in filled}
        cells += tuple(fixed.items())
        return Command(text, cells, Evidence(candidate.relation, (candidate.row,)), tuple(filled.items()))

    def _value(self, candidate: _Candidate, name: str) -> str:
        if name in candidate.cells:
            return str(candidate.cells[name])
        if candidate.row.extra and name in candidate.row.extra:
            return candidate.row.extra[name]
        if name.endswith("_tag"):
            return self._tag(name.removesuffix("_tag"), candidate.cells[name.removesuffix("_tag")])
        return self._companion(candidate, name)

    def _tag(self, product: str, value: Number | str) -> str:
        prefix = self._kb.products[product].tags[0].prefix
        return prefix + "".join(str(part) for part in value.release) if isinstance(value, Number) else value

    def _companion(self, candidate: _Candidate, product: str) -> str:
        """The newest version of a companion that surely goes with the chosen subject."""
        subject = candidate.relation.columns[0]
        given = as_given(subject, candidate.cells[subject])
        for relation in self._joins.tables(subject, product):
            numbers = sorted(relation.candidates(subject, given.constraint))
            rows = [relation.rows[number] for number in numbers]
            rows = [row for row in rows if row.matches(subject, given.constraint) is Match.YES]
            values = self._joins.values(rows, product)
            if values:
                return str(values[-1])
        return ""


def _names_in(row: Row) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(row.command or "") if name]
