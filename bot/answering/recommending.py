"""Finds the newest full set that fits everything given, why each part is so, and what would allow more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bot.answering.advice import Recommendation, Upgrade
from bot.answering.answers import (
    Command,
    Finding,
    Lookup,
    Truth,
)
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.lookup import LookupAnswerer
from bot.knowledge.cells import Bounds, Versions
from bot.knowledge.versions import Clause, Constraint, Number
from bot.understanding.question import Given, Question


class Recommender:
    """Solves the constraints by the installer's tables and explains the solution by joins."""

    def __init__(self, joins: Joins, lookups: LookupAnswerer, installer: Installer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._lookups = lookups
        self._installer = installer
        self.qualifiers = self._kb.qualifiers
        self.manners = frozenset(slug for slug, a in self._kb.attributes.items() if a.manner)

    def recommend(
        self, question: Question, givens: Sequence[Given], relaxed: Sequence[Sequence[str]] = ((),)
    ) -> Recommendation | None:
        """The newest set for `givens`; where there is none, without the columns that `relaxed` names in turn.

        A ceiling of a driver counts as the driver that has it.
        """
        settled = self.settle(givens)
        for columns in relaxed:
            kept = tuple(given for given in settled if given.column not in columns)
            command = self._installer.best(kept)
            if command is None:
                continue
            changed = tuple(given for given in settled if given.column in columns)
            if self._needs_no_device(command, kept):
                rest = tuple(
                    g for g in kept if not isinstance(g.constraint, str) or g.column in self.qualifiers
                )
                return replace(self._explained(question, command, rest, changed), fallback=True)
            return self._explained(question, command, kept, changed)
        return None

    def _needs_no_device(self, command: Command, givens: Sequence[Given]) -> bool:
        """Whether nothing better was found than a build that leaves the devices given unused."""
        if all(not isinstance(g.constraint, str) or g.column in self.qualifiers for g in givens):
            return False
        told = {given.column for given in givens}
        return any(
            self._kb.attributes[column].values[value].no_device
            for column, value in command.cells
            if column in self._kb.attributes and column not in told
        )

    def without_device(self, question: Question, givens: Sequence[Given]) -> Recommendation | None:
        """The newest set that needs no device, for a machine whose GPU no build runs on; else None."""
        named = tuple(
            given
            for given in givens
            if isinstance(given.constraint, str) and given.column not in self._kb.qualifiers
        )
        if not named or self._installer.best(named) is not None:
            return None
        for column in self._installer.builds:
            attribute = self._kb.attributes.get(column)
            for value, item in attribute.values.items() if attribute else ():
                kept = tuple(given for given in givens if not self._is_of_device(given, column))
                command = self._installer.best((*kept, Given(column, value, value)))
                if item.no_device and command is not None:
                    changed = tuple(given for given in givens if given not in kept)
                    return replace(self._explained(question, command, kept, changed), fallback=True)
        return None

    def _is_of_device(self, given: Given, build: str) -> bool:
        """Whether a given is a build, or bears on builds alone (a GPU, a driver)."""
        if given.column in (build, *self._installer.builds):
            return True
        return (
            given.column not in self._kb.qualifiers
            and not any(
                given.column in relation.columns and subject in relation.columns
                for subject in self._installer.subjects
                for relation in self._joins.tables(given.column)
            )
            and given.column not in self._installer.subjects
        )

    def settle(self, givens: Sequence[Given], *, newest: bool = False) -> tuple[Given, ...]:
        """The givens as a set can be solved for: what a driver supports at most becomes the driver.

        Of all drivers that support just so much it is the oldest, or the newest that a table tells of at the
        usual place.
        """
        ceilings = [given for given in givens if given.role == "ceiling"]
        rest = tuple(given for given in givens if given.role not in ("ceiling", "toolkit"))
        for ceiling in ceilings:
            driver = self._driver_of(ceiling, max if newest else min)
            if driver is None:
                rest = (*rest, ceiling)
            elif all(given.column != driver.column for given in rest):
                rest = (*rest, driver)
        return rest

    def _driver_of(self, ceiling: Given, choose: Callable[..., Number | None]) -> Given | None:
        """A driver that supports this much: by the release, else by the branch that tops there."""
        exact = ceiling.constraint.clauses[-1].number if isinstance(ceiling.constraint, Constraint) else None
        product = self._kb.products.get(ceiling.column)
        if exact is None or product is None:
            return None
        for column in product.accompany:
            where = () if choose is min else self._installer.usual_places
            own = (as_given(ceiling.column, exact), *where)
            asked = self._lookups.bounds(column, own, conditional=False)
            found = choose(asked, default=self._branch_of(column, ceiling.column, exact), key=Number.rank)
            if found is not None:
                return replace(as_given(column, found), inferred=True)
        return None

    def _branch_of(self, column: str, other: str, exact: Number) -> Number | None:
        """The oldest release of `column` of which a table says that it supports `other` up to `exact`."""
        for relation in self._joins.tables(column, other):
            for row in relation.rows if relation.table.holds == "conditional" else ():
                limit, own = row.cells.get(other), row.cells.get(column)
                is_bound = isinstance(limit, Bounds) and Clause("<=", exact) in limit.constraint.clauses
                if is_bound and isinstance(own, Versions):
                    return own.numbers[0]
        return None

    def _explained(
        self, question: Question, command: Command, kept: tuple[Given, ...], changed: tuple[Given, ...]
    ) -> Recommendation:
        cells = self._cells(command)
        subject = cells[0]
        exact = subject.constraint.exact if isinstance(subject.constraint, Constraint) else None
        companions = self._lookups.companions(subject.column, exact) if exact else ()
        return Recommendation(
            question,
            self._installer.with_elsewhere(command, kept),
            tuple(self._findings(cells, kept)),
            changed,
            companions,
            tuple(self._needs(question, cells, kept)),
            tuple(self._upgrades(cells, kept)),
            tuple(given for given in kept if not self._bears(cells, given)),
        )

    def _cells(self, command: Command) -> tuple[Given, ...]:
        columns = command.evidence.relation.columns
        return tuple(
            as_given(column, value if column in self._kb.attributes else Number.parse(value))
            for column, value in command.cells
            if column in columns
        )

    def _bears(self, cells: Sequence[Given], given: Given) -> bool:
        return any(
            cell.column == given.column or self._joins.related(cell.column, given.column) for cell in cells
        )

    def _findings(self, cells: Sequence[Given], kept: Sequence[Given]) -> Iterator[Finding]:
        """How the set goes with each given that is no part of it: by the cell that a table relates to it."""
        places = self._joins.context(cells)
        for given in kept:
            if given.column in self._kb.qualifiers or any(cell.column == given.column for cell in cells):
                continue
            things = [cell for cell in cells if cell not in places]
            near = [cell for cell in things if any(self._joins.tables(cell.column, given.column))]
            for cell in near or things[:1]:
                others = tuple(other for other in cells if other is not cell)
                finding = self._joins.check(cell, given, others)
                if finding.truth < Truth.CONDITIONAL:
                    finding = self._joins.check(cell, given)
                if finding.truth >= Truth.CONDITIONAL:
                    yield finding

    def _needs(self, question: Question, cells: Sequence[Given], kept: Sequence[Given]) -> Iterator[Lookup]:
        """The least versions that the set brings along, of what is not given."""
        named = {given.column for given in kept}
        for cell in cells:
            product = self._kb.products.get(cell.column)
            for name in product.accompany if product else ():
                found = self._lookups.least(question, name, cell) if name not in named else None
                if found is not None:
                    yield found

    def _upgrades(self, cells: Sequence[Given], kept: Sequence[Given]) -> Iterator[Upgrade]:
        """For each version that is given and is no part of the set: what a newer one of it would allow."""
        own = {cell.column for cell in cells}
        for given in kept:
            exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
            if given.column in own or exact is None:
                continue
            newer = self._installer.best(tuple(other for other in kept if other is not given))
            better = self._cells(newer) if newer is not None else ()
            if not better or not self._is_newer(better, cells):
                continue
            least = self._least_above(given, exact, better)
            if least is not None:
                versions = (cell for cell in better if not isinstance(cell.constraint, str))
                yield Upgrade(given, least, tuple((cell.column, str(cell)) for cell in versions))

    def _is_newer(self, better: Sequence[Given], cells: Sequence[Given]) -> bool:
        """Whether the first version that differs is a newer one."""
        for new, old in zip(better, cells, strict=False):
            one, other = (
                g.constraint.exact if isinstance(g.constraint, Constraint) else None for g in (new, old)
            )
            if new.column == old.column and one is not None and other is not None and one != other:
                return one > other
        return False

    def _least_above(self, given: Given, exact: Number, cells: Sequence[Given]) -> Number | None:
        """The least version above the given one that the newer set asks for."""
        found: list[Number] = []
        for cell in cells:
            if isinstance(cell.constraint, str) or not any(self._joins.tables(cell.column, given.column)):
                continue
            found += self._lookups.values(given.column, (cell,))
            found += self._lookups.bounds(given.column, (cell, *self._joins.context(cells)))
        above = sorted({number for number in found if number > exact}, key=Number.rank)
        return above[0] if above else None
