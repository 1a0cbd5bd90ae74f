"""Narrows a lookup to the values that also go with what its main table has no column for."""

from __future__ import annotations

from dataclasses import replace

from bot.answering.answers import Evidence, Lookup, Truth
from bot.answering.joins import Joins, as_given
from bot.knowledge.reach import Entry
from bot.knowledge.versions import Number
from bot.understanding.question import Given


class Narrower:
    """Asks of each value of a lookup whether it goes with what else is given."""

    def __init__(self, joins: Joins) -> None:
        self._joins = joins
        self._kb = joins.kb

    def narrowed(self, lookup: Lookup, rest: tuple[Given, ...]) -> Lookup:
        """Keep the values that also go with the givens that the main table has no column for."""
        unused: list[Given] = []
        caveats: list[Given] = []
        for given in rest:
            if not self._joins.related(lookup.want, given.column):
                unused.append(given)
                continue
            others = tuple(g for g in lookup.question.given if g.column not in (given.column, lookup.want))
            keep = self._admitted(lookup, given, others)
            if not keep:
                keep = self._elsewhere(lookup, given, others)
                caveats = [*caveats, given] if keep else caveats
            if not keep and lookup.values and self._is_open(lookup, given, others):
                unused.append(given)  # nothing is said of it, so it rules out nothing
                continue
            evidence = self._cut(lookup.evidence, lookup.want, keep)
            lookup = replace(lookup, values=keep, used=(*lookup.used, given), evidence=evidence)
        return replace(self._recut(lookup), unused=tuple(unused), caveats=tuple(caveats))

    def series(self, column: str, entries: set[Entry]) -> tuple[Entry, ...]:
        """Versions cut to the depth that people ask by; names as they are."""
        product = self._kb.products.get(column)
        depth = product.granularity if product else None
        numbers = {entry for entry in entries if isinstance(entry, Number)}
        cut = numbers if depth is None else {number.series(depth) for number in numbers}
        names = sorted(entry for entry in entries if isinstance(entry, str))
        return (*sorted(cut), *sorted(names, key=len))  # sm_90 before sm_100

    def _admitted(self, lookup: Lookup, given: Given, others: tuple[Given, ...]) -> tuple[Number, ...]:
        return tuple(
            value for value in lookup.values if self._truth(lookup, value, given, others) >= Truth.CONDITIONAL
        )

    def _elsewhere(self, lookup: Lookup, given: Given, others: tuple[Given, ...]) -> tuple[Number, ...]:
        """The values that go with a given at other places, where nothing is recorded of the one named."""
        anywhere = tuple(g for g in others if g.column not in self._kb.qualifiers)
        if len(anywhere) == len(others):
            return ()
        return tuple(
            value
            for value in self._admitted(lookup, given, anywhere)
            if self._truth(lookup, value, given, others) is Truth.NOT_RECORDED
        )

    def _truth(self, lookup: Lookup, value: Number, given: Given, others: tuple[Given, ...]) -> Truth:
        return self._joins.truth(as_given(lookup.want, value), given, others)

    def _is_open(self, lookup: Lookup, given: Given, others: tuple[Given, ...]) -> bool:
        """Whether nothing is recorded of any value of a thing's own trait with another given."""
        things = [g for g in lookup.used if isinstance(g.constraint, str)]
        if not things or len(lookup.evidence.relation.columns) > len(lookup.used) + 1:
            return False
        truths = {self._truth(lookup, value, given, others) for value in lookup.values}
        return truths == {Truth.NOT_RECORDED}

    def _recut(self, lookup: Lookup) -> Lookup:
        """The lookup with those entries of a join alone that the rows still have that are left."""
        if lookup.via is None or lookup.via[0] not in lookup.evidence.relation.columns:
            return lookup
        column, entries = lookup.via
        held = set(self.series(column, set(self._joins.entries(lookup.evidence.rows, column))))
        kept = tuple(entry for entry in entries if entry in held)
        return replace(lookup, via=(column, kept)) if kept else lookup

    def _cut(self, evidence: Evidence, want: str, values: tuple[Number, ...]) -> Evidence:
        rows = (row for row in evidence.rows if set(values).intersection(self._joins.values((row,), want)))
        return Evidence(evidence.relation, tuple(rows))
