"""The facts that date a product: what a release of it brought, when it began, which release is its newest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Fact
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Question

WHETHER: Final = "yesno"
CAME: Final = "feature"


class Milestones:
    """Looks facts up by the product and the version that they are about, without any words."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._by_product: dict[str, list[Fact]] = defaultdict(list)
        for fact in kb.facts:
            self._by_product[fact.about].append(fact)

    def of_releases(self, product: str, releases: Iterable[tuple[Number, str | None]]) -> Fact | None:
        """The one fact that announces one of these releases; None where there is none, or more than one."""
        versions = {str(number) for number, _ in releases}
        own = self._by_product.get(product, ())
        found = [fact for fact in own if fact.topic == "release" and fact.version in versions]
        return found[0] if len(found) == 1 else None

    def of_version(self, product: str, asked: Constraint) -> Fact | None:
        """The fact about a version that no table may know (a planned one); its release before others."""
        own = self._by_product.get(product, ())
        versions = {fact.version for fact in own if fact.version}
        fitting = {text for text in versions if asked.match(Number.parse(text)) is not Match.NO}
        found = [fact for fact in own if fact.version in fitting]
        announced = [fact for fact in found if fact.topic == "release"]
        return next(iter(announced or found), None)

    def between(self, columns: Collection[str]) -> Fact | None:
        """The fact that stands in for what tables may lack between some of these columns."""
        own = (fact for column in columns for fact in self._by_product.get(column, ()))
        return next((fact for fact in own if not set(fact.instead).isdisjoint(columns)), None)

    def of_product(self, product: str, *, newest: bool) -> Fact | None:
        """The fact about the newest release, or the beginning, of a product without releases on record."""
        own = [fact for fact in self._by_product.get(product, ()) if fact.date]
        if newest:
            versioned = [(Number.parse(fact.version), fact.id, fact) for fact in own if fact.version]
            return max(versioned)[-1] if versioned else None
        begun = [(fact.date or "", fact.id, fact) for fact in own if fact.topic in ("origin", "release")]
        return min(begun)[-1] if begun else None


def has_function(question: Question, fact: Fact) -> bool | None:
    """Whether the release that is given has the function that a fact says came with another."""
    own = next((g.constraint for g in question.given if g.column == fact.about), None)
    exact = own.exact if isinstance(own, Constraint) else None
    asks = question.identifiers and WHETHER in question.cues and "ended" not in question.cues
    if not asks or exact is None or fact.version is None or fact.topic != CAME:
        return None
    since = Number.parse(fact.version)
    return exact >= since or since.within(exact)
