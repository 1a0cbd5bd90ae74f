"""Getting payloads to the bot: attempts, acks and Slack's schedule of retries, whatever the transport."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from bot.presenting.limits import ACK_SECONDS
from bot.workspace.errors import NotDelivered
from bot.workspace.faults import Faults
from bot.workspace.payloads import JsonObject

logger = logging.getLogger(__name__)

RETRY_DELAYS: Final = (0.0, 60.0, 300.0)
WAITING_AT_MOST: Final = 1_000


class Kind(StrEnum):
    """What is delivered, by the `type` of its Socket Mode envelope."""

    EVENT = "events_api"
    COMMAND = "slash_commands"
    INTERACTION = "interactive"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One payload on its way to the bot."""

    kind: Kind
    payload: JsonObject


@dataclass(frozen=True, slots=True)
class Acked:
    """The bot took the payload, and may have answered with a body."""

    body: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt failed; `reason` is what the next attempt names as `retry_reason`."""

    reason: str


Outcome = Acked | Failed


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which attempt this is: number 0 is the first, and only later ones carry a reason."""

    number: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """Times in seconds: how long an ack may take, and the wait before each retry."""

    ack_seconds: float = ACK_SECONDS
    retry_delays: Sequence[float] = RETRY_DELAYS
    waiting_at_most: int = WAITING_AT_MOST


class Transport(Protocol):
    """A way to the bot: Socket Mode or signed HTTP."""

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Deliver once; waits for a bot to be reachable, and then at most the time of an ack."""
        ...


class Outbox:
    """Sends events in the background with retries, and commands and interactions once, awaited."""

    def __init__(self, transport: Transport, settings: DeliverySettings, faults: Faults) -> None:
        self.transport = transport
        self.settings = settings
        self._faults = faults
        self.sent: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def send_event(self, payload: JsonObject) -> None:
        """Deliver an event in the background, retried on Slack's schedule until it is acked."""
        if len(self._tasks) >= self.settings.waiting_at_most:
            logger.warning("event dropped: %d are waiting already", len(self._tasks))
            return
        delivery = Delivery(Kind.EVENT, payload)
        self.sent.append(delivery)
        for copy, held in enumerate(self._faults.hold_times()):
            self._start(self._deliver(delivery, copy, held))

    async def send(self, kind: Kind, payload: JsonObject) -> JsonObject:
        """Deliver a command or an interaction once and give the body of its ack.

        Raises:
            NotDelivered: no bot was reachable, or it did not ack in time.
        """
        delivery = Delivery(kind, payload)
        self.sent.append(delivery)
        patience = 2 * self.settings.ack_seconds
        try:
            outcome = await asyncio.wait_for(self.transport.attempt(delivery, Attempt()), patience)
        except TimeoutError as timeout:
            raise NotDelivered("dispatch_failed") from timeout
        if isinstance(outcome, Failed):
            raise NotDelivered("operation_timeout" if outcome.reason == "timeout" else "dispatch_failed")
        return outcome.body

    async def close(self) -> None:
        """Give up on all that is still under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait until nothing is under way: every event acked or given up."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery, copy: int, held: float) -> None:
        """Deliver until it is acked, first as the attempt that `copy` numbers, after `held` seconds."""
        reason = "timeout" if copy else ""
        delays = (held, *self.settings.retry_delays[copy:])
        for number, delay in enumerate(delays, start=copy):
            await asyncio.sleep(delay)
            outcome = await self.transport.attempt(delivery, Attempt(number, reason))
            if isinstance(outcome, Acked):
                return
            reason = outcome.reason
        logger.warning("event given up after %d retries: %s", len(self.settings.retry_delays), reason)
