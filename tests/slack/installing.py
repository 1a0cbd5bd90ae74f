"""One bot for several workspaces: a Slack in front of local workspaces, the bot's parts, and a browser."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.presenting.surface import InstallPhrases
from bot.settings import Settings
from bot.slack.app import SlackBot
from bot.slack.exchanging import oauth_client
from bot.slack.http import build_http_app
from bot.slack.installed import InstalledWorkspaces
from bot.slack.oauth import REDIRECT_PATH, oauth_routes
from bot.storage import Store, open_store
from bot.storage.database import Database
from bot.storage.installations import OAuthStores, oauth_stores
from bot.storage.sealing import new_key
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.installs import OAuthOptions
from bot.workspace.web_api.dispatch import answer_call
from bot.workspace.workspace import WorkspaceOptions
from tests.slack.support import SECRET, CannedAsk, event_body, finish, json_body, message, quick_bot, signed
from tests.storage.databases import installations_database
from tests.workspace.support import served

HOME = "http://bot.test"
CLIENT_ID, CLIENT_SECRET = "11.22", "client-secret"
NOT_MINE = {"invalid_auth", "invalid_code", "invalid_refresh_token"}
WORDS = InstallPhrases(
    lang="en",
    title="Bot & co",
    installed="I am in.",
    cancelled="You said no.",
    refused="I don't know you <b>.",
    failed="It broke.",
)


def app_options(token_seconds: int | None = None, **more: str) -> WorkspaceOptions:
    """A workspace where the app is registered, so that any of several knows it."""
    oauth = OAuthOptions(CLIENT_ID, CLIENT_SECRET, (HOME + REDIRECT_PATH,), token_seconds)
    return WorkspaceOptions(oauth=oauth, **more)  # type: ignore[arg-type]


def slack_over(workspaces: Sequence[RunningWorkspace], calls: list[str]) -> Starlette:
    """One Web API for several workspaces, each with its own tokens; notes the methods that are called."""

    async def answer(request: Request) -> Response:
        calls.append(str(request.path_params["method"]))
        response: Response = JSONResponse({"ok": False, "error": "invalid_auth"})
        for running in workspaces:
            answered = await answer_call(running.workspace, request)
            assert isinstance(answered, Response)
            response = answered
            if json.loads(bytes(response.body)).get("error") not in NOT_MINE:
                break
        return response

    return Starlette(routes=[Route("/api/{method}", answer, methods=["POST"])])


@dataclass
class Forgetful:
    """Notes whose data it was told to delete."""

    forgotten: list[str] = field(default_factory=list)
    of_organisations: dict[str, list[str]] = field(default_factory=dict)

    async def forget_team(self, team: str) -> None:
        """Note the team."""
        self.forgotten.append(team)

    async def teams_of(self, enterprise: str) -> list[str]:
        """The teams that a test gave."""
        return self.of_organisations.get(enterprise, [])


@dataclass
class Parts:
    """A bot for many workspaces, with what tests look at."""

    workspaces: list[RunningWorkspace]
    database: Database
    stores: OAuthStores
    installed: InstalledWorkspaces
    memory: Forgetful
    calls: list[str]
    http: Starlette
    bot: SlackBot
    store: Store
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(100))

    def browser(self) -> httpx.AsyncClient:
        """A browser of its own cookies, which follows no redirect by itself."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.http), base_url=HOME)

    async def begin(self, browser: httpx.AsyncClient) -> dict[str, str]:
        """Open the bot's install address; the query that the browser takes to Slack."""
        response = await browser.get("/slack/install")
        assert response.status_code == 302
        return {
            name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()
        }

    async def consent(self, workspace: RunningWorkspace, query: dict[str, str]) -> str:
        """Say yes in a workspace; the address that the browser is sent back to."""
        async with httpx.AsyncClient() as slack:
            response = await slack.get(f"{workspace.base_url}/oauth/v2/authorize", params=query)
        assert response.status_code == 302, response.text
        return response.headers["location"]

    async def install(self, workspace: RunningWorkspace) -> httpx.Response:
        """The whole way in one browser."""
        async with self.browser() as browser:
            return await browser.get(await self.consent(workspace, await self.begin(browser)))

    async def deliver(self, payload: dict[str, object]) -> httpx.Response:
        """A signed event, as Slack posts it; when this returns, what came of it is done."""
        body = json_body(payload)
        async with self.browser() as slack:
            response = await slack.post("/slack/events", content=body, headers=signed(body))
        await finish(self.bot)
        return response

    async def say(self, workspace: RunningWorkspace, text: str) -> httpx.Response:
        """A direct message in a workspace."""
        event = message(workspace.dm.id, text, f"1700000000.{next(self.numbers):06}")
        return await self.deliver(event_body(event, team_id=workspace.workspace.identity.team_id))


@asynccontextmanager
async def bot_in(*options: WorkspaceOptions, keys: Sequence[str] = ()) -> AsyncIterator[Parts]:
    """A bot that is installed nowhere yet, and the workspaces that could install it."""
    calls: list[str] = []
    async with AsyncExitStack() as stack:
        workspaces = [await stack.enter_async_context(running_workspace(option)) for option in options]
        url = await stack.enter_async_context(served(slack_over(workspaces, calls)))
        database = await stack.enter_async_context(installations_database())
        stores = oauth_stores(database.connection, CLIENT_ID, keys or [new_key()])
        client = oauth_client(f"{url}/api/")
        rotator = AsyncTokenRotator(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, client=client)
        installed = InstalledWorkspaces(stores.installations, rotator)
        stack.push_async_callback(installed.close)
        settings = Settings(
            slack_client_id=CLIENT_ID,
            slack_client_secret=CLIENT_SECRET,
            public_url=HOME + "/",
            slack_api_url=f"{url}/api/",
        )
        store = await stack.enter_async_context(open_store("sqlite+aiosqlite:///:memory:"))
        memory = Forgetful()
        store.forget_team, store.teams_of = memory.forget_team, memory.teams_of  # type: ignore[method-assign]  # to look on
        bot = quick_bot(CannedAsk(), store, settings, workspaces=installed)
        routes = oauth_routes(settings, stores, installed, lambda _lang: WORDS, client)
        http = build_http_app(bot, SECRET, routes=routes)
        yield Parts(workspaces, database, stores, installed, memory, calls, http, bot, store)


def said(workspace: RunningWorkspace) -> list[str]:
    """What the bot said, in a line each, in its direct message with the person at the page."""
    return [
        posted.text.splitlines()[0]
        for posted in workspace.messages(workspace.dm.id)
        if posted.user == workspace.bot_user_id
    ]
