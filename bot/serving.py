"""Puts the parts together: knowledge into a pipeline, the pipeline behind Slack or the local workspace."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute
from structlog.typing import FilteringBoundLogger

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.collecting import keep_loaded, let_go
from bot.knowledge.loader import load_knowledge
from bot.knowledge.revision import checked_age, revision_of
from bot.live.pipeline import LivePipeline
from bot.live.reloading import Mended, Notice, Reloader, log_overrides
from bot.metrics import Metrics
from bot.pipeline import Pipeline
from bot.presenting.surface import InstallPhrases, SurfacePhrases
from bot.settings import DEFAULT_DATABASE, Settings
from bot.slack.app import USUAL, build_bot
from bot.slack.gauges import Gauges
from bot.slack.handling import Pace
from bot.slack.http import serve_http
from bot.slack.lifecycle import reloading_on_hangup
from bot.slack.logs import LogFormat, configure_logging, tell_crashes
from bot.slack.maintainers import Report, tell_maintainers
from bot.slack.probes import probe_routes, serve_probes
from bot.slack.socket import run_socket
from bot.slack.tokens import try_before_serving
from bot.slack.workspaces import Workspaces
from bot.storage import StorageError, Store, open_store

if TYPE_CHECKING:
    from bot.workspace.embedded import RunningWorkspace
    from bot.workspace.workspace import WorkspaceOptions

log: FilteringBoundLogger = structlog.get_logger(__name__)

PASSING_DATABASE = "sqlite+aiosqlite:///:memory:"
COMMAND = "/torch"
TOLD_SECONDS = 60.0
"""How long the processes of a bot keep from telling maintainers the same."""


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
        late=words["surface.late"],
        busy=words["surface.busy"],
        slow_down=words["surface.slow_down"],
        failure=words["surface.failure"],
        unhandled=words["surface.unhandled"],
    )


def install_phrases(pipeline: Pipeline | LivePipeline) -> Callable[[str], InstallPhrases]:
    """The words of the page at the end of an installation, by language; another one's get the first's."""
    return lambda lang: _installing(pipeline.kb, lang)


def _installing(kb: KnowledgeBase, wanted: str) -> InstallPhrases:
    lang = wanted if wanted in kb.wordings else next(iter(kb.wordings))
    words = kb.wordings[lang]
    return InstallPhrases(
        lang=lang,
        title=words["surface.install_title"],
        installed=words["surface.install_installed"],
        cancelled=words["surface.install_cancelled"],
        refused=words["surface.install_refused"],
        failed=words["surface.install_failed"],
    )


async def serve(pipeline: Pipeline, settings: Settings, *, http: bool, pace: Pace = USUAL) -> None:
    """Join Slack by Socket Mode or HTTP until stopped.

    Events are taken while the pipeline is still being warmed; the first answers follow. `pace` as in
    `build_bot`.

    Raises:
        SettingsError: a token or secret that the mode needs is missing.
        StorageError: the database does not open.
        SlackConnectionError: Slack refused a token or could not be reached.
    """
    form: LogFormat = "console" if settings.log_format == "console" else "json"
    configure_logging(settings.log_level, log_format=form, secrets=settings.secrets)
    tell_crashes()
    live, gauges = LivePipeline(pipeline), Gauges()
    async with AsyncExitStack() as stack:
        probes = await _probes(stack, settings, gauges)
        store = await stack.enter_async_context(open_store(settings.database_url or DEFAULT_DATABASE))
        joined = await _join(stack, live, store, settings)
        bot = build_bot(
            live,
            store,
            surface_phrases(live),
            settings,
            gauges=gauges,
            workspaces=joined.workspaces,
            pace=pace,
            prepare=partial(_prepare, pipeline),
        )
        await stack.enter_async_context(keeping_up(live, bot.client, store, settings, gauges.metrics))
        if not http:
            await run_socket(bot, settings.slack_app_token or "")
            return
        await try_before_serving(settings.slack_bot_token, settings.slack_api_url)
        await serve_http(
            bot,
            settings.slack_signing_secret,
            settings.host,
            settings.port,
            routes=[*probes, *joined.routes],
        )


def _prepare(pipeline: Pipeline) -> None:
    pipeline.warm()
    keep_loaded(tidy=True)


@dataclasses.dataclass(frozen=True, slots=True)
class _Joined:
    """The workspaces that installed the bot, and the pages on which they do; none for a single bot token."""

    workspaces: Workspaces | None = None
    routes: Sequence[BaseRoute] = ()


async def _join(stack: AsyncExitStack, live: LivePipeline, store: Store, settings: Settings) -> _Joined:
    if not settings.slack_client_id:
        return _Joined()
    from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

    from bot.slack.exchanging import oauth_client
    from bot.slack.installed import InstalledWorkspaces
    from bot.slack.oauth import oauth_routes
    from bot.storage.installations import oauth_stores

    stores = oauth_stores(store.connection, settings.slack_client_id, settings.token_keys)
    client = oauth_client(settings.slack_api_url)
    secret = settings.slack_client_secret or ""
    rotator = AsyncTokenRotator(client_id=settings.slack_client_id, client_secret=secret, client=client)
    workspaces = InstalledWorkspaces(stores.installations, rotator)
    stack.push_async_callback(workspaces.close)
    return _Joined(workspaces, oauth_routes(settings, stores, workspaces, install_phrases(live), client))


async def _probes(stack: AsyncExitStack, settings: Settings, gauges: Gauges) -> Sequence[BaseRoute]:
    """The probes for the bot's own port; where METRICS_PORT is set, the figures are served there alone."""
    if settings.metrics_port is None:
        return probe_routes(gauges.health, gauges.metrics)
    own = probe_routes(gauges.health, gauges.metrics)
    await stack.enter_async_context(serve_probes(own, settings.host, settings.metrics_port))
    return probe_routes(gauges.health)


