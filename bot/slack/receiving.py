"""Takes work from listeners into the inbox: once it is stored, Slack may be told that it arrived."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from slack_bolt.context.async_context import AsyncBoltContext
from structlog.typing import FilteringBoundLogger

from bot.slack.gauges import Gauges
from bot.slack.incoming import Incoming, Payload, string_at
from bot.slack.probes import Reason
from bot.slack.work import AnyWork, Sender, WorkCodec, WorkError, surface_of
from bot.storage import Entry, Inbox, StorageError

log: FilteringBoundLogger = structlog.get_logger(__name__)
_LEVEL: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reception:
    """Where listeners hand in work.

    `arrived` is called after each piece. `answer_external` lets the bot answer in channels that are shared
    with other organisations.
    """

    inbox: Inbox
    codec: WorkCodec
    gauges: Gauges
    arrived: Callable[[], None]
    answer_external: bool = False

    async def take(
        self, context: AsyncBoltContext, work: AnyWork, person: str, event: str, subject: str
    ) -> None:
        """Store work. `event` names the delivery, `subject` what is to be done once in its workspace.

        Raises:
            StorageError: it was not stored, so that Slack must not be told that it was.
        """
        started = time.perf_counter()
        sender = Sender(context.team_id or "", context.enterprise_id or "", person)
        try:
            entry = self.codec.entry(work, sender, event, subject)
        except WorkError:
            log.warning("event_refused", kind=work.kind, event_id=event, team=sender.team)
            return
        try:
            await self._store(entry)
        finally:
            self.gauges.metrics.accepted(time.perf_counter() - started)
        self.gauges.metrics.received(surface_of(work))
        if _LEVEL.isEnabledFor(logging.DEBUG):  # a logger with an event costs a tenth of receiving it
            log.debug("accepted", kind=work.kind, event_id=event, team=sender.team)

    async def knows(self, context: AsyncBoltContext, question: Incoming) -> bool:
        """Whether a message was a question to the bot.

        Raises:
            StorageError: that could not be looked up.
        """
        return await self.inbox.holds(context.team_id or "", question.key)

    async def _store(self, entry: Entry) -> None:
        try:
            await self.inbox.accept(entry)
        except StorageError:
            self.gauges.health.failed(Reason.DATABASE)  # until the worker can write again
            raise
        self.arrived()


def delivery(body: Payload, instead: str) -> str:
    """What names this delivery: Slack's event id or trigger id; `instead` where there is none."""
    return string_at(body, "event_id") or string_at(body, "trigger_id") or instead
