"""Every dated row of the gathered history is a fact that people can ask for, in both languages."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Final

import pytest

from bot.knowledge.models import Fact
from tests.coverage.figures import Figures, figures
from tests.questions.cases import pipeline

ROWS: Final = figures("history")
TABLE: Final = "table:"
DAYS_APART: Final = 7
LEADING: Final = 0.95


@cache
def facts() -> dict[str, Fact]:
    """The facts by id."""
    return {fact.id: fact for fact in pipeline().kb.facts}


def told_by(row: Figures) -> list[Fact]:
    """The facts that cover a row."""
    return [facts()[name] for name in row["fact"].split()]


@cache
def packed(text: str) -> str:
    """A text without its white space: a reply breaks a fact into lines."""
    return "".join(text.split())


@cache
def leads(phrase: str, fact_id: str) -> bool:
    """Whether the reply to a phrase holds the fact's text, in the language of the phrase or its default."""
    said = packed(pipeline().plain(pipeline().ask(phrase)))
    return any(packed(text) in said for text in facts()[fact_id].text.values())


def words_of(fact: Fact) -> str:
    """All that a fact says, with what a losing source says."""
    disputed = fact.disputed.text["en"] if fact.disputed else ""
    return f"{fact.text['en']} {disputed}"


def same_version(asked: str, fact: Fact) -> bool:
    """Whether a fact is about a version, or names it."""
    series = re.escape(re.sub(r"(\.0)+$", "", asked))
    named = re.search(rf"(?<![\d.]){series}(?!\d)", words_of(fact))
    return named is not None or (fact.version or "").startswith(asked)


def same_date(asked: str, fact: Fact) -> bool:
    """Whether a fact has the date (an announcement may be days apart), names its year, or disputes it."""
    own = fact.date or ""
    if own and (own.startswith(asked) or asked.startswith(own)):
        return True
    if len(own) == len(asked) == len("2026-11-23"):
        days = abs((date.fromisoformat(own) - date.fromisoformat(asked)).days)
        return days <= DAYS_APART or asked[:4] in words_of(fact)
    return asked[:4] in words_of(fact) or (fact.disputed is not None and fact.disputed.source == "book")


FACT_ROWS: Final = [row for row in ROWS if not row["fact"].startswith(TABLE)]
TABLE_ROWS: Final = [row for row in ROWS if row["fact"].startswith(TABLE)]


@pytest.mark.parametrize("row", FACT_ROWS, ids=lambda row: row["id"])
def test_a_row_of_history_is_told_with_its_version_and_date(row: Figures) -> None:
    """The facts are there in both languages, and agree in version and date."""
    found = told_by(row)
    assert found
    assert all({"en", "zh"} <= set(fact.text) for fact in found)
    assert not row["version"] or any(same_version(row["version"], fact) for fact in found)
    assert not row["date"] or any(same_date(row["date"], fact) for fact in found)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("row", FACT_ROWS, ids=lambda row: row["id"])
def test_a_row_of_history_can_be_asked_for(row: Figures, lang: str) -> None:
    """At least one key phrase of each fact leads to it in each language."""
    assert [f.id for f in told_by(row) if not any(leads(phrase, f.id) for phrase in f.asked[lang])] == []


@pytest.mark.parametrize("row", TABLE_ROWS, ids=lambda row: row["id"])
def test_a_row_of_the_books_table_is_a_row_of_ours(row: Figures) -> None:
    """What the book lists for a CUDA stands in the book's own table, told where official pages differ."""
    relation = pipeline().kb.relations[row["fact"].removeprefix(TABLE)]
    assert row["version"] in {str(number) for number in relation.values("cuda")}


def test_every_row_of_history_is_there_once() -> None:
    """The mapping has no hole and no row twice."""
    assert [row["id"] for row in ROWS] == [f"H{number:03}" for number in range(1, len(ROWS) + 1)]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_key_phrases_lead_to_their_fact(lang: str) -> None:
    """Nearly every key phrase of every fact gives a reply that holds the fact."""
    asked = [(phrase, fact.id) for fact in facts().values() for phrase in fact.asked[lang]]
    astray = [(fact, phrase) for phrase, fact in asked if not leads(phrase, fact)]
    assert len(astray) <= (1 - LEADING) * len(asked), astray


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_fact_can_be_asked_for(lang: str) -> None:
    """No fact is there in vain, whether a row of history asks for it or not."""
    silent = [f.id for f in facts().values() if not any(leads(phrase, f.id) for phrase in f.asked[lang])]
    assert silent == []
