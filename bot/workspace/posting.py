"""What the bot does to messages: post, revise and remove, by the Web API or a response_url."""

from __future__ import annotations

from bot.presenting.limits import MESSAGE_TEXT_CUT
from bot.workspace.content import Content
from bot.workspace.events import Events
from bot.workspace.model import Message
from bot.workspace.store import Store


class Posting:
    """Posts as the bot, and tells the bot of it where Slack would."""

    def __init__(self, store: Store, events: Events) -> None:
        self._store = store
        self._events = events

    def post(
        self,
        channel: str,
        content: Content,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        client_msg_id: str | None = None,
        ephemeral_for: str | None = None,
        user: str | None = None,
    ) -> Message:
        """Post a message; an unknown `thread_ts` lands in the channel's root."""
        thread = self._store.thread_of(channel, thread_ts)
        identity = self._store.identity
        message = Message(
            channel,
            self._store.clock.next_ts(),
            user or identity.bot_user_id,
            content.text[:MESSAGE_TEXT_CUT],
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=content.metadata,
            thread_ts=thread,
            bot_id=None if user else identity.bot_id,
            client_msg_id=client_msg_id,
            subtype="thread_broadcast" if broadcast and thread else None,
            ephemeral_for=ephemeral_for,
        )
        self._store.add(message)
        if ephemeral_for is None:
            self._events.posted(message)
        return message

    def revise(self, message: Message, content: Content) -> None:
        """Replace what a message shows."""
        previous = self._store.wire(message)
        message.text, message.blocks = content.text, content.blocks
        message.attachments = content.attachments
        message.metadata = content.metadata or message.metadata
        message.edited = {"user": message.user, "ts": self._store.clock.next_ts()}
        self._store.changed(message)
        if message.ephemeral_for is None:
            self._events.edited(message, previous)

    def remove(self, message: Message) -> None:
        """Take a message away; one with replies leaves a tombstone."""
        previous = self._store.wire(message)
        buried = self._store.remove(message)
        if message.ephemeral_for is None:
            self._events.deleted(message, previous, buried=buried)
