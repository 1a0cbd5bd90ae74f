"""No text costs more time than its length: 40,000 characters that are made to cost time, each by itself."""

from __future__ import annotations

from typing import Final

import pytest

from tests.adversarial import NAMES, adversarial
from tests.benchmarks.timing import best_time
from tests.questions.cases import pipeline

LIMIT: Final = 0.05
"""Seconds for a text of the greatest length that is read."""

SHORT: Final = 2_500
LONG: Final = 20_000
SLACK: Final = 0.004
"""Seconds by which times of a few milliseconds may differ by chance."""


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    pipeline().warm()


@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_the_greatest_length_is_answered_in_50_milliseconds(name: str) -> None:
    """Whatever is repeated, the whole answer takes no longer."""
    assert best_time(pipeline(), adversarial(name)) <= LIMIT


@pytest.mark.parametrize("name", NAMES)
def test_time_grows_no_faster_than_the_length(name: str) -> None:
    """Eight times the text takes about eight times as long (a busy machine: some more), not 64 times."""
    short, long = (best_time(pipeline(), adversarial(name, size)) for size in (SHORT, LONG))
    assert long <= 24 * short + SLACK
