"""The things of a workspace: people, channels, messages and views."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.workspace.payloads import JsonObject, without_nulls

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command that the app registers, such as `/ask`."""

    name: str
    description: str = ""
    usage_hint: str = ""


class ShortcutKind(StrEnum):
    """Where a shortcut is offered."""

    GLOBAL = "shortcut"
    MESSAGE = "message_action"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut that the app registers, on a message or global."""

    callback_id: str
    name: str
    kind: ShortcutKind = ShortcutKind.MESSAGE


@dataclass(frozen=True, slots=True)
class User:
    """A member of the workspace: a person, or the bot's own user."""

    id: str
    name: str
    real_name: str
    is_bot: bool = False


@dataclass(slots=True)
class Channel:
    """A public channel, or a direct message between the bot and one person."""

    id: str
    name: str
    members: list[str]
    created: int
    is_im: bool = False
    topic: str = ""

    @property
    def kind(self) -> str:
        """The `channel_type` of its events."""
        return "im" if self.is_im else "channel"


@dataclass(slots=True)
class Message:
    """A message as the workspace keeps it; `ephemeral_for` names the one who sees an ephemeral one."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    files: list[JsonObject] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    client_msg_id: str | None = None
    metadata: JsonObject | None = None
    edited: JsonObject | None = None
    subtype: str | None = None
    ephemeral_for: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def in_root(self) -> bool:
        """Whether it shows in the channel itself rather than inside a thread."""
        return self.thread_ts in (None, self.ts) or self.subtype == "thread_broadcast"


@dataclass(slots=True)
class View:
    """A modal or a home tab that the bot published for one person."""

    id: str
    user: str
    content: JsonObject
    hash: str
    root_id: str
    previous_id: str | None = None
    trigger_id: str | None = None

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.content.get("type"))

    @property
    def external_id(self) -> str:
        """The bot's own name of the view, or an empty string."""
        return str(self.content.get("external_id") or "")


def reactions_json(message: Message) -> list[JsonObject] | None:
    """The `reactions` field of a message, or nothing when nobody reacted."""
    rows: list[JsonObject] = [
        {"name": name, "users": list(users), "count": len(users)}
        for name, users in message.reactions.items()
        if users
    ]
    return rows or None


def message_json(message: Message, team: str, app_id: str) -> JsonObject:
    """A message in the form that the Web API and the events give it, without its thread's counts."""
    return without_nulls(
        {
            "type": "message",
            "subtype": message.subtype,
            "user": message.user,
            "ts": message.ts,
            "client_msg_id": message.client_msg_id,
            "bot_id": message.bot_id,
            "app_id": app_id if message.bot_id else None,
            "text": message.text,
            "team": team,
            "thread_ts": message.thread_ts,
            "blocks": message.blocks or None,
            "attachments": message.attachments or None,
            "files": message.files or None,
            "metadata": message.metadata,
            "edited": message.edited,
            "reactions": reactions_json(message),
            "hidden": True if message.subtype == "tombstone" else None,
        }
    )
