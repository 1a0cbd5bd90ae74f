"""What answers are worked out with: joins, commands, lookups, checks, sets, recommendations, ways out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.answering.checking import CheckAnswerer
from bot.answering.install import Installer
from bot.answering.joins import Joins
from bot.answering.lookup import LookupAnswerer
from bot.answering.recommending import Recommender
from bot.answering.sets import SetAnswerer
from bot.answering.ways_out import WaysOut
from bot.knowledge.base import KnowledgeBase


@dataclass(frozen=True, slots=True)
class Solvers:
    """One of each, over one knowledge base."""

    joins: Joins
    installer: Installer
    lookups: LookupAnswerer
    checks: CheckAnswerer
    sets: SetAnswerer
    recommender: Recommender
    ways_out: WaysOut

    @classmethod
    def over(cls, kb: KnowledgeBase) -> Self:
        """Make them for a knowledge base."""
        joins = Joins(kb)
        installer = Installer(joins)
        lookups = LookupAnswerer(joins, installer)
        recommender = Recommender(joins, lookups, installer)
        return cls(
            joins,
            installer,
            lookups,
            CheckAnswerer(joins, lookups, installer),
            SetAnswerer(joins, lookups, installer),
            recommender,
            WaysOut(joins.kb, installer, lookups, recommender),
        )
