"""Puts the parts together: knowledge into a pipeline, the pipeline behind Slack or the local workspace."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from structlog.typing import FilteringBoundLogger

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.collecting import keep_loaded, let_go
from bot.knowledge.loader import load_knowledge
from bot.live.pipeline import LivePipeline
from bot.live.reloading import Mended, Notice, Reloader, log_overrides
from bot.metrics import Metrics
from bot.pipeline import Pipeline
from bot.presenting.surface import SurfacePhrases
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.http import serve_http
from bot.slack.lifecycle import reloading_on_hangup
from bot.slack.logs import configure_logging, tell_crashes
from bot.slack.maintainers import Report, tell_maintainers
from bot.slack.probes import Health, Reason, probe_routes
from bot.slack.socket import run_socket
from bot.storage import open_store
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.model import Command
from bot.workspace.workspace import WorkspaceOptions

log: FilteringBoundLogger = structlog.get_logger(__name__)

DEFAULT_DATABASE = "sqlite+aiosqlite:///torchdesk.db"
PASSING_DATABASE = "sqlite+aiosqlite:///:memory:"
COMMAND = "/torch"


def surface_phrases(pipeline: Pipeline | LivePipeline) -> Callable[[str | None], SurfacePhrases]:
    """The words of a chat surface as they are now, by language; those of the first language for None."""
    return lambda lang: _surface(_words(pipeline.kb, lang))


def _words(kb: KnowledgeBase, lang: str | None) -> Mapping[str, str]:
    return kb.wordings.get(lang or "") or next(iter(kb.wordings.values()))


def _surface(words: Mapping[str, str]) -> SurfacePhrases:
    return SurfacePhrases(
        why=words["surface.why"],
        share=words["surface.share"],
        source=words["surface.source_line"],
        checked=words["surface.checked_line"],
        shared_by=words["surface.shared_by"],
        more_rows=words["surface.more_rows"],
        more_sources=words["surface.more_sources"],
        failure=words["surface.failure"],
        unhandled=words["surface.unhandled"],
    )


async def serve(pipeline: Pipeline, settings: Settings, *, http: bool) -> None:
    """Join Slack by Socket Mode or HTTP until stopped.

    Raises:
        SettingsError: a token or secret that the mode needs is missing.
        StorageError: the database does not open.
        SlackConnectionError: Slack refused a token or could not be reached.
    """
    configure_logging(settings.log_level)
    tell_crashes()
    health, metrics = Health(), Metrics()
    pipeline.warm()
    keep_loaded(tidy=True)
    live = LivePipeline(pipeline)
    async with open_store(settings.database_url or DEFAULT_DATABASE) as store:
        app = build_app(live, store, surface_phrases(live), settings)
        async with keeping_up(live, app.client, settings):
            health.recovered(Reason.STARTING)
            if http:
                await serve_http(
                    app,
                    settings.slack_signing_secret,
                    settings.host,
                    settings.port,
                    routes=probe_routes(health, metrics),
                )
            else:
                await run_socket(app, settings.slack_app_token or "")


@asynccontextmanager
async def keeping_up(
    live: LivePipeline, client: AsyncWebClient, settings: Settings
) -> AsyncIterator[Reloader]:
    """Take over changes of the knowledge meanwhile: as files change, and at SIGHUP.

    Mistakes are told to `settings.maintainers` and to those that the folders themselves name.
    """

    def build() -> Pipeline:
        let_go()
        pipeline = Pipeline(load_knowledge(live.kb.folders, settings.cache_path))
        pipeline.warm()
        return pipeline

    async def tell(notice: Notice) -> None:
        ids = tuple(dict.fromkeys((*settings.maintainers, *live.kb.maintainers)))
        await tell_maintainers(client, ids, _report(notice, _words(live.kb, None)))

    log_overrides(live.kb)
    reloader, stop = Reloader(live, build, tell), asyncio.Event()
    task = asyncio.create_task(reloader.run(stop))
    task.add_done_callback(_log_end)
    try:
        with reloading_on_hangup(reloader.wake):
            yield reloader
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


def _log_end(task: asyncio.Task[None]) -> None:
    """Say if watching ended by an error: the bot goes on answering, but sees no more changes."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("knowledge_no_longer_watched", exc_info=error)


def _report(notice: Notice, words: Mapping[str, str]) -> Report:
    if isinstance(notice, Mended):
        return Report(words["surface.knowledge_mended"])
    headline = words["surface.knowledge_broken"].format(count=len(notice.problems))
    return Report(headline, [str(problem) for problem in notice.problems])


async def serve_workspace(
    pipeline: Pipeline, settings: Settings, port: int, opened: Callable[[str], None]
) -> None:
    """Open the local workspace with the bot in it until stopped; `opened` is told the page's address.

    Raises:
        OSError: the port is taken.
    """
    configure_logging(settings.log_level if settings.log_level != "INFO" else "WARNING")
    pipeline.warm()
    keep_loaded(tidy=True)
    async with bot_in_workspace(pipeline, settings, port) as (workspace, bot):
        opened(workspace.base_url)
        await bot


@asynccontextmanager
async def bot_in_workspace(
    pipeline: Pipeline, settings: Settings, port: int = 0
) -> AsyncIterator[tuple[RunningWorkspace, asyncio.Task[None]]]:
    """A workspace with the unchanged bot connected to it, and the task that is the bot."""
    async with (
        running_workspace(workspace_options(pipeline), port=port) as workspace,
        open_store(settings.database_url or PASSING_DATABASE) as store,
    ):
        own, live = workspace_settings(workspace, settings), LivePipeline(pipeline)
        app = build_app(live, store, surface_phrases(live), own)
        stop, started = asyncio.Event(), asyncio.Event()
        bot = asyncio.create_task(run_socket(app, own.slack_app_token or "", stop=stop, started=started))
        ready = asyncio.create_task(started.wait())
        await asyncio.wait((bot, ready), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        try:
            async with keeping_up(live, app.client, own):
                yield workspace, bot
        finally:
            stop.set()
            await bot


def workspace_options(pipeline: Pipeline) -> WorkspaceOptions:
    """A workspace with this bot's command, and a question or two in each language to start from."""
    wordings = pipeline.kb.wordings
    first = next(iter(wordings.values()))
    command = Command(COMMAND, first["surface.command"], first["surface.command_hint"])
    suggestions = [words[key] for words in wordings.values() for key in ("suggest.first", "suggest.second")]
    return WorkspaceOptions(commands=(command,), suggestions=suggestions)


def workspace_settings(workspace: RunningWorkspace, settings: Settings) -> Settings:
    """The settings of a bot that joins the local workspace; who is at the page there is its maintainer."""
    return dataclasses.replace(
        settings,
        slack_bot_token=workspace.bot_token,
        slack_app_token=workspace.app_token,
        slack_signing_secret=workspace.signing_secret,
        slack_api_url=workspace.api_url,
        maintainers=(workspace.user().id,),
    )
