"""Faults that a test injects: troubled calls of the Web API, lost acks, cut sockets, events in disorder."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final, TypeAlias

from bot.workspace.errors import Refusal, Refused

ANY: Final = "*"
RESPONSE_URL: Final = "response_url"


@dataclass(frozen=True, slots=True)
class Refuse:
    """The call is not carried out and answered `ok: false`; with HTTP 429 where `retry_after` is given."""

    error: str
    messages: tuple[str, ...] = ()
    retry_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Broken:
    """What loses an answer. `carried_out`: the call takes effect first, as where only the way back breaks."""

    carried_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerError(_Broken):
    """An HTTP error in plain text, without JSON."""

    status: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset(_Broken):
    """The connection is reset without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfBody(_Broken):
    """The first half of the JSON; `cut` resets the connection there, else the HTTP answer ends in order."""

    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(_Broken):
    """Nothing is said for `seconds`.

    A call that was carried out is answered then, one that was not gets a reset connection. `late`: it is
    carried out after the silence, though its caller may have given up.
    """

    seconds: float
    late: bool = False


Trouble: TypeAlias = Refuse | ServerError | Reset | HalfBody | Silence


class MessageIds(StrEnum):
    """What becomes of a `client_msg_id` that was posted before: Slack promises little.

    HONOURED: the first message is given again. REPEATED: a second message is posted, under the same id.
    DROPPED: a second one is posted, and no message keeps an id.
    """

    HONOURED = "honoured"
    REPEATED = "repeated"
    DROPPED = "dropped"


@dataclass(slots=True, eq=False)
class Fault:
    """A trouble and the calls that it waits for. `hits` counts those that it met."""

    method: str
    trouble: Trouble
    times: int | None
    until: float | None
    channel: str | None
    hits: int = 0

    def waits_for(self, method: str, channel: str, now: float) -> bool:
        """Whether this call is one of those."""
        if self.times is not None and self.hits >= self.times:
            return False
        if self.until is not None and now >= self.until:
            return False
        return self.method in (method, ANY) and self.channel in (channel, None)

    def end(self) -> None:
        """Trouble no further call."""
        self.times = self.hits


@dataclass(slots=True)
class Faults:
    """What goes wrong. Nothing does unless a test asks for it.

    Attributes:
        limit_posts: refuse more than one chat.postMessage a second in a channel.
        message_ids: what becomes of a `client_msg_id` that was posted before.
        acks_to_drop: how many of the next acks are treated as never received.
        sockets_to_cut: how many of the next Socket Mode envelopes have their connection reset when they
            have been sent, before their ack.
        copies: how many times each event is delivered, all at once, the later ones marked as retries.
        disorder_seconds: each delivery of an event is held back for a random time up to this.
        random: where the times of the disorder come from, the same in each run.
    """

    limit_posts: bool = False
    message_ids: MessageIds = MessageIds.HONOURED
    acks_to_drop: int = 0
    sockets_to_cut: int = 0
    copies: int = 1
    disorder_seconds: float = 0.0
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - no secret depends on it
    now: Callable[[], float] = time.time
    _waiting: list[Fault] = field(default_factory=list)
    _last_post: dict[str, float] = field(default_factory=dict)
    _cleared: asyncio.Event = field(default_factory=asyncio.Event)

    # --- what a test asks for ------------------------------------------------------------------------

    def inject(
        self,
        method: str,
        trouble: Trouble,
        *,
        times: int | None = 1,
        seconds: float | None = None,
        channel: str | None = None,
    ) -> Fault:
        """Trouble the next calls of a Web API method; faults of one method are met in the order injected.

        Args:
            method: a method's name, `RESPONSE_URL` for posts to one, or `ANY` for all.
            trouble: what happens to the call.
            times: how many calls; None for any number.
            seconds: calls after this time are not troubled; None for no end.
            channel: the id of the channel that a call must name; None for all calls.
        """
        until = None if seconds is None else self.now() + seconds
        fault = Fault(method, trouble, times, until, channel)
        self._waiting.append(fault)
        return fault

    def refuse_next(self, method: str, error: str, *messages: str, retry_after: int | None = None) -> Fault:
        """Refuse the next call of a Web API method with this error, without carrying it out."""
        return self.inject(method, Refuse(error, messages, retry_after))

    def lose_next_answer(self, method: str) -> Fault:
        """Carry out the next call of a method, then answer it with a bare HTTP 500."""
        return self.inject(method, ServerError(carried_out=True))

    def rate_limit(self, method: str, seconds: float, channel: str | None = None) -> Fault:
        """Answer all calls of a method with 429 for a time; Retry-After names what is left of it."""
        return self.inject(method, Refuse(Refusal.RATELIMITED), times=None, seconds=seconds, channel=channel)

    def clear(self) -> None:
        """End every injected trouble, silences under way included; the attributes stay as they are."""
        self._waiting.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()

    # --- what the workspace asks ---------------------------------------------------------------------

    def take_trouble(self, method: str, channel: str = "") -> Trouble | None:
        """The trouble of this call, if any; it counts as met."""
        now = self.now()
        fault = next((fault for fault in self._waiting if fault.waits_for(method, channel, now)), None)
        if fault is None:
            return None
        fault.hits += 1
        trouble = fault.trouble
        if isinstance(trouble, Refuse) and trouble.error == Refusal.RATELIMITED and fault.until is not None:
            return dataclasses.replace(trouble, retry_after=math.ceil(fault.until - now))
        return trouble

    async def silence(self, seconds: float) -> None:
        """Wait for this time, or until the faults are cleared."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), seconds)

    def take_dropped_ack(self) -> bool:
        """Whether this ack gets lost."""
        lost = self.acks_to_drop > 0
        self.acks_to_drop -= lost
        return lost

    def take_cut(self) -> bool:
        """Whether the socket of the envelope that was just sent is cut."""
        cut = self.sockets_to_cut > 0
        self.sockets_to_cut -= cut
        return cut

    def hold_times(self) -> list[float]:
        """For each copy of an event, how many seconds it is held back."""
        return [self.random.uniform(0, self.disorder_seconds) for _ in range(self.copies)]

    def check_post(self, channel: str) -> None:
        """Raise `ratelimited` when posts are limited and the channel's last one is under a second ago."""
        now = self.now()
        if self.limit_posts and now - self._last_post.get(channel, now - 2) < 1:
            raise Refused(Refusal.RATELIMITED, retry_after=1)
        self._last_post[channel] = now
