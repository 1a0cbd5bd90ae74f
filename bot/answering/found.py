"""The rows that a lookup rests on, and how telling a table is for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering.answers import Evidence
from bot.knowledge.base import Relation
from bot.knowledge.cells import Bounds
from bot.knowledge.reach import Entry
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint
from bot.understanding.question import Given, Question


@dataclass(frozen=True, slots=True)
class Found:
    """A table with the givens that it has columns for, its rows for them, and the rows that may be for them.

    `via` are the entries of a join, `way` the steps beyond them, `conditional` what those rest on.
    """

    relation: Relation
    used: tuple[Given, ...]
    rows: tuple[Row, ...]
    maybe: tuple[Row, ...]
    via: tuple[str, tuple[Entry, ...]] | None = None
    conditional: tuple[Evidence, ...] = ()
    way: tuple[Given, ...] = ()


def open_rows(relation: Relation, given: Given) -> Iterator[Row]:
    """The rows of releases that may have more than is listed, and among that what is given."""
    return (row for row in relation.rows if relation.may_hold((row,), given.column, given.constraint))


def bears_on(relation: Relation, row: Row, want: str) -> bool:
    """A table of least versions always tells more; another only where it limits what is wanted."""
    return relation.table.relation == "minimum" or isinstance(row.cells.get(want), Bounds)


def rank(found: Found, want: str) -> tuple[int, int, int, int, int, int]:
    """More givens first, then a table that holds without a condition, has rows, is about what is given, and
    states limits; of a thing and a version that are given, one about the thing.
    """
    held = int(found.relation.table.holds == "supported")
    limits = bool(found.relation.index(want).bounds) and any(
        isinstance(row.cells.get(want), Bounds) for row in found.rows
    )
    told = any(given.column in found.relation.table.tells for given in found.used)
    thing = any(
        isinstance(given.constraint, str) and len(found.relation.columns) == 2 for given in found.used
    )
    return (len(found.used), int(bool(found.rows)), held, int(told), int(thing), int(limits))


def asked(question: Question, want: str) -> Constraint | None:
    """A bound put on the wanted product itself, as in "torch newer than 1.8 for CUDA 10.2"."""
    given = question.value(want)
    return given.constraint if given and isinstance(given.constraint, Constraint) else None
