"""All that the command tables can install, one by one, and how each goes with what no command names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Final

from bot.answering.answers import Truth
from bot.answering.joins import Joins, as_given
from bot.knowledge.base import Relation
from bot.knowledge.cells import Names, Versions
from bot.knowledge.reach import Entry
from bot.knowledge.routes import Hop
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given

REMEMBERED: Final = 2_000

Reached = Callable[["Build"], Truth]
_Map = tuple[tuple[str, ...], Mapping[tuple[Entry | None, ...], Truth]]


@dataclass(frozen=True, slots=True, eq=False)
class Build:
    """One value of each column of a command's row. `number` is its place among all, newest subject first."""

    number: int
    relation: Relation
    row: Row
    cells: Mapping[str, Entry]
    fixed: Mapping[str, str]

    @property
    def subject(self) -> Entry:
        """The version of what is installed."""
        return self.cells[self.relation.columns[0]]

    def places(self) -> tuple[Given, ...]:
        """Where it is for, as givens."""
        return tuple(as_given(c, value) for c, value in self.cells.items() if isinstance(value, str))


@dataclass(slots=True)
class _Known:
    """What has been found out of one given: the builds that were looked at, those that do, and how surely."""

    reach: Reached
    seen: int = 0
    good: int = 0
    truths: dict[int, Truth] = field(default_factory=dict)


