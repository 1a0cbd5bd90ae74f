"""Tells which of several givens say the same more exactly."""

from __future__ import annotations

from collections.abc import Sequence

from bot.knowledge.versions import Constraint
from bot.understanding.question import Given


def finest(givens: Sequence[Given]) -> tuple[Given, ...]:
    """The givens without a series beside a release of it (1.9 beside 1.9.1)."""
    return tuple(
        given for given in givens if not any(_covers(given, other) for other in givens if other is not given)
    )


def _covers(given: Given, other: Given) -> bool:
    if given.column != other.column or "ceiling" in (given.role, other.role):
        return False
    if not isinstance(given.constraint, Constraint) or not isinstance(other.constraint, Constraint):
        return False
    coarse, fine = given.constraint.exact, other.constraint.exact
    return coarse is not None and fine is not None and coarse != fine and fine.within(coarse)
