"""What may become of a piece of work, and what does it."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Protocol

from bot.slack.holding import Hold
from bot.storage import Claimed, Entry, Note


@dataclass(frozen=True, slots=True)
class Done:
    """It is done. Its lane rests for `rest` seconds; `repeatable`: the same may be asked for again.

    `notes` are written with that.
    """

    outcome: str
    rest: float = 0
    repeatable: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class PutOff:
    """Something that passes stands in the way: to be tried again in so many seconds."""

    reason: str
    seconds: float
    rest: float = 0


@dataclass(frozen=True, slots=True)
class GivenUp:
    """It cannot be done, and trying again is of no use."""

    reason: str


Verdict = Done | PutOff | GivenUp


class Hands(Protocol):
    """What does the work."""

    def handle(self, claimed: Claimed, hold: Hold) -> Coroutine[object, object, Verdict]:
        """Do one piece of work, as long as `hold` is sure; an exception counts as a failed try."""
        ...

    def has_answered(self, claimed: Claimed) -> Coroutine[object, object, bool]:
        """Whether the answer stands already: a process was gone between posting it and noting that."""
        ...

    def apologize(self, claimed: Claimed, error: BaseException | None) -> Coroutine[object, object, None]:
        """Tell who waits that no answer will come, after `error`, or because processes died over it."""
        ...

    def keep_waiting(self, entry: Entry) -> Coroutine[object, object, None]:
        """Tell who waits that it may take a while."""
        ...
