"""A rush is a rate of events, however often one looks."""

from __future__ import annotations

import pytest

from bot.slack.rush import LEAST_SECONDS, RUSH_PER_SECOND, Rush


class Clock:
    """A clock that a test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


@pytest.mark.parametrize("pause", [LEAST_SECONDS, 0.1, 1.0])
@pytest.mark.parametrize(("share", "rush"), [(0.8, False), (1.2, True)])
def test_the_rate_counts_and_not_how_long_one_looked_away(pause: float, share: float, rush: bool) -> None:
    """Or a rush, in which looks are seldom, would never be over."""
    clock = Clock()
    counting = Rush(clock)
    for _ in range(3):
        clock.seconds += pause
        for _ in range(round(RUSH_PER_SECOND * share * pause)):
            counting.arrive()
        assert counting.look() is rush


def test_few_events_at_the_same_moment_are_no_rush() -> None:
    """Two looks may follow each other at once."""
    counting = Rush(Clock())
    counting.look()
    counting.arrive()
    assert counting.look() is False
