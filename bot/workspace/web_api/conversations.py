"""conversations.*: channels, their members and what was said in them."""

from __future__ import annotations

from bot.workspace.errors import Refusal, Refused
from bot.workspace.model import Channel, Message
from bot.workspace.payloads import JsonObject
from bot.workspace.web_api.arguments import Arguments
from bot.workspace.web_api.paging import next_page, page_of
from bot.workspace.workspace import Workspace


def list_channels(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.list, by default the public channels."""
    kinds = {kind.strip() for kind in (arguments.text("types") or "public_channel").split(",")}
    channels = workspace.store.channels.values()
    shown = [c for c in channels if ("im" if c.is_im else "public_channel") in kinds]
    page, cursor = page_of(shown, arguments)
    return {"channels": [_channel(workspace, channel) for channel in page], **next_page(cursor)}


def info(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.info."""
    channel = workspace.store.channel(arguments.required("channel"))
    fields = _channel(workspace, channel)
    if arguments.flag("include_num_members"):
        fields["num_members"] = len(channel.members)
    return {"channel": fields}


def open_im(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.open of the direct message with one user, or of a known channel."""
    if arguments.text("channel"):
        channel = workspace.store.channel(arguments.text("channel"))
    else:
        users = arguments.required("users").split(",")
        if len(users) > 1:
            raise Refused(Refusal.METHOD_NOT_SUPPORTED_FOR_CHANNEL_TYPE, "group messages are not served here")
        channel = workspace.store.open_im(workspace.store.user(users[0]))
    full = arguments.flag("return_im")
    return {"channel": _channel(workspace, channel) if full else {"id": channel.id}}


def join(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.join a public channel."""
    channel = workspace.store.channel(arguments.required("channel"))
    if channel.is_im:
        raise Refused(Refusal.METHOD_NOT_SUPPORTED_FOR_CHANNEL_TYPE)
    bot = workspace.identity.bot_user_id
    already: JsonObject = {"warning": "already_in_channel"} if bot in channel.members else {}
    if bot not in channel.members:
        channel.members.append(bot)
    return {"channel": _channel(workspace, channel), **already}


def members(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.members."""
    channel = workspace.store.channel(arguments.required("channel"))
    page, cursor = page_of(channel.members, arguments)
    return {"members": page, **next_page(cursor)}


def history(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.history: the root's messages, newest first."""
    channel = _readable(workspace, arguments)
    root = [m for m in reversed(workspace.store.messages(channel.id)) if m.in_root and _between(m, arguments)]
    page, cursor = page_of(root, arguments)
    messages = _wire(workspace, page, arguments)
    return {"messages": messages, "has_more": bool(cursor), "pin_count": 0, **next_page(cursor)}


def replies(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """conversations.replies: a thread's parent, then its replies, oldest first."""
    channel = _readable(workspace, arguments)
    ts = arguments.required("ts")
    thread = workspace.store.thread_of(channel.id, ts)
    if thread is None:
        raise Refused(Refusal.THREAD_NOT_FOUND)
    parent = workspace.store.message(channel.id, thread)
    told = [parent, *(m for m in workspace.store.replies(channel.id, thread) if _between(m, arguments))]
    page, cursor = page_of(told, arguments)
    return {"messages": _wire(workspace, page, arguments), "has_more": bool(cursor), **next_page(cursor)}


def _readable(workspace: Workspace, arguments: Arguments) -> Channel:
    channel = workspace.store.channel(arguments.required("channel"))
    if workspace.identity.bot_user_id not in channel.members:
        raise Refused(Refusal.NOT_IN_CHANNEL)
    return channel


def _between(message: Message, arguments: Arguments) -> bool:
    oldest, latest = arguments.text("oldest") or "0", arguments.text("latest") or "9" * 10
    if arguments.flag("inclusive"):
        return float(oldest) <= float(message.ts) <= float(latest)
    return float(oldest) < float(message.ts) < float(latest)


def _wire(workspace: Workspace, page: list[Message], arguments: Arguments) -> list[JsonObject]:
    rows = [workspace.store.wire(message) for message in page]
    if not arguments.flag("include_all_metadata"):
        for row in rows:
            row.pop("metadata", None)
    return rows


def _channel(workspace: Workspace, channel: Channel) -> JsonObject:
    bot = workspace.identity.bot_user_id
    if channel.is_im:
        other = next(member for member in channel.members if member != bot)
        return {
            "id": channel.id,
            "is_im": True,
            "user": other,
            "created": channel.created,
            "is_archived": False,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": False,
        "is_archived": False,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": bot in channel.members,
        "created": channel.created,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
