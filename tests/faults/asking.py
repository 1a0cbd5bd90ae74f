"""Questions of a fault test and what became of each: none lost, none answered twice."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from typing import Final

from bot.workspace.embedded import RunningWorkspace, WaitedTooLong
from bot.workspace.model import Message
from bot.workspace.payloads import JsonObject, as_text

QUESTIONS: Final = (
    "@torchdesk which torch for CUDA 10.2?",
    "@torchdesk py3.12 能装 torch 2.1 吗",
    "@torchdesk torch 2.1 with python 3.8?",
)


class Asking:
    """Asks in the channels of a workspace in turn, and counts the replies in each question's thread."""

    def __init__(
        self,
        slack: RunningWorkspace,
        channels: Sequence[str] = ("general", "ml-help"),
        people: Sequence[str | None] = (None,),
    ) -> None:
        self._slack = slack
        self._people = itertools.cycle(people)
        self._channels = itertools.cycle(channels)
        self._texts = itertools.cycle(QUESTIONS)
        self._replies: dict[tuple[str, str], set[str]] = {}
        self._unanswered: set[tuple[str, str]] = set()
        self._posted: dict[str, list[float]] = {}
        self._apologies = 0
        slack.workspace.store.listeners.append(self._see)

    @property
    def asked(self) -> int:
        """How many questions were asked."""
        return len(self._replies)

    @property
    def lost(self) -> int:
        """How many have no reply."""
        return len(self._unanswered)

    @property
    def repeated(self) -> int:
        """How many have more than one."""
        return sum(len(replies) > 1 for replies in self._replies.values())

    @property
    def apologies(self) -> int:
        """How many of the replies say that there is no answer: a reply that is one has blocks."""
        return self._apologies

    @property
    def shortest_pause(self) -> float:
        """The least time in seconds between two replies in one channel, by their timestamps."""
        pairs = itertools.chain.from_iterable(map(itertools.pairwise, self._posted.values()))
        return min((later - earlier for earlier, later in pairs), default=float("inf"))

    def ask(self, count: int = 1) -> list[Message]:
        """Ask some questions at once."""
        asked = []
        for _ in range(count):
            channel, text, person = next(self._channels), next(self._texts), next(self._people)
            question = self._slack.post_as_user(channel, text, user=person)
            self._replies[question.channel, question.ts] = set()
            self._unanswered.add((question.channel, question.ts))
            asked.append(question)
        return asked

    async def ask_and_wait(self, count: int, seconds: float = 30.0) -> None:
        """Ask some questions at once, and wait until they are answered, as `wait_answered` does."""
        self.ask(count)
        await self.wait_answered(seconds, quiet=0)

    async def wait_answered(self, seconds: float, *, quiet: float = 1.0) -> None:
        """Wait until each has a reply, or the time is up; then until nothing more was said for a while.

        It raises nothing: what is lost or repeated is for the test to look at.
        """
        with contextlib.suppress(WaitedTooLong):
            await self._slack.wait_for(lambda: not self._unanswered, seconds)
        before = -1
        while (said := self._said()) != before:
            before = said
            await asyncio.sleep(quiet)

    def _said(self) -> int:
        return sum(map(len, self._replies.values()))

    def _see(self, kind: str, payload: JsonObject) -> None:
        key = as_text(payload.get("channel")), as_text(payload.get("thread_ts"))
        ts = as_text(payload.get("ts"))
        if kind != "message" or not payload.get("bot_id") or key not in self._replies:
            return
        if payload.get("is_ephemeral"):  # "yours is queued": shown to the asker alone, and no answer
            return
        if ts not in self._replies[key]:
            self._replies[key].add(ts)
            self._unanswered.discard(key)
            self._posted.setdefault(key[0], []).append(float(ts))
            self._apologies += not payload.get("blocks")
