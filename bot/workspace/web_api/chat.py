"""chat.*: posting, revising and deleting the bot's messages."""

from __future__ import annotations

import uuid
from typing import Final

from bot.presenting.limits import MESSAGE_TEXT_ADVISED
from bot.workspace.content import Content, read_content
from bot.workspace.errors import Refusal, Refused
from bot.workspace.faults import MessageIds
from bot.workspace.model import Channel, Message
from bot.workspace.payloads import JsonObject
from bot.workspace.web_api.arguments import Arguments
from bot.workspace.workspace import Workspace

# Slack advises 4,000 characters to who posts, and enforces them on who updates (chat.update: msg_too_long).
UPDATE_TEXT_AT_MOST: Final = MESSAGE_TEXT_ADVISED


def post_message(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.postMessage; a repeated `client_msg_id` gives the first message again."""
    channel = destination(workspace, arguments.required("channel"))
    client_msg_id = _client_msg_id(arguments, workspace.faults.message_ids)
    if client_msg_id and workspace.faults.message_ids is MessageIds.HONOURED:
        known = workspace.store.by_client_msg_id(channel.id, client_msg_id)
        if known:
            return _posted(workspace, known)
    content = read_content(arguments.fields)
    thread_ts = arguments.timestamp("thread_ts", Refusal.INVALID_THREAD_TS)
    workspace.faults.check_post(channel.id)
    message = workspace.posting.post(
        channel.id,
        content,
        thread_ts=thread_ts,
        broadcast=arguments.flag("reply_broadcast"),
        client_msg_id=client_msg_id,
    )
    return _posted(workspace, message)


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.postEphemeral: shown to one member of the channel, and kept nowhere."""
    channel = _member_channel(workspace, arguments.required("channel"))
    user = workspace.store.user(arguments.required("user"))
    if user.id not in channel.members:
        raise Refused(Refusal.USER_NOT_IN_CHANNEL)
    thread_ts = arguments.timestamp("thread_ts", Refusal.INVALID_THREAD_TS)
    content = read_content(arguments.fields)
    message = workspace.posting.post(channel.id, content, thread_ts=thread_ts, ephemeral_for=user.id)
    return {"message_ts": message.ts}


def update(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.update of the bot's own message; fields that are not given stay as they were."""
    message = _own_message(workspace, arguments, Refusal.CANT_UPDATE_MESSAGE)
    if len(arguments.text("text")) > UPDATE_TEXT_AT_MOST:
        raise Refused(Refusal.MSG_TOO_LONG)
    new = read_content(arguments.fields)
    given = arguments.fields
    content = Content(
        new.text or message.text,
        new.blocks if "blocks" in given or new.text else message.blocks,
        new.attachments if "attachments" in given or new.text else message.attachments,
        new.metadata,
    )
    workspace.posting.revise(message, content)
    shown = workspace.store.wire(message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.delete of the bot's own message."""
    message = _own_message(workspace, arguments, Refusal.CANT_DELETE_MESSAGE)
    workspace.posting.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.getPermalink: an address that opens the page at the message."""
    channel = workspace.store.channel(arguments.required("channel"))
    message = kept_message(workspace, channel, arguments.required("message_ts"))
    link = f"{workspace.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def destination(workspace: Workspace, name: str) -> Channel:
    """Where a post goes: a channel that the bot is in, or the direct message with a user.

    Raises:
        Refused: there is no such channel or user, or the bot is no member.
    """
    if name in workspace.store.users:
        return workspace.store.open_im(workspace.store.users[name])
    return _member_channel(workspace, name)


def kept_message(workspace: Workspace, channel: Channel, ts: str) -> Message:
    """A message of the channel that is not ephemeral; raises `message_not_found`."""
    message = workspace.store.message(channel.id, ts)
    if message.ephemeral_for is not None:
        raise Refused(Refusal.MESSAGE_NOT_FOUND)
    return message


def _member_channel(workspace: Workspace, name: str) -> Channel:
    channel = workspace.store.channel(name)
    if workspace.identity.bot_user_id not in channel.members:
        raise Refused(Refusal.NOT_IN_CHANNEL)
    return channel


def _own_message(workspace: Workspace, arguments: Arguments, refusal: Refusal) -> Message:
    channel = workspace.store.channel(arguments.required("channel"))
    message = kept_message(workspace, channel, arguments.required("ts"))
    if message.bot_id != workspace.identity.bot_id:
        raise Refused(refusal)
    return message


def _client_msg_id(arguments: Arguments, ids: MessageIds) -> str | None:
    value = arguments.text("client_msg_id")
    if not value:
        return None
    try:
        given = str(uuid.UUID(value))
        return None if ids is MessageIds.DROPPED else given
    except ValueError as wrong:
        raise Refused(
            Refusal.INVALID_ARGUMENTS, "[ERROR] must be a UUID [json-pointer:/client_msg_id]"
        ) from wrong


def _posted(workspace: Workspace, message: Message) -> JsonObject:
    return {"channel": message.channel, "ts": message.ts, "message": workspace.store.wire(message)}
