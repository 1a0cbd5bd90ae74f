"""What people do to messages: post, edit, delete, react, and open the app."""

from __future__ import annotations

import uuid

from bot.workspace.errors import Refusal, Refused
from bot.workspace.identity import new_id
from bot.workspace.model import Channel, Message, User
from bot.workspace.mrkdwn import encode_typed, rich_text_of
from bot.workspace.payloads import JsonObject
from bot.workspace.workspace import Workspace


def encoded(workspace: Workspace, text: str) -> str:
    """Typed text as Slack stores it, with mentions of the people and channels that there are."""
    users = {user.name: user.id for user in workspace.store.users.values()}
    channels = {
        channel.name: channel.id for channel in workspace.store.channels.values() if not channel.is_im
    }
    return encode_typed(text, users, channels)


def post_as(
    workspace: Workspace, user: User, channel: Channel, text: str, thread_ts: str | None = None
) -> Message:
    """Post what a person typed."""
    if not text.strip():
        raise Refused(Refusal.NO_TEXT)
    stored = encoded(workspace, text.strip())
    message = Message(
        channel.id,
        workspace.store.clock.next_ts(),
        user.id,
        stored,
        blocks=[rich_text_of(stored, new_id("b"))],
        thread_ts=workspace.store.thread_of(channel.id, thread_ts),
        client_msg_id=str(uuid.uuid4()),
    )
    workspace.store.add(message)
    workspace.events.posted(message)
    return message


def edit_as(workspace: Workspace, user: User, message: Message, text: str) -> None:
    """Change the text of a person's own message."""
    if message.user != user.id:
        raise Refused(Refusal.CANT_UPDATE_MESSAGE)
    stored = encoded(workspace, text.strip())
    if stored == message.text:
        return
    previous = workspace.store.wire(message)
    message.text, message.blocks = stored, [rich_text_of(stored, new_id("b"))]
    message.edited = {"user": user.id, "ts": workspace.store.clock.next_ts()}
    workspace.store.changed(message)
    workspace.events.edited(message, previous)


def delete_as(workspace: Workspace, user: User, message: Message) -> None:
    """Delete a person's own message."""
    if message.user != user.id:
        raise Refused(Refusal.CANT_DELETE_MESSAGE)
    previous = workspace.store.wire(message)
    buried = workspace.store.remove(message)
    if message.ephemeral_for is None:
        workspace.events.deleted(message, previous, buried=buried)


def dismiss_as(workspace: Workspace, user: User, message: Message) -> None:
    """Put away an ephemeral message; the bot isn't told."""
    if message.ephemeral_for != user.id:
        raise Refused(Refusal.CANT_DELETE_MESSAGE)
    workspace.store.remove(message)


def unfurl(workspace: Workspace, message: Message, title: str) -> None:
    """Give a message the preview of a link: changed, but not edited."""
    previous = workspace.store.wire(message)
    preview: JsonObject = {"id": 1, "title": title, "fallback": title}
    message.attachments = [*message.attachments, preview]
    workspace.store.changed(message)
    workspace.events.annotated(message, previous)


def react_as(workspace: Workspace, user: User, message: Message, name: str) -> None:
    """Add a reaction, or take back one's own."""
    people = message.reactions.setdefault(name, [])
    taken_back = user.id in people
    (people.remove if taken_back else people.append)(user.id)
    workspace.store.changed(message)
    workspace.events.reaction("reaction_removed" if taken_back else "reaction_added", message, name, user)


def open_home(workspace: Workspace, user: User, tab: str = "messages") -> None:
    """Open the app's home (`home`) or the direct message with it (`messages`)."""
    home = workspace.views.homes.get(user.id)
    view = workspace.views.json(home) if home and tab == "home" else None
    workspace.events.home_opened(user, workspace.store.open_im(user), tab, view)
