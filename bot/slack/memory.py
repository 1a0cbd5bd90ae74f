"""What a conversation was about so far: noted with each answer, looked up before the next.

Notes are written when their event is closed. What follows it in the channel comes after that.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from bot.presenting.blocks import NO_EXTRAS, Extras
from bot.presenting.reply import Reply
from bot.slack.errand import Errand
from bot.slack.incoming import Incoming, Place
from bot.storage import Note, QuestionNote, RememberedQuestion
from bot.understanding.question import Question
from bot.understanding.remembering import note

FRESH_SECONDS: Final = 30 * 60
"""How long a question is followed up on where no thread holds a conversation together."""


def question_before(errand: Errand, question: Incoming, found: RememberedQuestion | None) -> Question | None:
    """What was asked last where a message stands, before it; None where that is not known or too long ago."""
    if found is None or (question.place.thread_ts is None and not _is_fresh(found.ts, question.ts)):
        return None
    return errand.desk.ask.recall(found.noted)


def asked_note(place: Place, ts: str, reply: Reply, *, again: bool = False) -> tuple[Note, ...]:
    """What the message `ts` asked, so that the next may follow up; with `again`, forget it if nothing."""
    if reply.asked is None and not again:
        return ()
    noted = None if reply.asked is None else note(reply.asked)
    return (QuestionNote(place.channel, ts, place.thread_ts, noted),)


def explaining(reply: Reply) -> Extras:
    """A "Why?" button for an answer that others than the asker see; none where nothing was answered.

    None for a pasted list either: it is not kept, and without it the answer could not be told once more.
    """
    asked = reply.asked if reply.status == "answered" and reply.intent != "why" else None
    if asked is None or (asked.pins is not None and asked.pins.is_set):
        return NO_EXTRAS
    return Extras(why=note(asked))


def _is_fresh(before: str, now: str) -> bool:
    """Whether the one timestamp of Slack's is at most `FRESH_SECONDS` before the other."""
    with suppress(ValueError):
        return float(now) - float(before) <= FRESH_SECONDS
    return False
