"""Joins over the tables: which rows admit what is given, and whether two givens go together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Final

from bot.answering.answers import Evidence, Finding, Link, Truth
from bot.answering.disputes import Disputes
from bot.answering.matching import RowMatcher, constraint_of, values_of
from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.reach import Entry, Reach
from bot.knowledge.routes import Hop
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given

REMEMBERED: Final = 50_000
REMEMBERED_REACHES: Final = 2_000
REMEMBERED_FINDINGS: Final = 1_000


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
        self._tables: dict[tuple[str, ...], tuple[Relation, ...]] = {}
        self._truths: dict[tuple[object, ...], Truth] = {}
        self._matcher = RowMatcher(kb)
        self.disputes = Disputes(kb, self._matcher)
        self._findings: dict[tuple[object, ...], Finding] = {}
        self._reaches: dict[tuple[object, ...], Reach] = {}

    def widened(self, givens: Iterable[Given]) -> tuple[Given, ...]:
        """The givens with a system that tables do not tell of (CentOS 7) as the one that it is a kind of."""
        return tuple(map(self._widened, givens))

    def _widened(self, given: Given) -> Given:
        attribute = self.kb.attributes.get(given.column)
        value = attribute.values.get(str(given.constraint)) if attribute and attribute.qualifier else None
        if value is None or not value.elsewhere or value.within is None:
            return given
        return replace(given, constraint=value.within)

    def context(self, givens: Iterable[Given]) -> tuple[Given, ...]:
        """Those of the givens that only say where."""
        return tuple(given for given in givens if given.column in self.kb.qualifiers)

    def tables(self, *columns: str) -> tuple[Relation, ...]:
        """The primary tables that have all these columns."""
        found = self._tables.get(columns)
        if found is None:
            first, *rest = columns
            tables = self.routes.tables(first)
            found = tuple(
                r for r in tables if set(rest) <= set(r.columns) and (not rest or r.tells(*columns))
            )
            self._tables[columns] = found
        return found

    def rows(self, relation: Relation, givens: Iterable[Given]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The rows that surely match all givens that the table has columns for, and those that may."""
        return self._matcher.rows(relation, givens)

    def values(
        self, rows: Iterable[Row], column: str, within: Constraint | None = None
    ) -> tuple[Number, ...]:
        """The versions that rows list in a column, ascending, cut to a constraint."""
        return values_of(rows, column, within)

    def entries(self, rows: Iterable[Row], column: str) -> tuple[Entry, ...]:
        """What rows hold in a column, one by one; a specifier stands for the known releases within it."""
        return self._matcher.entries(rows, column)

    def holding(self, rows: Iterable[Row], column: str, entries: Set[Entry]) -> tuple[Row, ...]:
        """The rows that hold one of these entries in a column."""
        return self._matcher.holding(rows, column, entries)

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
        if not direct:
            return self._joined(left, right, context, entered)
        truth = _strongest({finding.truth for finding in direct})
        same = [finding for finding in direct if finding.truth == truth]
        return replace(same[0], evidence=tuple(e for finding in same for e in finding.evidence))

    def _joined(
        self, left: Given, right: Given, context: tuple[Given, ...], entered: Relation | None
    ) -> Finding:
        """The finding through the columns between the two, remembered."""
        key = (left, right, context, entered.slug if entered else "")
        found = self._findings.get(key)
        if found is None:
            found = self._best_joined(left, right, context, entered)
            if len(self._findings) >= REMEMBERED_FINDINGS:
                self._findings.clear()
            self._findings[key] = found
        return found

    def _best_joined(
        self, left: Given, right: Given, context: tuple[Given, ...], entered: Relation | None
    ) -> Finding:
        """The first of the strongest findings, over every shortest way from either side.

        After one that supports no other way is gone; of the others only what could tell more is looked at.
        """
        best: Finding | None = None
        for near, far, hop in self._ways(left, right, entered):
            finding = self._across(hop, near, far, context, best.truth if best else None)
            if finding is None or (best and _strongest({best.truth, finding.truth}) is best.truth):
                continue
            best = finding if near is left else finding.turned
            if best.truth is Truth.SUPPORTED:
                break
        return best or Finding(Truth.NOT_RECORDED, left, right, ())

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
                if rows and not relation.may_hold(rows, other.column, other.constraint):
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
        constraint = constraint_of(given)
        if isinstance(given.constraint, str) and given.column in self.kb.attributes:
            return given.constraint in self.kb.attributes[given.column].values
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
        shows_options = truth is not Truth.SUPPORTED
        return Finding(
            truth,
            left,
            right,
            (Evidence(relation, telling),) if truth is not Truth.NOT_RECORDED else (),
            self.values(by_right, left.column),
            self.values((*by_left, *maybe_left), right.column),
            links=(Link(relation, left, right, telling),),
            dispute=self.disputes.of_pair(relation, left, right, truth),
            around=tuple(Evidence(relation, rows) for rows in (by_left, by_right) if rows and shows_options),
        )

    def _partial(self, relation: Relation, givens: Iterable[Given], both: tuple[Row, ...]) -> bool:
        """Whether a coarse given (1.8, CUDA 11, >= 1.5) holds for some of the versions it covers only."""
        for given in givens:
            constraint = constraint_of(given)
            if constraint is None or given.role == "ceiling":
                continue
            held = self.values(both, given.column, constraint)
            named = constraint.exact
            if named in held and all(other.release == named.release for other in held if named):
                continue
            if held and len(held) < len(relation.select(given.column, constraint)):
                return True
        return False

    def _ways(
        self, left: Given, right: Given, entered: Relation | None
    ) -> Iterator[tuple[Given, Given, Hop]]:
        """The first step of every shortest way, from either side; a join under way goes on from its own."""
        sides = ((left, right),) if entered else ((left, right), (right, left))
        for near, far in sorted(sides, key=self._is_vague):
            for hop in self.routes.hops(near.column, far.column, entered):
                yield near, far, hop

    def _is_vague(self, pair: tuple[Given, Given]) -> bool:
        """Whether the near side is a product with more releases than are listed: the worse start."""
        product = self.kb.products.get(pair[0].column)
        return bool(product and product.more_releases)

    def _across(
        self, hop: Hop, near: Given, far: Given, context: tuple[Given, ...], known: Truth | None
    ) -> Finding | None:
        """The finding by way of the entries that rows for the near given have in the hop's column.

        None where there is no entry, or none that could tell more than is known from another way.
        """
        relation, column = hop.relation, hop.column
        rows, _ = self.rows(relation, (near, *context))
        rows = self.admitted(relation, rows, (near.column, column, far.column), context)
        listed_in_full = self._is_whole(hop, near, rows, context)
        is_needed = known is None or (known is Truth.NOT_RECORDED and listed_in_full)
        steps = self._steps(hop, self.entries(rows, column), far, context, rules_out=is_needed)
        if not steps:
            return None
        best = max(steps.values())
        via = tuple(entry for entry, step in steps.items() if step == best)
        truth = Truth.CONDITIONAL if best is Truth.SUPPORTED and not _holds(relation) else best
        if best is Truth.EXCLUDED and not listed_in_full:
            truth = Truth.NOT_RECORDED
        passing = frozenset(via)
        telling = self.holding(rows, column, passing)
        if truth is Truth.SUPPORTED and self._partial(relation, (near,), telling):
            truth = Truth.CONDITIONAL
        if not via:
            return Finding(truth, near, far, (Evidence(relation, rows),), via=(column, ()))
        rest = self.check(as_given(column, via[0]), far, context, relation)
        link = Link(relation, near, as_given(column, via[0]), telling)
        links = self._own(rest.links, far) if best is Truth.EXCLUDED else rest.links
        evidence = (Evidence(relation, telling), *rest.evidence)
        return Finding(truth, near, far, evidence, via=(column, via), links=(link, *links))

    def _is_whole(self, hop: Hop, near: Given, rows: Sequence[Row], context: tuple[Given, ...]) -> bool:
        """Whether the rows for the near given are all there are: by the list of its own entries, or because
        each release of the hop's column has its own listed in full.

        Of a place that is named such a list may lack releases that were made for it.
        """
        relation = hop.relation
        if relation.table.complete_for == near.column:
            return not any(row.open for row in rows)
        places = [given for given in self.context((*context, near)) if given.column in relation.columns]
        return not places and relation.lists_all(hop.column, self.kb.releases.get(hop.column, ()))

    def _steps(
        self, hop: Hop, entries: Sequence[Entry], far: Given, context: tuple[Given, ...], *, rules_out: bool
    ) -> dict[Entry, Truth]:
        """How each entry goes with the far given; of entries that do not, only where `rules_out` asks."""
        reached = self._reached(hop, far, context)
        if reached is not None:
            inside = [entry for entry in entries if entry in reached]
            steps = self._truths_of(hop, inside, far, context)
            if not rules_out or any(truth >= Truth.CONDITIONAL for truth in steps.values()):
                return steps
        return self._truths_of(hop, entries, far, context)

    def _truths_of(
        self, hop: Hop, entries: Iterable[Entry], far: Given, context: tuple[Given, ...]
    ) -> dict[Entry, Truth]:
        return {
            entry: self.truth(as_given(hop.column, entry), far, context, hop.relation) for entry in entries
        }

    def _reached(self, hop: Hop, far: Given, context: tuple[Given, ...]) -> Reach | None:
        """What of the hop's column stands beside the far given; None where a longer way has to tell.

        Every entry outside it is ruled out or not recorded.
        """
        product = self.kb.products.get(hop.column)
        tables = self.routes.direct(hop.column, far.column, hop.relation)
        if not tables or (product and product.more_releases):
            return None
        also = tuple((given.column, given.constraint) for given in context)
        key = (hop.column, hop.relation.slug, far.column, far.constraint, also)
        if key not in self._reaches:
            if len(self._reaches) >= REMEMBERED_REACHES:
                self._reaches.clear()
            rows = [row for table in tables for found in self.rows(table, (far, *context)) for row in found]
            self._reaches[key] = Reach(self.entries(rows, hop.column))
        return self._reaches[key]

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
                    rows = self._matcher.admitting(rows, column, partial(self._goes, column, given))
        return tuple(rows)

    def _goes(self, column: str, given: Given, row: Row) -> bool:
        entries = self.entries((row,), column)
        return any(self.truth(as_given(column, entry), given) >= Truth.CONDITIONAL for entry in entries)


def _holds(relation: Relation) -> bool:
    """Whether what the table says holds without a condition."""
    return relation.table.holds == "supported"


def _strongest(truths: set[Truth]) -> Truth:
    """The truth of several tables: a table that rules out tells more than one that is silent."""
    for truth in (Truth.SUPPORTED, Truth.CONDITIONAL, Truth.EXCLUDED):
        if truth in truths:
            return truth
    return Truth.NOT_RECORDED
