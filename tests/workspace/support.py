"""What the tests share: options with short times, a small Bolt bot, and ways to serve and connect it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.workspace.delivery import DeliverySettings
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.events import DEFAULT_SUBSCRIPTIONS
from bot.workspace.model import Command, Shortcut, ShortcutKind
from bot.workspace.payloads import JsonObject, as_object, as_text
from bot.workspace.server import QuietServer, bind, url_of
from bot.workspace.workspace import WorkspaceOptions

SHORT = DeliverySettings(ack_seconds=0.4, retry_delays=(0.0, 0.05, 0.05))
OPTIONS = WorkspaceOptions(
    commands=(Command("/ask", "Ask a question", "question"),),
    shortcuts=(Shortcut("on-message", "Ask about this"), Shortcut("global", "Ask", ShortcutKind.GLOBAL)),
    suggestions=("What goes with what?", "Is it new?", "Why does it fail?"),
    subscriptions=DEFAULT_SUBSCRIPTIONS | {"message.channels", "reaction_added"},
    delivery=SHORT,
)


@dataclass
class EchoBot:
    """A Bolt app that answers with what it was told, and remembers all that it received."""

    app: AsyncApp
    received: list[JsonObject] = field(default_factory=list)

    def of_type(self, kind: str) -> list[JsonObject]:
        """The bodies of a type; of events, of the inner event's type."""
        kinds = [
            (as_text(as_object(body.get("event")).get("type")) or body.get("type")) for body in self.received
        ]
        return [body for body, found in zip(self.received, kinds, strict=True) if found == kind]


def echo_bot(client: AsyncWebClient, **settings: str) -> EchoBot:
    """A bot that answers mentions in their thread, direct messages, `/ask` and presses."""
    app = AsyncApp(client=client, **settings)  # type: ignore[arg-type]  # keywords such as signing_secret
    bot = EchoBot(app)

    async def remember(body: JsonObject, next: Callable[[], Awaitable[None]]) -> None:
        bot.received.append(body)
        await next()

    async def mentioned(event: JsonObject, client: AsyncWebClient) -> None:
        thread = as_text(event.get("thread_ts")) or as_text(event["ts"])
        text = f"echo: {event['text']}"
        await client.chat_postMessage(channel=as_text(event["channel"]), text=text, thread_ts=thread)

    async def told(event: JsonObject, client: AsyncWebClient) -> None:
        if event.get("channel_type") == "im" and not event.get("subtype"):
            await client.chat_postMessage(channel=as_text(event["channel"]), text=f"echo: {event['text']}")

    async def ignored(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    app.use(remember)
    app.event("app_mention")(mentioned)
    app.event("message")(told)
    for kind in ("app_home_opened", "reaction_added"):
        app.event(kind)(ignored)
    return bot


@contextlib.asynccontextmanager
async def connected(bot: EchoBot, workspace: RunningWorkspace) -> AsyncIterator[None]:
    """The bot connected by Socket Mode for the time of a block."""
    handler = AsyncSocketModeHandler(bot.app, workspace.app_token, ping_interval=1)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    try:
        await workspace.wait_for_bot()
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """An ASGI application at an address of its own for the time of a block."""
    listener, listening = bind("127.0.0.1", 0), asyncio.Event()
    server = QuietServer(uvicorn.Config(app, log_level="warning", lifespan="off"), listening)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await listening.wait()
        yield url_of(listener)
    finally:
        server.stop()
        await serving
        listener.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
