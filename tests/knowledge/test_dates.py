"""Days that have not come yet are told, with allowance for where the day begins first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.knowledge.dates import verify_dates
from bot.knowledge.document import Document
from bot.knowledge.loader import Draft
from bot.knowledge.models import Source

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "is_told"),
    [(date(2026, 3, 9), False), (date(2026, 3, 10), False), (date(2026, 3, 11), True)],
)
def test_tomorrow_has_come_somewhere(day: date, *, is_told: bool) -> None:
    """At noon UTC it is tomorrow in the Pacific; a maintainer there is not wrong."""
    draft = Draft()
    draft.sources["s"] = Source(title="S", checked=day)
    draft.place("source", "s", Document(Path("none.yaml"), None, {}), ("sources", "s"))
    verify_dates(draft, NOW)
    assert bool(draft.problems) is is_told
