"""Delivers mentions over signed HTTP as Slack does, but each once only, and keeps what became of each."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.workspace.embedded import RunningWorkspace, WaitedTooLong
from bot.workspace.model import Message
from tests.faults.processes import HOST

QUESTION: Final = "@torchdesk which torch for CUDA 10.2?"
GIVE_UP_SECONDS: Final = 8.0
NO_ANSWER: Final = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A question, the status of the bot's answer to its delivery, and how long that took in seconds."""

    question: Message
    status: int
    seconds: float


class Deliverer:
    """For a workspace that delivers nothing itself; `delivered` is what was delivered so far."""

    def __init__(self, slack: RunningWorkspace, port: int, channels: Sequence[str]) -> None:
        """The bot listens on `port`; questions are asked in the channels in turn."""
        self.delivered: list[Delivered] = []
        self._slack = slack
        self._url = f"http://{HOST}:{port}/slack/events"
        self._channels = itertools.cycle(channels)
        self._signer = SignatureVerifier(slack.signing_secret)

    @property
    def acked(self) -> list[Delivered]:
        """What the bot acknowledged."""
        return [each for each in self.delivered if each.status == 200]

    @property
    def refused(self) -> list[Delivered]:
        """What the bot said that it cannot take now."""
        return [each for each in self.delivered if each.status == 503]

    @property
    def slowest(self) -> float:
        """The longest time that the bot took to answer a delivery."""
        return max(each.seconds for each in self.delivered)

    def replies(self, each: Delivered) -> int:
        """How often a question was answered."""
        return len(self._slack.replies(each.question))

    async def deliver(self, *, late: int = 0) -> Delivered:
        """Ask a question and deliver it, signed `late` seconds ago."""
        question = self._slack.post_as_user(next(self._channels), QUESTION)
        body = json.dumps(self._event(question))
        stamp = str(int(time.time()) - late)
        signature = self._signer.generate_signature(timestamp=stamp, body=body) or ""
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
        headers["Content-Type"] = "application/json"
        began = time.monotonic()
        status = await self._post(body, headers)
        self.delivered.append(Delivered(question, status, time.monotonic() - began))
        return self.delivered[-1]

    @asynccontextmanager
    async def delivering(self, pause: float) -> AsyncIterator[None]:
        """Deliver one question after another for the time of a block, however long each takes."""
        tasks: list[asyncio.Task[Delivered]] = []

        async def go_on() -> None:
            while True:
                tasks.append(asyncio.create_task(self.deliver()))
                await asyncio.sleep(pause)

        going = asyncio.create_task(go_on())
        try:
            yield
        finally:
            going.cancel()
            await asyncio.gather(going, return_exceptions=True)
            await asyncio.gather(*tasks)

    async def wait_answered(self, seconds: float, *, quiet: float = 1.5) -> None:
        """Wait until each acknowledged question has a reply, or the time is up, and then a while more."""
        with contextlib.suppress(WaitedTooLong):
            await self._slack.wait_for(lambda: all(map(self.replies, self.acked)), seconds)
        await asyncio.sleep(quiet)

    async def _post(self, body: str, headers: dict[str, str]) -> int:
        timeout = aiohttp.ClientTimeout(total=GIVE_UP_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(self._url, data=body.encode(), headers=headers) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return NO_ANSWER

    def _event(self, question: Message) -> dict[str, object]:
        event = {"type": "app_mention", "channel": question.channel, "user": question.user}
        return {
            "type": "event_callback",
            "team_id": self._slack.workspace.identity.team_id,
            "event_id": f"Ev{question.ts.replace('.', '')}",
            "event": event | {"text": question.text, "ts": question.ts, "event_ts": question.ts},
        }


def channels_for(slack: RunningWorkspace, count: int) -> list[str]:
    """New channels: in one of them the bot says one thing a second."""
    first = len(slack.workspace.store.channels)
    return [slack.add_channel(f"ask-{number}").id for number in range(first, first + count)]


def assert_nothing_lost(deliverer: Deliverer) -> None:
    """Whatever was acknowledged is answered once, and nothing twice."""
    assert [each for each in deliverer.acked if deliverer.replies(each) != 1] == []
    assert [each for each in deliverer.delivered if deliverer.replies(each) > 1] == []
