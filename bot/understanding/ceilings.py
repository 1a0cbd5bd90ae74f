"""Versions that are the most a machine runs, though no tool that prints them is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cells import Bounds, Cell, Versions
from bot.knowledge.versions import Constraint, Number
from bot.understanding.givens import capped
from bot.understanding.question import Given


class Ceilings:
    """Knows the builds of which a tool prints the most, and what comes along with each (a driver)."""

    def __init__(self, kb: KnowledgeBase, builds: Iterable[str]) -> None:
        self._kb = kb
        self._capped = tuple(build for build in builds if kb.products[build].ceilings)

    def misnamed(self, given: Given) -> Given:
        """A version that what comes along with a build (a driver) never had, as the most that it runs."""
        exact = _exact(given)
        known = self._kb.releases.get(given.column, ())
        if exact is None or not known or exact >= known[0]:
            return given
        if not self._kb.products[given.column].more_releases:
            return given
        for build in self._along(given.column):
            if self._kb.knows(build, Constraint.series(exact)):
                return capped(replace(given, column=build), exact)
        return given

    def beside_tag(
        self, givens: tuple[Given, ...], choices: Sequence[int] | None, *, installs: bool
    ) -> tuple[Given, ...]:
        """Beside a build that is named by its tag (cu121), another version of its product is the machine's.

        What is installed there tells of a driver that runs as much. `choices` are where an "or" stands:
        between the two it makes both of them builds. None where it is not asked whether one goes with the
        other; where it is asked for the command instead, the build with the tag is the one to install.
        """
        whether = choices is not None
        for build in self._capped if whether or installs else ():
            own = [given for given in givens if given.column == build and _exact(given)]
            tagged = {_exact(given) for given in own if _is_tag(given)}
            others = [given for given in own if _exact(given) not in tagged]
            if len(tagged) != 1 or not others:
                continue
            if any(_is_between(at, own) for at in choices or ()):
                continue
            if whether and len({_exact(given) for given in others}) == 1:
                return tuple(of_machine(given, tagged) if given in others else given for given in givens)
            if installs and not whether:
                return tuple(given for given in givens if given not in others)
        return givens

    def _told_by(self, givens: tuple[Given, ...]) -> frozenset[tuple[str, Number]]:
        """The builds' versions of which tables say that the driver given runs no higher ones."""
        return frozenset(
            (build, number)
            for given in givens
            for build in self._along(given.column)
            for number in self._tops(given, build)
            if not self._is_built(build, number)
        )

    def beside(self, givens: tuple[Given, ...], *, chosen: bool) -> tuple[Given, ...]:
        """A version just as high as the driver beside it runs, and never built for, is that ceiling.

        Where what is installed is `chosen` already, the driver alone tells as much.
        """
        most = self._told_by(givens)
        if not most:
            return givens
        implied = [given for given in givens if (given.column, _exact(given)) in most]
        rest = tuple(given for given in givens if given not in implied)
        return rest if chosen else (*rest, *(capped(g, n) for g in implied if (n := _exact(g))))

    def _is_built(self, build: str, number: Number) -> bool:
        commands = (r for r in self._kb.of_kind("command") if build in r.columns)
        return any(number in relation.values(build) for relation in commands)

    def _along(self, column: str) -> Iterator[str]:
        return (build for build in self._capped if column in self._kb.products[build].accompany)

    def _tops(self, given: Given, build: str) -> Iterator[Number]:
        """The most that is told of what is given: of a branch of drivers, what its tool prints."""
        for relation in self._kb.routes.direct(given.column, build):
            for row in relation.rows if relation.table.holds == "conditional" else ():
                limit, own = row.cells.get(build), row.cells.get(given.column)
                if isinstance(limit, Bounds) and own is not None and _admits(given, own):
                    yield from (clause.number for clause in limit.constraint.clauses if clause.op == "<=")


def of_machine(given: Given, tagged: Iterable[Number | None]) -> Given:
    """What the machine has beside a build: as much tells of its driver; less may be a toolkit alone."""
    exact, builds = _exact(given), [number for number in tagged if number is not None]
    if exact is None:
        return given
    return capped(given, exact) if exact >= max(builds) else replace(given, role="toolkit")


def _is_between(at: int, givens: Sequence[Given]) -> bool:
    """Whether a place is between the first two of some versions."""
    first, second, *_ = sorted(given.at for given in givens)
    return first < at < second


def _is_tag(given: Given) -> bool:
    """Whether a version is written as a tag has it: without its dot."""
    exact = _exact(given)
    return exact is not None and len(exact.release) > 1 and "." not in given.surface


def _exact(given: Given) -> Number | None:
    """The version that is given plainly, in no role."""
    if given.role or not isinstance(given.constraint, Constraint):
        return None
    return given.constraint.exact


def _admits(given: Given, own: Cell) -> bool:
    """Whether a table's row is about the release that is given: of a driver, about its branch."""
    exact = _exact(given)
    return isinstance(own, Versions) and exact is not None and any(exact.within(n) for n in own.numbers)
