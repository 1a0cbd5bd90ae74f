"""Looking for work stays quick when much of it waits, as in a burst."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.storage import Counted
from tests.storage.support import entry, upgraded

CHANNELS = 50
BACKLOG = 3_000
LOOKS = 10
SECONDS = 1.0
"""A plan that looks for the oldest once more for every event that waits takes half of it for one look."""


@pytest.mark.timed
async def test_a_look_goes_through_what_waits_once(database_url: str) -> None:
    """Though the database knows nothing yet of how full the table got."""
    async with upgraded(database_url) as store:
        for first in range(0, BACKLOG, 100):
            new = [entry(number, channel=f"C{number % CHANNELS}") for number in range(first, first + 100)]
            await asyncio.gather(*map(store.inbox.accept, new))
        start = time.perf_counter()
        for _ in range(LOOKS):
            assert len(await store.inbox.claim("me", 4, 30, counted=Counted(("asked",), 60))) == 4
        assert time.perf_counter() - start < SECONDS
