"""Processes write that they are there."""

from __future__ import annotations

from tests.storage.support import upgraded


async def test_processes_are_counted_until_they_leave_or_fall_silent(database_url: str) -> None:
    """Each once, however often it writes."""
    now = [1_800_000_000.0]
    async with upgraded(database_url, lambda: now[0]) as store:
        for name in ("one", "two", "three", "one"):
            await store.processes.beat(name)
        assert await store.processes.count() == 3
        await store.processes.leave("two")
        assert await store.processes.count() == 2
        now[0] += 61
        await store.processes.beat("one")
        assert await store.processes.count() == 1
