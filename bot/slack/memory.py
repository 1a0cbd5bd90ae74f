"""What a conversation was about so far: noted with each answer, looked up before the next."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from bot.presenting.blocks import NO_EXTRAS, Extras
from bot.presenting.reply import Reply
from bot.slack.errand import Errand
from bot.slack.incoming import Incoming, Place
from bot.storage import StorageError
from bot.understanding.question import Question
from bot.understanding.remembering import note

log: FilteringBoundLogger = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 30 * 60
"""How long a question is followed up on where no thread holds a conversation together."""


async def question_before(errand: Errand, question: Incoming) -> Question | None:
    """What was asked last where a message stands, before it; None where that is not known or too long ago.

    A database that fails costs the connection to what was before, not the answer.
    """
    place = question.place
    try:
        found = await errand.desk.store.question_before(
            errand.team, place.channel, place.thread_ts, question.ts
        )
    except StorageError:
        log.exception("question_not_recalled", event_id=question.event_id, channel=question.channel)
        return None
    if found is None or (place.thread_ts is None and not _is_fresh(found.ts, question.ts)):
        return None
    return errand.desk.ask.recall(found.noted)


async def remember_question(
    errand: Errand, place: Place, ts: str, reply: Reply, *, again: bool = False
) -> None:
    """Note what the message `ts` asked, so that the next may follow up; with `again`, forget it if nothing.

    This comes before the answer is posted: whoever sees that may follow up at once. If it fails, the answer
    is posted all the same.
    """
    if reply.asked is None and not again:
        return
    noted = None if reply.asked is None else note(reply.asked)
    try:
        await errand.desk.store.remember_question(errand.team, place.channel, place.thread_ts, ts, noted)
    except StorageError:
        log.exception("question_not_remembered", channel=place.channel)


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
