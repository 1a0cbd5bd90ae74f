"""Tells which of several givens say the same more exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.knowledge.versions import Clause, Constraint, Number
from bot.understanding.question import Given

MAX_GIVEN: Final = 12
"""Versions that one question gives, at most."""


def finest(givens: Sequence[Given]) -> tuple[Given, ...]:
    """The givens without a series beside a release of it (1.9 beside 1.9.1)."""
    if len(givens) < 2:
        return tuple(givens)
    series = {found for given in givens for found in _series(given)}
    return tuple(given for given in givens if _named(given) not in series)


def capped(given: Given, most: Number) -> Given:
    """A version as the most that a machine runs."""
    return replace(given, constraint=Constraint((Clause("<=", most),)), role="ceiling")


def _named(given: Given) -> tuple[str, tuple[int, ...]] | None:
    """The column and the release or series; None of a bound, a ceiling, a name or a post-release."""
    exact = _exact(given)
    return None if exact is None or exact.post >= 0 else (given.column, exact.release)


def _series(given: Given) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The columns and series that hold the release that is given; of a post-release, its release too."""
    exact = _exact(given)
    if exact is not None:
        for length in range(len(exact.release) + (exact.post >= 0)):
            yield given.column, exact.release[:length]


def _exact(given: Given) -> Number | None:
    if given.role == "ceiling" or not isinstance(given.constraint, Constraint):
        return None
    return given.constraint.exact


def distinct(givens: tuple[Given, ...]) -> tuple[Given, ...]:
    """Each given once, in its role if it is told one, and no more of them than anybody means.

    What is excepted ("not 10.2") goes where another version of the same product is given ("but 11.0").
    """
    if len(givens) < 2:
        return givens
    positive = {given.column for given in givens if not _is_excepted(given)}
    givens = tuple(g for g in givens if g.column not in positive or not _is_excepted(g))
    found: dict[tuple[str, str], Given] = {}
    for given in givens:
        key = (given.column, str(given.constraint))
        if key not in found or (given.role and not found[key].role):
            found[key] = given
    return tuple(found.values())[:MAX_GIVEN]


def _is_excepted(given: Given) -> bool:
    clauses = given.constraint.clauses if isinstance(given.constraint, Constraint) else ()
    return bool(clauses) and all(clause.op == "!=" for clause in clauses)
