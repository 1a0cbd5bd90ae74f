"""The Events API: which event a change in the workspace becomes, and its payload."""

from __future__ import annotations

import re
import secrets
from typing import Final

from bot.workspace.delivery import Outbox
from bot.workspace.identity import new_id
from bot.workspace.model import Channel, Message, User
from bot.workspace.payloads import JsonObject
from bot.workspace.store import Store

DEFAULT_SUBSCRIPTIONS: Final = frozenset({"app_mention", "message.im", "app_home_opened"})
_MESSAGE_SCOPE: Final = {"im": "message.im", "channel": "message.channels"}
_OF_A_MESSAGE: Final = (
    "client_msg_id",
    "subtype",
    "user",
    "ts",
    "text",
    "team",
    "blocks",
    "attachments",
    "files",
    "thread_ts",
    "parent_user_id",
    "bot_id",
    "app_id",
    "edited",
)


class Events:
    """Tells the bot what happened, if it subscribed to that and is a member of the channel."""

    def __init__(self, store: Store, outbox: Outbox, subscriptions: frozenset[str]) -> None:
        self.subscriptions = subscriptions
        self._store = store
        self._outbox = outbox

    def posted(self, message: Message) -> None:
        """A message was posted, by a person or by the bot itself."""
        self._mention(message)
        self._message_event(message, self._message_fields(message))

    def edited(self, message: Message, previous: JsonObject) -> None:
        """A message was edited; an edited mention is announced as a mention once more."""
        self._mention(message)
        self._changed(message, previous)

    def annotated(self, message: Message, previous: JsonObject) -> None:
        """A message changed without an edit, as when Slack unfurls a link."""
        self._changed(message, previous)

    def deleted(self, message: Message, previous: JsonObject, *, buried: bool) -> None:
        """A message was deleted; a thread's parent becomes a tombstone, which Slack calls a change."""
        if buried:
            self._changed(message, previous)
            return
        gone: JsonObject = {
            "subtype": "message_deleted",
            "deleted_ts": message.ts,
            "previous_message": previous,
        }
        self._message_event(message, gone | self._hidden())

    def home_opened(self, user: User, channel: Channel, tab: str, view: JsonObject | None) -> None:
        """A person opened the app's home or its messages."""
        if "app_home_opened" not in self.subscriptions:
            return
        event: JsonObject = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": channel.id,
            "tab": tab,
            "event_ts": self._store.clock.next_ts(),
        }
        self.send(event | ({"view": view} if view else {}))

    def reaction(self, kind: str, message: Message, name: str, user: User) -> None:
        """A reaction was added or removed; `kind` is `reaction_added` or `reaction_removed`."""
        if kind in self.subscriptions:
            item: JsonObject = {"type": "message", "channel": message.channel, "ts": message.ts}
            event: JsonObject = {"type": kind, "user": user.id, "reaction": name, "item": item}
            self.send(event | {"item_user": message.user, "event_ts": self._store.clock.next_ts()})

    def removed(self) -> None:
        """The app was removed from the workspace; these two events come in no certain order."""
        revoked: JsonObject = {"oauth": [], "bot": [self._store.identity.bot_user_id]}
        if "tokens_revoked" in self.subscriptions:
            self.send({"type": "tokens_revoked", "tokens": revoked})
        if "app_uninstalled" in self.subscriptions:
            self.send({"type": "app_uninstalled"})

    def send(self, event: JsonObject) -> None:
        """Wrap an event in an `event_callback` of its own id and send it."""
        self._outbox.send_event(self._callback(event))

    def _mention(self, message: Message) -> None:
        channel = self._store.channel(message.channel)
        bot = self._store.identity.bot_user_id
        named = re.search(rf"<@{bot}(\|[^>]*)?>", message.text)
        if channel.is_im or message.user == bot or bot not in channel.members or not named:
            return
        if "app_mention" in self.subscriptions:
            fields = self._message_fields(message)
            self.send({**fields, "type": "app_mention", "channel": channel.id, "event_ts": message.ts})

    def _changed(self, message: Message, previous: JsonObject) -> None:
        changed: JsonObject = {
            "subtype": "message_changed",
            "message": self._store.wire(message),
            "previous_message": previous,
        }
        self._message_event(message, changed | self._hidden())

    def _message_event(self, message: Message, fields: JsonObject) -> None:
        channel = self._store.channel(message.channel)
        wanted = _MESSAGE_SCOPE[channel.kind] in self.subscriptions
        if not wanted or self._store.identity.bot_user_id not in channel.members:
            return
        place: JsonObject = {"type": "message", "channel": channel.id, "channel_type": channel.kind}
        self.send({**fields, **place, "event_ts": fields["ts"]})

    def _hidden(self) -> JsonObject:
        return {"hidden": True, "ts": self._store.clock.next_ts()}

    def _message_fields(self, message: Message) -> JsonObject:
        wire = self._store.wire(message)
        return {name: wire[name] for name in _OF_A_MESSAGE if name in wire}

    def _callback(self, event: JsonObject) -> JsonObject:
        identity = self._store.identity
        authorization: JsonObject = {
            "enterprise_id": None,
            "team_id": identity.team_id,
            "user_id": identity.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": identity.verification_token,
            "team_id": identity.team_id,
            "context_team_id": identity.team_id,
            "context_enterprise_id": None,
            "api_app_id": identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(self._store.clock.now()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_urlsafe(32)}",
        }
