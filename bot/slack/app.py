"""Build the bot on Slack: Bolt's app with its listeners, and the worker that does what they store."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.errors import BotError
from bot.pipeline import Ask
from bot.settings import Settings, SettingsError
from bot.slack import actions, commands, errors, events, uninstalling
from bot.slack.authorizing import Authorize
from bot.slack.desk import Desk, PhrasesFor
from bot.slack.gauges import Gauges
from bot.slack.handling import MINUTE, Handler, Pace
from bot.slack.probes import Health, Reason
from bot.slack.receiving import Reception
from bot.slack.settling import Keeping, Settling
from bot.slack.work import PRESSED, QUESTIONS, WorkCodec
from bot.slack.worker import Worker
from bot.slack.workspaces import OneWorkspace, Workspaces
from bot.storage import Counted, Store

log: FilteringBoundLogger = structlog.get_logger(__name__)

NAME: Final = "torchdesk"
USUAL: Final = Pace()
MEET_SECONDS: Final = 2.0
CALL_SECONDS: Final = 10
"""How long a call to Slack may take. It is not repeated at once: the inbox does that."""


class WorkerError(BotError):
    """The worker of this process ended by an error, a mistake in the program: the process has to end too."""


class Clients:
    """Clients of the Web API, by bot token, over one HTTP session."""

    def __init__(self, api_url: str | None) -> None:
        """`api_url` moves the Web API elsewhere."""
        self._api_url = api_url or AsyncWebClient.BASE_URL
        self._session: aiohttp.ClientSession | None = None
        self._given: list[AsyncWebClient] = []

    def __call__(self, token: str | None) -> AsyncWebClient:
        """A client for one call or a few."""
        return AsyncWebClient(
            token=token,
            base_url=self._api_url,
            timeout=CALL_SECONDS,
            session=self._session,
            retry_handlers=[],
        )

    def lasting(self, token: str | None) -> AsyncWebClient:
        """A client that is kept, and gets the session once there is one."""
        client = self(token)
        self._given.append(client)
        return client

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Hold one HTTP session for all calls."""
        timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            self._lend(session)
            try:
                yield
            finally:
                self._lend(None)

    def _lend(self, session: aiohttp.ClientSession | None) -> None:
        self._session = session
        for client in self._given:
            client.session = session


@dataclass(frozen=True, slots=True)
class SlackBot:
    """The bot on Slack. `client` carries the bot token of the settings, where there is one."""

    app: AsyncApp
    worker: Worker
    client: AsyncWebClient
    clients: Clients
    health: Health
    workspaces: Workspaces

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Hold the HTTP session, and do what the inbox has; at the end finish what is in hand.

        Raises:
            WorkerError: the worker ended by an error, and so does the block: a process that answers nothing
                must not look as if it did.
        """
        stop, around = asyncio.Event(), asyncio.current_task()
        async with self.clients.open():
            work = asyncio.create_task(self.worker.run(stop))
            work.add_done_callback(lambda _: around.cancel() if around and not stop.is_set() else None)
            meeting = asyncio.create_task(self._meet())
            try:
                yield
            finally:
                meeting.cancel()
                stop.set()
                await _see_ended(work)

    async def _meet(self) -> None:
        """Learn from Slack who the bot is: until then no event can be taken, and it is not ready."""
        while True:
            try:
                await self.workspaces.find(None, None)
            except BotError:
                self.health.failed(Reason.IDENTITY)
                await asyncio.sleep(MEET_SECONDS)
            else:
                self.health.recovered(Reason.IDENTITY)
                return


async def _see_ended(work: asyncio.Task[None]) -> None:
    await asyncio.wait({work})
    error = None if work.cancelled() else work.exception()
    if error is not None:
        log.critical("worker_ended", exc_info=error)
        raise WorkerError(f"the worker ended by an error ({type(error).__name__}): see the log") from error


def build_bot(
    ask: Ask,
    store: Store,
    phrases_for: PhrasesFor,
    settings: Settings,
    *,
    gauges: Gauges | None = None,
    workspaces: Workspaces | None = None,
    pace: Pace = USUAL,
    prepare: Callable[[], None] = lambda: None,
    now: Callable[[], float] = time.time,
) -> SlackBot:
    """The bot on Slack. Nothing is sent to Slack before the first request arrives.

    Bolt runs a listener to its end before it acknowledges (`process_before_response`): listeners only store
    what is to be done.

    Args:
        ask: the pipeline.
        store: the inbox, and what is remembered of conversations.
        phrases_for: the surface's words in a language, or in the default one for None.
        settings: `slack_api_url` moves the Web API elsewhere.
        gauges: where it is told how the bot does; without, nobody looks.
        workspaces: those that the bot is in; by default the one of the settings' bot token.
        pace: how long to wait after a message, and before trying again.
        prepare: what is to be done before the first answer, while events are taken already.
        now: seconds since 1970.

    Raises:
        SettingsError: there is neither a bot token nor `workspaces`.
    """
    if not settings.slack_bot_token and workspaces is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set: Slack needs a bot token (xoxb-...)")
    gauges = gauges or Gauges()
    clients, codec = Clients(settings.slack_api_url), WorkCodec()
    client = clients.lasting(settings.slack_bot_token)
    workspaces = workspaces or OneWorkspace(client)
    limit, desk = settings.questions_per_minute, Desk(ask, store, phrases_for)
    hands = Handler(desk, workspaces, clients, limit, pace, gauges.metrics, codec, now)
    keeping = Keeping(timedelta(days=settings.retention_days), codec.digest)
    settling = Settling(
        _owner(), store.inbox, hands, gauges.metrics, keeping, pace.retry_seconds, repeatable=(PRESSED,)
    )
    counted = Counted(QUESTIONS, MINUTE) if limit else None
    lease = settings.lease_seconds
    worker = Worker(store, settling, gauges, lease_seconds=lease, counted=counted, prepare=prepare)
    app = _bolt(clients.lasting(None), workspaces)
    reception = Reception(store.inbox, codec, gauges, worker.wake, settings.answer_external)
    _listen(app, reception)
    uninstalling.register(app, workspaces, store)
    errors.register(app, phrases_for)
    return SlackBot(app, worker, client, clients, gauges.health, workspaces)


def _listen(app: AsyncApp, reception: Reception) -> None:
    """Bolt asks listeners in turn: what comes most often goes first, and before those that need no inbox."""
    for listeners in (events, commands, actions):
        listeners.register(app, reception)


def _bolt(client: AsyncWebClient, workspaces: Workspaces) -> AsyncApp:
    """Bolt's app. Requests are verified before they reach it, over their raw body."""
    return AsyncApp(
        name=NAME,
        logger=_bolt_logger(),
        client=client,
        authorize=Authorize(workspaces),
        request_verification_enabled=False,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )


def _owner() -> str:
    """A name for this process that no other has, and that tells a reader where it runs."""
    return f"{socket.gethostname()[:80]}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def _bolt_logger() -> logging.Logger:
    """Bolt's loggers take the level of this one; at DEBUG they print whole payloads, so never lower."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(max(logging.INFO, logging.getLogger().getEffectiveLevel()))
    logger.addFilter(_is_news)
    return logger


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN by itself, and complains that the client it is given has one already."""
    return record.msg != warning_client_prioritized_and_token_skipped()
