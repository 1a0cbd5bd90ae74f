"""The understanding of the real knowledge, and short ways to look at what it read."""

from __future__ import annotations

from functools import cache

from bot.understanding.question import Question, Reading
from bot.understanding.understand import Understanding
from tests.questions.cases import pipeline


@cache
def understanding() -> Understanding:
    """Compiled once."""
    return Understanding(pipeline().kb)


def read(text: str) -> tuple[Reading, ...]:
    """The readings of a message, one for each question in it."""
    return understanding().read(text)


def question(text: str) -> Question:
    """The best reading of the first question."""
    return read(text)[0].questions[0]


def given(text: str) -> dict[str, list[str]]:
    """The givens of the first question: column to constraints, in order."""
    found: dict[str, list[str]] = {}
    for item in question(text).given:
        found.setdefault(item.column, []).append(str(item.constraint))
    return found


def names(text: str) -> set[str]:
    """Every product or attribute that the first question names."""
    asked = question(text)
    return {*asked.want, *asked.about, *(item.column for item in asked.given)}
