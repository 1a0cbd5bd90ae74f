"""Tells which of several givens say the same more exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.knowledge.versions import Clause, Constraint, Number
from bot.understanding.question import Given


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
