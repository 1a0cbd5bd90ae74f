"""Slack's payloads as typed values: which message asks something, and where its answer belongs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.slack.redaction import redact
from bot.slack.text import mentions, plain_text, whole

Payload = Mapping[str, object]

ANSWERED_SUBTYPES: Final = frozenset({"", "file_share", "thread_broadcast"})
DIRECT: Final = "im"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply is posted: a channel, and the thread in it (None: at the channel's foot, in a DM)."""

    channel: str
    thread_ts: str | None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One addressed message: what it asks in plain text, where from, and under which event.

    `edited` is the timestamp of its last edit; an empty text where there was none.
    """

    event_id: str
    user: str
    channel: str
    ts: str
    text: str
    place: Place
    edited: str

    @property
    def key(self) -> str:
        """Names the answer to this message."""
        return f"{self.channel}/{self.ts}"

    @property
    def digest(self) -> str:
        """A hash of the text: tells whether an edit changed it."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: the question it carries, on which message, by whom."""

    question: str
    user: str
    channel: str
    message_ts: str
    thread_ts: str | None
    private: bool

    def key(self, kind: str) -> str:
        """Names this button of this message, whoever presses it and however often."""
        digest = hashlib.sha256(self.question.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return f"{kind}/{self.channel}/{self.message_ts}/{digest}"

    @property
    def place(self) -> Place:
        """Where its answer goes: the thread of the message; in a DM outside threads, the DM."""
        if self.thread_ts is None and self.channel.startswith("D"):
            return Place(self.channel, None)
        return Place(self.channel, self.thread_ts or self.message_ts)


def string_at(payload: Payload, *path: str) -> str:
    """The string at a path of keys, or an empty one where there is none."""
    value = value_at(payload, *path)
    return value if isinstance(value, str) else ""


def mapping_at(payload: Payload, *path: str) -> Payload:
    """The object at a path of keys, or an empty one where there is none."""
    value = value_at(payload, *path)
    return value if isinstance(value, dict) else {}


def value_at(payload: Payload, *path: str) -> object:
    """Whatever stands at a path of keys, or None."""
    value: object = payload
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def read_message(
    body: Payload, message: Payload, bot_user: str | None, *, anyhow: bool = False
) -> Incoming | None:
    """The question in a message of an event, or None where the bot is not addressed by a person.

    `message` is the event itself, or the `message` inside a `message_changed`. With `anyhow` a person's
    message counts even if it does not address the bot (any more).
    """
    if not _is_from_a_person(message, bot_user):
        return None
    event = mapping_at(body, "event")
    raw = string_at(message, "text")
    channel, ts = string_at(event, "channel"), string_at(message, "ts")
    if not channel or not ts or not (anyhow or is_addressed(event, raw, bot_user)):
        return None
    thread_ts = string_at(message, "thread_ts") or None
    return Incoming(
        event_id=string_at(body, "event_id") or f"{channel}/{ts}",
        user=string_at(message, "user"),
        channel=channel,
        ts=ts,
        text=redact(plain_text(raw)),
        place=Place(channel, thread_ts if is_direct(event) else thread_ts or ts),
        edited=string_at(message, "edited", "ts"),
    )


def read_press(body: Payload) -> Press:
    """The pressed button in a `block_actions` payload."""
    actions = value_at(body, "actions")
    first = actions[0] if isinstance(actions, list) and actions else {}
    return Press(
        question=whole(string_at(first, "value")) if isinstance(first, dict) else "",
        user=string_at(body, "user", "id"),
        channel=string_at(body, "container", "channel_id") or string_at(body, "channel", "id"),
        message_ts=string_at(body, "container", "message_ts") or string_at(body, "message", "ts"),
        thread_ts=string_at(body, "message", "thread_ts")
        or string_at(body, "container", "thread_ts")
        or None,
        private=value_at(body, "container", "is_ephemeral") is True,
    )


def is_direct(event: Payload) -> bool:
    """Whether the event happened in a direct message with the bot."""
    return string_at(event, "channel_type") == DIRECT or string_at(event, "channel").startswith("D")


def is_addressed(event: Payload, raw: str, bot_user: str | None) -> bool:
    """Whether a message with this text speaks to the bot: in a direct message, or by mentioning it."""
    return is_direct(event) or string_at(event, "type") == "app_mention" or mentions(raw, bot_user)


def is_external(body: Payload) -> bool:
    """Whether the event comes from a channel shared with another organisation (Slack Connect)."""
    return value_at(body, "is_ext_shared_channel") is True


def _is_from_a_person(message: Payload, bot_user: str | None) -> bool:
    user = string_at(message, "user")
    return (
        bool(user)
        and user not in (bot_user, "USLACKBOT")
        and not string_at(message, "bot_id")
        and string_at(message, "subtype") in ANSWERED_SUBTYPES
        and value_at(message, "hidden") is not True
    )
