"""Tells when events pour in: then receiving them comes before answering."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

RUSH_PER_SECOND: Final = 250
"""About a third of what one process can take: below that it answers as fast as it can, and keeps up."""

LEAST_SECONDS: Final = 0.02
"""Over less time than this a few events say nothing."""


class Rush:
    """Counts what arrives between two looks. `now` gives seconds from any point on."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Nothing arrived yet."""
        self._now = now
        self._arrived = 0
        self._since = now()

    def arrive(self) -> None:
        """One more event."""
        self._arrived += 1

    def look(self) -> bool:
        """Whether more than `RUSH_PER_SECOND` came since the last look."""
        at = self._now()
        seconds = max(at - self._since, LEAST_SECONDS)
        arrived, self._arrived, self._since = self._arrived, 0, at
        return arrived > RUSH_PER_SECOND * seconds
