"""Entries of the inbox as tests need them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.storage import Entry, Store, open_store
from bot.storage.opening import upgrade_database


@asynccontextmanager
async def upgraded(url: str, now: Callable[[], float] | None = None) -> AsyncIterator[Store]:
    """A store whose tables are of this program, as after `bot db upgrade`."""
    await upgrade_database(url)
    async with open_store(url, now=now) as store:
        yield store


def entry(number: int = 1, *, team: str = "T1", channel: str = "C1", person: str = "U1") -> Entry:
    """A question, the `number`th of its channel."""
    return Entry(
        event_id=f"Ev-{team}-{channel}-{number}",
        team=team,
        enterprise="",
        subject=f"{channel}/{number}",
        lane=f"{team}/{channel}",
        kind="asked",
        channel=channel,
        person=person,
        payload=f"text {number}",
    )
