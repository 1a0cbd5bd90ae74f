"""Notices that this machine's clock is off: every request looks stale then, though Slack just signed it."""

from __future__ import annotations

import structlog
from structlog.typing import FilteringBoundLogger

from bot.slack.seldom import Seldom

log: FilteringBoundLogger = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
WHAT = (
    "requests that Slack signed are refused as too old or too new: set this machine's clock by the network"
    " (NTP); where it is right, somebody plays old requests again"
)


class ClockWatch:
    """One for each server. Forged requests cost nothing more: of the stale ones it looks at one a second."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._may_look = Seldom(LOOK_SECONDS)
        self._may_tell = Seldom()

    def may_look(self) -> bool:
        """Whether the next stale request is to be read, to see if its signature is right."""
        return self._may_look()

    def off_by(self, seconds: float) -> None:
        """Slack signed a stale request, so many seconds ago (below 0: from now). Told once a minute."""
        if self._may_tell():
            log.error("clock_off", seconds=round(seconds), what=WHAT)