@asynccontextmanager
async def keeping_up(
    live: LivePipeline, client: AsyncWebClient, store: Store, settings: Settings, metrics: Metrics
) -> AsyncIterator[Reloader]:
    """Take over changes of the knowledge meanwhile: as files change, and at SIGHUP.

    Mistakes are told to `settings.maintainers` and to those that the folders themselves name, by one of the
    processes that see them.
    """

    def build() -> Pipeline:
        let_go()
        pipeline = Pipeline(load_knowledge(live.kb.folders, settings.cache_path))
        pipeline.warm()
        _measure(metrics, pipeline.kb)
        return pipeline

    async def tell(notice: Notice) -> None:
        ids = tuple(dict.fromkeys((*settings.maintainers, *live.kb.maintainers)))
        report = _report(notice, _words(live.kb, None))
        if client.token and await _is_first(store, report):
            await tell_maintainers(client, ids, report)

    log_overrides(live.kb)
    await asyncio.to_thread(_measure, metrics, live.kb)
    reloader, stop = Reloader(live, build, tell), asyncio.Event()
    task = asyncio.create_task(reloader.run(stop))
    task.add_done_callback(_log_end)
    try:
        with reloading_on_hangup(reloader.wake):
            yield reloader
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


async def _is_first(store: Store, report: Report) -> bool:
    """Whether no other process has told this lately. Told twice is better than not at all."""
    said = "\n".join((report.headline, *report.lines))
    try:
        return await store.is_first(hashlib.sha256(said.encode()).hexdigest(), TOLD_SECONDS)
    except StorageError:
        return True


def _measure(metrics: Metrics, kb: KnowledgeBase) -> None:
    age = checked_age(kb, datetime.now(UTC))
    metrics.knowledge(revision_of(kb.folders), age.total_seconds())


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
    from bot.workspace.embedded import running_workspace

    async with (
        running_workspace(workspace_options(pipeline), port=port) as workspace,
        open_store(settings.database_url or PASSING_DATABASE) as store,
    ):
        own, live = workspace_settings(workspace, settings), LivePipeline(pipeline)
        bot = build_bot(live, store, surface_phrases(live), own)
        stop, started = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(run_socket(bot, own.slack_app_token or "", stop=stop, started=started))
        ready = asyncio.create_task(started.wait())
        await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        try:
            async with keeping_up(live, bot.client, store, own, Metrics()):
                yield workspace, running
        finally:
            stop.set()
            await running


def workspace_options(pipeline: Pipeline) -> WorkspaceOptions:
    """A workspace with this bot's command, and a question or two in each language to start from."""
    from bot.workspace.model import Command
    from bot.workspace.workspace import WorkspaceOptions

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
