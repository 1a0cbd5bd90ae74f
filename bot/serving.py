"""Puts the parts together: knowledge into a pipeline, the pipeline behind Slack or the local workspace."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.pipeline import Pipeline
from bot.presenting.surface import SurfacePhrases
from bot.settings import Settings
from bot.slack.app import build_app
from bot.slack.http import serve_http
from bot.slack.logs import configure_logging
from bot.slack.socket import run_socket
from bot.storage import open_store
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.model import Command
from bot.workspace.workspace import WorkspaceOptions

DEFAULT_DATABASE = "sqlite+aiosqlite:///torchdesk.db"
PASSING_DATABASE = "sqlite+aiosqlite:///:memory:"
COMMAND = "/torch"


def surface_phrases(pipeline: Pipeline) -> Callable[[str | None], SurfacePhrases]:
    """The words of a chat surface, by language; those of the first language for None."""
    found = {lang: _surface(pipeline, lang) for lang in pipeline.kb.wordings}
    default = next(iter(found.values()))
    return lambda lang: found.get(lang or "", default)


def _surface(pipeline: Pipeline, lang: str) -> SurfacePhrases:
    words = pipeline.kb.wordings[lang]
    return SurfacePhrases(
        share=words["surface.share"],
        source=words["surface.source_line"],
        checked=words["surface.checked_line"],
        shared_by=words["surface.shared_by"],
        more_rows=words["surface.more_rows"],
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
    pipeline.warm()
    async with open_store(settings.database_url or DEFAULT_DATABASE) as store:
        app = build_app(pipeline, store, surface_phrases(pipeline), settings)
        if http:
            await serve_http(app, settings.slack_signing_secret, settings.host, settings.port)
        else:
            await run_socket(app, settings.slack_app_token or "")


async def serve_workspace(
    pipeline: Pipeline, settings: Settings, port: int, opened: Callable[[str], None]
) -> None:
    """Open the local workspace with the bot in it until stopped; `opened` is told the page's address.

    Raises:
        OSError: the port is taken.
    """
    configure_logging(settings.log_level if settings.log_level != "INFO" else "WARNING")
    pipeline.warm()
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
        own = workspace_settings(workspace, settings)
        app = build_app(pipeline, store, surface_phrases(pipeline), own)
        stop, started = asyncio.Event(), asyncio.Event()
        bot = asyncio.create_task(run_socket(app, own.slack_app_token or "", stop=stop, started=started))
        ready = asyncio.create_task(started.wait())
        await asyncio.wait((bot, ready), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        try:
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
    """The settings of a bot that joins the local workspace instead of Slack."""
    return dataclasses.replace(
        settings,
        slack_bot_token=workspace.bot_token,
        slack_app_token=workspace.app_token,
        slack_signing_secret=workspace.signing_secret,
        slack_api_url=workspace.api_url,
    )
