"""Answers "everything about one release": what each table lists beside it, commands, facts, dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.answering.absent import not_recorded
from bot.answering.answers import Beside, Clarification, Command, Evidence, NoAnswer, Overview
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.options import Option
from bot.knowledge.base import Relation
from bot.knowledge.cells import Bounds
from bot.knowledge.models import Fact, Product
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given, Question

MOST_COMMANDS = 6
MOST_OPTIONS = 4
ORIGIN = "origin"
RELEASE = "release"


class OverviewAnswerer:
    """Gathers what the tables and facts hold of one release, of a product, or of a thing such as a GPU."""

    def __init__(self, joins: Joins, installer: Installer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._installer = installer
        self._facts: dict[str, list[Fact]] = defaultdict(list)
        for fact in self._kb.facts:
            self._facts[fact.about].append(fact)

    def answer(self, question: Question) -> Overview | Clarification | NoAnswer:
        """All about the one thing that the question names; of several releases, which one is meant."""
        given = next((g for g in question.given if isinstance(g.constraint, Constraint)), None)
        if given is not None:
            return self._release(question, given)
        if question.about:
            return self._product(question, self._kb.products[question.about[0]])
        thing = next((g for g in question.given if g.column not in self._kb.qualifiers), None)
        return NoAnswer(question, "unrelated") if thing is None else self._thing(question, thing)

    def _release(self, question: Question, given: Given) -> Overview | Clarification | NoAnswer:
        product = self._kb.products[given.column]
        constraint = given.constraint
        known = self._kb.releases.get(given.column, ())
        if not isinstance(constraint, Constraint) or not self._joins.known(given):
            return not_recorded(self._kb, question, given)
        covered = () if product.more_releases and constraint.exact else constraint.select(known)
        if len(covered) > 1:
            newest = covered[: -MOST_OPTIONS - 1 : -1]
            options = tuple(Option("overview_of", given.column, str(number)) for number in newest)
            return Clarification(question, "rivals", options)
        subject = as_given(given.column, covered[0]) if covered else given
        found = self._overview(question, subject, product, self._dated(product, subject))
        told = found.releases or found.beside or found.commands or found.facts
        return found if told else not_recorded(self._kb, question, given)

    def _dated(self, product: Product, subject: Given) -> tuple[tuple[Number, str | None], ...]:
        dated = ((Number.parse(text), day) for text, day in product.releases.items())
        asked = subject.constraint
        return tuple(
            sorted((n, d) for n, d in dated if isinstance(asked, Constraint) and asked.match(n) is Match.YES)
        )

    def _product(self, question: Question, product: Product) -> Overview:
        dated = tuple(sorted((Number.parse(text), day) for text, day in product.releases.items()))
        facts = self._facts.get(product.product, ())
        beside = tuple(
            Beside(column, Evidence(relation, relation.rows))
            for relation in self._told_by(product.product)
            for column in self._others(relation, product.product)
        )
        return Overview(question, None, product, dated, beside, facts=_first(facts, ORIGIN))

    def _thing(self, question: Question, thing: Given) -> Overview | NoAnswer:
        found = self._overview(question, thing, None, ())
        return found if found.beside else NoAnswer(question, "not_recorded", thing)

    def _overview(
        self,
        question: Question,
        subject: Given,
        product: Product | None,
        dated: tuple[tuple[Number, str | None], ...],
    ) -> Overview:
        places = self._joins.context(question.given)
        return Overview(
            question,
            subject,
            product,
            dated,
            tuple(self._beside(subject, places)),
            tuple(self._commands(subject, places)),
            _first(self._of_release(subject), RELEASE),
            tuple(g for g in question.given if g.column != subject.column and g not in places),
        )

    def _of_release(self, subject: Given) -> list[Fact]:
        """The facts about the very release; many are about one version, which is compared once."""
        asked, own = subject.constraint, self._facts.get(subject.column, ())
        if not isinstance(asked, Constraint):
            return []
        versions = {fact.version for fact in own if fact.version is not None}
        fitting = {text for text in versions if asked.match(Number.parse(text)) is Match.YES}
        return [fact for fact in own if fact.version in fitting]

    def _told_by(self, column: str) -> list[Relation]:
        """The tables that tell of a column, without commands and second opinions; the plainest first."""
        tables = (*self._kb.primary, *self._kb.of_kind("default"))
        return sorted((r for r in tables if column in r.columns), key=lambda r: _remoteness(r, column))

    def _beside(self, subject: Given, places: tuple[Given, ...]) -> Iterator[Beside]:
        for relation in self._told_by(subject.column):
            rows, _ = self._joins.rows(relation, (subject, *places))
            for column in self._others(relation, subject.column, places) if rows else ():
                told = Evidence(relation, rows)
                dispute = self._joins.disputes.of_list(
                    relation, column, Constraint(), (subject,), self._joins.values(rows, column)
                )
                yield Beside(column, told, None if places or _is_bound(rows, column) else dispute)

    def _others(self, relation: Relation, column: str, places: tuple[Given, ...] = ()) -> tuple[str, ...]:
        """What a table tells of a column: its last other one, the rest says where; else where alone."""
        given = {place.column for place in places}
        rest = [c for c in relation.columns if c != column and c not in given]
        things = [c for c in rest if c not in self._kb.qualifiers]
        return tuple(things[-1:] or rest[-1:])

    def _commands(self, subject: Given, places: tuple[Given, ...]) -> Iterator[Command]:
        """The command of choice first, then those for each other build."""
        if subject.column not in self._installer.subjects:
            return
        texts: set[str] = set()
        for extra in ((), *self._builds(subject)):
            command = self._installer.exact((subject, *places, *extra))
            if command is not None and command.text not in texts and len(texts) < MOST_COMMANDS:
                texts.add(command.text)
                yield command

    def _builds(self, subject: Given) -> Iterator[tuple[Given, ...]]:
        """What commands for the subject differ in, beside the place: newest versions first, then names."""
        for relation in self._kb.of_kind("command"):
            rows, _ = self._joins.rows(relation, (subject,))
            for column in relation.columns[1:] if subject.column == relation.columns[0] else ():
                if column not in relation.table.prefer:
                    entries = self._joins.entries(rows, column)
                    yield from ((as_given(column, entry),) for entry in reversed(entries))


def _is_bound(rows: tuple[Row, ...], column: str) -> bool:
    return any(isinstance(row.cells.get(column), Bounds) for row in rows)


def _remoteness(relation: Relation, column: str) -> int:
    """Pairs are nearest, then details, then what holds under a condition, then what others accept."""
    table = relation.table
    if table.relation == "requirement" and column != table.columns[0]:
        return 3
    return 2 if table.holds == "conditional" else int(table.relation == "default" or bool(table.tells))


def _first(facts: Iterable[Fact], topic: str) -> tuple[Fact, ...]:
    """Facts of one topic before the others."""
    return tuple(sorted(facts, key=lambda fact: fact.topic != topic))
