"""Entries of the inbox as tests need them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

from bot.storage import Entry, Note, RememberedQuestion, Store, open_store
from bot.storage.opening import upgrade_database

_numbers = count(1)


@asynccontextmanager
async def upgraded(url: str, now: Callable[[], float] | None = None) -> AsyncIterator[Store]:
    """A store whose tables are of this program, as after `bot db upgrade`."""
    await upgrade_database(url)
    async with open_store(url, now=now) as store:
        yield store


async def note(store: Store, *notes: Note, team: str = "T1") -> None:
    """Close an event of a workspace with these notes."""
    await store.inbox.accept(entry(next(_numbers), team=team, channel="C-noting"))
    (claimed,) = await store.inbox.claim("noting", 1, 30)
    assert await store.inbox.finish("noting", claimed, "answered", notes=notes)


async def asked_before(
    store: Store, team: str, channel: str, thread_ts: str | None, message_ts: str
) -> RememberedQuestion | None:
    """What was asked before a message."""
    return (await store.recall(team, channel, thread_ts, message_ts)).before


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
