"""What the bot remembers of conversations: which reply belongs to which message, what a thread asked."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, delete, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.inbox import Inbox
from bot.storage.notes import is_asked_by, is_reply_to
from bot.storage.processes import Processes
from bot.storage.schema import inbox, lanes, questions, replies


@dataclass(frozen=True, slots=True)
class RememberedReply:
    """The bot's own message that answered a question.

    `edited` is the timestamp of the edit that it answers, an empty text where there was none. `lang` is the
    reply's language; `digest` is a hash of the question's text, so that an edit which
    changes nothing is told from one that does without keeping what people wrote.
    """

    channel: str
    ts: str
    lang: str
    digest: str
    edited: str = ""


@dataclass(frozen=True, slots=True)
class RememberedQuestion:
    """What a message asked: its timestamp, and the question as it was noted, without the message's words."""

    ts: str
    noted: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was noted before a message is answered."""

    reply: RememberedReply | None
    before: RememberedQuestion | None


class Store:
    """Replies and questions of all workspaces, beside the inbox. Made by `open_store`; shared between tasks.

    Every method raises `StorageError` where the database fails. `team` is the workspace's id: nothing that
    one workspace left is found for another.
    """

    def __init__(self, database: Database) -> None:
        """One for each process."""
        self._db = database
        self.inbox = Inbox(database)
        self.processes = Processes(database)

    async def reply_for(self, team: str, channel: str, message_ts: str) -> RememberedReply | None:
        """The reply noted for a message, or None."""
        async with self._db.connection() as connection:
            return await _reply(connection, team, channel, message_ts)

    async def recall(self, team: str, channel: str, thread_ts: str | None, message_ts: str) -> Recalled:
        """What is known before a message is answered: its reply, and what was asked before.

        The latter is the last question noted in the thread, or (None) at the channel's foot, for a message
        before this one. The message that a thread hangs on belongs to it, and so does the question that this
        message answers.
        """
        async with self._db.connection() as connection:
            reply = await _reply(connection, team, channel, message_ts)
            if thread_ts == message_ts:  # which begins a thread: nothing in it was before
                return Recalled(reply, None)
            return Recalled(reply, await _before(connection, team, channel, thread_ts or "", message_ts))

    async def forget_reply(self, team: str, channel: str, message_ts: str) -> None:
        """Drop what is noted about a message: its reply, and what it asked."""
        async with self._db.connection() as connection:
            await connection.execute(delete(replies).where(is_reply_to(team, channel, message_ts)))
            await connection.execute(delete(questions).where(is_asked_by(team, channel, message_ts)))

    async def prune(self, older_than: timedelta) -> int:
        """Delete replies and questions older than this; return how many rows went."""
        before = self._db.now(-int(older_than.total_seconds() * 1_000))
        async with self._db.connection() as connection:
            old = (replies.c.remembered_at, questions.c.remembered_at)
            gone = [await connection.execute(delete(c.table).where(c < before)) for c in old]
            return sum(result.rowcount for result in gone)

    async def empty_log(self) -> None:
        """See to it that what was deleted is gone from SQLite's log too."""
        await self._db.empty_log()

    def connection(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection in a transaction, for what keeps its own tables beside these.

        It comes before other work: Slack waits for a request to be let in.
        """
        return self._db.connection(hurry=True)

    async def is_first(self, key: str, seconds: float) -> bool:
        """Whether nobody, in any process, has asked this with the same `key` in the last `seconds`."""
        lane = f"first/{key}"
        until = self._db.now(int(seconds * 1_000))
        async with self._db.connection() as connection:
            await connection.execute(
                delete(lanes).where(lanes.c.lane == lane, lanes.c.free_at <= self._db.now())
            )
            result = await connection.execute(self._db.insert(lanes, free_at=until), {"lane": lane})
            return result.rowcount == 1

    async def teams_of(self, enterprise: str) -> list[str]:
        """The workspaces of an organisation that asked something."""
        query = select(inbox.c.team).where(inbox.c.enterprise == enterprise).distinct()
        async with self._db.connection() as connection:
            return [str(team) for team in (await connection.execute(query)).scalars()]

    async def forget_team(self, team: str) -> None:
        """Delete all that a workspace left: what it asked, and what was answered."""
        async with self._db.connection() as connection:
            for table in (inbox, replies, questions):
                await connection.execute(delete(table).where(table.c.team == team))
            await connection.execute(
                delete(lanes).where(lanes.c.lane.startswith(f"{team}/", autoescape=True))
            )


async def _reply(
    connection: AsyncConnection, team: str, channel: str, message_ts: str
) -> RememberedReply | None:
    where = {"team": team, "channel": channel, "message_ts": message_ts}
    row = (await connection.execute(_REPLY, where)).one_or_none()
    return None if row is None else RememberedReply(*(str(value) for value in row))


async def _before(
    connection: AsyncConnection, team: str, channel: str, thread_ts: str, message_ts: str
) -> RememberedQuestion | None:
    where = {"team": team, "channel": channel, "message_ts": message_ts}
    if thread_ts:
        found = await connection.execute(_BEFORE_IN_THREAD, where | {"thread_ts": thread_ts})
    else:
        found = await connection.execute(_BEFORE, where)
    row = found.one_or_none()
    return None if row is None else RememberedQuestion(*(str(value) for value in row))


def _earlier(where: ColumnElement[bool]) -> Select[tuple[str, str]]:
    earlier = and_(
        questions.c.team == bindparam("team"),
        questions.c.channel == bindparam("channel"),
        questions.c.message_ts < bindparam("message_ts"),
    )
    found = select(questions.c.message_ts, questions.c.noted).where(earlier, where)
    return found.order_by(questions.c.message_ts.desc()).limit(1)


def _in_thread() -> Select[tuple[str, str]]:
    """Each way in which a question belongs to a thread by itself, so that each has its index."""
    thread = bindparam("thread_ts", type_=String)
    answered = select(replies.c.message_ts).where(
        replies.c.team == bindparam("team"),
        replies.c.reply_channel == bindparam("channel"),
        replies.c.reply_ts == thread,
    )
    ways = (
        questions.c.thread_ts == thread,
        questions.c.message_ts == thread,
        questions.c.message_ts.in_(answered),
    )
    found = union_all(*(select(_earlier(way).subquery()) for way in ways)).subquery()
    return select(found.c.message_ts, found.c.noted).order_by(found.c.message_ts.desc()).limit(1)


_REPLY: Final = select(
    replies.c.reply_channel, replies.c.reply_ts, replies.c.lang, replies.c.digest, replies.c.edited
).where(
    replies.c.team == bindparam("team"),
    replies.c.channel == bindparam("channel"),
    replies.c.message_ts == bindparam("message_ts"),
)
_BEFORE: Final = _earlier(questions.c.thread_ts == "")
_BEFORE_IN_THREAD: Final = _in_thread()
"""Statements that are built once, as they are asked before each answer."""
