"""Sets products side by side, and releases of one: which is newer, and what goes with each."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answering.absent import not_recorded
from bot.answering.answers import Evidence, Lookup, NoAnswer, Told
from bot.answering.clarifying import dates
from bot.answering.comparisons import Comparison, ReleaseComparison
from bot.answering.joins import Joins, as_given
from bot.answering.lookup import LookupAnswerer
from bot.knowledge.models import Fact
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given, Question

MOST = 3


class SideBySide:
    """Looks up, for each of a few releases, the versions of all that tables relate to their product."""

    def __init__(self, joins: Joins, lookups: LookupAnswerer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._lookups = lookups

    def answer(
        self, question: Question, fact: Fact | None
    ) -> Comparison | ReleaseComparison | Told | NoAnswer:
        """Products side by side, with the fact that contrasts them; releases where only one is named."""
        columns = {given.column for given in question.given}
        about = {slug for slug in question.about if not any(self._joins.tables(slug, c) for c in columns)}
        if len(question.given) > 1 and len(columns) == 1 and not about and fact is None:
            return self.compare(question)
        slugs = dict.fromkeys((*question.about, *(g.column for g in question.given)))
        products = tuple(self._kb.products[slug] for slug in slugs if slug in self._kb.products)
        if len(products) < 2 and fact is None:
            return NoAnswer(question, "unrelated")
        if all(not product.traits for product in products) and fact is not None:
            return Told(question, fact)
        return Comparison(question, products, fact)

    def compare(self, question: Question) -> ReleaseComparison | NoAnswer:
        """The releases that a question names of one product; of a series its last one."""
        slug = question.given[0].column
        unknown = next(
            (g for g in question.given if not self._joins.known(g) or not self._is_listed(g)), None
        )
        if unknown is not None:
            return not_recorded(self._kb, question, unknown)
        found = [number for given in question.given if (number := _named(given.constraint)) is not None]
        releases = list(dict.fromkeys(self._release(slug, number) for number in found))
        if slug not in self._kb.products or not 1 < len(releases) <= MOST:
            return NoAnswer(question, "unrelated")
        days = dict(dates(self._kb, slug))
        dated = tuple((number, days.get(number)) for number in sorted(releases, key=Number.rank))
        evidence: list[Evidence] = []
        beside = tuple(self._beside(slug, dated, evidence))
        return ReleaseComparison(
            question, self._kb.products[slug], dated, beside, tuple(evidence), _holds(question)
        )

    def _is_listed(self, given: Given) -> bool:
        """Whether a release is on record, however it is bounded ("newer than 1.10")."""
        number = _named(given.constraint)
        return number is not None and self._kb.knows(given.column, Constraint.series(number))

    def _release(self, slug: str, number: Number) -> Number:
        covered = Constraint.series(number).select(self._kb.releases.get(slug, ()))
        return covered[-1] if covered else number

    def _beside(
        self, slug: str, releases: tuple[tuple[Number, str | None], ...], evidence: list[Evidence]
    ) -> Iterator[tuple[str, tuple[tuple[Number, ...], ...]]]:
        tables = [r for r in self._joins.tables(slug) if r.table.relation == "pair"]
        others = dict.fromkeys(c for r in tables for c in r.columns if c in self._kb.products and c != slug)
        for column in others:
            found = [self._beside_one(column, as_given(slug, number)) for number, _ in releases]
            evidence.extend(lookup.evidence for lookup in found if lookup is not None)
            values = tuple(() if lookup is None else lookup.values for lookup in found)
            if any(values):
                yield column, values

    def _beside_one(self, column: str, release: Given) -> Lookup | None:
        found = self._lookups.answer(Question("lookup", "", "", want=(column,), given=(release,)), column)
        return found if isinstance(found, Lookup) and found.values else None


def _named(constraint: Constraint | str) -> Number | None:
    """The version that is named, plainly or as a bound ("newer than 1.10")."""
    if isinstance(constraint, str) or len(constraint.clauses) != 1:
        return None
    return constraint.clauses[0].number


def _holds(question: Question) -> bool | None:
    """Whether one release is newer (or older) than the other, where that is asked."""
    constraints = [g.constraint for g in question.given if isinstance(g.constraint, Constraint)]
    bound = next((c.clauses[0] for c in constraints if len(c.clauses) == 1 and c.clauses[0].op in "<>"), None)
    own = next((c.exact for c in constraints if c.exact is not None), None)
    if bound is None or own is None:
        return None
    return own > bound.number if bound.op == ">" else own < bound.number
