"""The store: which events were claimed, which reply belongs to which message, what a thread asked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Insert, Table, and_, delete, or_, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.errors import StorageError
from bot.storage.schema import claims, questions, replies

Row = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class RememberedReply:
    """The bot's own message that answered a question.

    `lang` is the reply's language; `digest` is a hash of the question's text, so that an edit which
    changes nothing is told from one that does without keeping what people wrote.
    """

    channel: str
    ts: str
    lang: str
    digest: str


@dataclass(frozen=True, slots=True)
class RememberedQuestion:
    """What a message asked: its timestamp, and the question as it was noted, without the message's words."""

    ts: str
    noted: str


class Store:
    """Claims, replies and questions in one database. Made by `open_store`; safe to share between tasks.

    Every method raises `StorageError` where the database fails.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        turn: AbstractAsyncContextManager[object],
        now: Callable[[], float] = time.time,
    ) -> None:
        """`turn` is entered around each piece of work: a lock where the database has a single writer."""
        self._engine = engine
        self._turn = turn
        self._now = now

    async def claim(self, event_id: str, channel: str, ts: str) -> bool:
        """Take an event for oneself: True for the first caller, False for all others, for good.

        A second event for the same (channel, ts) is refused too, because Slack delivers one message
        both as `app_mention` and as `message`, with different event ids.
        """
        row: Row = {"event_id": event_id, "channel": channel, "ts": ts, "claimed_at": self._seconds()}
        async with self._connection() as connection:
            result = await connection.execute(self._insert_new(claims, row))
            return bool(result.rowcount == 1)

    async def release(self, event_id: str) -> None:
        """Give a claim back, so that the same thing may be tried again."""
        async with self._connection() as connection:
            await connection.execute(delete(claims).where(claims.c.event_id == event_id))

    async def remember_reply(
        self, channel: str, message_ts: str, reply_channel: str, reply_ts: str, *, lang: str, digest: str
    ) -> None:
        """Note which message of the bot answers (channel, message_ts); a later note replaces the earlier."""
        row: Row = {
            "channel": channel,
            "message_ts": message_ts,
            "reply_channel": reply_channel,
            "reply_ts": reply_ts,
            "lang": lang,
            "digest": digest,
            "remembered_at": self._seconds(),
        }
        async with self._connection() as connection:
            await connection.execute(delete(replies).where(_is_reply_to(channel, message_ts)))
            await connection.execute(self._insert_new(replies, row))

    async def reply_for(self, channel: str, message_ts: str) -> RememberedReply | None:
        """The reply noted for a message, or None."""
        columns = (replies.c.reply_channel, replies.c.reply_ts, replies.c.lang, replies.c.digest)
        async with self._connection() as connection:
            result = await connection.execute(select(*columns).where(_is_reply_to(channel, message_ts)))
            row = result.one_or_none()
        return None if row is None else RememberedReply(*(str(value) for value in row))

    async def forget_reply(self, channel: str, message_ts: str) -> None:
        """Drop what is noted about a message: its reply, and what it asked."""
        async with self._connection() as connection:
            await connection.execute(delete(replies).where(_is_reply_to(channel, message_ts)))
            await connection.execute(delete(questions).where(_is_asked_by(channel, message_ts)))

    async def remember_question(
        self, channel: str, thread_ts: str | None, message_ts: str, noted: str | None
    ) -> None:
        """Note what a message asked, in a thread or (None) at a channel's foot; None for `noted`: nothing.

        A later note for the same message replaces the earlier.
        """
        async with self._connection() as connection:
            await connection.execute(delete(questions).where(_is_asked_by(channel, message_ts)))
            if noted is None:
                return
            row: Row = {
                "channel": channel,
                "message_ts": message_ts,
                "thread_ts": thread_ts or "",
                "noted": noted,
                "remembered_at": self._seconds(),
            }
            await connection.execute(self._insert_new(questions, row))

    async def question_before(
        self, channel: str, thread_ts: str | None, message_ts: str
    ) -> RememberedQuestion | None:
        """The last question that was noted in the thread for a message before this one, or None.

        The message that a thread hangs on belongs to it, and so does the question that this message answers.
        """
        earlier = and_(questions.c.channel == channel, questions.c.message_ts < message_ts)
        columns = (questions.c.message_ts, questions.c.noted)
        query = select(*columns).where(earlier, _is_in_thread(channel, thread_ts or ""))
        async with self._connection() as connection:
            result = await connection.execute(query.order_by(questions.c.message_ts.desc()).limit(1))
            row = result.one_or_none()
        return None if row is None else RememberedQuestion(*(str(value) for value in row))

    async def prune(self, older_than: timedelta) -> int:
        """Delete claims, replies and questions older than this; return how many rows went."""
        before = self._seconds() - int(older_than.total_seconds())
        async with self._connection() as connection:
            old = (claims.c.claimed_at, replies.c.remembered_at, questions.c.remembered_at)
            gone = [await connection.execute(delete(c.table).where(c < before)) for c in old]
            return sum(result.rowcount for result in gone)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._turn, self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            raise StorageError(f"the database failed: {error}") from error

    def _insert_new(self, table: Table, row: Row) -> Insert:
        if self._engine.dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql  # two megabytes, which SQLite can do without

            return postgresql.insert(table).values(row).on_conflict_do_nothing()
        return sqlite.insert(table).values(row).on_conflict_do_nothing()

    def _seconds(self) -> int:
        return int(self._now())


def _is_reply_to(channel: str, message_ts: str) -> ColumnElement[bool]:
    return and_(replies.c.channel == channel, replies.c.message_ts == message_ts)


def _is_asked_by(channel: str, message_ts: str) -> ColumnElement[bool]:
    return and_(questions.c.channel == channel, questions.c.message_ts == message_ts)


def _is_in_thread(channel: str, thread_ts: str) -> ColumnElement[bool]:
    if not thread_ts:
        return questions.c.thread_ts == ""
    answered = select(replies.c.message_ts).where(
        replies.c.reply_channel == channel, replies.c.reply_ts == thread_ts
    )
    return or_(
        questions.c.thread_ts == thread_ts,
        questions.c.message_ts == thread_ts,
        questions.c.message_ts.in_(answered),
    )
