"""Cells of a table: the notation `0.1.6~0.4.1/1.0.0`, specifiers, and names of attribute values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.errors import BotError
from bot.knowledge.versions import BadVersion, Constraint, Match, Number

UNBOUNDED: Final = "any"


class BadCell(BotError):
    """A cell that cannot be read; the message says what is wrong and how to mend it."""


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions or series that a cell lists, ascending."""

    numbers: tuple[Number, ...]

    def match(self, constraint: Constraint) -> Match:
        """The best match of any listed version."""
        best = Match.NO
        for number in self.numbers:
            result = constraint.match(number)
            if result is Match.YES:
                return Match.YES
            if result is Match.MAYBE:
                best = Match.MAYBE
        return best


@dataclass(frozen=True, slots=True)
class Bounds:
    """A specifier: the cell admits every version within it."""

    constraint: Constraint

    def match(self, asked: Constraint) -> Match:
        """Whether the version asked about lies within. A range asked about can only be told by its ends."""
        if not asked.clauses:
            return Match.YES
        results = {self.constraint.match(clause.number) for clause in asked.clauses}
        return results.pop() if len(results) == 1 else Match.MAYBE


@dataclass(frozen=True, slots=True)
class Names:
    """The values of an attribute that a cell lists; `admitted` has also those that these are kinds of."""

    values: tuple[str, ...]
    admitted: frozenset[str]


Cell = Versions | Bounds | Names


def parse_names(text: str, known: Mapping[str, str | None]) -> Names:
    """Read `pip/conda`. `known` are the attribute's values, each with the value it is a kind of, if any.

    Raises:
        BadCell: a name is not among `known`.
    """
    values = tuple(text.split("/"))
    for value in values:
        if value not in known:
            raise BadCell(f"{value!r} is none of its values ({', '.join(sorted(known))})")
    wider = {parent for value in values if (parent := known[value]) is not None}
    return Names(values, frozenset((*values, *wider)))


def parse_versions(text: str, known: Sequence[Number], *, requirement: bool = False) -> Versions | Bounds:
    """Read a version cell. `known` are the releases (or series) of the column, ascending.

    In a `requirement`, a specifier means what it means to package installers (PEP 440), and `any` is a
    requirement without bounds.

    Raises:
        BadCell: a version is malformed or not known, or a range is empty.
    """
    if requirement and text == UNBOUNDED:
        return Bounds(Constraint())
    try:
        if text[:1] in "<>!=" or text.startswith("~=") or "," in text:
            return Bounds((Constraint.requirement if requirement else Constraint.parse)(text))
        numbers = _listed(text, known)
    except BadVersion as error:
        raise BadCell(f"{error}: use a version, a~b, a/b or a specifier like >=1.2") from error
    return Versions(tuple(sorted(numbers)))


def _listed(text: str, known: Sequence[Number]) -> set[Number]:
    numbers: set[Number] = set()
    for part in text.split("/"):
        found = _expand(part.strip(), known)
        if not numbers.isdisjoint(found):
            raise BadCell(f"{text!r} lists a version twice")
        numbers.update(found)
    return numbers


def _expand(part: str, known: Sequence[Number]) -> list[Number]:
    if "~" not in part:
        return [_known(Number.parse(part), known)]
    low, high = (_known(Number.parse(end.strip()), known) for end in part.split("~", 1))
    inside = []
    for number in known[bisect_left(known, low) :]:
        if number > high and not number.within(high):
            break
        inside.append(number)
    if not inside:
        raise BadCell(f"the range {part!r} is empty: write the lower version first")
    return inside


def _known(number: Number, known: Sequence[Number]) -> Number:
    place = bisect_left(known, number)  # a release of the series, if there is one, stands right here
    near = known[max(0, place - 1) : place + 1]
    if any(number.within(other) or other.within(number) for other in near):
        return number
    raise BadCell(f"{number} is no known release: add it to the product's releases or correct it")
