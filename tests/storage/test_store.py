"""The store keeps its word: one claim per question, one reply per message, across tasks and restarts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage import RememberedReply, StorageError, Store, open_store

MEMORY = "sqlite+aiosqlite:///:memory:"


@pytest.fixture(params=["memory", "file"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both kinds of SQLite database: they differ in how connections are shared."""
    return MEMORY if request.param == "memory" else f"sqlite:///{tmp_path}/state/bot.db"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store."""
    async with open_store(database_url) as opened:
        yield opened


async def test_first_claim_wins(store: Store) -> None:
    """The same event claimed again is refused."""
    assert await store.claim("Ev1", "C1", "1.1")
    assert not await store.claim("Ev1", "C1", "1.1")


async def test_claim_by_event_id_alone(store: Store) -> None:
    """A redelivery under another timestamp is still the same event."""
    assert await store.claim("Ev1", "C1", "1.1")
    assert not await store.claim("Ev1", "C1", "2.2")


async def test_claim_by_channel_and_ts_alone(store: Store) -> None:
    """The same message under another event id (app_mention and message) is one question."""
    assert await store.claim("Ev1", "C1", "1.1")
    assert not await store.claim("Ev2", "C1", "1.1")
    assert await store.claim("Ev3", "C2", "1.1")


async def test_a_hundred_tasks_one_winner(store: Store) -> None:
    """However many tasks claim at once, exactly one is told yes."""
    won = await asyncio.gather(*(store.claim("Ev1", "C1", "1.1") for _ in range(100)))
    assert won.count(True) == 1


async def test_concurrent_claims_of_different_events_all_win(store: Store) -> None:
    """Concurrency loses no claim: each of a hundred stays taken."""
    won = await asyncio.gather(*(store.claim(f"Ev{n}", "C1", f"{n}.0") for n in range(100)))
    again = await asyncio.gather(*(store.claim(f"Ev{n}", "C1", f"{n}.0") for n in range(100)))
    assert all(won)
    assert not any(again)


async def test_two_stores_on_one_file_share_claims(tmp_path: Path) -> None:
    """Two processes on one database have one winner between them."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_store(url) as one, open_store(url) as two:
        won = await asyncio.gather(*(s.claim("Ev1", "C1", "1.1") for s in (one, two) for _ in range(20)))
    assert won.count(True) == 1


async def test_claims_and_replies_survive_a_restart(tmp_path: Path) -> None:
    """What was written before a stop is known after it."""
    url = f"sqlite:///{tmp_path}/bot.db"
    async with open_store(url) as before:
        await before.claim("Ev1", "C1", "1.1")
        await before.remember_reply("C1", "1.1", "C1", "1.2", lang="en", digest="d")
    async with open_store(url) as after:
        assert not await after.claim("Ev9", "C1", "1.1")
        assert await after.reply_for("C1", "1.1") == RememberedReply("C1", "1.2", "en", "d")


async def test_release_lets_the_same_be_claimed_again(store: Store) -> None:
    """A claim given back is free, under both keys."""
    await store.claim("Ev1", "C1", "1.1")
    await store.release("Ev1")
    assert await store.claim("Ev1", "C1", "1.1")


async def test_a_later_reply_replaces_the_earlier(store: Store) -> None:
    """One message has one reply: the last one noted."""
    await store.remember_reply("C1", "1.1", "C1", "1.2", lang="en", digest="a")
    await store.remember_reply("C1", "1.1", "C1", "1.3", lang="zh", digest="b")
    assert await store.reply_for("C1", "1.1") == RememberedReply("C1", "1.3", "zh", "b")


async def test_forgotten_reply_is_gone(store: Store) -> None:
    """Forgetting is exact: other messages keep their replies."""
    await store.remember_reply("C1", "1.1", "C1", "1.2", lang="en", digest="a")
    await store.remember_reply("C1", "2.1", "C1", "2.2", lang="en", digest="a")
    await store.forget_reply("C1", "1.1")
    assert await store.reply_for("C1", "1.1") is None
    assert await store.reply_for("C1", "2.1") is not None


async def test_unknown_message_has_no_reply(store: Store) -> None:
    """Nothing noted reads as None."""
    assert await store.reply_for("C1", "9.9") is None


async def test_prune_deletes_only_what_is_older(database_url: str) -> None:
    """Housekeeping counts what it deletes and leaves recent rows."""
    clock = [1_000_000.0]
    async with open_store(database_url, now=lambda: clock[0]) as store:
        await store.claim("Ev1", "C1", "1.1")
        await store.remember_reply("C1", "1.1", "C1", "1.2", lang="en", digest="a")
        clock[0] += 3_600
        await store.claim("Ev2", "C1", "2.1")
        assert await store.prune(timedelta(minutes=30)) == 2
        assert await store.claim("Ev1", "C1", "1.1")
        assert not await store.claim("Ev2", "C1", "2.1")


@pytest.mark.parametrize("url", ["not a url", "nosuchdatabase://x/y", "sqlite:////proc/nowhere/bot.db"])
async def test_unusable_url_is_a_storage_error(url: str) -> None:
    """A maintainer gets the project's own error, whatever the driver raised."""
    with pytest.raises(StorageError):
        async with open_store(url):
            pass


async def test_failed_database_is_a_storage_error(tmp_path: Path) -> None:
    """A database that breaks while running is reported as such."""
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}") as store:
        with closing(sqlite3.connect(path)) as other:
            other.execute("DROP TABLE claims")
        with pytest.raises(StorageError):
            await store.claim("Ev1", "C1", "1.1")


async def test_password_stays_out_of_the_error() -> None:
    """The URL in a message hides its password."""
    with pytest.raises(StorageError) as raised:
        async with open_store("nosuchdatabase://user:hunter2@host/name"):
            pass
    assert "hunter2" not in str(raised.value)
