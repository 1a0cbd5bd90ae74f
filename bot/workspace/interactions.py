"""What people do with the app: commands, presses, modals and shortcuts, and what the bot's ack then does."""

from __future__ import annotations

from dataclasses import dataclass

from bot.workspace.content import Content
from bot.workspace.delivery import Kind
from bot.workspace.errors import NotDelivered, Refusal, Refused
from bot.workspace.model import SLACKBOT, Channel, Message, Shortcut, ShortcutKind, User, View
from bot.workspace.payloads import JsonObject, as_object, as_objects, as_text
from bot.workspace.pressing import Press, action_json, find_element
from bot.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submitted modal: errors by block id, or none when it was taken."""

    errors: JsonObject


async def run_command(
    workspace: Workspace, user: User, channel: Channel, name: str, text: str
) -> Message | None:
    """Run a slash command; gives the message that its ack shows, if any.

    Raises:
        Refused: the app registers no such command.
        NotDelivered: the bot did not take it; the person has been told, as Slack tells them.
    """
    if name not in [command.name for command in workspace.options.commands]:
        raise Refused(Refusal.UNKNOWN_COMMAND, f"{name} is not a valid command")
    identity = workspace.identity
    payload: JsonObject = {
        "token": identity.verification_token,
        "team_id": identity.team_id,
        "team_domain": _domain(workspace),
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": identity.app_id,
        "is_enterprise_install": "false",
        "response_url": workspace.response_urls.new(channel.id, user.id),
        "trigger_id": workspace.triggers.new(user.id),
    }
    try:
        body = await workspace.outbox.send(Kind.COMMAND, payload)
        return workspace.response_urls.acknowledge(channel.id, user.id, body)
    except NotDelivered as failure:
        _tell(workspace, channel, user, f"{name} failed with the error “{failure.reason}”")
        raise
    except Refused as refused:
        _tell(workspace, channel, user, f"{name} failed with the error “{refused.error}”")
        raise NotDelivered(refused.error) from refused


async def press_in_message(workspace: Workspace, user: User, message: Message, press: Press) -> None:
    """Press a button, or choose in a menu, of a message.

    Raises:
        NothingToPress: the message holds no such element.
        NotDelivered: the bot did not take it.
    """
    block_id, element = find_element(message.blocks, press)
    channel = workspace.store.channel(message.channel)
    ephemeral = message.ephemeral_for is not None
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts and message.thread_ts != message.ts:
        container["thread_ts"] = message.thread_ts
    payload: JsonObject = {
        "type": "block_actions",
        **_common(workspace, user),
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "state": {"values": press.state},
        "response_url": workspace.response_urls.new(channel.id, user.id, message),
        "actions": [action_json(block_id, element, press, workspace.store.clock.next_ts())],
    }
    if not ephemeral:
        payload["message"] = workspace.store.wire(message)
    await workspace.outbox.send(Kind.INTERACTION, payload)


async def press_in_view(workspace: Workspace, user: User, view: View, press: Press) -> None:
    """Press a button, or choose in a menu, of a modal or of the home tab."""
    block_id, element = find_element(as_objects(view.content.get("blocks")), press)
    payload: JsonObject = {
        "type": "block_actions",
        **_common(workspace, user, view),
        "container": {"type": "view", "view_id": view.id},
        "view": _with_state(workspace, view, press.state),
        "actions": [action_json(block_id, element, press, workspace.store.clock.next_ts())],
    }
    await workspace.outbox.send(Kind.INTERACTION, payload)


async def submit_view(workspace: Workspace, user: User, view: View, values: JsonObject) -> Submitted:
    """Submit a modal, and do what the ack says: show errors, update, push, clear or close.

    Raises:
        NotDelivered: the bot did not take it; the modal stays open.
    """
    payload: JsonObject = {
        "type": "view_submission",
        **_common(workspace, user, view),
        "view": _with_state(workspace, view, values),
        "response_urls": [],
    }
    body = await workspace.outbox.send(Kind.INTERACTION, payload)
    response = as_text(body.get("response_action"))
    if response == "errors":
        return Submitted(as_object(body.get("errors")))
    try:
        _follow(workspace, user, view, response, as_object(body.get("view")))
    except Refused as refused:
        raise NotDelivered(refused.error) from refused
    return Submitted({})


def _follow(workspace: Workspace, user: User, view: View, response: str, content: JsonObject) -> None:
    if response == "update":
        workspace.views.update(view, content)
    elif response == "push":
        workspace.views.push_for(user.id, content)
    else:
        workspace.views.close(view, whole_stack=response == "clear")


async def close_view(workspace: Workspace, user: User, view: View) -> None:
    """Close a modal; the bot hears of it if the view says `notify_on_close`."""
    cleared = bool(view.content.get("clear_on_close"))
    shown = workspace.views.json(view)
    workspace.views.close(view, whole_stack=cleared)
    if view.content.get("notify_on_close"):
        payload: JsonObject = {
            "type": "view_closed",
            **_common(workspace, user),
            "view": shown,
            "is_cleared": cleared,
        }
        payload.pop("trigger_id")
        await workspace.outbox.send(Kind.INTERACTION, payload)


async def run_shortcut(
    workspace: Workspace, user: User, callback_id: str, message: Message | None = None
) -> None:
    """Run a global shortcut, or one on a message.

    Raises:
        Refused: the app registers no such shortcut.
        NotDelivered: the bot did not take it.
    """
    kind = ShortcutKind.MESSAGE if message else ShortcutKind.GLOBAL
    if not any(_is(shortcut, callback_id, kind) for shortcut in workspace.options.shortcuts):
        raise Refused(Refusal.UNKNOWN_SHORTCUT, f"no {kind.value} has the callback_id {callback_id}")
    moment = {"callback_id": callback_id, "action_ts": workspace.store.clock.next_ts()}
    payload: JsonObject = {"type": kind.value, **_common(workspace, user), **moment}
    if message is not None:
        channel = workspace.store.channel(message.channel)
        payload |= {
            "channel": {"id": channel.id, "name": _channel_name(channel)},
            "message_ts": message.ts,
            "message": workspace.store.wire(message),
            "response_url": workspace.response_urls.new(channel.id, user.id, message),
        }
    await workspace.outbox.send(Kind.INTERACTION, payload)


def _is(shortcut: Shortcut, callback_id: str, kind: ShortcutKind) -> bool:
    return shortcut.callback_id == callback_id and shortcut.kind is kind


def _common(workspace: Workspace, user: User, view: View | None = None) -> JsonObject:
    identity = workspace.identity
    return {
        "token": identity.verification_token,
        "api_app_id": identity.app_id,
        "team": {"id": identity.team_id, "domain": _domain(workspace)},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": identity.team_id},
        "trigger_id": workspace.triggers.new(user.id, view.id if view else None),
    }


def _with_state(workspace: Workspace, view: View, values: JsonObject) -> JsonObject:
    return workspace.views.json(view) | {"state": {"values": values}}


def _tell(workspace: Workspace, channel: Channel, user: User, text: str) -> None:
    workspace.posting.post(channel.id, Content(text), ephemeral_for=user.id, user=SLACKBOT)


def _channel_name(channel: Channel) -> str:
    return "directmessage" if channel.is_im else channel.name


def _domain(workspace: Workspace) -> str:
    return "-".join(workspace.options.team_name.lower().split())
