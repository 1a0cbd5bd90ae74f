"""Answers "which X goes with Y": the values, what is conditional, and what goes with the newest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.answering.absent import not_recorded
from bot.answering.answers import Companions, Empty, Evidence, Lookup, NoAnswer, Truth
from bot.answering.found import Found, asked, bears_on, open_rows, rank
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.knowledge.base import Relation
from bot.knowledge.cells import Bounds, Names
from bot.knowledge.reach import Entry
from bot.knowledge.routes import Hop
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given, Question


class LookupAnswerer:
    """Finds the table that relates the wanted column to most of the givens and filters by the rest."""

    def __init__(self, joins: Joins, installer: Installer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._installer = installer

    def answer(self, question: Question, want: str) -> Lookup | Empty | NoAnswer:
        """The versions (or limits) of `want` that go with everything given."""
        givens = tuple(g for g in question.given if g.column != want)
        unknown = next((given for given in question.given if self._is_unknown(given)), None)
        if unknown is not None and unknown.column in self._kb.releases:
            return not_recorded(self._kb, question, unknown)
        found = self._main_table(want, givens)
        if found is None:
            found = self._through(want, givens)
        if found is None:
            return NoAnswer(question, "unrelated")
        if not found.rows and not found.maybe:
            return self._nothing(question, want, found)
        lookup = self._collect(question, want, found)
        lookup = self._filter(lookup, tuple(g for g in givens if g not in found.used))
        if question.negated:
            return self._negate(lookup)
        if not (lookup.values or lookup.bounds or lookup.names or lookup.possible):
            rest = (given for given in givens if given not in found.used)
            return self._none_for(question, want, rest) or self._nothing(question, want, found)
        return self._complete(lookup)

    def _none_for(self, question: Question, want: str, givens: Iterable[Given]) -> Empty | None:
        """That one of the givens by itself has nothing in a complete list of its own table."""
        for given in givens:
            own = None if isinstance(given.constraint, str) else self._main_table(want, (given,))
            if own is not None and not own.rows and not own.maybe:
                found = self._nothing(question, want, own)
                if isinstance(found, Empty):
                    return found
        return None

    def _is_unknown(self, given: Given) -> bool:
        """Whether a given is no version that exists, of something that a table tells of."""
        return not self._joins.known(given) and bool(self._joins.routes.tables(given.column))

    def values(self, want: str, givens: tuple[Given, ...]) -> tuple[Number, ...]:
        """Only the versions, for other answerers; empty where nothing is recorded."""
        question = Question("lookup", "", "", want=(want,), given=givens)
        found = self._main_table(want, givens) or self._through(want, givens)
        if found is None:
            return ()
        lookup = self._collect(question, want, found)
        return self._filter(lookup, tuple(g for g in givens if g not in found.used)).values

    def bounds(self, want: str, givens: tuple[Given, ...], *, conditional: bool = True) -> tuple[Number, ...]:
        """The least versions that tables state for the givens; with `conditional` also under a condition."""
        found: list[Number] = []
        for relation in self._joins.tables(want):
            used = tuple(given for given in givens if given.column in relation.columns)
            if relation.table.relation != "minimum" or (
                relation.table.holds != "supported" and not conditional
            ):
                continue
            if used and used[0] not in self._joins.context(used):
                cells = (row.cells.get(want) for row in self._joins.rows(relation, used)[0])
                bounds = (cell.constraint for cell in cells if isinstance(cell, Bounds))
                found += [clause.number for bound in bounds for clause in bound.clauses]
        return tuple(found)

    def least(self, question: Question, want: str, given: Given) -> Lookup | None:
        """The limits on `want` that a given brings along, from a table of least versions."""
        table = self._main_table(want, (given,))
        if table is None or table.relation.table.relation != "minimum":
            return None
        found = replace(self._collect(question, want, table), conditional=())
        return found if found.bounds else None

    def companions(self, product: str, version: Number) -> tuple[Companions, ...]:
        """What comes along with a release: the versions of each product that accompanies it."""
        return self._companions(product, version)

    def _main_table(self, want: str, givens: tuple[Given, ...]) -> Found | None:
        best: Found | None = None
        for relation in self._joins.tables(want):
            used = tuple(given for given in givens if given.column in relation.columns)
            things = [given for given in used if given.column not in self._kb.qualifiers]
            if not used or (not things and len(givens) > len(used)):
                continue
            if not relation.tells(want, *(given.column for given in used)):
                continue
            found = Found(relation, used, *self._joins.rows(relation, used))
            if best is None or rank(found, want) > rank(best, want):
                best = found
        return best

    def _through(self, want: str, givens: tuple[Given, ...]) -> Found | None:
        """Join a table of `want` to one of the givens through the columns between them."""
        for given in givens:
            if given.column in self._kb.qualifiers or not self._joins.known(given):
                continue
            for hop in self._joins.routes.hops(want, given.column):
                return self._admitting(hop, want, given, givens)
        return None

    def _admitting(self, hop: Hop, want: str, given: Given, givens: tuple[Given, ...]) -> Found:
        """The rows whose entries in the hop's column go with the given, and which entries do."""
        relation, column = hop.relation, hop.column
        used = tuple(g for g in givens if g.column in relation.columns)
        rest = tuple(g for g in givens if g is not given)
        rows, _ = self._joins.rows(relation, used)
        rows = self._joins.admitted(relation, rows, (want, column, given.column), rest)
        good = {
            entry
            for entry in self._joins.entries(rows, column)
            if self._joins.truth(as_given(column, entry), given, rest, relation) >= Truth.CONDITIONAL
        }
        kept = self._joins.holding(rows, column, good)
        step = self._conditional_steps(hop, good, given, rest)
        via = (column, self._series(column, good))
        first = min(good, key=str, default=None)
        links = (
            () if first is None else self._joins.check(as_given(column, first), given, rest, relation).links
        )
        return Found(relation, (given, *used), kept, (), via, step, tuple(link.left for link in links[1:]))

    def _conditional_steps(
        self, hop: Hop, entries: set[Entry], given: Given, rest: tuple[Given, ...]
    ) -> tuple[Evidence, ...]:
        """The conditional rows that some of the joining entries rest on alone, once for each table."""
        column = hop.column
        resting = [
            as_given(column, entry)
            for entry in sorted(entries, key=str)
            if self._joins.truth(as_given(column, entry), given, rest, hop.relation) is Truth.CONDITIONAL
        ]
        found = []
        for relation in self._joins.routes.direct(column, given.column, hop.relation):
            if relation.table.holds == "conditional":
                rows = (self._joins.rows(relation, (step, given, *rest))[0] for step in resting)
                distinct = {row.ref: row for group in rows for row in group}
                found += [Evidence(relation, tuple(distinct.values()))] if distinct else []
        return tuple(found)

    def _series(self, column: str, entries: set[Entry]) -> tuple[Entry, ...]:
        """Versions cut to the depth that people ask by; names as they are."""
        product = self._kb.products.get(column)
        depth = product.granularity if product else None
        numbers = {entry for entry in entries if isinstance(entry, Number)}
        cut = numbers if depth is None else {number.series(depth) for number in numbers}
        return (*sorted(cut), *sorted(entry for entry in entries if isinstance(entry, str)))

    def _collect(self, question: Question, want: str, found: Found) -> Lookup:
        wanted = asked(question, want)
        rows = found.rows if wanted is None else self._within(found.rows, want, wanted)
        bounds = tuple(
            (cell.constraint, row) for row in rows if isinstance(cell := row.cells.get(want), Bounds)
        )
        names = {n for row in rows if isinstance(cell := row.cells.get(want), Names) for n in cell.values}
        values = self._joins.values(rows, want, wanted)
        possible = tuple(v for v in self._joins.values(found.maybe, want, wanted) if v not in values)
        return Lookup(
            question,
            want,
            found.used,
            Evidence(found.relation, rows or found.maybe),
            values=values,
            bounds=bounds,
            names=tuple(sorted(names)),
            possible=possible,
            conditional=self._conditional(want, found) + found.conditional,
            via=found.via,
            way=found.way,
        )

    def _within(self, rows: tuple[Row, ...], want: str, wanted: Constraint) -> tuple[Row, ...]:
        return tuple(
            row
            for row in rows
            if isinstance(row.cells.get(want), Bounds) or self._joins.values((row,), want, wanted)
        )

    def _conditional(self, want: str, found: Found) -> tuple[Evidence, ...]:
        """Rows of tables that hold under a condition only, for the same givens."""
        held = []
        for relation in self._joins.tables(want):
            if relation.table.holds == "conditional" and relation.slug != found.relation.slug:
                shared = tuple(given for given in found.used if given.column in relation.columns)
                rows, _ = self._joins.rows(relation, shared)
                named = any(given not in self._joins.context(shared) for given in shared)
                if rows and named and (bears_on(relation, rows[0], want) or self._adds(want, rows, found)):
                    held.append(Evidence(relation, rows))
        return tuple(held)

    def _adds(self, want: str, rows: tuple[Row, ...], found: Found) -> bool:
        """Whether a condition admits releases that the main table leaves out."""
        product = self._kb.products.get(want)
        if product is None or product.more_releases:
            return False
        return not set(self._joins.values(rows, want)) <= set(self._joins.values(found.rows, want))

    def _filter(self, lookup: Lookup, rest: tuple[Given, ...]) -> Lookup:
        """Keep the values that also go with the givens that the main table has no column for."""
        unused: list[Given] = []
        caveats: list[Given] = []
        places = self._joins.context(lookup.question.given)
        for given in rest:
            if not self._joins.related(lookup.want, given.column):
                unused.append(given)
                continue
            others = tuple(g for g in lookup.question.given if g.column not in (given.column, lookup.want))
            keep = self._admitted(lookup, given, others)
            if not keep and places:
                keep = self._admitted(lookup, given, tuple(g for g in others if g not in places))
                caveats = [*caveats, given] if keep else caveats
            if not keep and lookup.values and self._is_open(lookup, given, others):
                unused.append(given)  # nothing is said of it, so it rules out nothing
                continue
            evidence = self._cut(lookup.evidence, lookup.want, keep)
            lookup = replace(lookup, values=keep, used=(*lookup.used, given), evidence=evidence)
        return replace(self._recut(lookup), unused=tuple(unused), caveats=tuple(caveats))

    def _is_open(self, lookup: Lookup, given: Given, others: tuple[Given, ...]) -> bool:
        """Whether nothing is recorded of any value of a thing's own trait with another given."""
        things = [g for g in lookup.used if isinstance(g.constraint, str)]
        if not things or len(lookup.evidence.relation.columns) > len(lookup.used) + 1:
            return False
        truths = {self._joins.truth(as_given(lookup.want, v), given, others) for v in lookup.values}
        return truths == {Truth.NOT_RECORDED}

    def _recut(self, lookup: Lookup) -> Lookup:
        """The lookup with those entries of a join alone that the rows still have that are left."""
        if lookup.via is None or lookup.via[0] not in lookup.evidence.relation.columns:
            return lookup
        column, entries = lookup.via
        held = set(self._series(column, set(self._joins.entries(lookup.evidence.rows, column))))
        kept = tuple(entry for entry in entries if entry in held)
        return replace(lookup, via=(column, kept)) if kept else lookup

    def _admitted(self, lookup: Lookup, given: Given, others: tuple[Given, ...]) -> tuple[Number, ...]:
        return tuple(
            value
            for value in lookup.values
            if self._joins.truth(as_given(lookup.want, value), given, others) >= Truth.CONDITIONAL
        )

    def _cut(self, evidence: Evidence, want: str, values: tuple[Number, ...]) -> Evidence:
        rows = (row for row in evidence.rows if set(values).intersection(self._joins.values((row,), want)))
        return Evidence(evidence.relation, tuple(rows))

    def _complete(self, lookup: Lookup) -> Lookup:
        """Choose the version that was meant and add what goes with it."""
        wanted = asked(lookup.question, lookup.want) or Constraint()
        dispute = self._joins.disputes.of_list(
            lookup.evidence.relation, lookup.want, wanted, lookup.used, lookup.values
        )
        if not lookup.values:
            return lookup
        oldest = lookup.question.superlative == "oldest"
        chosen = lookup.values[0] if oldest else lookup.values[-1]
        if (
            not oldest
            and lookup.want in self._installer.builds
            and max(lookup.possible, default=chosen) > chosen
        ):
            return replace(lookup, companions=(), needs=self._needs(lookup), dispute=dispute)  # not the most
        givens = (as_given(lookup.want, chosen), *lookup.used)
        return replace(
            lookup,
            chosen=chosen,
            companions=self._companions(lookup.want, chosen),
            needs=self._needs(lookup),
            command=self._installer.exact(givens) if self._is_installed(lookup) else None,
            builds=tuple(self._builds(lookup)),
            dispute=dispute,
        )

    def _builds(self, lookup: Lookup) -> Iterator[tuple[str, tuple[Number, ...]]]:
        """For what the builds of a subject are, where a device or what a device has is all that is given."""
        given = {item.column for item in lookup.used}
        relation = lookup.evidence.relation
        if lookup.want not in self._installer.subjects or lookup.via is None:
            return
        told = {*given, lookup.via[0]}
        for column in self._installer.builds:
            if column in relation.columns and column not in told and column in self._kb.products:
                values = self._joins.values(lookup.evidence.rows, column)
                yield column, tuple(sorted(self._coarse(column, values)))

    def _coarse(self, column: str, values: Iterable[Number]) -> set[Number]:
        depth = self._kb.products[column].granularity
        return {value if depth is None else value.series(depth) for value in values}

    def _is_installed(self, lookup: Lookup) -> bool:
        """Whether a command installs what is asked for: the subject, or what comes along with it."""
        if lookup.want in self._installer.subjects:
            return True
        own = (given for given in lookup.used if given.column in self._installer.subjects)
        exact = any(isinstance(g.constraint, Constraint) and g.constraint.exact for g in own)
        return exact and lookup.want in self._installer.installs and len(lookup.values) == 1

    def _needs(self, lookup: Lookup) -> tuple[Lookup, ...]:
        """The limits on what accompanies an exact given, from tables of least versions."""
        found = []
        chosen = (as_given(lookup.want, lookup.values[-1]),) if len(lookup.values) == 1 else ()
        for given in (*lookup.used, *chosen):
            product = self._kb.products.get(given.column)
            exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
            for name in product.accompany if product and exact else ():
                table = None if name == lookup.want else self._main_table(name, (given,))
                if table is not None and table.relation.table.relation == "minimum":
                    found.append(replace(self._collect(lookup.question, name, table), conditional=()))
        return tuple(need for need in found if need.bounds)

    def _negate(self, lookup: Lookup) -> Lookup | NoAnswer:
        """What a complete table lists for other givens only; of an open table nothing can be said."""
        table = lookup.evidence.relation.table
        if table.complete_for != lookup.want or not lookup.values:
            return NoAnswer(lookup.question, "not_recorded")
        listed = lookup.evidence.relation.values(lookup.want)
        opened = self._joins.values((r for r in lookup.evidence.relation.rows if r.open), lookup.want)
        rest = tuple(value for value in listed if value not in lookup.values and value not in opened)
        evidence = Evidence(lookup.evidence.relation, ())
        return replace(lookup, values=rest, possible=(), conditional=(), evidence=evidence)

    def _companions(self, product: str, version: Number) -> tuple[Companions, ...]:
        known = self._kb.products.get(product)
        found = []
        for name in known.accompany if known else ():
            given = as_given(product, version)
            for relation in self._joins.tables(product, name):
                if relation.table.holds == "conditional":
                    continue
                rows, _ = self._joins.rows(relation, (given,))
                values = self._joins.values(rows, name)
                if values:
                    found.append(Companions(name, values, Evidence(relation, rows)))
                    break
        return tuple(found)

    def _nothing(self, question: Question, want: str, found: Found) -> Empty | NoAnswer:
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
