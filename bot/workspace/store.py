"""The state of the workspace in memory: who is there, what was said, and a notice of every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from bot.workspace.errors import Refusal, Refused
from bot.workspace.identity import Identity, TimestampClock, new_id
from bot.workspace.model import SLACKBOT, Channel, Message, User, message_json
from bot.workspace.payloads import JsonObject

ChangeListener = Callable[[str, JsonObject], None]
TOMBSTONE_TEXT = "This message was deleted."


class Store:
    """Users, channels and messages. Changes are told to `listeners` by kind and payload."""

    def __init__(self, identity: Identity, clock: TimestampClock) -> None:
        self.identity = identity
        self.clock = clock
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.listeners: list[ChangeListener] = []
        self._messages: dict[str, dict[str, Message]] = {}
        self._ephemeral: dict[str, dict[str, Message]] = {}

    # --- people and channels -------------------------------------------------------------------------

    def add_user(
        self, name: str, real_name: str = "", *, is_bot: bool = False, user_id: str | None = None
    ) -> User:
        """Let someone join the workspace, and every public channel with them."""
        user = User(user_id or new_id("U"), name, real_name or name, is_bot)
        self.users[user.id] = user
        for channel in self.channels.values():
            if not channel.is_im:
                channel.members.append(user.id)
        return user

    def add_channel(self, name: str, members: Iterable[str], *, topic: str = "") -> Channel:
        """Open a public channel."""
        channel = Channel(new_id("C"), name, list(members), int(self.clock.now()), topic=topic)
        return self._register(channel)

    def open_im(self, user: User) -> Channel:
        """The direct message between the bot and `user`, opened when there is none yet."""
        for channel in self.channels.values():
            if channel.is_im and user.id in channel.members:
                return channel
        members = [self.identity.bot_user_id, user.id]
        return self._register(Channel(new_id("D"), user.name, members, int(self.clock.now()), is_im=True))

    def _register(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        self._messages[channel.id] = {}
        self._ephemeral[channel.id] = {}
        return channel

    def user(self, user_id: str) -> User:
        """Raises `user_not_found` for an id that nobody has."""
        if user_id not in self.users:
            raise Refused(Refusal.USER_NOT_FOUND)
        return self.users[user_id]

    def user_named(self, name: str) -> User:
        """A user by id or name; raises `user_not_found`."""
        for user in self.users.values():
            if name.removeprefix("@") in (user.id, user.name):
                return user
        raise Refused(Refusal.USER_NOT_FOUND)

    def channel(self, name: str) -> Channel:
        """A channel by id, or by name with or without `#`; raises `channel_not_found`."""
        if name in self.channels:
            return self.channels[name]
        for channel in self.channels.values():
            if not channel.is_im and channel.name == name.removeprefix("#"):
                return channel
        raise Refused(Refusal.CHANNEL_NOT_FOUND)

    # --- messages ------------------------------------------------------------------------------------

    def messages(self, channel: str) -> list[Message]:
        """All messages of a channel in order of time, replies included, ephemeral ones not."""
        return list(self._messages[channel].values())

    def ephemeral(self, channel: str) -> list[Message]:
        """The ephemeral messages still shown in a channel, in order of time."""
        return list(self._ephemeral[channel].values())

    def all_messages(self) -> list[Message]:
        """Every message of every channel, ephemeral ones too."""
        kept = chain(self._messages.values(), self._ephemeral.values())
        return sorted(
            (message for by_ts in kept for message in by_ts.values()), key=lambda message: message.ts
        )

    def message(self, channel: str, ts: str) -> Message:
        """One message, ephemeral or not; raises `message_not_found`."""
        found = self._messages[channel].get(ts) or self._ephemeral[channel].get(ts)
        if found is None:
            raise Refused(Refusal.MESSAGE_NOT_FOUND)
        return found

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """The replies of a thread, its parent not among them."""
        return [m for m in self._messages[channel].values() if m.thread_ts == thread_ts and m.ts != thread_ts]

    def by_client_msg_id(self, channel: str, client_msg_id: str) -> Message | None:
        """The message that was posted in a channel under this idempotency key."""
        rows = self._messages[channel].values()
        return next((message for message in rows if message.client_msg_id == client_msg_id), None)

    def thread_of(self, channel: str, thread_ts: str | None) -> str | None:
        """The thread that a post naming `thread_ts` lands in; nothing means the channel's root.

        A parent that is unknown lands in the root; the timestamp of a reply leads to that reply's thread.
        """
        parent = self._messages[channel].get(thread_ts or "")
        return None if parent is None else parent.thread_ts or parent.ts

    def add(self, message: Message) -> Message:
        """Keep a new message and tell the listeners."""
        kept = self._messages if message.ephemeral_for is None else self._ephemeral
        kept[message.channel][message.ts] = message
        parent = self._messages[message.channel].get(message.thread_ts or "")
        if parent is not None and message.ephemeral_for is None:
            parent.thread_ts = parent.ts
            if parent is not message:
                self.changed(parent)
        self.changed(message)
        return message

    def changed(self, message: Message) -> None:
        """Tell the listeners that a message is new or other than it was."""
        self.tell("message", self.json(message))

    def remove(self, message: Message) -> bool:
        """Take a message away. One with replies leaves a tombstone, and the answer is then True."""
        if message.ephemeral_for is None and self.replies(message.channel, message.ts):
            self._bury(message)
            return True
        kept = self._messages if message.ephemeral_for is None else self._ephemeral
        del kept[message.channel][message.ts]
        self.tell("message_removed", {"channel": message.channel, "ts": message.ts})
        parent = self._messages[message.channel].get(message.thread_ts or "")
        if parent is not None and parent is not message:
            self._after_a_reply_left(parent)
        return False

    def _bury(self, message: Message) -> None:
        message.user, message.bot_id, message.client_msg_id = SLACKBOT, None, None
        message.text, message.subtype, message.thread_ts = TOMBSTONE_TEXT, "tombstone", message.ts
        message.blocks, message.attachments, message.metadata, message.edited = [], [], None, None
        self.changed(message)

    def _after_a_reply_left(self, parent: Message) -> None:
        if self.replies(parent.channel, parent.ts):
            self.changed(parent)
        elif parent.subtype == "tombstone":
            self.remove(parent)
        else:
            parent.thread_ts = None
            self.changed(parent)

    # --- as JSON -------------------------------------------------------------------------------------

    def json(self, message: Message) -> JsonObject:
        """A message with its channel, its thread's counts and, if ephemeral, who sees it (for the page)."""
        fields = {**self.wire(message), "channel": message.channel}
        if message.ephemeral_for is not None:
            fields |= {"is_ephemeral": True, "ephemeral_for": message.ephemeral_for}
        return fields

    def wire(self, message: Message) -> JsonObject:
        """A message as the Web API gives it, a thread's parent with the counts of its replies."""
        fields = message_json(message, self.identity.team_id, self.identity.app_id)
        replies = self.replies(message.channel, message.ts) if message.ephemeral_for is None else []
        if replies:
            people = list(dict.fromkeys(reply.user for reply in replies))
            fields |= {
                "reply_count": len(replies),
                "reply_users": people,
                "reply_users_count": len(people),
                "latest_reply": replies[-1].ts,
            }
        elif message.thread_ts and message.thread_ts != message.ts:
            parent = self._messages[message.channel].get(message.thread_ts)
            fields |= {"parent_user_id": parent.user} if parent else {}
        return fields

    def tell(self, kind: str, payload: JsonObject) -> None:
        """Tell every listener of a change."""
        for listener in list(self.listeners):
            listener(kind, payload)
