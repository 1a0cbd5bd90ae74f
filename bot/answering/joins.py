"""Joins over the tables: which rows admit what is given, and whether two givens go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from bot.answering.answers import Dispute, Evidence, Finding, Link, Truth
from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.cells import Bounds, Names, Versions
from bot.knowledge.routes import Hop
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given

REMEMBERED: Final = 20_000


Entry = Number | str


def as_given(column: str, entry: Entry) -> Given:
    """A given for one version, or one value of an attribute, that a table lists."""
    if isinstance(entry, str):
        return Given(column, entry, entry)
    return Given(column, Constraint.series(entry), entry.text)


class Joins:
    """Reads the primary tables of a knowledge base; knows no column by name."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.routes = kb.routes
        self._truths: dict[tuple[object, ...], Truth] = {}

    def context(self, givens: Iterable[Given]) -> tuple[Given, ...]:
        """Those of the givens that only say where."""
        return tuple(given for given in givens if given.column in self.kb.qualifiers)

    def tables(self, *columns: str) -> Iterator[Relation]:
        """The primary tables that have all these columns."""
        first, *rest = columns
        found = self.routes.tables(first)
        return (r for r in found if set(rest) <= set(r.columns) and (not rest or r.tells(*columns)))

    def rows(self, relation: Relation, givens: Iterable[Given]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The rows that surely match all givens that the table has columns for, and those that may."""
        relevant = [given for given in givens if given.column in relation.columns]
        named = any(given.column in self.kb.qualifiers for given in relevant)
        sure: list[Row] = []
        maybe: list[Row] = []
        for number in _candidates(relation, relevant):
            row = relation.rows[number]
            if row.only_if_named and not named:
                continue
            result = Match.NO if self._is_too_coarse(row, relevant) else _match_all(row, relevant)
            if result is not Match.NO:
                (maybe if result is Match.MAYBE else sure).append(row)
        return tuple(sure), tuple(maybe)

    def _is_too_coarse(self, row: Row, givens: list[Given]) -> bool:
        """Whether a row speaks of a branch only, where a more exact version of an open list is given."""
        for given in givens:
            product, cell = self.kb.products.get(given.column), row.cells.get(given.column)
            constraint = _constraint(given)
            exact = constraint.exact if constraint else None
            if product and product.more_releases and exact and isinstance(cell, Versions):
                return all(len(number.release) < len(exact.release) for number in cell.numbers)
        return False

    def values(
        self, rows: Iterable[Row], column: str, within: Constraint | None = None
    ) -> tuple[Number, ...]:
        """The versions that rows list in a column, ascending, cut to a constraint."""
        found: set[Number] = set()
        for row in rows:
            cell = row.cells.get(column)
            if isinstance(cell, Versions):
                found.update(cell.numbers if within is None else within.select(cell.numbers))
        return tuple(sorted(found))

    def entries(self, rows: Iterable[Row], column: str) -> tuple[Entry, ...]:
        """What rows hold in a column, one by one; a specifier stands for the known releases within it."""
        versions: set[Number] = set()
        names: dict[str, None] = {}
        for row in rows:
            cell = row.cells.get(column)
            if isinstance(cell, Versions):
                versions.update(cell.numbers)
            elif isinstance(cell, Names):
                names.update(dict.fromkeys(cell.values))
            elif isinstance(cell, Bounds) and not self.kb.products[column].more_releases:
                versions.update(cell.constraint.select(self.kb.releases.get(column, ())))
        return (*sorted(versions), *names)

    def check(
        self,
        left: Given,
        right: Given,
        context: tuple[Given, ...] = (),
        entered: Relation | None = None,
    ) -> Finding:
        """Whether two givens go together: by a table that has both, else through columns between them.

        `context` is what else is given: rows must admit it too. `entered` is the table from which a join
        reached `left`. A version that no release list and no table knows is never excluded: nothing is
        recorded of it.
        """
        if not (self.known(left) and self.known(right)):
            return Finding(Truth.NOT_RECORDED, left, right, ())
        tables = self.routes.direct(left.column, right.column, entered)
        direct = [self._direct(r, left, right, context) for r in tables]
        found = direct or list(self._joined(left, right, context, entered))
        if not found:
            return Finding(Truth.NOT_RECORDED, left, right, ())
        truth = _strongest({finding.truth for finding in found})
        same = [finding for finding in found if finding.truth == truth]
        if not direct:
            return same[0]
        return replace(same[0], evidence=tuple(e for finding in same for e in finding.evidence))

    def truth(
        self,
        left: Given,
        right: Given,
        context: tuple[Given, ...] = (),
        entered: Relation | None = None,
    ) -> Truth:
        """The truth of `check` alone, remembered: joins and filters ask for the same pairs often."""
        also = tuple((given.column, given.constraint) for given in context)
        slug = entered.slug if entered else ""
        key = (left.column, left.constraint, right.column, right.constraint, also, slug)
        if key not in self._truths:
            if len(self._truths) >= REMEMBERED:
                self._truths.clear()
            self._truths[key] = self._find_truth(left, right, context, entered)
        return self._truths[key]

    def _find_truth(
        self, left: Given, right: Given, context: tuple[Given, ...], entered: Relation | None
    ) -> Truth:
        if not (self.known(left) and self.known(right)):
            return Truth.NOT_RECORDED
        tables = self.routes.direct(left.column, right.column, entered)
        if not tables:
            return self.check(left, right, context, entered).truth
        return _strongest({self._table_truth(relation, left, right, context) for relation in tables})

    def _table_truth(
        self, relation: Relation, left: Given, right: Given, context: tuple[Given, ...]
    ) -> Truth:
        both, maybe = self._matching(relation, left, right, context)
        if both:
            part = all(row.unbounded for row in both) or self._partial(relation, (left, right), both)
            return Truth.SUPPORTED if _holds(relation) and not part else Truth.CONDITIONAL
        if maybe:
            return Truth.CONDITIONAL
        for given, other in ((left, right), (right, left)):
            # A complete list of versions says nothing of a platform or channel, unless it is a list of these.
            table = relation.table
            if table.complete_for == given.column and (
                other.column not in self.kb.qualifiers or other.column in table.tells
            ):
                rows, _ = self._matching(relation, given, other, context, loose=True)
                if rows and not any(row.open for row in rows):
                    return Truth.EXCLUDED
        return Truth.NOT_RECORDED

    def _matching(
        self,
        relation: Relation,
        left: Given,
        right: Given,
        context: tuple[Given, ...],
        *,
        loose: bool = False,
    ) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The rows that match both givens (`loose`: the left one alone) and all else that is given."""
        givens = (left, *context) if loose else (left, right, *context)
        passed = (left.column, right.column)
        sure, maybe = self.rows(relation, givens)
        return (
            self.admitted(relation, sure, passed, context),
            self.admitted(relation, maybe, passed, context),
        )

    def known(self, given: Given) -> bool:
        """Whether a given names something that exists, as far as the knowledge goes.

        Of a product whose list of releases is not all there is, any version may exist.
        """
        product = self.kb.products.get(given.column)
        constraint = _constraint(given)
        if constraint is None or (product and product.more_releases):
            return True
        return self.kb.knows(given.column, constraint)

    def related(self, left: str, right: str) -> bool:
        """Whether a table, or a few tables with common columns, relate two columns."""
        return left != right and self.routes.length(left, right) is not None

    def _direct(self, relation: Relation, left: Given, right: Given, context: tuple[Given, ...]) -> Finding:
        truth = self._table_truth(relation, left, right, context)
        by_left, maybe_left = self.rows(relation, (left, *context))
        by_right, _ = self.rows(relation, (right, *context))
        both, maybe = self._matching(relation, left, right, context)
        telling = both or maybe or by_left or by_right
        return Finding(
            truth,
            left,
            right,
            (Evidence(relation, telling),) if truth is not Truth.NOT_RECORDED else (),
            self.values(by_right, left.column),
            self.values((*by_left, *maybe_left), right.column),
            links=(Link(relation, left, right, telling),),
            dispute=self._pair_dispute(relation, left, right, truth),
        )

    def _partial(self, relation: Relation, givens: Iterable[Given], both: tuple[Row, ...]) -> bool:
        """Whether a coarse given (1.8, CUDA 11, >= 1.5) holds for some of the versions it covers only."""
        for given in givens:
            constraint = _constraint(given)
            if constraint is None or given.ceiling:
                continue
            held = self.values(both, given.column, constraint)
            if held and len(held) < len(constraint.select(relation.values(given.column))):
                return True
        return False

    def _joined(
        self, left: Given, right: Given, context: tuple[Given, ...], entered: Relation | None
    ) -> Iterator[Finding]:
        """Findings by every shortest way, from either side; a join under way goes on from its own."""
        sides = ((left, right),) if entered else ((left, right), (right, left))
        for near, far in sorted(sides, key=self._is_vague):
            for hop in self.routes.hops(near.column, far.column, entered):
                finding = self._across(hop, near, far, context)
                if finding is not None:
                    yield finding if near is left else _turned(finding)

    def _is_vague(self, pair: tuple[Given, Given]) -> bool:
        """Whether the near side is a product with more releases than are listed: the worse start."""
        product = self.kb.products.get(pair[0].column)
        return bool(product and product.more_releases)

    def _across(self, hop: Hop, near: Given, far: Given, context: tuple[Given, ...]) -> Finding | None:
        """The finding by way of the entries that rows for the near given have in the hop's column."""
        relation, column = hop.relation, hop.column
        rows, _ = self.rows(relation, (near, *context))
        rows = self.admitted(relation, rows, (near.column, column, far.column), context)
        steps = {
            entry: self.truth(as_given(column, entry), far, context, relation)
            for entry in self.entries(rows, column)
        }
        if not steps:
            return None
        best = max(steps.values())
        via = tuple(entry for entry, step in steps.items() if step == best)
        truth = Truth.CONDITIONAL if best is Truth.SUPPORTED and not _holds(relation) else best
        listed_in_full = relation.table.complete_for == near.column and not any(row.open for row in rows)
        if best is Truth.EXCLUDED and not listed_in_full:
            truth = Truth.NOT_RECORDED
        telling = tuple(row for row in rows if not set(via).isdisjoint(self.entries((row,), column)))
        if truth is Truth.SUPPORTED and self._partial(relation, (near,), telling):
            truth = Truth.CONDITIONAL
        if not via:
            return Finding(truth, near, far, (Evidence(relation, rows),), via=(column, ()))
        rest = self.check(as_given(column, via[0]), far, context, relation)
        link = Link(relation, near, as_given(column, via[0]), telling)
        links = self._own(rest.links, far) if best is Truth.EXCLUDED else rest.links
        evidence = (Evidence(relation, telling), *rest.evidence)
        return Finding(truth, near, far, evidence, via=(column, via), links=(link, *links))

    def _own(self, links: tuple[Link, ...], far: Given) -> tuple[Link, ...]:
        """Where a way is barred: its last step as the far side has it, if it has just one entry there."""
        if len(links) < 2:
            return links
        last = links[-1]
        rows, _ = self.rows(last.relation, (far,))
        entries = self.entries(rows, last.left.column)
        own = tuple(as_given(last.left.column, entry) for entry in entries[:1])
        return tuple(Link(last.relation, given, far, rows) for given in own if len(entries) == 1)

    def admitted(
        self, relation: Relation, rows: Sequence[Row], passed: Sequence[str], context: tuple[Given, ...]
    ) -> tuple[Row, ...]:
        """The rows that also go with what is given of columns that a table relates to theirs.

        A build's CUDA must run with the driver that is given, though the table of builds has no drivers.
        `passed` are columns that other steps look after.
        """
        for given in context:
            if not rows or given.column in relation.columns or given.column in passed:
                continue
            for column in relation.columns:
                if column not in passed and self.routes.direct(column, given.column, relation):
                    rows = [row for row in rows if self._goes(row, column, given)]
        return tuple(rows)

    def _goes(self, row: Row, column: str, given: Given) -> bool:
        entries = self.entries((row,), column)
        return any(self.truth(as_given(column, entry), given) >= Truth.CONDITIONAL for entry in entries)

    def _pair_dispute(self, relation: Relation, left: Given, right: Given, truth: Truth) -> Dispute | None:
        for second in self.kb.second_opinions(relation.slug):
            rows, _ = self.rows(second, (left, right))
            if rows and truth is Truth.EXCLUDED:
                extra = self.values(rows, left.column, _constraint(left))
                return Dispute(Evidence(second, rows), left.column, extra, ())
        return None

    def list_dispute(
        self,
        relation: Relation,
        column: str,
        wanted: Constraint,
        givens: tuple[Given, ...],
        values: tuple[Number, ...],
    ) -> Dispute | None:
        """Where a losing table lists other versions for the same givens.

        Only exact givens are compared; the table must have a column for each of them, and what it
        lacks counts only up to the newest version that it knows at all: later releases are no
        difference of opinion.
        """
        if any(isinstance(g.constraint, Constraint) and g.constraint.exact is None for g in givens):
            return None
        for second in self.kb.second_opinions(relation.slug):
            rows, _ = self.rows(second, givens)
            if not rows or not {column, *(g.column for g in givens)} <= set(second.columns):
                continue
            listed = set(self.values(rows, column, wanted))
            horizon = max(second.values(column))
            extra = tuple(sorted(listed - set(values)))
            lacking = tuple(v for v in values if v not in listed and v <= horizon)
            if extra or lacking:
                return Dispute(Evidence(second, rows), column, extra, lacking)
        return None


def _turned(finding: Finding) -> Finding:
    """The same finding with its sides exchanged."""
    links = tuple(Link(link.relation, link.right, link.left, link.rows) for link in reversed(finding.links))
    side: Literal["left", "right"] = "left" if finding.via_of == "right" else "right"
    return replace(finding, left=finding.right, right=finding.left, links=links, via_of=side)


def _holds(relation: Relation) -> bool:
    """Whether what the table says holds without a condition."""
    return relation.table.holds == "supported"


def _strongest(truths: set[Truth]) -> Truth:
    """The truth of several tables: a table that rules out tells more than one that is silent."""
    for truth in (Truth.SUPPORTED, Truth.CONDITIONAL, Truth.EXCLUDED):
        if truth in truths:
            return truth
    return Truth.NOT_RECORDED


def _candidates(relation: Relation, givens: list[Given]) -> Iterable[int]:
    """The numbers of the rows worth a look, ascending."""
    found: set[int] | None = None
    for given in givens:
        rows = relation.candidates(given.column, given.constraint)
        if rows is not None:
            found = rows if found is None else found & rows
    return range(len(relation.rows)) if found is None else sorted(found)


def _match_all(row: Row, givens: list[Given]) -> Match:
    weakest = Match.YES
    for given in givens:
        result = _match(row, given)
        if result is Match.NO:
            return Match.NO
        if result is Match.MAYBE:
            weakest = Match.MAYBE
    return weakest


def _match(row: Row, given: Given) -> Match:
    cell = row.cells.get(given.column)
    if isinstance(cell, Bounds) and not isinstance(given.constraint, str):
        return cell.match(given.constraint)
    return row.matches(given.column, given.constraint)


def _constraint(given: Given) -> Constraint | None:
    return None if isinstance(given.constraint, str) else given.constraint