class Builds:
    """The builds as bits of whole numbers: a set of them is met with another in one step."""

    def __init__(self, joins: Joins, fixes: Callable[[Row], Mapping[str, str]]) -> None:
        """`fixes` tells what a row's command fixes beyond its columns."""
        self._joins = joins
        self._kb = joins.kb
        self._fixes = fixes
        self._known: dict[tuple[str, object], _Known] = {}
        self._matching: dict[tuple[str, object], int] = {}

    @cached_property
    def all(self) -> tuple[Build, ...]:
        """Every build, the newest subject first, then in the order of the pages; made on first use."""
        found = [item for relation in self._kb.of_kind("command") for item in self._of(relation)]
        found.sort(key=lambda item: item[2][item[0].columns[0]].rank(), reverse=True)  # type: ignore[union-attr]  # a subject is a version
        return tuple(Build(n, *item, self._fixes(item[1])) for n, item in enumerate(found))

    def _of(self, relation: Relation) -> Iterator[tuple[Relation, Row, dict[str, Entry]]]:
        for row in relation.rows:
            values = [self._joins.entries((row,), column) for column in relation.columns]
            for combination in product(*values):
                yield relation, row, dict(zip(relation.columns, combination, strict=True))

    @cached_property
    def _by_value(self) -> Mapping[str, Mapping[Entry, int]]:
        """For each column and value the builds that have it."""
        found: dict[str, dict[Entry, int]] = {}
        for build in self.all:
            for column, value in build.cells.items():
                own = found.setdefault(column, {})
                own[value] = own.get(value, 0) | 1 << build.number
        return found

    @cached_property
    def _by_table(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for build in self.all:
            found[build.relation.slug] = found.get(build.relation.slug, 0) | 1 << build.number
        return found

    def of_tables(self, relations: Iterable[Relation]) -> int:
        """The builds of some tables."""
        found = 0
        for relation in relations:
            found |= self._by_table.get(relation.slug, 0)
        return found

    def matching(self, given: Given) -> int:
        """The builds whose own cell a given admits."""
        key = (given.column, given.constraint)
        if key not in self._matching:
            if len(self._matching) >= REMEMBERED:
                self._matching.clear()
            values = self._by_value.get(given.column, {})
            self._matching[key] = sum(bits for value, bits in values.items() if self._admits(given, value))
        return self._matching[key]

    def _admits(self, given: Given, value: Entry) -> bool:
        if isinstance(value, Number):
            return isinstance(given.constraint, Constraint) and given.constraint.match(value) is Match.YES
        return given.constraint in (value, self._kb.attributes[given.column].values[value].within)

    def first(self, among: int, rest: tuple[Given, ...]) -> int:
        """Of the builds of the newest subject that go with all of `rest`, those that do; 0 if none does."""
        known = [self._of_given(given) for given in rest]
        for item in known:
            among &= item.good | ~item.seen
        found, subject = 0, None
        while among:
            build = self.all[(among & -among).bit_length() - 1]
            if subject is not None and build.subject != subject:
                break
            if all(self._look(item, build, given) for item, given in zip(known, rest, strict=True)):
                found |= 1 << build.number
                subject = build.subject
            among &= among - 1
        return found

    def certainty(self, build: Build, rest: tuple[Given, ...]) -> Truth:
        """The weakest truth of a given with a build."""
        truths = (self._of_given(given).truths.get(build.number, Truth.SUPPORTED) for given in rest)
        return min(truths, default=Truth.SUPPORTED)

    def _look(self, known: _Known, build: Build, given: Given) -> bool:
        """Whether a build goes with a given; found out once."""
        bit = 1 << build.number
        if not known.seen & bit:
            truth = Truth.EXCLUDED if _contradicts(build, given) else known.reach(build)
            known.seen |= bit
            known.truths[build.number] = truth
            known.good |= bit if truth >= Truth.CONDITIONAL else 0
        return bool(known.good & bit)

    def _of_given(self, given: Given) -> _Known:
        key = (given.column, given.constraint)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = _Known(self._reach(self._reduced(given)))
        return self._known[key]

    def _reduced(self, given: Given) -> Given:
        """A thing with one version of its own (a GPU and its compute capability) counts as that version."""
        if not isinstance(given.constraint, str):
            return given
        for relation in self._joins.tables(given.column):
            others = [column for column in relation.columns if column != given.column]
            rows, maybe = self._joins.rows(relation, (given,))
            values = self._joins.values(rows, others[0]) if len(others) == 1 and not maybe else ()
            if len(values) == 1 and relation.table.holds == "supported":
                return as_given(others[0], values[0])
        return given

    def _reach(self, given: Given) -> Reached:
        """How builds go with a given: by cells that a table relates to it, else by joins from the subject."""
        commands = tuple(self._kb.of_kind("command"))
        columns = dict.fromkeys(c for r in commands for c in r.columns if c in self._kb.products)
        near = tuple(column for column in columns if any(self._joins.tables(column, given.column)))
        joined: Reached = _unrelated
        subject = commands[0].columns[0]
        if self._joins.related(subject, given.column):
            joined = _Joined(self._joins, subject, given)
        if not near or self._tells_builds(subject, near, given):
            return joined
        return _Near(self._joins, near, given, joined)

    def _tells_builds(self, subject: str, near: tuple[str, ...], given: Given) -> bool:
        """Whether a join from the subject tells of each build what a table of these columns tells at large.

        What a CUDA toolkit compiles for says less than the architectures that are in the build.
        """
        hops = self._joins.routes.hops(subject, given.column)
        return any(set(near) <= set(hop.relation.columns) - {hop.column} for hop in hops)


def _unrelated(build: Build) -> Truth:
    """What no table relates to a build rules none out."""
    return Truth.SUPPORTED


def _contradicts(build: Build, given: Given) -> bool:
    """Whether a version that the command itself fixes (the Python of one wheel) is another than given."""
    fixed = build.fixed.get(given.column)
    if fixed is None or not isinstance(given.constraint, Constraint):
        return False
    return given.constraint.match(Number.parse(fixed)) is Match.NO


class _Near:
    """The weakest truth of the cells that a table relates to the given, at the build's places."""

    def __init__(self, joins: Joins, columns: tuple[str, ...], given: Given, otherwise: Reached) -> None:
        """`otherwise` is for builds that have none of the columns."""
        self._joins = joins
        self._columns = columns
        self._otherwise = otherwise
        self._given = given
        tables = (r for column in columns for r in joins.tables(column, given.column))
        self._places = frozenset(c for r in tables for c in r.columns if c in joins.kb.qualifiers)

    def __call__(self, build: Build) -> Truth:
        """The truth for one build."""
        cells = [(c, build.cells[c]) for c in self._columns if c in build.cells]
        if not cells:
            return self._otherwise(build)
        places = tuple(place for place in build.places() if place.column in self._places)
        return min(self._truth(column, value, places) for column, value in cells)

    def _truth(self, column: str, value: Entry, places: tuple[Given, ...]) -> Truth:
        truth = self._joins.truth(as_given(column, value), self._given, places)
        if truth is Truth.NOT_RECORDED and places:
            return self._joins.truth(as_given(column, value), self._given)
        return truth


class _Joined:
    """The truth by a join: worked out for all rows of the table next to the subject at once."""

    def __init__(self, joins: Joins, subject: str, given: Given) -> None:
        self._joins = joins
        self._subject = subject
        self._given = given
        self._maps: dict[frozenset[str], list[_Map]] = {}

    def __call__(self, build: Build) -> Truth:
        """The truth for one build; what the build has no cell for is left open."""
        if self._subject not in build.cells:
            return Truth.SUPPORTED
        present = frozenset(build.cells)
        if present not in self._maps:
            hops = self._joins.routes.hops(self._subject, self._given.column)
            self._maps[present] = [self._map(hop, present) for hop in hops]
        best = Truth.NOT_RECORDED
        for columns, truths in self._maps[present]:
            own = tuple(build.cells[column] for column in columns)
            best = max(best, truths.get(own, Truth.NOT_RECORDED))
        return best

    def _map(self, hop: Hop, present: frozenset[str]) -> _Map:
        """For each combination of cells beside the hop's column, the truth of its best entry."""
        relation = hop.relation
        steps = {
            entry: self._joins.truth(as_given(hop.column, entry), self._given, (), relation)
            for entry in self._joins.entries(relation.rows, hop.column)
        }
        columns = tuple(c for c in relation.columns if c != hop.column and c in present)
        found: dict[tuple[Entry | None, ...], Truth] = {}
        for row in relation.rows:
            entries = self._joins.entries((row,), hop.column)
            best = max((steps[entry] for entry in entries), default=Truth.NOT_RECORDED)
            if best < Truth.CONDITIONAL:
                continue
            truth = best if relation.table.holds == "supported" else Truth.CONDITIONAL
            for key in product(*(_values(row, column) for column in columns)):
                found[key] = max(truth, found.get(key, truth))
        return columns, found


def _values(row: Row, column: str) -> tuple[Entry | None, ...]:
    cell = row.cells.get(column)
    if isinstance(cell, Versions):
        return cell.numbers
    return cell.values if isinstance(cell, Names) else (None,)
