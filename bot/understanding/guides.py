"""Chooses a fact where tables would answer another question: for what they have no builds of, or no rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Value
from bot.knowledge.versions import Constraint
from bot.understanding.filled import Slots
from bot.understanding.question import FactHit, Given, Question, Reading
from bot.understanding.retrieval import Ranked
from bot.understanding.rules import MOST

TABLED: Final = frozenset({"lookup", "check", "install", "recommend", "topic", "list", "none"})
VAGUE: Final = frozenset({"topic", "none"})
LISTING: Final = frozenset({"list", "topic"})
INSTALLING: Final = frozenset({"install", "recommend", "lookup"})
BESIDE: Final = frozenset({"install", "recommend", "lookup", "check"})
ASKING: Final = ("which", "need", "install", "version", "works", "newest", "oldest")
IN_PASSING: Final = frozenset({"chat", "pronoun", "also", "except", "negative"})
SOME: Final = 2
MANY: Final = 4
SAID: Final = 0.6
SURE: Final = 0.7
KEYED: Final = 0.5
"""What a word that points to a fact is worth by itself."""
LEAST: Final = 0.4
CLOSE: Final = 0.45
"""A fact that is so near to what is asked comes before the general one."""


class Guides:
    """Knows which things have their builds elsewhere, and which products no table has."""

    def __init__(self, kb: KnowledgeBase, installable: frozenset[str]) -> None:
        self._kb = kb
        self._installable = installable
        self._about = {fact.id: fact.about for fact in kb.facts}
        self._keys = {fact.id: fact.keys for fact in kb.facts}
        self._tools = frozenset(key for keys in self._keys.values() for key in keys)

    def told(self, question: Question, slots: Slots, ranked: Ranked) -> Question | None:
        """The question for a fact instead of one for tables; None where the tables are right.

        So it is for a thing whose builds no table has (NVIDIA's own for a Jetson), for one that is on no
        record, and for a product that no table has. Facts are ranked only where one is wanted.
        """
        if question.intent not in TABLED:
            return None
        general = () if slots.rivals or slots.strange else tuple(self._general(question))
        if question.intent in VAGUE and slots.unexplained > (SOME if slots.cues <= IN_PASSING else MANY):
            general = ()  # a thing in passing
        strange = any(map(self._is_strange, question.given)) and not self.is_tabled(question)
        if general or strange or slots.outside:
            least = CLOSE if general or slots.unexplained > MOST else LEAST
            near = (hit for hit in ranked.hits if hit.score >= least)
            if not (general or strange):
                near = (hit for hit in near if self._about[hit.fact] in slots.outside)
            facts = (*near, *general)
            if not facts and (slots.unexplained < SOME or slots.has(*ASKING)):
                facts = self._first_about(slots.outside)
        elif slots.unexplained >= SOME and question.intent in BESIDE:
            least = SAID if slots.unexplained <= MOST else SURE
            facts = tuple(hit for hit in ranked.hits if hit.score >= least)
        elif question.intent in INSTALLING and self._names_tool(question, slots):
            facts = tuple(hit for hit in ranked.hits if self._points_to(question, hit))
        else:
            facts = ()
        if not facts:
            return None
        trace = (*question.trace, "fact of what no table has")
        return replace(question, intent="history", want=(), about=(), facts=facts, trace=trace)

    def _names_tool(self, question: Question, slots: Slots) -> bool:
        """Whether a word may stand there that points to a fact: with what it is to be installed, or where."""
        return slots.unexplained > 0 or not self._tools.isdisjoint(question.text.lower().split())

    def _points_to(self, question: Question, hit: FactHit) -> bool:
        """Whether a word of the question itself points to a fact that can be installed."""
        text = question.text.lower()
        told = hit.score >= KEYED and self._about[hit.fact] in self._installable
        return told and any(key in text for key in self._keys[hit.fact])

    def _first_about(self, products: Iterable[str]) -> tuple[FactHit, ...]:
        """The first fact about a product on its page: what one should know of it."""
        found = (fact for product in products for fact, about in self._about.items() if about == product)
        first = next(found, None)
        return (FactHit(first, LEAST),) if first else ()

    def leaves(self, question: Question, slots: Slots) -> bool:
        """Whether what tables tell is worth saying beside the fact: of a product, not whether it fits."""
        if any(self._is_strange(g) or self._guide(g) for g in question.given):
            return False
        if slots.outside:
            return question.intent in INSTALLING and bool(question.given)
        return question.intent != "install" or bool(question.given)

    def follows(self, questions: Sequence[Question]) -> bool:
        """Whether the fact stands behind what tables tell: where they tell of versions that are given.

        Where several things are, and what is wanted is in no table (a library around torch), the fact tells
        more.
        """
        return any(
            question.intent in ("check", "lookup", "recommend") and not self._is_beside(question)
            for question in questions
        )

    def _is_beside(self, question: Question) -> bool:
        several = len({given.column for given in question.given}) > 1
        return several and bool(question.want) and not any(map(self._kb.routes.tables, question.want))

    def narrowed(self, readings: list[Reading]) -> list[Reading]:
        """Without plain requests to install, where another part says that it is for what no table has.

        Nor is a product listed beside a project that nobody here knows: what else goes with that is meant.
        """
        if any(r.questions[0].intent == "project" for r in readings):
            readings = [r for r in readings if r.questions[0].intent not in LISTING]
        questions = [question for reading in readings for question in reading.questions]
        if not any(self._guide(given) for question in questions for given in question.given):
            return readings
        return [r for r in readings if r.questions[0].intent != "install" or r.questions[0].given] or readings

    def _general(self, question: Question) -> Iterator[FactHit]:
        """The facts that tell what to install on the things that are given, where that is asked."""
        asked = {*question.want, *question.about, *(given.column for given in question.given)}
        told: Iterable[str | None] = ()
        if question.intent in VAGUE and not any(isinstance(g.constraint, Constraint) for g in question.given):
            told = (value.told_by for value in self._values(question.given))
        elif question.intent == "check":
            told = (self._guide(given) for given in question.given if given.column in self._kb.qualifiers)
        elif question.intent in ("install", "recommend") or (
            question.intent == "lookup" and not asked.isdisjoint(self._installable)
        ):
            told = map(self._guide, question.given)
        yield from (FactHit(fact, CLOSE) for fact in dict.fromkeys(filter(None, told)))

    def _values(self, givens: Iterable[Given]) -> Iterator[Value]:
        for given in givens:
            if isinstance(given.constraint, str) and not self._is_strange(given):
                yield self._kb.attributes[given.column].values[given.constraint]

    def _guide(self, given: Given) -> str | None:
        """The fact about a thing whose builds are elsewhere."""
        return next((value.told_by for value in self._values((given,)) if value.elsewhere), None)

    def _is_strange(self, given: Given) -> bool:
        """Whether a thing is on no record."""
        if not isinstance(given.constraint, str):
            return False
        return given.constraint not in self._kb.attributes[given.column].values

    def is_tabled(self, question: Question) -> bool:
        """Whether a version alone tells what is looked up."""
        versions: Sequence[str] = [g.column for g in question.given if not isinstance(g.constraint, str)]
        direct = self._kb.routes.direct
        return question.intent == "lookup" and any(direct(w, c) for w in question.want for c in versions)
