"""Lines of the log that would be repeated by each request or question: one a minute is enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

USUAL_SECONDS: Final = 60.0
MOST: Final = 1_000


class Seldom:
    """Lets something happen once in so many seconds, for each of a number of keys."""

    def __init__(self, seconds: float = USUAL_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds from any point on."""
        self._seconds = seconds
        self._now = now
        self._last: dict[str, float] = {}

    def __call__(self, key: str = "") -> bool:
        """Whether it is time again; then it counts as done."""
        now = self._now()
        self._last = {each: when for each, when in self._last.items() if now - when < self._seconds}
        if key in self._last or len(self._last) >= MOST:
            return False
        self._last[key] = now
        return True
