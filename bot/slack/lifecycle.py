"""Running and stopping: one HTTP session while the app runs, and no answer cut off when it stops."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.listener.async_listener_completion_handler import AsyncListenerCompletionHandler
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from structlog.typing import FilteringBoundLogger

log: FilteringBoundLogger = structlog.get_logger(__name__)

DRAIN_SECONDS: Final = 15.0


class InFlight(AsyncListenerStartHandler):
    """Counts the listeners at work: Bolt acknowledges an event before its listener has answered."""

    def __init__(self) -> None:
        """Nothing is at work yet."""
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        """A listener starts."""
        self._count += 1
        self._idle.clear()

    def finished(self) -> None:
        """A listener ended, well or not."""
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    async def drain(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Wait until nothing is at work; False if that took longer than `seconds`."""
        await asyncio.sleep(0)  # a listener that was scheduled just now gets to start
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except TimeoutError:
            log.warning("stopped_while_answering", listeners=self._count)
            return False
        return True


class _Finished(AsyncListenerCompletionHandler):
    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:
        self._in_flight.finished()


def watch(app: AsyncApp) -> None:
    """Count the app's listeners from now on."""
    in_flight = InFlight()
    app.listener_runner.listener_start_handler = in_flight
    app.listener_runner.listener_completion_handler = _Finished(in_flight)


async def drain(app: AsyncApp, seconds: float = DRAIN_SECONDS) -> bool:
    """Wait until the app's listeners are done; False if that took longer than `seconds`."""
    in_flight = app.listener_runner.listener_start_handler
    return await in_flight.drain(seconds) if isinstance(in_flight, InFlight) else True


@asynccontextmanager
async def running(app: AsyncApp) -> AsyncIterator[None]:
    """Hold one HTTP session for all calls to Slack; at the end, let started answers finish first."""
    timeout = aiohttp.ClientTimeout(total=app.client.timeout)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        app.client.session = session
        try:
            yield
        finally:
            await drain(app)
            app.client.session = None


@contextmanager
def stopping_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on SIGINT and SIGTERM, where this thread may listen for them."""
    loop = asyncio.get_running_loop()
    heard = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):
            break
        heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


@contextmanager
def reloading_on_hangup(reload: Callable[[], None]) -> Iterator[None]:
    """Call `reload` on SIGHUP, where there is such a signal and this thread may listen for it.

    Where the terminal that the bot was started in is gone, the signal still ends the bot.
    """
    loop, hangup = asyncio.get_running_loop(), getattr(signal, "SIGHUP", None)
    on_terminal = sys.stdin is not None and sys.stdin.isatty()

    def heard() -> None:
        if on_terminal and not sys.stdin.isatty():
            signal.raise_signal(signal.SIGTERM)
        else:
            reload()

    try:
        if hangup is not None:
            loop.add_signal_handler(hangup, heard)
    except (NotImplementedError, RuntimeError, ValueError):
        hangup = None
    try:
        yield
    finally:
        if hangup is not None:
            loop.remove_signal_handler(hangup)
