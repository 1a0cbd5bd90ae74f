"""The life of an answer: posted once, revised with its question, removed with it.

The inbox hands out what happens to one message in order and one at a time, so nothing here waits for a turn.
"""

from __future__ import annotations

import structlog
from structlog.typing import FilteringBoundLogger

from bot.presenting.reply import Reply
from bot.slack.api_errors import MessageGoneError
from bot.slack.errand import Errand, Result
from bot.slack.incoming import Incoming
from bot.slack.memory import asked_note, explaining, question_before
from bot.slack.posting import delete, update
from bot.storage import Recalled, RememberedQuestion, RememberedReply, ReplyNote

log: FilteringBoundLogger = structlog.get_logger(__name__)


async def answer_question(errand: Errand, question: Incoming) -> Result:
    """Answer a question, unless it was answered before; an edited one is brought up to date.

    Slack may deliver an edit before its question: that is answered then, and not once more in its old words.

    Raises:
        PostingError: the answer could not be posted.
        StorageError: what was answered could not be looked up.
    """
    recalled = await _recall(errand, question)
    if recalled.reply is None:
        return await _post_answer(errand, question, recalled.before)
    return await _revise(errand, question, recalled) if question.edited else Result("unchanged")


async def revise_answer(errand: Errand, question: Incoming, *, answer_new: bool) -> Result:
    """Bring the answer of an edited question up to date; with `answer_new`, answer it where it never was.

    Raises:
        PostingError: the answer could not be updated or posted.
        StorageError: the reply could not be looked up.
    """
    recalled = await _recall(errand, question)
    if recalled.reply is not None:
        return await _revise(errand, question, recalled)
    return await _post_answer(errand, question, recalled.before) if answer_new else Result("left")


async def withdraw_answer(errand: Errand, channel: str, ts: str) -> Result:
    """Delete the answer of a question that was deleted.

    Raises:
        PostingError: Slack did not delete the answer.
        StorageError: the reply could not be looked up.
    """
    known = await errand.desk.store.reply_for(errand.team, channel, ts)
    if known is None:
        return Result("left")
    await delete(errand.client, known.channel, known.ts)
    await errand.desk.store.forget_reply(errand.team, channel, ts)
    return Result("withdrawn")


async def _recall(errand: Errand, question: Incoming) -> Recalled:
    place = question.place
    return await errand.desk.store.recall(errand.team, place.channel, place.thread_ts, question.ts)


async def _revise(errand: Errand, question: Incoming, recalled: Recalled) -> Result:
    known = recalled.reply
    if known is None or known.digest == question.digest:
        return Result("unchanged")
    if question.edited < known.edited:
        return Result("overtaken")
    return await _update_answer(errand, question, known, recalled.before)


async def _post_answer(errand: Errand, question: Incoming, before: RememberedQuestion | None) -> Result:
    reply = await _answer(errand, question, before)
    asked = asked_note(question.place, question.ts, reply)
    messages = errand.render(reply, explaining(reply))
    ts = await errand.post_once(question.place, messages, key=question.key, after=question.ts)
    if ts is None:
        return Result("thread_gone", reply, posted=True, notes=asked)
    return Result("answered", reply, posted=True, notes=(*asked, _answered(question, reply, ts)))


async def _update_answer(
    errand: Errand, question: Incoming, known: RememberedReply, before: RememberedQuestion | None
) -> Result:
    reply = await _answer(errand, question, before)
    ts, posted = known.ts, False
    try:
        await update(errand.client, known.channel, ts, errand.render(reply, explaining(reply)))
    except MessageGoneError as error:
        log.warning("reply_gone", channel=known.channel, code=error.code)
        key = f"{question.key}/{question.digest}"
        messages = errand.render(reply, explaining(reply))
        again = await errand.post_once(question.place, messages, key=key, after=question.ts)
        ts, posted = again or ts, True
    asked = asked_note(question.place, question.ts, reply, again=True)
    return Result("revised", reply, posted, notes=(*asked, _answered(question, reply, ts)))


async def _answer(errand: Errand, question: Incoming, before: RememberedQuestion | None) -> Reply:
    return await errand.desk.answer(question.text, question_before(errand, question, before))


def _answered(question: Incoming, reply: Reply, ts: str) -> ReplyNote:
    return ReplyNote(
        question.channel,
        question.ts,
        question.place.channel,
        ts,
        lang=reply.lang,
        digest=question.digest,
        edited=question.edited,
    )
