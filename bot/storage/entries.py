"""Events as they go into the inbox, as they are handed out, and as maintainers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is stored.

    `event_id` and `subject` (within `team`) each name what is to be done once: a second entry with either is
    the same event again. Events of one `lane` are handed out one after the other. `payload` is what there is
    to do, as text.
    """

    event_id: str
    team: str
    enterprise: str
    subject: str
    lane: str
    kind: str
    channel: str
    person: str
    payload: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts against a person's limit: events of these kinds, for so many seconds."""

    kinds: Sequence[str]
    seconds: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that this process holds until its lease ends.

    Attributes:
        age: milliseconds since it was received.
        failures: how often it ended in an error.
        losses: how often the process that held it was gone.
        delays: how often it was put off because Slack or the database was not to be had.
        before: outcomes of what the same person asked shortly before, each with its count.
    """

    id: int
    entry: Entry
    age: int
    failures: int
    losses: int
    delays: int
    before: Mapping[str, int] = field(default_factory=dict)

    @property
    def again(self) -> bool:
        """Whether it was begun before, so that its answer may have been posted."""
        return bool(self.failures or self.losses or self.delays)


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that was given up, as maintainers see it: without what it says."""

    id: int
    event_id: str
    team: str
    channel: str
    kind: str
    received_at: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits: events, and milliseconds since the oldest of them came."""

    waiting: int
    oldest: int
