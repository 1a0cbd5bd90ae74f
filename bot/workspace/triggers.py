"""Trigger ids: three seconds in which the bot may open a modal for one person's action."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.workspace.errors import Refusal, Refused

TRIGGER_SECONDS: Final = 3.0


@dataclass(slots=True)
class _Trigger:
    user: str
    made_at: float
    view: str | None
    used: bool = False


class Triggers:
    """Makes trigger ids and takes each back once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._made: dict[str, _Trigger] = {}

    def new(self, user: str, view: str | None = None) -> str:
        """A trigger id for an action of `user`, done inside `view` if that is given."""
        number = secrets.randbelow(10**12)
        trigger_id = f"{number}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._made[trigger_id] = _Trigger(user, self._now(), view)
        return trigger_id

    def exchange(self, trigger_id: str) -> tuple[str, str | None]:
        """The person, and the view acted in, of a trigger id, which is then used up.

        Raises:
            Refused: the id is unknown, too old or used already.
        """
        trigger = self._made.get(trigger_id)
        if trigger is None:
            raise Refused(Refusal.INVALID_TRIGGER_ID)
        if trigger.used:
            raise Refused(Refusal.EXCHANGED_TRIGGER_ID)
        if self._now() - trigger.made_at > TRIGGER_SECONDS:
            raise Refused(Refusal.EXPIRED_TRIGGER_ID)
        trigger.used = True
        return trigger.user, trigger.view
