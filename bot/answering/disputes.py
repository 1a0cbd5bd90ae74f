"""Finds where a table that loses to another lists something else."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answering.answers import Dispute, Evidence, Truth
from bot.answering.matching import RowMatcher, constraint_of, values_of
from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given


class Disputes:
    """Compares what a table tells with its second opinions."""

    def __init__(self, kb: KnowledgeBase, matcher: RowMatcher) -> None:
        """Compare within one knowledge base, matching rows as the joins do."""
        self._kb = kb
        self._matcher = matcher

    def of_pair(self, relation: Relation, left: Given, right: Given, truth: Truth) -> Dispute | None:
        """Where a losing table lists a pair that is ruled out, or leaves out one that is supported."""
        for second in self._kb.second_opinions(relation.slug):
            rows, _ = self._matcher.rows(second, (left, right))
            if rows and truth is Truth.EXCLUDED:
                extra = values_of(rows, left.column, constraint_of(left))
                return Dispute(Evidence(second, rows), left.column, extra, ())
            if not rows and truth is Truth.SUPPORTED:
                found = self._left_out(second, left, right) or self._left_out(second, right, left)
                if found is not None:
                    return found
        return None

    def of_list(
        self,
        relation: Relation,
        column: str,
        wanted: Constraint,
        givens: tuple[Given, ...],
        values: tuple[Number, ...],
    ) -> Dispute | None:
        """Where a losing table lists other versions for the same givens.

        Only exact givens are compared; the table must have a column for each of them. What it lacks counts
        only within what it covers, else up to the newest version that it knows at all: later releases are
        no difference of opinion.
        """
        if any(isinstance(g.constraint, Constraint) and g.constraint.exact is None for g in givens):
            return None
        for second in self._kb.second_opinions(relation.slug):
            rows, _ = self._matcher.rows(second, givens)
            covered = second.covers.get(column)
            told = bool(rows) or covered is not None
            if not told or not {column, *(g.column for g in givens)} <= set(second.columns):
                continue
            listed = set(values_of(rows, column, wanted))
            horizon = max(second.values(column))
            extra = tuple(sorted(listed - set(values)))
            lacking = tuple(
                v for v in values if v not in listed and (v <= horizon if covered is None else v in covered)
            )
            if extra or lacking:
                around = rows or self._around(second, column, lacking)
                return Dispute(Evidence(second, around), column, extra, lacking)
        return None

    def _left_out(self, second: Relation, own: Given, other: Given) -> Dispute | None:
        """That a losing table leaves out `other` for a version that it claims to cover."""
        exact, missing = _exact(own), _exact(other)
        if exact is None or missing is None or exact not in second.covers.get(own.column, ()):
            return None
        rows = self._around(second, own.column, (exact,)) if other.column in second.columns else ()
        return Dispute(Evidence(second, rows), other.column, (), (missing,)) if rows else None

    def _around(self, second: Relation, column: str, versions: Sequence[Number]) -> tuple[Row, ...]:
        """What a table lists for some versions."""
        asked = (Given(column, Constraint.series(number), number.text) for number in versions)
        found = (self._matcher.rows(second, (given,))[0] for given in asked)
        return tuple({row.ref: row for rows in found for row in rows}.values())


def _exact(given: Given) -> Number | None:
    return given.constraint.exact if isinstance(given.constraint, Constraint) else None
