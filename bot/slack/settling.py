"""Has one piece of work done, and decides what is to be noted of it: done, put off, parked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

import structlog
from structlog.typing import FilteringBoundLogger

from bot.metrics import Metrics
from bot.slack.api_errors import RateLimitedError, UnreachableError
from bot.slack.holding import Hold
from bot.slack.verdicts import Done, GivenUp, Hands, PutOff, Verdict
from bot.storage import Claimed, Inbox, RefusedError, StorageError

log: FilteringBoundLogger = structlog.get_logger(__name__)

Result = TypeVar("Result")
Noting = Callable[[], Awaitable[object]]
"""Notes what became of a piece of work; to be called again where the database fails."""

MOST_TRIES: Final = 3
MOST_APOLOGIES: Final = 20
PASSING: Final = (RateLimitedError, UnreachableError, StorageError)


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long the texts of what was asked are kept, and what is kept of them then."""

    texts: timedelta
    digest: Callable[[str], str]

    def instead_of(self, payload: str) -> str | None:
        """What to keep of a payload that was dealt with; None: all of it, for now."""
        return None if self.texts else self.digest(payload)


@dataclass(frozen=True, slots=True)
class Settling:
    """How one process, which the database knows as `owner`, settles what it claimed.

    `retry_seconds`: how long to wait after a first failure; after a second, twice that. `keeping`: how long
    texts are kept. `repeatable`: the kinds of work that may be asked for again once they were given up.
    """

    owner: str
    inbox: Inbox
    hands: Hands
    metrics: Metrics
    keeping: Keeping
    retry_seconds: float
    repeatable: tuple[str, ...] = ()

    async def attempt(self, claimed: Claimed, hold: Hold) -> Noting:
        """What is to be noted about a piece of work, after doing it."""
        if claimed.failures + claimed.losses >= MOST_TRIES:
            return await self._giving_up(claimed, hold, None)
        doing = await ended(self.hands.handle(claimed, hold))
        error = doing.exception()
        if error is None:
            return self._settling(claimed, doing.result())
        log.error("failed", **_where(claimed), tries=claimed.failures + claimed.losses + 1, exc_info=error)
        if claimed.failures + claimed.losses + 1 < MOST_TRIES:
            wait = self.retry_seconds * 2.0**claimed.failures
            return lambda: self.inbox.put_off(self.owner, claimed, wait, failed=True)
        return await self._giving_up(claimed, hold, error)

    async def _giving_up(self, claimed: Claimed, hold: Hold, error: BaseException | None) -> Noting:
        """Apologize, in the end: where that cannot be just now, it is put off."""
        ending = await ended(self._end(claimed, hold, error))
        trouble = ending.exception()
        if isinstance(trouble, PASSING) and claimed.delays < MOST_APOLOGIES:
            wait = self.retry_seconds * 2.0 ** min(claimed.delays, 5)
            counts = claimed.failures + claimed.losses < MOST_TRIES
            return lambda: self.inbox.put_off(self.owner, claimed, wait, failed=counts)
        if trouble is not None:
            log.error("not_told", exc_info=trouble)
        elif (verdict := ending.result()) is not None:
            return self._settling(claimed, verdict)
        return self._parking(claimed, "lost" if error is None else type(error).__name__)

    async def _end(self, claimed: Claimed, hold: Hold, error: BaseException | None) -> Verdict | None:
        """Apologize, unless the answer stands already: what became of it then."""
        if await self.hands.has_answered(claimed):
            if claimed.failures + claimed.losses > MOST_TRIES:
                return Done("answered")  # noting what it says was tried, and it died over that, too
            again = await ended(self.hands.handle(claimed, hold))  # which finds it, and notes what it says
            return again.result() if again.exception() is None else Done("answered")
        await self._free(claimed)  # before: whoever reads the apology may ask again that moment
        await self.hands.apologize(claimed, error)
        return None

    async def _free(self, claimed: Claimed) -> None:
        if claimed.entry.kind in self.repeatable:
            await self.inbox.free(self.owner, claimed)

    def _settling(self, claimed: Claimed, verdict: Verdict) -> Noting:
        inbox, owner = self.inbox, self.owner
        match verdict:
            case Done():
                return lambda: self._finish(claimed, verdict)
            case PutOff(reason, seconds, rest):
                log.warning("put_off", **_where(claimed), reason=reason, seconds=round(seconds, 1))
                self.metrics.put_off(reason.partition(":")[0])
                return lambda: inbox.put_off(owner, claimed, seconds, rest=rest)
            case GivenUp(reason):
                return self._parking(claimed, reason)

    async def _finish(self, claimed: Claimed, done: Done) -> None:
        """Close it with its notes; for one that the database does not take, no channel stands still."""
        finish = partial(
            self.inbox.finish,
            self.owner,
            claimed,
            done.outcome,
            rest=done.rest,
            repeatable=done.repeatable,
            instead=self.keeping.instead_of(claimed.entry.payload),
        )
        try:
            await finish(notes=done.notes)
        except RefusedError as error:
            log.error("answer_not_noted", **_where(claimed), error=str(error))
            await finish()

    def _parking(self, claimed: Claimed, reason: str) -> Noting:
        log.error("parked", **_where(claimed), reason=reason)
        self.metrics.parked()

        async def park() -> None:
            await self._free(claimed)
            await self.inbox.park(self.owner, claimed, reason)

        return park


async def ended(work: Coroutine[object, object, Result]) -> asyncio.Task[Result]:
    """A piece of work that came to its end, well or by an error."""
    doing = asyncio.create_task(work)
    try:
        await asyncio.wait({doing})
    finally:
        doing.cancel()
    return doing


def _where(claimed: Claimed) -> dict[str, str]:
    entry = claimed.entry
    return {"channel": entry.channel, "kind": entry.kind}
