"""How surely a process holds a piece of work: once its lease has ended, another may take it over."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.errors import BotError


class LeaseLostError(BotError):
    """Another process may have taken the work over, so that this one may no longer speak for it."""


@dataclass(slots=True)
class Hold:
    """A lease of `lease` seconds, which nobody else touches before `until`, a time of `time.monotonic`."""

    lease: float
    until: float

    @property
    def is_sure(self) -> bool:
        """Whether there is time for a call to Slack.

        A lease is renewed when a third of it has passed; where only a sixth is left, this process or the
        database has been out of breath.
        """
        return self.until - time.monotonic() > self.lease / 6

    def check(self) -> None:
        """Do nothing while the hold is sure.

        Raises:
            LeaseLostError: it is not.
        """
        if not self.is_sure:
            raise LeaseLostError("the lease has ended, or is about to")
