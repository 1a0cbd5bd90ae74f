"""A state of the knowledge has a name, and an age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.revision import LENGTH, checked_age, revision_of
from tests.questions.cases import pipeline


def page(folder: Path, name: str, text: str) -> Path:
    """A folder with one page more."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder


def test_same_pages_have_the_same_name_anywhere(tmp_path: Path) -> None:
    """Two replicas with the same knowledge tell so, wherever it lies and whenever it was copied."""
    one, other = (page(tmp_path / name, "facts/a.yaml", "a: 1") for name in ("one", "other"))
    assert revision_of([one]) == revision_of([other])
    assert len(revision_of([one])) == LENGTH


@pytest.mark.parametrize(("name", "text"), [("facts/a.yaml", "a: 2"), ("facts/b.yaml", "a: 1")])
def test_other_pages_have_another_name(tmp_path: Path, name: str, text: str) -> None:
    """A changed content, and a changed name."""
    one = page(tmp_path / "one", "facts/a.yaml", "a: 1")
    assert revision_of([one]) != revision_of([page(tmp_path / "other", name, text)])


def test_order_of_folders_counts(tmp_path: Path) -> None:
    """The later one wins, so that the order is part of the state."""
    one, other = page(tmp_path / "one", "a.yaml", "a: 1"), page(tmp_path / "other", "a.yaml", "a: 2")
    assert revision_of([one, other]) != revision_of([other, one])


def kb_checked(*days: date) -> KnowledgeBase:
    """The real base, its sources checked on these days."""
    kb = pipeline().kb
    source = next(iter(kb.sources.values()))
    copies = {str(day): source.model_copy(update={"checked": day}) for day in days}
    return replace(kb, sources=copies)


def test_age_is_that_of_the_newest_check() -> None:
    """From the beginning of its day."""
    kb = kb_checked(date(2026, 1, 1), date(2026, 1, 9))
    assert checked_age(kb, datetime(2026, 1, 10, 6, tzinfo=UTC)) == timedelta(days=1, hours=6)


def test_day_to_come_is_no_age() -> None:
    """East of UTC a day begins earlier."""
    assert checked_age(kb_checked(date(2026, 1, 2)), datetime(2026, 1, 1, 20, tzinfo=UTC)) == timedelta()


def test_without_sources_there_is_no_age() -> None:
    """An empty base is no error."""
    assert checked_age(kb_checked(), datetime(2026, 1, 1, tzinfo=UTC)) == timedelta()
