"""Send messages to Slack: a simpler look where blocks are refused, one message however often it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from structlog.typing import FilteringBoundLogger

from bot.presenting.payload import Message
from bot.slack.addresses import is_slacks
from bot.slack.api_errors import (
    BlocksRefusedError,
    MessageGoneError,
    PostingError,
    RateLimitedError,
    UnauthorizedError,
    UnreachableError,
    check_response,
    error_of,
)
from bot.slack.incoming import Place, value_at

log: FilteringBoundLogger = structlog.get_logger(__name__)

MAY_NOT_READ: Final = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})
POSTED_EVENT: Final = "torchdesk_post"
LOOKED_THROUGH: Final = 100
RESPONSE_URL: Final = "response_url"

_NAMESPACE: Final = uuid.UUID("6f1d3a52-54b7-5e0e-9c0b-2f6f1f3f7a10")


async def post(client: AsyncWebClient, place: Place, messages: Iterable[Message], *, key: str) -> str | None:
    """Post the first of `messages` that Slack takes, and return its timestamp.

    None where the thread was gone, its question deleted meanwhile: then nothing is left standing.

    `key` names what is being posted: a second post with the same key carries the same message id, so that
    a repeated request makes no second message, and `find_posted` finds the first.

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
            metadata={"event_type": POSTED_EVENT, "event_payload": {"key": message_id(key)}},
        )
        ts = str(response["ts"])
        posted = response.get("message")
        if place.thread_ts and isinstance(posted, Mapping) and not posted.get("thread_ts"):
            # Slack takes a thread that is gone without a word and posts to the channel's root.
            await client.chat_delete(channel=place.channel, ts=ts)
            log.info("thread_gone", channel=place.channel)
            return ""
        return ts

    return await _first_accepted("chat.postMessage", messages, send) or None


async def update(client: AsyncWebClient, channel: str, ts: str, messages: Iterable[Message]) -> None:
    """Replace a message of the bot with the first of `messages` that Slack takes.

    Raises:
        MessageGoneError: the message is no longer there.
        PostingError: Slack refused every look, or could not be reached.
    """

    async def send(message: Message) -> str:
        await client.chat_update(channel=channel, ts=ts, text=message.text, blocks=message.blocks)
        return ts

    await _first_accepted("chat.update", messages, send)


async def delete(client: AsyncWebClient, channel: str, ts: str) -> None:
    """Delete a message of the bot; one that is gone already is no error.

    Raises:
        PostingError: Slack refused, or could not be reached.
    """

    async def send() -> str:
        await client.chat_delete(channel=channel, ts=ts)
        return ts

    try:
        await _calling_slack("chat.delete", send())
    except MessageGoneError:
        log.info("reply_already_gone", channel=channel)


async def find_posted(client: AsyncWebClient, place: Place, *, key: str, after: str) -> str | None:
    """The timestamp of what was posted in a place under `key`, not before the timestamp `after`; or None.

    None too where the bot may not read there: then the message id alone keeps a second post away.

    Raises:
        UnreachableError, RateLimitedError, UnauthorizedError: Slack could not say.
    """

    async def look() -> str:
        found = await _messages_after(client, place, after)
        wanted = message_id(key)
        return next((str(each["ts"]) for each in found if _key_of(each) == wanted), "")

    try:
        return await _calling_slack(_looking(place), look()) or None
    except UnauthorizedError as error:
        if error.code not in MAY_NOT_READ:
            raise
    except (UnreachableError, RateLimitedError):
        raise
    except PostingError as error:
        log.info("not_looked_up", channel=place.channel, code=error.code)
    return None


async def whisper(client: AsyncWebClient, place: Place, person: str, text: str) -> None:
    """Show a sentence to one person alone.

    Raises:
        PostingError: Slack refused, or could not be reached.
    """

    async def send() -> str:
        await client.chat_postEphemeral(
            channel=place.channel, thread_ts=place.thread_ts, user=person, text=text
        )
        return ""

    await _calling_slack("chat.postEphemeral", send())


async def respond_with(
    client: AsyncWebClient,
    response_url: str,
    messages: Iterable[Message],
    *,
    in_channel: bool = False,
    replace_original: bool = False,
) -> None:
    """Answer a command or a button through its response_url, to the user alone unless `in_channel`.

    `client` lends its HTTP session and time limit.

    Raises:
        PostingError: Slack refused every look, the address expired, or Slack could not be reached.
    """

    async def send(message: Message) -> str:
        return await _respond(
            client,
            response_url,
            {
                "text": message.text,
                "blocks": list(message.blocks),
                "response_type": "in_channel" if in_channel else "ephemeral",
                "replace_original": replace_original,
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )

    await _first_accepted(RESPONSE_URL, messages, send)


async def delete_original(client: AsyncWebClient, response_url: str) -> None:
    """Remove the private message whose button was pressed.

    Raises:
        PostingError: Slack refused, or could not be reached.
    """
    await _calling_slack(RESPONSE_URL, _respond(client, response_url, {"delete_original": True}))


def message_id(key: str) -> str:
    """A UUID that is always the same for the same key."""
    return str(uuid.uuid5(_NAMESPACE, key))


async def _first_accepted(
    method: str, messages: Iterable[Message], send: Callable[[Message], Awaitable[str]]
) -> str:
    refused = BlocksRefusedError("no_message")
    for message in messages:
        try:
            return await _calling_slack(method, send(message))
        except BlocksRefusedError as error:
            log.warning("blocks_refused", look=message.look, code=error.code)
            refused = error
    raise refused


async def _respond(client: AsyncWebClient, response_url: str, body: dict[str, object]) -> str:
    if not is_slacks(response_url, client.base_url):
        raise PostingError("response_url_not_slacks")
    webhook = AsyncWebhookClient(
        response_url, timeout=client.timeout, session=client.session, retry_handlers=[]
    )
    response = await webhook.send_dict(body)
    check_response(response.status_code, response.body, response.headers)
    return ""


async def _messages_after(client: AsyncWebClient, place: Place, after: str) -> list[Mapping[str, object]]:
    limits: dict[str, object] = {
        "channel": place.channel,
        "oldest": after,
        "inclusive": True,
        "limit": LOOKED_THROUGH,
        "include_all_metadata": True,
    }
    if place.thread_ts:
        limits["ts"] = place.thread_ts
    found = (await client.api_call(_looking(place), params=limits)).get("messages")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _looking(place: Place) -> str:
    return "conversations.replies" if place.thread_ts else "conversations.history"


def _key_of(message: Mapping[str, object]) -> object:
    return value_at(message, "metadata", "event_payload", "key")


async def _calling_slack(method: str, sending: Awaitable[str]) -> str:
    try:
        return await _translating(sending)
    except PostingError as error:
        error.method = error.method or method
        raise


async def _translating(sending: Awaitable[str]) -> str:
    try:
        return await sending
    except SlackApiError as error:
        raise error_of(error.response) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise UnreachableError("network") from error
