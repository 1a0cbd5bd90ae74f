"""The store keeps its word: one claim per question, one reply per message, across tasks and restarts."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage import RememberedQuestion, RememberedReply, StorageError, Store, open_store

MEMORY = "sqlite+aiosqlite:///:memory:"


@pytest.fixture(params=["memory", "file", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """PostgreSQL, and both kinds of SQLite database: they differ in how connections are shared."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
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


async def test_two_stores_on_one_database_share_claims(store_url: str) -> None:
    """Two processes on one database have one winner between them."""
    async with open_store(store_url) as one, open_store(store_url) as two:
        won = await asyncio.gather(*(s.claim("Ev1", "C1", "1.1") for s in (one, two) for _ in range(20)))
    assert won.count(True) == 1


async def test_an_empty_database_is_opened_by_several_at_once(store_url: str) -> None:
    """Replicas may start together: each finds the tables made, by itself or by another."""

    async def claim(number: int) -> bool:
        async with open_store(store_url) as store:
            return await store.claim(f"Ev{number}", "C1", f"{number}.0")

    assert all(await asyncio.gather(*map(claim, range(8))))


async def test_claims_and_replies_survive_a_restart(store_url: str) -> None:
    """What was written before a stop is known after it."""
    async with open_store(store_url) as before:
        await before.claim("Ev1", "C1", "1.1")
        await before.remember_reply("C1", "1.1", "C1", "1.2", lang="en", digest="d")
    async with open_store(store_url) as after:
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


async def test_the_last_question_before_a_message_is_recalled(store: Store) -> None:
    """Of the thread's questions the latest that is earlier than the message, which is never its own."""
    await store.remember_question("C1", "1.0", "1.0", "first")
    await store.remember_question("C1", "1.0", "3.0", "second")
    assert await store.question_before("C1", "1.0", "4.0") == RememberedQuestion("3.0", "second")
    assert await store.question_before("C1", "1.0", "3.0") == RememberedQuestion("1.0", "first")
    assert await store.question_before("C1", "1.0", "1.0") is None


async def test_threads_and_channels_have_questions_of_their_own(store: Store) -> None:
    """Nothing is followed up on from elsewhere."""
    await store.remember_question("C1", "1.0", "1.0", "a thread")
    await store.remember_question("C1", None, "2.0", "the channel's foot")
    for channel, thread in (("C2", "1.0"), ("C1", "1.5"), ("C2", None)):
        assert await store.question_before(channel, thread, "9.0") is None
    assert await store.question_before("C1", None, "9.0") == RememberedQuestion("2.0", "the channel's foot")


async def test_a_thread_knows_the_question_that_it_hangs_on(store: Store) -> None:
    """A thread may be opened under a question at the foot of a channel, or under its answer."""
    await store.remember_question("D1", None, "1.0", "asked")
    await store.remember_reply("D1", "1.0", "D1", "1.1", lang="en", digest="d")
    for thread in ("1.0", "1.1"):
        assert await store.question_before("D1", thread, "9.0") == RememberedQuestion("1.0", "asked")


async def test_a_later_note_of_a_question_replaces_the_earlier(store: Store) -> None:
    """An edited message asks one thing; None: nothing any more."""
    await store.remember_question("C1", "1.0", "1.0", "before")
    await store.remember_question("C1", "1.0", "1.0", "after")
    assert await store.question_before("C1", "1.0", "2.0") == RememberedQuestion("1.0", "after")
    await store.remember_question("C1", "1.0", "1.0", None)
    assert await store.question_before("C1", "1.0", "2.0") is None


async def test_a_forgotten_message_asks_nothing(store: Store) -> None:
    """What a deleted question was about is gone with its reply."""
    await store.remember_question("C1", "1.0", "1.0", "asked")
    await store.forget_reply("C1", "1.0")
    assert await store.question_before("C1", "1.0", "2.0") is None


async def test_prune_deletes_old_questions(database_url: str) -> None:
    """A question is kept no longer than a reply."""
    clock = [1_000_000.0]
    async with open_store(database_url, now=lambda: clock[0]) as store:
        await store.remember_question("C1", "1.0", "1.0", "old")
        clock[0] += 3_600
        await store.remember_question("C1", "2.0", "2.0", "new")
        assert await store.prune(timedelta(minutes=30)) == 1
        assert await store.question_before("C1", "1.0", "9.0") is None
        assert await store.question_before("C1", "2.0", "9.0") is not None


async def test_a_database_of_before_gets_the_new_table(tmp_path: Path) -> None:
    """Tables that a later version brings are made in a file that is there already."""
    path = tmp_path / "bot.db"
    async with open_store(f"sqlite:///{path}") as store:
        await store.claim("Ev1", "C1", "1.1")
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE questions")
    async with open_store(f"sqlite:///{path}") as store:
        await store.remember_question("C1", "1.0", "1.0", "asked")
        assert not await store.claim("Ev1", "C1", "1.1")


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
