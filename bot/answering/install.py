"""Finds the command that installs what is given, from the tables whose rows end in a command."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from typing import Final

from bot.answering.answers import Command, Evidence, Finding, Truth
from bot.answering.builds import Build, Builds
from bot.answering.joins import Joins, as_given
from bot.knowledge.base import Relation
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given

REMEMBERED: Final = 5_000
EARLIER: Final = 6
"""Releases before the newest one that fits that are looked at for one whose companions fit, too."""
_PACKAGE: Final = re.compile(r"[=<>~!\[]")


class Installer:
    """Chooses one row and one value of each of its cells, then fills the command's placeholders.

    `beneath` are the products that come along with what a build is for, and no build brings (a driver).
    """

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
        products = (self._kb.products[c] for c in self.builds if c in self._kb.products)
        self.beneath = frozenset(name for product in products for name in product.accompany)
        self._columns = frozenset(c for relation in self._tables for c in relation.columns)
        self._builds = Builds(joins, _fixed)
        self._best: dict[tuple[object, ...], Command | None] = {}
        orders: dict[str, tuple[str, ...]] = {}
        for relation in self._tables:
            orders |= {column: values for column, values in relation.table.prefer.items() if values}
        self.usual_places = tuple(Given(column, v[0], v[0]) for column, v in orders.items())
        self._next_places = tuple(
            Given(column, v[1], v[1])
            for column, v in orders.items()
            if v[1:] and not self._kb.attributes[column].manner
        )
        named = {name for relation in self._tables for row in relation.rows for name in _names_in(row)}
        self.installs = frozenset(named & self._kb.products.keys()) - self.subjects - set(self.builds)

    def best(self, givens: Iterable[Given]) -> Command | None:
        """The command for the newest subject that fits everything given; None if no row does.

        Where a column is not given, a default table decides, else the newest version, else the order
        that the command table prefers.
        """
        wanted = tuple(givens)
        key = tuple((given.column, given.constraint) for given in wanted)
        if key not in self._best:
            if len(self._best) >= REMEMBERED:
                self._best.clear()
            self._best[key] = self._whole(self._found(wanted), wanted)
        return self._best[key]

    def with_elsewhere(self, command: Command, givens: Iterable[Given]) -> Command:
        """The command of a build, with that for the next usual place, where nobody told the place.

        A line without an index brings another build there.
        """
        wanted = tuple(givens)
        columns = {column for column, _ in command.cells} & set(self.builds) & self._kb.products.keys()
        for place in self._next_places if columns else ():
            told = any(given.column == place.column for given in wanted)
            rows = command.evidence.rows
            holds = any(row.matches(place.column, place.constraint) is not Match.NO for row in rows)
            other = None if told or holds else self.best((*wanted, place))
            if other is not None:
                return replace(command, elsewhere=(place, other))
        return command

    def _found(self, wanted: tuple[Given, ...]) -> Command | None:
        return self._find(wanted, strict=True) or self._find(wanted, strict=False)

    def _whole(self, command: Command | None, wanted: tuple[Given, ...]) -> Command | None:
        """The command whose companions run on what is given, too (a Python): an earlier release, where
        none is given; else the command without those of them that do not.
        """
        lacking = self._lacking(command, wanted)
        if command is None or not lacking:
            return command
        subject, version = command.cells[0]
        if all(given.column != subject for given in wanted):
            earlier = [n for n in self._kb.releases[subject] if n < Number.parse(version)]
            for release in reversed(earlier[-EARLIER:]):
                other = self._found((*wanted, as_given(subject, release)))
                if other is not None and not self._lacking(other, wanted):
                    return other
        return self._without(command, lacking)

    def _lacking(self, command: Command | None, wanted: tuple[Given, ...]) -> tuple[Finding, ...]:
        """What rules out the companions in a command for something that is given, where it is given."""
        places = tuple(given for given in wanted if given.column in self._kb.qualifiers)
        others = [given for given in wanted if given.column not in (*self.subjects, *self._kb.qualifiers)]
        filled = (command.filled if command else ()) if others else ()
        pairs = (
            (as_given(name, Number.parse(version)), given)
            for name, version in filled
            for given in others
            if name in self.installs and version and self._kb.routes.direct(name, given.column)
        )
        ruled_out = (pair for pair in pairs if self._joins.truth(*pair, places) is Truth.EXCLUDED)
        return tuple(self._joins.check(*pair, places) for pair in ruled_out)

    def _without(self, command: Command, lacking: tuple[Finding, ...]) -> Command:
        names = {finding.left.column for finding in lacking}
        packages = {self._kb.products[name].package or name for name in names}
        words = (word for word in command.text.split(" ") if _PACKAGE.split(word)[0] not in packages)
        filled = tuple((name, value) for name, value in command.filled if name not in names)
        along = tuple(e for e in command.along if names.isdisjoint(e.relation.columns))
        return replace(command, text=" ".join(words), filled=filled, along=along, left_out=lacking)

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
        among = self._builds.of_tables(
            relation
            for relation in self._tables
            if self._has_columns(relation, named)
            and self._runs_on(relation, wanted)
            and (not strict or named.issuperset(self._must_be_named(relation)))
        )
        own = [given for given in wanted if given.column in self._columns]
        for given in own:
            among &= self._builds.matching(given)
        rest = tuple(given for given in wanted if given.column not in self._columns)
        for places in self._preferred_places(named):
            here = among
            for place in places:
                here &= self._builds.matching(place)
            found = self._builds.first(here, rest) if here else 0
            if found:
                return self._fill(self._of_choice(found, wanted, rest))
        return None

    def _of_choice(self, found: int, wanted: tuple[Given, ...], rest: tuple[Given, ...]) -> Build:
        """What surely goes with everything given, then the default build, then the newest."""
        named = {given.column for given in wanted}
        builds = [
            build
            for build in self._builds.all[_lowest(found) : found.bit_length()]
            if found >> build.number & 1
        ]
        return max(builds, key=lambda build: (self._builds.certainty(build, rest), self._rank(build, named)))

    def _preferred_places(self, named: set[str]) -> list[tuple[Given, ...]]:
        """Where to look first for what is not given: each combination that the tables prefer, in order."""
        orders: dict[str, tuple[str, ...]] = {}
        for relation in self._tables:
            orders |= {c: o for c, o in relation.table.prefer.items() if c not in named}
        values = ([Given(column, value, value) for value in order] for column, order in orders.items())
        return list(product(*values))

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

    def _has_columns(self, relation: Relation, named: set[str]) -> bool:
        """A given that some command table has a column for can be met by such a table only."""
        return all(
            column in relation.columns or all(column not in other.columns for other in self._tables)
            for column in named
        )

    def _runs_on(self, relation: Relation, wanted: tuple[Given, ...]) -> bool:
        """Whether what a table's builds are for bears on the device that is given: no ROCm for a GeForce."""
        things = [g.column for g in wanted if isinstance(g.constraint, str)]
        builds = [column for column in relation.columns[1:] if column in self._kb.products]
        return not builds or all(
            any(self._joins.related(thing, build) for build in builds)
            for thing in things
            if thing not in self._kb.qualifiers
        )

    def _must_be_named(self, relation: Relation) -> set[str]:
        """Attributes without a preferred value: a table for one device is for those who ask for it."""
        attributes = {column for column in relation.columns if column in self._kb.attributes}
        return attributes - set(relation.table.prefer)

    def _rank(self, build: Build, named: set[str]) -> tuple[object, ...]:
        """Where a build is not named, the default one first, then the newest."""
        return tuple(
            (column not in named and self._is_default(build, column), value)
            for column, value in build.cells.items()
            if isinstance(value, Number) and column != build.relation.columns[0]
        )

    def _is_default(self, build: Build, column: str) -> bool:
        """Whether a default table pairs this value with the subject on this platform."""
        for relation in self._kb.of_kind("default"):
            if column in relation.columns and build.relation.columns[0] in relation.columns:
                shared = [c for c in relation.columns if c in build.cells]
                givens = [as_given(c, build.cells[c]) for c in shared]
                if self._joins.rows(relation, givens)[0]:
                    return True
        return False

    def _fill(self, build: Build) -> Command:
        along = {name: found for name in _names_in(build.row) if (found := self._companion(build, name))}
        filled = {
            name: along[name][0] if name in along else self._value(build, name)
            for name in _names_in(build.row)
        }
        text = (build.row.command or "").format_map(filled)
        cells = tuple((column, str(value)) for column, value in build.cells.items())
        cells += tuple(build.fixed.items())
        own, rows = Evidence(build.relation, (build.row,)), tuple(evidence for _, evidence in along.values())
        return Command(text, cells, own, tuple(filled.items()), rows)

    def _value(self, build: Build, name: str) -> str:
        if name in build.cells:
            return str(build.cells[name])
        if build.row.extra and name in build.row.extra:
            return build.row.extra[name]
        if name.endswith("_tag"):
            return self._tag(name.removesuffix("_tag"), build.cells[name.removesuffix("_tag")])
        return ""

    def _tag(self, product: str, value: Number | str) -> str:
        prefix = self._kb.products[product].tags[0].prefix
        return prefix + "".join(str(part) for part in value.release) if isinstance(value, Number) else value

    def _companion(self, build: Build, product: str) -> tuple[str, Evidence] | None:
        """The newest version of a companion that surely goes with the chosen subject, and what tells it.

        None for what the row itself tells.
        """
        if product not in self._kb.products or product in build.cells or product in (build.row.extra or {}):
            return None
        subject = build.relation.columns[0]
        given = as_given(subject, build.cells[subject])
        for relation in self._joins.tables(subject, product):
            numbers = sorted(relation.candidates(subject, given.constraint))
            rows = [relation.rows[number] for number in numbers]
            rows = [row for row in rows if row.matches(subject, given.constraint) is Match.YES]
            values = self._joins.values(rows, product)
            if values:
                newest = Constraint.series(values[-1])
                told = (row for row in rows if row.matches(product, newest) is Match.YES)
                return str(values[-1]), Evidence(relation, tuple(told))
        return None


def _lowest(bits: int) -> int:
    """The number of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1


def _fixed(row: Row) -> Mapping[str, str]:
    """The versions that a command fixes though no placeholder shows them (the Python of one wheel)."""
    named = _names_in(row)
    return {name: value for name, value in (row.extra or {}).items() if name not in named}


def _names_in(row: Row) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(row.command or "") if name]
