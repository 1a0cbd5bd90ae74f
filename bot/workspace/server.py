"""Serving a workspace over HTTP: Slack's endpoints, the page, and uvicorn without signal handlers."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
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

from bot.listening import QuietServer, listen, url_of
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

__all__ = [
    "QuietServer",
    "Workspace",
    "WorkspaceOptions",
    "bind",
    "build_workspace_app",
    "serve_workspace",
    "url_of",
]

STATIC: Final = Path(__file__).parent / "static"
SHUTDOWN_SECONDS: Final = 2
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


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on a loopback address; port 0 takes any free one.

    Raises:
        NotLoopback: `host` is not this machine's own.
        OSError: the port is taken.
    """
    if host not in LOOPBACK:
        raise NotLoopback(f"{host}: the workspace has no passwords, so it listens on this machine alone")
    return listen(host, port)


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
        log_config=None,
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
