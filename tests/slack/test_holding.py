"""A process speaks for a piece of work only while it surely holds it."""

from __future__ import annotations

import time

import pytest

from bot.slack.holding import Hold, LeaseLostError

LEASE = 30.0


def hold(left: float) -> Hold:
    """A hold with so many seconds left."""
    return Hold(LEASE, time.monotonic() + left)


def test_a_fresh_hold_is_sure() -> None:
    """And raises nothing."""
    assert hold(LEASE).is_sure
    hold(LEASE).check()


@pytest.mark.parametrize("left", [-1.0, LEASE / 8])
def test_a_hold_that_is_over_or_nearly_so_is_not(left: float) -> None:
    """What begins now might end after another process has begun the same."""
    assert not hold(left).is_sure
    with pytest.raises(LeaseLostError):
        hold(left).check()
