"""Serving a workspace over HTTP: Slack's endpoints, the page, and uvicorn without signal handlers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from bot.workspace.connections import OpenProtocol
from bot.workspace.errors import Refusal, Refused, WorkspaceError
from bot.workspace.faults import RESPONSE_URL
from bot.workspace.guard import LOOPBACK, Guard
from bot.workspace.page_api import answer_action, answer_state, stream_changes
from bot.workspace.payloads import as_object, as_text
from bot.workspace.response_urls import RESPONSE_PATH
from bot.workspace.web_api.dispatch import answer_call
from bot.workspace.web_api.oauth import answer_consent
from bot.workspace.web_api.troubled import carry_out_or_trouble
from bot.workspace.workspace import Workspace, WorkspaceOptions

__all__ = ["Workspace", "WorkspaceOptions", "build_workspace_app", "serve_workspace"]

STATIC: Final = Path(__file__).parent / "static"
SHUTDOWN_SECONDS: Final = 2
TICK_SECONDS: Final = 0.1
Answer = Callable[[Workspace, Request], Awaitable[ASGIApp]]


class NotLoopback(WorkspaceError):
    """A workspace was asked to listen where other machines could reach it."""


def build_workspace_app(workspace: Workspace) -> Starlette:
    """The ASGI application of one workspace."""

    def bound(answer: Answer) -> Callable[[Request], Awaitable[ASGIApp]]:
        async def endpoint(request: Request) -> ASGIApp:
            return await answer(workspace, request)

        return endpoint

    async def link(socket: WebSocket) -> None:
        await workspace.socket_mode.serve(socket)

    async def stream(socket: WebSocket) -> None:
        await stream_changes(workspace, socket)

    routes = [
        Route("/", bound(_page)),
        Route("/archives/{channel}/{message}", bound(_page)),
        Route("/api/{method}", bound(answer_call), methods=["GET", "POST"]),
        Route("/oauth/v2/authorize", bound(answer_consent)),
        Route(RESPONSE_PATH + "{key}", bound(_answer_response_url), methods=["POST"]),
        WebSocketRoute("/link/", link),
        Route("/ui/state", bound(answer_state)),
        Route("/ui/act/{action}", bound(answer_action), methods=["POST"]),
        WebSocketRoute("/ui/stream", stream),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard)])


async def _page(_workspace: Workspace, _request: Request) -> Response:
    return FileResponse(STATIC / "index.html", media_type="text/html")


async def _answer_response_url(workspace: Workspace, request: Request) -> ASGIApp:
    try:
        fields = as_object(json.loads(await request.body()))
    except ValueError:
        return PlainTextResponse(Refusal.INVALID_PAYLOAD.value, 400)

    def carry_out() -> Response:
        try:
            workspace.response_urls.respond(as_text(request.path_params.get("key")), fields)
        except Refused as refused:
            gone = refused.error in (Refusal.NOT_FOUND, Refusal.USED_URL, Refusal.EXPIRED_URL)
            return PlainTextResponse(refused.error, 404 if gone else 400)
        return PlainTextResponse("ok")

    return await carry_out_or_trouble(workspace.faults, RESPONSE_URL, "", carry_out)


class QuietServer(uvicorn.Server):
    """uvicorn that says when it listens, and leaves the process's signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._listening = listening
        self._stopping = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._listening.set()

    async def main_loop(self) -> None:
        """Tick until told to stop, without waiting for the next tick to notice."""
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), TICK_SECONDS)

    def stop(self) -> None:
        """End `serve` in order."""
        self.should_exit = True
        self._stopping.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on a loopback address; port 0 takes any free one.

    Raises:
        NotLoopback: `host` is not this machine's own.
        OSError: the port is taken.
    """
    if host not in LOOPBACK:
        raise NotLoopback(f"{host}: the workspace has no passwords, so it listens on this machine alone")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """The address that a bound socket is reached at."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def serve_workspace(
    workspace: Workspace,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    started: asyncio.Event | None = None,
) -> None:
    """Serve a workspace until cancelled, then close it in order.

    Args:
        workspace: what to serve; its `base_url` is set.
        host: a loopback address.
        port: 0 takes any free port.
        started: set once requests are answered.

    Raises:
        NotLoopback: `host` is not this machine's own.
        OSError: the port is taken.
    """
    listener = bind(host, port)
    workspace.base_url = url_of(listener)
    config = uvicorn.Config(
        build_workspace_app(workspace),
        log_level="warning",
        lifespan="off",
        http=OpenProtocol,
        ws="websockets-sansio",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = QuietServer(config, started or asyncio.Event())
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    finally:
        await workspace.close()
        server.stop()
        await serving
        listener.close()
