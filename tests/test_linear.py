"""No text costs more time than its length, though it is made to cost time."""

from __future__ import annotations

from typing import Final

import pytest

from tests.adversarial import NAMES, adversarial
from tests.benchmarks.pace import pace
from tests.benchmarks.timing import best_time
from tests.questions.cases import pipeline

pytestmark = pytest.mark.timed
SHORT: Final = 1_000
LONG: Final = 8_000
TRIES: Final = 3
MOST: Final = 0.05
"""Seconds for a text of the greatest length that is read, on a machine at its usual pace."""
SLACK: Final = 0.004
"""Seconds by which times of a few milliseconds may differ by chance."""


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    pipeline().warm()


@pytest.mark.parametrize("name", NAMES)
def test_time_grows_no_faster_than_the_length(name: str) -> None:
    """Eight times the text takes some eight times as long, not 64 times (a busy machine: tried again)."""
    assert any(_grows_evenly(name) for _ in range(TRIES))


def _grows_evenly(name: str) -> bool:
    short, long = (best_time(pipeline(), adversarial(name, size)) for size in (SHORT, LONG))
    return long <= 16 * short + SLACK


@pytest.mark.parametrize("name", NAMES)
def test_the_longest_text_takes_fifty_milliseconds_at_most(name: str) -> None:
    """Nothing of 40,000 characters holds the bot up; a machine that is slow just now gets as much longer."""
    assert any(_is_in_time(name) for _ in range(TRIES))


def _is_in_time(name: str) -> bool:
    before = pace()
    taken = best_time(pipeline(), adversarial(name))
    return taken <= MOST * max(1.0, before, pace())
