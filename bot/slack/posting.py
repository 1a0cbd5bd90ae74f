"""Send messages to Slack: a simpler look where blocks are refused, one message however often it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import aiohttp
import structlog
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.presenting.payload import Message
from bot.slack.incoming import Place

log: FilteringBoundLogger = structlog.get_logger(__name__)

BLOCKS_REFUSED: Final = frozenset(
    {
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "msg_blocks_too_long",
        "msg_too_long",
        "too_many_blocks",
    }
)
MESSAGE_GONE: Final = frozenset({"cant_update_message", "edit_window_closed", "message_not_found"})

_NAMESPACE: Final = uuid.UUID("6f1d3a52-54b7-5e0e-9c0b-2f6f1f3f7a10")


class PostingError(BotError):
    """Slack did not take a message. `code` is Slack's error code, or `network`."""

    def __init__(self, code: str) -> None:
        """Keep the code beside the message."""
        super().__init__(f"Slack did not take a message: {code}")
        self.code = code


class MessageGoneError(PostingError):
    """The message to be updated is no longer there, or may no longer be updated."""


class BlocksRefusedError(PostingError):
    """Slack found fault with the form of a message."""


async def post(client: AsyncWebClient, place: Place, messages: Iterable[Message], *, key: str) -> str | None:
    """Post the first of `messages` that Slack takes, and return its timestamp.

    None where the thread was gone, its question deleted meanwhile: then nothing is left standing.

    `key` names what is being posted: a second post with the same key carries the same message id, so that
    a repeated request makes no second message.

    Raises:
        PostingError: Slack refused every look, or could not be reached.
    """

    async def send(message: Message) -> str:
        response = await client.chat_postMessage(
            channel=place.channel,
            thread_ts=place.thread_ts,
            text=message.text,
            blocks=message.blocks or None,
            mrkdwn=bool(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
            client_msg_id=message_id(f"{key}/{message.look}"),
        )
        ts = str(response["ts"])
        posted = response.get("message")
        if place.thread_ts and isinstance(posted, Mapping) and not posted.get("thread_ts"):
            # Slack takes a thread that is gone without a word and posts to the channel's root.
            await client.chat_delete(channel=place.channel, ts=ts)
            log.info("thread_gone", channel=place.channel)
            return ""
        return ts

    return await _first_accepted(messages, send) or None


async def update(client: AsyncWebClient, channel: str, ts: str, messages: Iterable[Message]) -> None:
    """Replace a message of the bot with the first of `messages` that Slack takes.

    Raises:
        MessageGoneError: the message is no longer there.
        PostingError: Slack refused every look, or could not be reached.
    """

    async def send(message: Message) -> str:
        await client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks)
        return ts

    await _first_accepted(messages, send)


async def delete(client: AsyncWebClient, channel: str, ts: str) -> None:
    """Delete a message of the bot; one that is gone already is no error.

    Raises:
        PostingError: Slack refused, or could not be reached.
    """

    async def send() -> str:
        await client.chat_delete(channel=channel, ts=ts)
        return ts

    try:
        await _calling_slack(send())
    except MessageGoneError:
        log.info("reply_already_gone", channel=channel)


async def respond_with(
    respond: AsyncRespond,
    messages: Iterable[Message],
    *,
    in_channel: bool = False,
    replace_original: bool = False,
) -> None:
    """Answer a command or a button through its response_url, to the user alone unless `in_channel`.

    Raises:
        PostingError: Slack refused every look, the address expired, or Slack could not be reached.
    """

    async def send(message: Message) -> str:
        response = await respond(
            text=message.text,
            blocks=message.blocks,
            response_type="in_channel" if in_channel else "ephemeral",
            replace_original=replace_original,
            unfurl_links=False,
            unfurl_media=False,
        )
        _check_response(response.status_code, response.body)
        return ""

    await _first_accepted(messages, send)


async def delete_original(respond: AsyncRespond) -> None:
    """Remove the private message whose button was pressed.

    Raises:
        PostingError: Slack refused, or could not be reached.
    """

    async def send() -> str:
        response = await respond(delete_original=True)
        _check_response(response.status_code, response.body)
        return ""

    await _calling_slack(send())


def message_id(key: str) -> str:
    """A UUID that is always the same for the same key."""
    return str(uuid.uuid5(_NAMESPACE, key))


async def _first_accepted(messages: Iterable[Message], send: Callable[[Message], Awaitable[str]]) -> str:
    refused = BlocksRefusedError("no_message")
    for message in messages:
        try:
            return await _calling_slack(send(message))
        except BlocksRefusedError as error:
            log.warning("blocks_refused", look=message.look, code=error.code)
            refused = error
    raise refused


async def _calling_slack(sending: Awaitable[str]) -> str:
    try:
        return await sending
    except SlackApiError as error:
        raise _error_for(str(error.response["error"])) from error
    except (TimeoutError, aiohttp.ClientError) as error:
        raise PostingError("network") from error


def _check_response(status: int, body: str) -> None:
    """A response_url answers in plain text or JSON, with the error's code somewhere in it."""
    if status == 200 and '"ok":false' not in body.replace(" ", ""):
        return
    known = (code for code in sorted(BLOCKS_REFUSED) if code in body)
    raise _error_for(next(known, f"response_url_{status}"))


def _error_for(code: str) -> PostingError:
    if code in BLOCKS_REFUSED:
        return BlocksRefusedError(code)
    if code in MESSAGE_GONE:
        return MessageGoneError(code)
    return PostingError(code)
