"""Which sources want a new look, and what rests on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.staleness import BadPeriod, StaleSource, parse_period, stale_sources
from tests.questions.cases import pipeline

TODAY = date(2026, 11, 23)


def checked(**days: date) -> KnowledgeBase:
    """The real knowledge, checked today but for some sources (`_` stands for `-`)."""
    kb = pipeline().kb
    by_slug = {slug.replace("_", "-"): day for slug, day in days.items()}
    sources = {n: s.model_copy(update={"checked": by_slug.get(n, TODAY)}) for n, s in kb.sources.items()}
    return replace(kb, sources=sources)


def one(kb: KnowledgeBase, older_than: str = "180d") -> StaleSource:
    """The only stale source."""
    (found,) = stale_sources(kb, parse_period(older_than), TODAY)
    return found


@pytest.mark.parametrize(
    ("text", "days"), [("180d", 180), ("2w", 14), ("6m", 180), ("1y", 365), (" 30D ", 30), ("0d", 0)]
)
def test_a_period_is_read(text: str, days: int) -> None:
    """Days, weeks, months of 30 days, years of 365."""
    assert parse_period(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "180", "d", "-1d", "1.5y", "1 d", "9999999d", "١d"])
def test_what_is_no_period_is_refused(text: str) -> None:
    """The message shows how to write one."""
    with pytest.raises(BadPeriod, match="180d"):
        parse_period(text)


def test_what_rests_on_a_source_is_named() -> None:
    """Tables with the lines of their rows, facts and products."""
    found = one(checked(book=date(2026, 1, 1)))
    assert found.slug == "book"
    assert found.days == (TODAY - date(2026, 1, 1)).days
    assert found.tables == ("torch-cuda-book",)
    assert len(found.rows["torch-cuda-book"]) == len(pipeline().kb.relations["torch-cuda-book"].rows)
    assert found.rows["torch-cuda-book"] == tuple(sorted(found.rows["torch-cuda-book"]))


def test_a_losing_source_of_a_fact_rests_on_it_too() -> None:
    """What the book says instead must be looked at again as well."""
    disputed = {fact.id for fact in pipeline().kb.facts if fact.disputed and fact.disputed.source == "book"}
    assert disputed
    assert disputed <= set(one(checked(book=date(2026, 1, 1))).facts)


def test_the_oldest_comes_first() -> None:
    """By days, then by name."""
    kb = checked(book=date(2026, 1, 2), th_names=date(2026, 1, 1), pytorch_previous=date(2026, 1, 2))
    found = [stale.slug for stale in stale_sources(kb, timedelta(days=180), TODAY)]
    assert found == ["th-names", "book", "pytorch-previous"]


@pytest.mark.parametrize(("days", "stale"), [(180, False), (181, True)])
def test_exactly_that_old_is_not_older(days: int, stale: bool) -> None:
    """The bound itself passes."""
    kb = checked(book=TODAY - timedelta(days=days))
    assert bool(stale_sources(kb, parse_period("180d"), TODAY)) is stale
