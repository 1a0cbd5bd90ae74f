"""Answers "which X goes with Y": the values, what is conditional, and what goes with the newest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from bot.answering.absent import not_recorded
from bot.answering.answers import Companions, Empty, Evidence, Lookup, NoAnswer, Truth
from bot.answering.found import Found, asked, bears_on, rank
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.narrowing import Narrower
from bot.answering.nothing import Nothing
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
        self._none = Nothing(joins)
        self._narrower = Narrower(joins)

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
            return self._none_by_way(question, found) or self._none.tell(question, want, found)
        lookup = self._collect(question, want, found)
        lookup = self._narrower.narrowed(lookup, tuple(g for g in givens if g not in found.used))
        if question.negated:
            return self._none.negate(lookup)
        if not (lookup.values or lookup.bounds or lookup.names or lookup.possible):
            rest = (given for given in givens if given not in found.used)
            return (
                self._by_another(question, want, givens, found)
                or self._none_for(question, want, rest)
                or self._none.tell(question, want, found)
            )
        return self._complete(lookup)

    def _by_another(
        self, question: Question, want: str, givens: tuple[Given, ...], empty: Found
    ) -> Lookup | None:
        """By another table that has as many of the givens, where the first one leaves nothing."""
        found = self._main_table(want, givens, (empty.relation,))
        if found is None or not found.rows or len(found.used) < len(empty.used):
            return None
        rest = tuple(given for given in givens if given not in found.used)
        lookup = self._narrower.narrowed(self._collect(question, want, found), rest)
        return self._complete(lookup) if lookup.values else None

    def _none_by_way(self, question: Question, found: Found) -> Empty | None:
        """That what would lead to what is wanted (a release of the subject) has none for a given itself."""
        if found.via is None:
            return None
        rest = (given for given in found.used if given.column not in found.relation.columns)
        return self._none_for(question, found.via[0], rest)

    def _none_for(self, question: Question, want: str, givens: Iterable[Given]) -> Empty | None:
        """That one of the givens by itself has nothing in a complete list of its own table."""
        for given in givens:
            own = None if isinstance(given.constraint, str) else self._main_table(want, (given,))
            if own is not None and not own.rows and not own.maybe:
                found = self._none.tell(question, want, own)
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
        return self._narrower.narrowed(lookup, tuple(g for g in givens if g not in found.used)).values

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
        known = self._kb.products.get(product)
        return tuple(self._paired(product, version, known.accompany if known else ()))

    def _main_table(
        self, want: str, givens: tuple[Given, ...], passed: Collection[Relation] = ()
    ) -> Found | None:
        best: Found | None = None
        named = {given.column for given in givens}
        for relation in self._joins.tables(want):
            if named.isdisjoint(relation.columns) or relation in passed:
                continue  # as most
            used = tuple([given for given in givens if given.column in relation.columns])
            things = [given for given in used if given.column not in self._kb.qualifiers]
            if not things and len(givens) > len(used):
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
            hops = self._joins.routes.hops(want, given.column)
            if hops:  # what holds under a condition only is told beside the rest
                hop = min(hops, key=lambda hop: hop.relation.table.holds != "supported")
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
        via = (column, self._narrower.series(column, good))
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

    def _complete(self, lookup: Lookup) -> Lookup:
        """Choose the version that was meant and add what goes with it."""
        wanted = asked(lookup.question, lookup.want) or Constraint()
        dispute = self._joins.disputes.of_list(
            lookup.evidence.relation, lookup.want, wanted, lookup.used, lookup.values
        )
        if not lookup.values:
            return lookup
        oldest = lookup.question.superlative == "oldest"
        chosen = lookup.values[0] if oldest else self._newest(lookup)
        if (
            not oldest
            and (lookup.want in self._installer.builds or self._is_requirement(lookup))
            and max(lookup.possible, default=chosen) > chosen
        ):
            return replace(lookup, companions=(), needs=self._needs(lookup), dispute=dispute)  # not the most
        givens = (as_given(lookup.want, chosen), *lookup.used)
        command = self._installer.exact(givens) if self._is_installed(lookup) else None
        if command is not None:
            command = self._installer.with_elsewhere(command, (*givens, *lookup.question.given))
        return replace(
            lookup,
            chosen=chosen,
            companions=self._companions(lookup, chosen),
            needs=self._needs(lookup),
            command=command,
            builds=tuple(self._builds(lookup)),
            dispute=dispute,
        )

    def _newest(self, lookup: Lookup) -> Number:
        """The newest value; where no place is given and the usual one has any, the newest there."""
        relation, told = lookup.evidence.relation, {given.column for given in lookup.used}
        for place in self._installer.usual_places:
            manner = self._kb.attributes[place.column].manner
            if manner or place.column not in relation.columns or place.column in told:
                continue
            there = (
                r for r in lookup.evidence.rows if r.matches(place.column, place.constraint) is Match.YES
            )
            usual = set(self._joins.values(there, lookup.want)).intersection(lookup.values)
            if usual:
                return max(usual)
        return lookup.values[-1]

    def _is_requirement(self, lookup: Lookup) -> bool:
        return lookup.evidence.relation.table.relation == "requirement"

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

    def _companions(self, lookup: Lookup, version: Number) -> tuple[Companions, ...]:
        """What comes along with a release; of what comes along itself, the subject that it belongs to."""
        subjects = sorted(self._installer.subjects)
        told = {given.column for given in lookup.used} | {lookup.via[0] if lookup.via else ""}
        if lookup.want not in self._installer.installs or not told.isdisjoint(subjects):
            return self.companions(lookup.want, version)
        return (
            *self._paired(lookup.want, version, [name for name in subjects if name != lookup.want]),
            *self.companions(lookup.want, version),
        )

    def _paired(self, product: str, version: Number, names: Iterable[str]) -> Iterator[Companions]:
        """The versions of other products that go with a release, each by the first table that tells."""
        given = as_given(product, version)
        for name in names:
            for relation in self._joins.tables(product, name):
                if relation.table.holds == "conditional":
                    continue
                rows, _ = self._joins.rows(relation, (given,))
                values = self._joins.values(rows, name)
                if values:
                    yield Companions(name, values, Evidence(relation, rows))
                    break
