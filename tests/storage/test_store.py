"""What is remembered of conversations: one reply per message, one question before, each workspace its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.storage import QuestionNote, RememberedQuestion, RememberedReply, ReplyNote, Store
from tests.storage.support import asked_before, entry, note, upgraded


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty store."""
    async with upgraded(database_url) as opened:
        yield opened


async def test_replies_survive_a_restart(store_url: str) -> None:
    """What was written before a stop is known after it."""
    async with upgraded(store_url) as before:
        await note(before, ReplyNote("C1", "1.1", "C1", "1.2", "en", "d"))
    async with upgraded(store_url) as after:
        assert await after.reply_for("T1", "C1", "1.1") == RememberedReply("C1", "1.2", "en", "d")


async def test_a_later_reply_replaces_the_earlier(store: Store) -> None:
    """One message has one reply: the last one noted."""
    await note(store, ReplyNote("C1", "1.1", "C1", "1.2", "en", "a"))
    await note(store, ReplyNote("C1", "1.1", "C1", "1.3", "zh", "b"))
    assert await store.reply_for("T1", "C1", "1.1") == RememberedReply("C1", "1.3", "zh", "b")


async def test_forgotten_reply_is_gone(store: Store) -> None:
    """Forgetting is exact: other messages keep their replies."""
    await note(store, ReplyNote("C1", "1.1", "C1", "1.2", "en", "a"))
    await note(store, ReplyNote("C1", "2.1", "C1", "2.2", "en", "a"))
    await store.forget_reply("T1", "C1", "1.1")
    assert await store.reply_for("T1", "C1", "1.1") is None
    assert await store.reply_for("T1", "C1", "2.1") is not None


async def test_unknown_message_has_no_reply(store: Store) -> None:
    """Nothing noted reads as None."""
    assert await store.reply_for("T1", "C1", "9.9") is None


async def test_the_last_question_before_a_message_is_recalled(store: Store) -> None:
    """Of the thread's questions the latest that is earlier than the message, which is never its own."""
    await note(store, QuestionNote("C1", "1.0", "1.0", "first"))
    await note(store, QuestionNote("C1", "3.0", "1.0", "second"))
    assert await asked_before(store, "T1", "C1", "1.0", "4.0") == RememberedQuestion("3.0", "second")
    assert await asked_before(store, "T1", "C1", "1.0", "3.0") == RememberedQuestion("1.0", "first")
    assert await asked_before(store, "T1", "C1", "1.0", "1.0") is None


async def test_threads_and_channels_have_questions_of_their_own(store: Store) -> None:
    """Nothing is followed up on from elsewhere."""
    await note(store, QuestionNote("C1", "1.0", "1.0", "a thread"))
    await note(store, QuestionNote("C1", "2.0", None, "the channel's foot"))
    for channel, thread in (("C2", "1.0"), ("C1", "1.5"), ("C2", None)):
        assert await asked_before(store, "T1", channel, thread, "9.0") is None
    assert await asked_before(store, "T1", "C1", None, "9.0") == RememberedQuestion(
        "2.0", "the channel's foot"
    )


async def test_a_thread_knows_the_question_that_it_hangs_on(store: Store) -> None:
    """A thread may be opened under a question at the foot of a channel, or under its answer."""
    await note(store, QuestionNote("D1", "1.0", None, "asked"))
    await note(store, ReplyNote("D1", "1.0", "D1", "1.1", "en", "d"))
    for thread in ("1.0", "1.1"):
        assert await asked_before(store, "T1", "D1", thread, "9.0") == RememberedQuestion("1.0", "asked")


async def test_a_later_note_of_a_question_replaces_the_earlier(store: Store) -> None:
    """An edited message asks one thing; None: nothing any more."""
    await note(store, QuestionNote("C1", "1.0", "1.0", "before"))
    await note(store, QuestionNote("C1", "1.0", "1.0", "after"))
    assert await asked_before(store, "T1", "C1", "1.0", "2.0") == RememberedQuestion("1.0", "after")
    await note(store, QuestionNote("C1", "1.0", "1.0", None))
    assert await asked_before(store, "T1", "C1", "1.0", "2.0") is None


async def test_a_forgotten_message_asks_nothing(store: Store) -> None:
    """What a deleted question was about is gone with its reply."""
    await note(store, QuestionNote("C1", "1.0", "1.0", "asked"))
    await store.forget_reply("T1", "C1", "1.0")
    assert await asked_before(store, "T1", "C1", "1.0", "2.0") is None


async def test_prune_deletes_old_questions(database_url: str) -> None:
    """A question is kept no longer than a reply."""
    clock = [1_000_000.0]
    async with upgraded(database_url, now=lambda: clock[0]) as store:
        await note(store, QuestionNote("C1", "1.0", "1.0", "old"))
        clock[0] += 3_600
        await note(store, QuestionNote("C1", "2.0", "2.0", "new"))
        assert await store.prune(timedelta(minutes=30)) == 1
        assert await asked_before(store, "T1", "C1", "1.0", "9.0") is None
        assert await asked_before(store, "T1", "C1", "2.0", "9.0") is not None


async def test_prune_deletes_only_what_is_older(database_url: str) -> None:
    """Housekeeping counts what it deletes and leaves recent rows."""
    clock = [1_000_000.0]
    async with upgraded(database_url, now=lambda: clock[0]) as store:
        await note(store, ReplyNote("C1", "1.1", "C1", "1.2", "en", "a"))
        clock[0] += 3_600
        await note(store, ReplyNote("C1", "2.1", "C1", "2.2", "en", "a"))
        assert await store.prune(timedelta(minutes=30)) == 1
        assert await store.reply_for("T1", "C1", "1.1") is None
        assert await store.reply_for("T1", "C1", "2.1") is not None


async def test_workspaces_do_not_see_each_other(store: Store) -> None:
    """The same ids in another workspace are other things."""
    await note(store, ReplyNote("C1", "1.1", "C1", "1.2", "en", "a"))
    await note(store, QuestionNote("C1", "1.1", "1.1", "asked"))
    assert await store.reply_for("T2", "C1", "1.1") is None
    assert await asked_before(store, "T2", "C1", "1.1", "9.9") is None
    assert await asked_before(store, "T2", "C1", "1.2", "9.9") is None


async def test_a_workspace_that_leaves_takes_all_along(store: Store) -> None:
    """And leaves the others theirs."""
    for team in ("T1", "T2"):
        await note(store, ReplyNote("C1", "1.1", "C1", "1.2", "en", "a"), team=team)
        await note(store, QuestionNote("C1", "1.1", "1.1", "asked"), team=team)
    for team in ("T1", "T2"):
        await store.inbox.accept(entry(team=team))
    await store.forget_team("T1")
    assert await store.reply_for("T1", "C1", "1.1") is None
    assert await asked_before(store, "T1", "C1", "1.1", "9.9") is None
    assert await store.reply_for("T2", "C1", "1.1") is not None
    assert await asked_before(store, "T2", "C1", "1.1", "9.9") is not None
    assert [claimed.entry.team for claimed in await store.inbox.claim("me", 9, 30)] == ["T2"]
