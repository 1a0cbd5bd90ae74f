"""One bot for several workspaces: a Slack in front of local workspaces, the bot's parts, and a browser."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import httpx
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.presenting.surface import InstallPhrases
from bot.settings import Settings
from bot.slack import errors, uninstalling
from bot.slack.authorizing import Authorize
from bot.slack.desk import Desk
from bot.slack.exchanging import oauth_client
from bot.slack.http import build_http_app
from bot.slack.installed import InstalledWorkspaces
from bot.slack.oauth import REDIRECT_PATH, oauth_routes
from bot.storage import open_store
from bot.storage.database import Database
from bot.storage.installations import OAuthStores, oauth_stores
from bot.storage.sealing import new_key
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.installs import OAuthOptions
from bot.workspace.web_api.dispatch import answer_call
from bot.workspace.workspace import WorkspaceOptions
from tests.slack.support import SECRET, CannedAsk, event_body, json_body, message, phrases_for, signed
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
            response = await answer_call(running.workspace, request)
            if json.loads(bytes(response.body)).get("error") not in NOT_MINE:
                break
        return response

    return Starlette(routes=[Route("/api/{method}", answer, methods=["POST"])])


@dataclass
class Forgetful:
    """Notes whose data it was told to delete."""

    forgotten: list[str] = field(default_factory=list)
    of_organisations: dict[str, list[str]] = field(default_factory=dict)

    async def forget_team(self, team_id: str) -> None:
        """Note the team."""
        self.forgotten.append(team_id)

    async def teams_of(self, enterprise_id: str) -> Sequence[str]:
        """The teams that a test gave."""
        return self.of_organisations.get(enterprise_id, [])


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
        """A signed event, as Slack posts it."""
        body = json_body(payload)
        async with self.browser() as slack:
            return await slack.post("/slack/events", content=body, headers=signed(body))

    async def say(self, workspace: RunningWorkspace, text: str) -> httpx.Response:
        """A direct message in a workspace."""
        event = message(workspace.dm.id, text, "1700000000.000100")
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
        memory = Forgetful()
        app = await _app(stack, client, installed, memory)
        settings = Settings(
            slack_client_id=CLIENT_ID, slack_client_secret=CLIENT_SECRET, public_url=HOME + "/"
        )
        routes = oauth_routes(settings, stores, installed, lambda _lang: WORDS, client)
        http = build_http_app(app, SECRET, routes=routes)
        yield Parts(workspaces, database, stores, installed, memory, calls, http)


async def _app(
    stack: AsyncExitStack, client: AsyncWebClient, installed: InstalledWorkspaces, memory: Forgetful
) -> AsyncApp:
    store = await stack.enter_async_context(open_store("sqlite+aiosqlite:///:memory:"))
    app = AsyncApp(
        client=client, signing_secret=SECRET, authorize=Authorize(installed), process_before_response=True
    )
    errors.register(app, Desk(CannedAsk(), store, phrases_for))
    uninstalling.register(app, installed, memory)

    @app.event("message")
    async def on_message(event: dict[str, str], context: AsyncBoltContext) -> None:
        found = await installed.find(context.enterprise_id, context.team_id)
        assert found is not None
        await client.chat_postMessage(
            token=found.bot_token, channel=event["channel"], text=f"as {found.bot_user_id}: {event['text']}"
        )

    return app


def said(workspace: RunningWorkspace) -> list[str]:
    """What the bot said in its direct message with the person at the page."""
    return [
        posted.text for posted in workspace.messages(workspace.dm.id) if posted.user == workspace.bot_user_id
    ]
