"""What a join may reach is found by series and by release."""

from __future__ import annotations

import pytest

from bot.knowledge.reach import Reach
from bot.knowledge.versions import Number


@pytest.mark.parametrize(
    ("entry", "is_in"),
    [
        ("1.7.0", True),
        ("1.7", True),
        ("1", True),
        ("2.0.1", True),
        ("1.7.1", False),
        ("1.70", False),
        ("3", False),
    ],
)
def test_a_series_reaches_its_releases_and_a_release_its_series(entry: str, *, is_in: bool) -> None:
    """1.7 is reached where 1.7.0 is, and 2.0.1 where 2.0 is."""
    reach = Reach([Number.parse("1.7.0"), Number.parse("2.0")])
    assert (Number.parse(entry) in reach) is is_in


def test_names_reach_themselves() -> None:
    """A name is there or not."""
    assert ("linux" in Reach(["linux"]), "mac" in Reach(["linux"])) == (True, False)
