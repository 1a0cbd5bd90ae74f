"""Faults that a test injects: lost acks, refused calls, lost answers, rate limits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from bot.workspace.errors import Refusal, Refused


@dataclass(slots=True)
class Faults:
    """What goes wrong next. Nothing does unless a test asks for it.

    Attributes:
        limit_posts: refuse more than one chat.postMessage a second in a channel.
        acks_to_drop: how many of the next acks are treated as never received.
    """

    limit_posts: bool = False
    acks_to_drop: int = 0
    _refusals: dict[str, deque[Refused]] = field(default_factory=dict)
    _lost_answers: dict[str, int] = field(default_factory=dict)
    _last_post: dict[str, float] = field(default_factory=dict)

    def refuse_next(self, method: str, error: str, *messages: str, retry_after: int | None = None) -> None:
        """Refuse the next call of a Web API method with this error, without carrying it out."""
        refusal = Refused(error, *messages, retry_after=retry_after)
        self._refusals.setdefault(method, deque()).append(refusal)

    def lose_next_answer(self, method: str) -> None:
        """Carry out the next call of a method, then answer it with a bare HTTP 500."""
        self._lost_answers[method] = self._lost_answers.get(method, 0) + 1

    def check_call(self, method: str) -> None:
        """Raise the refusal that waits for this method, if any."""
        waiting = self._refusals.get(method)
        if waiting:
            raise waiting.popleft()

    def take_lost_answer(self, method: str) -> bool:
        """Whether the answer of this call gets lost."""
        left = self._lost_answers.get(method, 0)
        self._lost_answers[method] = max(0, left - 1)
        return left > 0

    def take_dropped_ack(self) -> bool:
        """Whether this ack gets lost."""
        lost = self.acks_to_drop > 0
        self.acks_to_drop -= lost
        return lost

    def check_post(self, channel: str, now: float) -> None:
        """Raise `ratelimited` when posts are limited and the channel's last one is under a second ago."""
        if self.limit_posts and now - self._last_post.get(channel, now - 2) < 1:
            raise Refused(Refusal.RATELIMITED, retry_after=1)
        self._last_post[channel] = now
