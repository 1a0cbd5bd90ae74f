"""Tells apart what a complete list does not have from what is not recorded."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.absent import not_recorded
from bot.answering.answers import Empty, Evidence, Lookup, NoAnswer
from bot.answering.found import Found, open_rows
from bot.answering.joins import Joins, as_given
from bot.knowledge.base import Relation
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given, Question


class Nothing:
    """Looks at the table in which nothing was found."""

    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._kb = joins.kb

    def tell(self, question: Question, want: str, found: Found) -> Empty | NoAnswer:
        """Tell apart "not recorded" from "the complete list has none"."""
        for given in found.used:
            if isinstance(given.constraint, str):
                continue
            listed = found.relation.values(given.column)
            bounded = found.relation.index(given.column).bounds
            if bounded and found.relation.table.relation != "requirement":
                continue  # its cells are bounds, not a list of versions
            if any(given.constraint.match(number) is not Match.NO for number in listed):
                continue
            if not self._kb.knows(given.column, given.constraint):
                return not_recorded(self._kb, question, given, listed)
            if found.relation.table.complete_for != want:
                return NoAnswer(question, "not_recorded", given=given)
            return Empty(
                question,
                want,
                given,
                Evidence(found.relation, ()),
                self._nearest(found.relation, want, given, listed, below=True),
                self._nearest(found.relation, want, given, listed, below=False),
                self._joins.values(open_rows(found.relation, given), want),
                sample=want in self._kb.products and self._kb.products[want].more_releases,
            )
        things = (given for given in found.used if given.column not in self._kb.qualifiers)
        return NoAnswer(question, "not_recorded", given=next(things, None))

    def _nearest(
        self, relation: Relation, want: str, given: Given, listed: tuple[Number, ...], *, below: bool
    ) -> tuple[Number, tuple[Number, ...]] | None:
        target = given.constraint.exact if isinstance(given.constraint, Constraint) else None
        if target is None:
            return None
        side = [v for v in listed if (v < target) == below and v != target]
        if not side:
            return None
        value = side[-1] if below else side[0]
        rows, _ = self._joins.rows(relation, (as_given(given.column, value),))
        return value, self._joins.values(rows, want)

    def negate(self, lookup: Lookup) -> Lookup | NoAnswer:
        """What a complete table lists for other givens only; of an open table nothing can be said."""
        table = lookup.evidence.relation.table
        if table.complete_for != lookup.want or not lookup.values:
            return NoAnswer(lookup.question, "not_recorded")
        listed = lookup.evidence.relation.values(lookup.want)
        opened = self._joins.values((r for r in lookup.evidence.relation.rows if r.open), lookup.want)
        rest = tuple(value for value in listed if value not in lookup.values and value not in opened)
        evidence = Evidence(lookup.evidence.relation, ())
        return replace(lookup, values=rest, possible=(), conditional=(), evidence=evidence)
