"""Tells what there is to check in a pasted set: what is pinned, what builds tell, what is said beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.answering.joins import Joins
from bot.knowledge.versions import Constraint
from bot.understanding.packages import WHEEL
from bot.understanding.pins import InstallCommand, Pin, Pins
from bot.understanding.question import Given, Question, Role

MOST: Final = 60
MOST_OF_ONE: Final = 2


@dataclass(frozen=True, slots=True)
class Members:
    """What is checked: pinned packages and what else is given, each once, and where it all comes from.

    `places` are values of qualifiers (platform, channel); `packages` the pins by column, `elsewhere` whether
    only channels are named whose builds no table lists. `clashes` are what the name of a file says, and what
    is said beside it of the same thing (a Python), where they differ.
    """

    things: tuple[Given, ...]
    places: tuple[Given, ...]
    packages: dict[str, Pin]
    pins: Pins
    elsewhere: bool = False
    clashes: tuple[tuple[Given, Given], ...] = ()

    def value(self, column: str) -> Given | None:
        """The first member of a column."""
        return next((given for given in (*self.things, *self.places) if given.column == column), None)

    def subject(self, subjects: frozenset[str]) -> Given | None:
        """The one exact release of what installs are about; None where it is left open."""
        found = [given for given in self.things if given.column in subjects]
        exact = [g for g in found if isinstance(g.constraint, Constraint) and g.constraint.exact]
        return exact[0] if len(found) == 1 and exact else None

    def is_pinned(self, column: str) -> bool:
        """Whether a package or line of its own names a column (not the name of another's file)."""
        pins = [pin for pin in self.pins.pins if pin.column == column]
        starts = {pin.start for pin in self.pins.pins if pin.column != column}
        return any(pin.start not in starts for pin in pins)


class MemberReader:
    """Collects the members of a set."""

    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._kb = joins.kb

    def read(self, question: Question, pins: Pins) -> Members:
        """The versions that pins name, then what builds tell, then what was said beside them."""
        found: dict[tuple[str, str], Given] = {}
        packages: dict[str, Pin] = {}
        for pin in pins.pins:
            packages.setdefault(pin.column, pin)
            if pin.constraint.clauses and self._kb.releases.get(pin.column):
                role: Role = "" if self._kb.products[pin.column].package else "build"
                given = Given(pin.column, pin.constraint, pin.surface, role=role, at=pin.start)
                told = [column for column, _ in found].count(pin.column)
                if told < MOST_OF_ONE and len(found) < MOST:
                    found.setdefault((pin.column, str(pin.constraint)), given)
        builds = [*(pin.tag for pin in pins.pins if pin.tag), *_from_commands(pins, self._kb.interpreters)]
        for given in builds:
            if given.column not in {column for column, _ in found}:
                found[given.column, str(given)] = given
        for given in (*question.given, *self._channel(pins)):
            if given.column not in {column for column, _ in found} and not given.origin:
                found[given.column, str(given)] = given
        everything = tuple(found.values())
        places = self._joins.context(everything)
        things = tuple(given for given in everything if given not in places)
        members = Members(things, places, packages, pins, self._is_elsewhere(pins))
        return replace(members, clashes=tuple(self._clashes(members, question)))

    def _clashes(self, members: Members, question: Question) -> Iterator[tuple[Given, Given]]:
        """Where the name of a file says another Python or platform than what is said beside it."""
        named = [pin for pin in members.pins.pins if pin.surface.endswith(WHEEL)]
        columns = {pin.column for pin in named} | {pin.tag.column for pin in named if pin.tag}
        for asked in question.given:
            own = members.value(asked.column)
            if own is None or asked.column not in columns or members.is_pinned(asked.column):
                continue
            if own.constraint != asked.constraint and not self._is_of(own, asked):
                yield own, asked

    def _is_of(self, own: Given, asked: Given) -> bool:
        """Whether one is a kind of the other: a release of a series, a platform within another."""
        if isinstance(own.constraint, str) or isinstance(asked.constraint, str):
            values = self._kb.attributes[own.column].values
            wider = [
                values[str(given.constraint)].within
                for given in (own, asked)
                if str(given.constraint) in values
            ]
            return str(own.constraint) in wider or str(asked.constraint) in wider
        one, other = own.constraint.exact, asked.constraint.exact
        return one is None or other is None or one.within(other) or other.within(one)

    def _channel(self, pins: Pins) -> Iterator[Given]:
        """What the tool of the one pasted command tells (the channel)."""
        used = {command.manager for command in _with_pins(pins)}
        if len(used) == 1:
            tool = self._kb.tools[used.pop()]
            yield from (Given(column, value, value) for column, value in tool.stands_for.items())

    def _is_elsewhere(self, pins: Pins) -> bool:
        """Whether channels are named, and none of them is one whose builds the tables list."""
        named = [(c, self._kb.tools[c.manager].official) for c in pins.commands if c.channels]
        return any(official for _, official in named) and not any(
            channel.split("/")[-1] in official for command, official in named for channel in command.channels
        )


def _with_pins(pins: Pins) -> list[InstallCommand]:
    numbers = {pin.command for pin in pins.pins if pin.command is not None}
    return [command for number, command in enumerate(pins.commands) if number in numbers]


def _from_commands(pins: Pins, interpreters: Mapping[str, tuple[str, ...]]) -> Iterator[Given]:
    for command in pins.commands:
        if command.index is not None:
            yield command.index
        if command.python is not None:
            for column in list(interpreters)[:1]:
                yield Given(column, Constraint.series(command.python), str(command.python))
