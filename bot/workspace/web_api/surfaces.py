"""views.*, reactions.* and assistant.threads.*: modals, home tabs, reactions and the agent's thread."""

from __future__ import annotations

import re
from typing import Final

from bot.workspace.content import parsed
from bot.workspace.errors import Refusal, Refused
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject, as_objects
from bot.workspace.web_api.arguments import Arguments, missing
from bot.workspace.web_api.chat import kept_message
from bot.workspace.workspace import Workspace

PROMPTS_AT_MOST: Final = 4
SESSION_STATES: Final = ("processing", "active", "suspended", "closed")
_REACTION: Final = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def views_open(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.open."""
    view = workspace.views.open(arguments.required("trigger_id"), arguments.object("view"))
    return {"view": workspace.views.json(view)}


def views_push(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.push, on top of the view that the trigger came from."""
    view = workspace.views.push(arguments.required("trigger_id"), arguments.object("view"))
    return {"view": workspace.views.json(view)}


def views_update(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.update by `view_id` or `external_id`."""
    view_id, external_id = arguments.text("view_id"), arguments.text("external_id")
    if not view_id and not external_id:
        raise missing("view_id")
    content = arguments.object("view")
    view = workspace.views.update(workspace.views.get(view_id, external_id), content, arguments.text("hash"))
    return {"view": workspace.views.json(view)}


def views_publish(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """views.publish of a person's home tab."""
    user = workspace.store.user(arguments.required("user_id"))
    view = workspace.views.publish(user.id, arguments.object("view"))
    return {"view": workspace.views.json(view)}


def reactions_add(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """reactions.add as the bot."""
    message, name = _reacted(workspace, arguments)
    people = message.reactions.setdefault(name, [])
    if workspace.identity.bot_user_id in people:
        raise Refused(Refusal.ALREADY_REACTED)
    people.append(workspace.identity.bot_user_id)
    workspace.store.changed(message)
    return {}


def reactions_remove(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """reactions.remove of the bot's own reaction."""
    message, name = _reacted(workspace, arguments)
    people = message.reactions.get(name, [])
    if workspace.identity.bot_user_id not in people:
        raise Refused(Refusal.NO_REACTION)
    people.remove(workspace.identity.bot_user_id)
    workspace.store.changed(message)
    return {}


def set_status(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """assistant.threads.setStatus: shown on the page until the bot posts or clears it."""
    channel = workspace.store.channel(arguments.required("channel_id"))
    thread_ts = arguments.timestamp("thread_ts", Refusal.INVALID_THREAD_TS)
    if thread_ts is None:
        raise missing("thread_ts")
    if "status" not in arguments.fields:
        raise missing("status")
    status: JsonObject = {"channel": channel.id, "thread_ts": thread_ts, "status": arguments.text("status")}
    workspace.store.tell("status", status)
    return {}


def set_session_status(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """agents.sessions.setStatus: checked, and otherwise without effect."""
    if arguments.required("status") not in SESSION_STATES:
        raise Refused(Refusal.INVALID_ARGUMENTS, "[ERROR] must be a valid enum value [json-pointer:/status]")
    if arguments.text("channel_id"):
        workspace.store.channel(arguments.text("channel_id"))
    return {}


def set_suggested_prompts(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """assistant.threads.setSuggestedPrompts: offered on the page's direct message with the bot."""
    channel = workspace.store.channel(arguments.required("channel_id"))
    prompts = as_objects(parsed(arguments.fields.get("prompts")))
    complete = all(_is_text(row.get("title")) and _is_text(row.get("message")) for row in prompts)
    if not prompts or len(prompts) > PROMPTS_AT_MOST or not complete:
        why = f"[ERROR] 1 to {PROMPTS_AT_MOST} prompts of title and message [json-pointer:/prompts]"
        raise Refused(Refusal.INVALID_ARGUMENTS, why)
    title = arguments.text("title")
    workspace.store.tell("prompts", {"channel": channel.id, "title": title, "prompts": prompts})
    return {}


def set_title(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """assistant.threads.setTitle: checked, and otherwise without effect."""
    workspace.store.channel(arguments.required("channel_id"))
    arguments.required("title")
    return {}


def _reacted(workspace: Workspace, arguments: Arguments) -> tuple[Message, str]:
    name = arguments.required("name").strip(":")
    if not _REACTION.fullmatch(name):
        raise Refused(Refusal.INVALID_NAME)
    channel = workspace.store.channel(arguments.required("channel"))
    return kept_message(workspace, channel, arguments.required("timestamp")), name


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
