"""Tells the fact that is asked for, and whether it says yes or no to what is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.answering.answers import NoAnswer, Outcome, Told
from bot.answering.clarifying import Clarifier
from bot.answering.milestones import has_function
from bot.answering.solvers import Solvers
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact, Floor
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given, Question

WHETHER: Final = frozenset({"yesno", "works", "fails"})
WHICH: Final = frozenset({"which", "how", "why", "list", "need"})
MARKS: Final = ("?", "？")
MUST: Final = frozenset({"need", "yesno"})
OTHERWISE: Final = frozenset({"negative", "why", "which", "how", "except"})
NEAR: Final = 0.9
"""A fact whose score is no less than this part of the best one's stands beside it."""


class FactTeller:
    """Knows the facts, and which of them state the least machine that a thing runs on."""

    def __init__(self, kb: KnowledgeBase, solvers: Solvers, clarifier: Clarifier) -> None:
        self._kb = kb
        self._lookups = solvers.lookups
        self._clarifier = clarifier
        self._facts = {fact.id: fact for fact in kb.facts}
        self._unneeded = {product.unneeded for product in kb.products.values() if product.unneeded}
        stated = [fact for fact in kb.facts if fact.floor is not None]
        self._floors = {fact.about: fact for fact in stated if fact.floor and fact.about != fact.floor.column}

    def answer(self, question: Question) -> Outcome:
        """The best fact, with others that are nearly as good; else what a release that is named brought."""
        if not question.facts:
            given = next((g for g in reversed(question.given) if isinstance(g.constraint, Constraint)), None)
            told = self._clarifier.told_of(question, given) if given else None
            return told or NoAnswer(question, "not_recorded", given)
        best, *others = question.facts
        related = [self._facts[hit.fact] for hit in others if hit.score >= best.score * NEAR]
        return self.tell(question, self._facts[best.fact], related)

    def tell(self, question: Question, fact: Fact, related: Sequence[Fact] = ()) -> Told:
        """A fact, or the one about the same product that says whether the machine that is given will do."""
        stated = fact if fact.floor is not None else self._floors.get(fact.about)
        whether = not question.cues.isdisjoint(WHETHER) or question.text.rstrip().endswith(MARKS)
        asks = whether and question.cues.isdisjoint(WHICH)
        holds = self._will_do(question, stated.floor) if asks and stated and stated.floor else None
        if stated is None or holds is None:
            return Told(question, fact, tuple(related), self._judged(question, fact))
        beside = dict.fromkeys(other.id for other in (fact, *related) if other is not stated)
        return Told(question, stated, tuple(self._facts[name] for name in beside), holds)

    def below(self, question: Question) -> Told | None:
        """That something named does not run on the machine that is given, whatever is asked about the two."""
        for slug in dict.fromkeys((*question.want, *question.about, *(g.column for g in question.given))):
            stated = self._floors.get(slug)
            if stated is not None and stated.floor and self._will_do(question, stated.floor) is False:
                return Told(question, stated, (), False)
        return None

    def _judged(self, question: Question, fact: Fact) -> bool | None:
        """What a fact says to a plain question: a thing need not be there, a release has a function."""
        if fact.id in self._unneeded and question.cues >= MUST and question.cues.isdisjoint(OTHERWISE):
            return False
        return has_function(question, fact)

    def _will_do(self, question: Question, floor: Floor) -> bool | None:
        """Whether what is given reaches a floor; None where it is not certain."""
        least = Number.parse(floor.least)
        sure = Number.parse(floor.sure) if floor.sure else least
        values = [number for given in question.given for number in self._values(floor.column, given)]
        if values and max(values) < least:
            return False
        return True if values and min(values) >= sure else None

    def _values(self, column: str, given: Given) -> tuple[Number, ...]:
        """The versions of a column that something given has: of a GPU, its compute capability."""
        if given.column != column:
            return () if given.column in self._kb.qualifiers else self._lookups.values(column, (given,))
        exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
        return (exact,) if exact is not None else ()
