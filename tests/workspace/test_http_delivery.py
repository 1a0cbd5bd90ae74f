"""HTTP mode: signed requests to a real Bolt app behind Starlette."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.faults import Faults
from bot.workspace.http_delivery import HttpDelivery, UrlNotVerified
from bot.workspace.payloads import JsonObject
from tests.workspace.support import OPTIONS, EchoBot, echo_bot, free_port, served

SECRET = "a-secret-of-both"


@dataclasses.dataclass
class HttpBot:
    """A bot served over HTTP, the workspace that posts to it, and the headers of each post."""

    workspace: RunningWorkspace
    bot: EchoBot
    url: str
    headers: list[dict[str, str]]


@contextlib.asynccontextmanager
async def http_bot(bot_secret: str = SECRET) -> AsyncIterator[HttpBot]:
    """A Bolt app behind Starlette; `bot_secret` is what it checks signatures with."""
    bots: list[EchoBot] = []
    headers: list[dict[str, str]] = []

    async def slack_events(request: Request) -> Response:
        headers.append(dict(request.headers))
        return await AsyncSlackRequestHandler(bots[0].app).handle(request)

    async with served(Starlette(routes=[Route("/slack/events", slack_events, methods=["POST"])])) as url:
        address = f"{url}/slack/events"
        options = dataclasses.replace(OPTIONS, request_url=address, signing_secret=SECRET)
        async with running_workspace(options) as workspace:
            web = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
            bots.append(echo_bot(web, signing_secret=bot_secret))
            yield HttpBot(workspace, bots[0], address, headers)


async def test_a_signed_mention_is_answered() -> None:
    """The signature passes Bolt's own check."""
    async with http_bot() as http:
        question = http.workspace.post_as_user("general", "@torchdesk hello")
        await http.workspace.wait_for_reply(question)
        assert "x-slack-signature" in http.headers[0]
        assert "x-slack-retry-num" not in http.headers[0]


async def test_a_wrong_secret_is_refused_by_the_bot() -> None:
    """Then every retry is refused too, and nothing comes of it."""
    async with http_bot("another-secret") as http:
        http.workspace.post_as_user("@you", "hello")
        await http.workspace.settle()
        assert http.bot.received == []
        assert [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h in http.headers] == [
            (None, None),
            ("1", "http_error"),
            ("2", "http_error"),
            ("3", "http_error"),
        ]


async def test_a_lost_ack_brings_the_event_again() -> None:
    """With the retry's number and reason in its headers."""
    async with http_bot() as http:
        http.workspace.drop_next_ack()
        http.workspace.post_as_user("general", "unaddressed")
        await http.workspace.settle()
        assert [h.get("x-slack-retry-num") for h in http.headers] == [None, "1"]


async def test_a_command_goes_as_a_form() -> None:
    """And the ack's text is shown to who ran it."""

    async def ask(ack: AckText, command: JsonObject) -> None:
        await ack(f"you asked {command['text']}")

    async with http_bot() as http:
        http.bot.app.command("/ask")(ask)
        shown = await http.workspace.slash("general", "/ask", "a & b")
        assert shown is not None
        assert (shown.text, shown.ephemeral_for) == ("you asked a & b", http.workspace.user().id)


async def test_the_address_is_verified_by_its_challenge() -> None:
    """Bolt answers url_verification; another server doesn't."""
    async with http_bot() as http:
        await HttpDelivery([http.url], SECRET, 1, Faults()).verify("token")

    async def deaf(_request: Request) -> Response:
        return PlainTextResponse("what?")

    async with served(Starlette(routes=[Route("/", deaf, methods=["POST"])])) as url:
        with pytest.raises(UrlNotVerified):
            await HttpDelivery([f"{url}/"], SECRET, 1, Faults()).verify("token")


async def test_an_unreachable_bot_gets_its_event_later() -> None:
    """A refused connection counts as a failed attempt."""
    options = dataclasses.replace(OPTIONS, request_url=f"http://127.0.0.1:{free_port()}/")
    async with running_workspace(options) as workspace:
        workspace.post_as_user("@you", "hello")
        await asyncio.wait_for(workspace.settle(), 5)


class AckText:
    """What Bolt's `ack` looks like to a command's listener."""

    async def __call__(self, text: str) -> None:
        """Acknowledge with a text."""
