"""Things that are named (a GPU) and the versions that tables give them (its compute capability)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cells import Versions
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given

LISTED: Final = 12
"""Characters between two versions of one list, at most."""


class Traits:
    """Knows the traits of things; `hardware` are the columns that tell of a machine."""

    def __init__(self, kb: KnowledgeBase, hardware: frozenset[str]) -> None:
        self._kb = kb
        self._hardware = hardware
        self._known: dict[tuple[str, str], dict[str, frozenset[Number]]] = {}

    def things(self, named: Iterable[Given]) -> tuple[Given, ...]:
        """The values that are things of their own, each once; not one that only tells the kind of another."""
        found = {
            (item.column, item.constraint): item for item in named if item.column not in self._kb.qualifiers
        }
        things = tuple(found.values())
        return tuple(item for item in things if not self._is_kind_of_another(item, things))

    def _traits(self, thing: Given) -> dict[str, frozenset[Number]]:
        """The versions that tables of a thing and a product give it: a GPU's compute capability."""
        key = (thing.column, str(thing.constraint))
        if key not in self._known:
            found: dict[str, frozenset[Number]] = {}
            for relation in self._kb.routes.tables(thing.column):
                other = next((c for c in relation.columns if c != thing.column), "")
                if len(relation.columns) == 2 and other in self._kb.products:
                    rows = (relation.rows[n] for n in relation.candidates(thing.column, thing.constraint))
                    cells = (row.cells.get(other) for row in rows)
                    found[other] = frozenset(n for c in cells if isinstance(c, Versions) for n in c.numbers)
            self._known[key] = found
        return self._known[key]

    def is_implied(self, given: Given, things: tuple[Given, ...]) -> bool:
        """Whether a version is the trait of a thing that is named (8.6 beside an RTX 3090)."""
        if not isinstance(given.constraint, Constraint):
            return False
        owned = (self._traits(thing).get(given.column, frozenset()) for thing in things)
        return any(own and all(given.constraint.match(n) is Match.YES for n in own) for own in owned)

    def as_code(self, given: Given, raw: str, things: tuple[Given, ...]) -> Given:
        """A trait written as the target that code is compiled for (sm_86), beside a thing that has another.

        It tells what a build holds, not what the thing is.
        """
        if isinstance(given.constraint, str) or given.at < 0 or "." in given.surface:
            return given
        if all(given.column not in self._traits(thing) for thing in things):
            return given
        written = raw[: given.at + len(given.surface)].lower()
        for attribute in self._kb.attributes.values():
            for value in attribute.values if not attribute.recognized else ():
                if written.endswith(value):
                    return Given(attribute.attribute, value, value, at=given.at)
        return given

    def _is_kind_of_another(self, given: Given, things: tuple[Given, ...]) -> bool:
        """Whether another thing's traits lie within those of this one: a TITAN X (Pascal)."""
        wide = self._traits(given)
        return any(
            own < wide.get(column, frozenset())
            for thing in things
            if thing.column != given.column
            for column, own in self._traits(thing).items()
            if own
        )

    def without_lists(self, givens: tuple[Given, ...]) -> tuple[Given, ...]:
        """Without three or more traits of hardware in a row: that is what a build supports, not a machine."""
        dropped: set[int] = set()
        for column in {given.column for given in givens if given.column in self._hardware}:
            run: list[Given] = []
            for given in sorted((g for g in givens if g.column == column), key=lambda g: g.at):
                if run and given.at - run[-1].at > LISTED:
                    run = []
                run.append(given)
                dropped.update(map(id, run[-3:]) if len(run) > 2 else ())
        return tuple(given for given in givens if id(given) not in dropped)
