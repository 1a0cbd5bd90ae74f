"""What a pressed button does: answer a choice, tell why, share a private answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import structlog
from structlog.typing import FilteringBoundLogger

from bot.presenting.blocks import Extras
from bot.presenting.mrkdwn import escape
from bot.presenting.payload import Message
from bot.slack.api_errors import PostingError, RateLimitedError, UnreachableError
from bot.slack.errand import Errand, Result
from bot.slack.incoming import Place, Press
from bot.slack.memory import asked_note, explaining
from bot.slack.posting import delete_original
from bot.slack.work import Pressed

log: FilteringBoundLogger = structlog.get_logger(__name__)


async def act_on(errand: Errand, pressed: Pressed) -> Result:
    """Do what the button says.

    Raises:
        PostingError: Slack refused, or could not be reached.
    """
    press = pressed.press
    if pressed.action == "why":
        return await _explain(errand, press)
    if pressed.action == "share":
        return await _share(errand, press, pressed.response_url)
    if press.private:
        return await _replace_private_answer(errand, press, pressed.response_url)
    return await _answer_choice(errand, press)


async def _replace_private_answer(errand: Errand, press: Press, response_url: str) -> Result:
    reply = await errand.desk.answer(press.question)
    messages = errand.render(reply, Extras(share=press.question))
    await errand.respond(response_url, messages, replace_original=True)
    return Result("chosen", reply)


async def _answer_choice(errand: Errand, press: Press) -> Result:
    """Answer in the thread."""
    reply = await errand.desk.answer(press.question)
    messages = errand.render(reply, explaining(reply))
    await errand.post_once(press.place, messages, key=press.key("choice"), after=press.message_ts)
    notes = asked_note(press.place, press.message_ts, reply)
    return Result("chosen", reply, posted=True, notes=notes)


async def _explain(errand: Errand, press: Press) -> Result:
    """Post in the thread how an answer came about.

    What the button carries may name what is no longer known: then a sentence says so.
    """
    place = Place(press.channel, press.thread_ts or press.message_ts)
    messages = _derivation(errand, press.question)
    await errand.post_once(place, messages, key=press.key("why"), after=press.message_ts)
    return Result("explained", posted=True)


def _derivation(errand: Errand, noted: str) -> Iterable[Message]:
    """How the answer to a noted question comes about."""
    desk = errand.desk
    question = desk.ask.recall(noted)
    if question is None:
        return [Message(escape(desk.phrases_for(None).unhandled), (), "text")]
    return errand.render(desk.ask.why(question))


async def _share(errand: Errand, press: Press, response_url: str) -> Result:
    """Post the answer for everybody, and remove the private message."""
    reply = await errand.desk.answer(press.question)
    await _post_shared(errand, press, response_url, errand.render(reply, _shared(press, explaining(reply))))
    try:
        await delete_original(errand.client, response_url)
    except PostingError as error:
        log.warning("private_answer_not_removed", channel=press.channel, code=error.code)
    return Result("shared", reply, posted=True)


async def _post_shared(errand: Errand, press: Press, response_url: str, messages: Iterable[Message]) -> None:
    """As the bot where it is a member of the channel, else through the response_url, which works anywhere."""
    looks = list(messages)
    place = Place(press.channel, press.thread_ts)
    try:
        await errand.post_once(place, looks, key=press.key("share"), after=press.message_ts)
    except (RateLimitedError, UnreachableError):
        raise
    except PostingError as error:
        log.info("shared_by_response_url", channel=press.channel, code=error.code)
        await errand.respond(response_url, looks, in_channel=True)


def _shared(press: Press, extras: Extras) -> Extras:
    return replace(extras, shared_by=press.user)
