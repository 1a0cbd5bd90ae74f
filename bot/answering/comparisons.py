"""The outcomes of questions that set products, or releases of one, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.knowledge.models import Fact, Product
from bot.knowledge.versions import Number
from bot.understanding.question import Question

if TYPE_CHECKING:
    from bot.answering.answers import Evidence


@dataclass(frozen=True, slots=True)
class Comparison:
    """Products side by side, with the fact that contrasts them, if there is one."""

    question: Question
    products: tuple[Product, ...]
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class ReleaseComparison:
    """Releases of one product side by side, ascending, each with its day.

    `beside` are columns with the versions that go with each release; `holds` tells whether one release is
    newer, or older, than the other, where that is asked.
    """

    question: Question
    product: Product
    releases: tuple[tuple[Number, str | None], ...]
    beside: tuple[tuple[str, tuple[tuple[Number, ...], ...]], ...]
    evidence: tuple[Evidence, ...] = ()
    holds: bool | None = None
