"""What is noted of an answer as its event is closed: for edits, and for what is asked next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.schema import questions, replies

KEY: Final = ("team", "channel", "message_ts")
_OF_A_REPLY: Final = ("reply_channel", "reply_ts", "lang", "digest", "edited")


@dataclass(frozen=True, slots=True)
class ReplyNote:
    """Which message of the bot answers (channel, message_ts); a later note replaces the earlier.

    `digest` is a hash of the question's text, so that an edit which changes nothing is told from one that
    does without keeping what people wrote. `edited` is the timestamp of the edit that is answered, an empty
    text where there was none.
    """

    channel: str
    message_ts: str
    reply_channel: str
    reply_ts: str
    lang: str
    digest: str
    edited: str = ""


@dataclass(frozen=True, slots=True)
class QuestionNote:
    """What a message asked, in a thread or (None) at a channel's foot; None for `noted`: nothing.

    A later note for the same message replaces the earlier.
    """

    channel: str
    message_ts: str
    thread_ts: str | None
    noted: str | None


Note = ReplyNote | QuestionNote


class Notes:
    """Writes notes down, each by a statement that is built once."""

    def __init__(self, database: Database) -> None:
        """One for each process."""
        self._db = database
        self._reply = database.upsert(replies, KEY, "remembered_at")
        self._question = database.upsert(questions, KEY, "remembered_at")

    async def write(self, connection: AsyncConnection, team: str, note: Note) -> None:
        """Write a note down within a transaction."""
        row = {"team": team, "channel": note.channel, "message_ts": note.message_ts}
        if isinstance(note, ReplyNote):
            said = {name: getattr(note, name) for name in _OF_A_REPLY}
            await connection.execute(self._reply, {**row, **said, **self._db.moment()})
        elif note.noted is None:
            await connection.execute(delete(questions).where(is_asked_by(**row)))
        else:
            asked = {"thread_ts": note.thread_ts or "", "noted": note.noted}
            await connection.execute(self._question, {**row, **asked, **self._db.moment()})


def is_reply_to(team: str, channel: str, message_ts: str) -> ColumnElement[bool]:
    """Picks the note of a message's reply."""
    return and_(replies.c.team == team, replies.c.channel == channel, replies.c.message_ts == message_ts)


def is_asked_by(team: str, channel: str, message_ts: str) -> ColumnElement[bool]:
    """Picks the note of what a message asked."""
    return and_(
        questions.c.team == team, questions.c.channel == channel, questions.c.message_ts == message_ts
    )
