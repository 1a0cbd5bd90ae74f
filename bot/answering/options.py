"""The ways that are offered to make a question definite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.understanding.question import Given

OptionKind = Literal[
    "latest",
    "releases",
    "install",
    "describe",
    "when",
    "match",
    "value",
    "exact",
    "match_newest",
    "overview",
    "overview_of",
    "fact",
]


@dataclass(frozen=True, slots=True)
class Option:
    """A way to make a question definite; presenting words it."""

    kind: OptionKind
    product: str
    version: str = ""
    other: str = ""
    others: tuple[Given, ...] = ()
