"""response_url: five answers in thirty minutes to one command or press, without a token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from bot.presenting.limits import RESPONSE_URL_SECONDS, RESPONSE_URL_USES
from bot.workspace.content import read_content
from bot.workspace.errors import Refusal, Refused
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject, as_text
from bot.workspace.posting import Posting
from bot.workspace.store import Store

RESPONSE_PATH: Final = "/hooks/"


@dataclass(slots=True)
class _Address:
    channel: str
    user: str
    made_at: float
    original: Message | None
    uses: int = 0


class ResponseUrls:
    """Makes response_urls under `base_url` and carries out what is posted to them."""

    def __init__(self, store: Store, posting: Posting) -> None:
        self.base_url = ""
        self._store = store
        self._posting = posting
        self._addresses: dict[str, _Address] = {}

    def new(self, channel: str, user: str, original: Message | None = None) -> str:
        """A response_url for an action of `user`; `original` is the message pressed."""
        key = secrets.token_urlsafe(24)
        self._addresses[key] = _Address(channel, user, self._store.clock.now(), original)
        return f"{self.base_url}{RESPONSE_PATH}{key}"

    def respond(self, key: str, fields: JsonObject) -> None:
        """Carry out one answer.

        Raises:
            Refused: the address is unknown, used up or too old, or the content is refused.
        """
        address = self._addresses.get(key)
        if address is None:
            raise Refused(Refusal.NOT_FOUND)
        if self._store.clock.now() - address.made_at > RESPONSE_URL_SECONDS:
            raise Refused(Refusal.EXPIRED_URL)
        if address.uses >= RESPONSE_URL_USES:
            raise Refused(Refusal.USED_URL)
        self._carry_out(address, fields)
        address.uses += 1

    def acknowledge(self, channel: str, user: str, fields: JsonObject) -> Message | None:
        """Show the body of a command's ack, if it has anything to show."""
        if not (fields.get("text") or fields.get("blocks") or fields.get("attachments")):
            return None
        return self._post(channel, user, fields)

    def _carry_out(self, address: _Address, fields: JsonObject) -> None:
        original = address.original
        if original is not None and is_true(fields.get("delete_original")):
            self._posting.remove(self._store.message(original.channel, original.ts))
        elif original is not None and is_true(fields.get("replace_original")):
            self._posting.revise(self._store.message(original.channel, original.ts), read_content(fields))
        else:
            self._post(address.channel, address.user, fields)

    def _post(self, channel: str, user: str, fields: JsonObject) -> Message:
        public = fields.get("response_type") == "in_channel"
        return self._posting.post(
            channel,
            read_content(fields),
            thread_ts=as_text(fields.get("thread_ts")) or None,
            ephemeral_for=None if public else user,
        )


def is_true(value: object) -> bool:
    """Slack takes a flag as true, "true", 1 or "1"."""
    return str(value).lower() in ("true", "1")
