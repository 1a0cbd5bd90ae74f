"""What a process tells those who run it: that it lives, whether it is ready, and its figures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.listening import QuietServer, url_of
from bot.metrics import Metrics
from bot.slack.listening import listen_for

READY: Final = "ready"
SHUTDOWN_SECONDS: Final = 2

_UNCACHED: Final = {"cache-control": "no-store"}


class Reason(StrEnum):
    """Why a process is not ready, the weightiest first."""

    STOPPING = "stopping"
    STARTING = "starting"
    DATABASE = "database"
    IDENTITY = "identity"
    SLACK = "slack"


class Health:
    """Whether a process can take questions. A new one is starting: `recovered(Reason.STARTING)` ends that."""

    def __init__(self) -> None:
        """Not ready yet."""
        self._failing: set[Reason] = {Reason.STARTING}

    @property
    def reason(self) -> Reason | None:
        """The weightiest reason why the process is not ready, or None where it is."""
        return next((reason for reason in Reason if reason in self._failing), None)

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way."""
        return not self._failing

    def failed(self, reason: Reason) -> bool:
        """Something stands in the way from now on; True where that is new."""
        new = reason not in self._failing
        self._failing.add(reason)
        return new

    def recovered(self, reason: Reason) -> bool:
        """It no longer does; True where that is new. Stopping is for good."""
        if reason is Reason.STOPPING or reason not in self._failing:
            return False
        self._failing.remove(reason)
        return True


def probe_routes(health: Health, metrics: Metrics | None = None) -> list[BaseRoute]:
    """`/healthz` (200 while the process runs), `/readyz` (200 or 503, with one word), and `/metrics`.

    Without `metrics` there is no `/metrics`, as where the port is open to the world.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok", headers=_UNCACHED)

    async def readyz(_request: Request) -> Response:
        reason = health.reason
        return PlainTextResponse(reason or READY, 200 if reason is None else 503, headers=_UNCACHED)

    routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz)]
    return routes if metrics is None else [*routes, _metrics_route(metrics)]


def _metrics_route(metrics: Metrics) -> BaseRoute:
    async def answer(_request: Request) -> Response:
        content, media_type = metrics.render()
        return Response(content, headers=_UNCACHED, media_type=media_type)

    return Route("/metrics", answer)


@asynccontextmanager
async def serve_probes(routes: Sequence[BaseRoute], host: str, port: int) -> AsyncIterator[str]:
    """Serve the routes on a port of their own for the time of a block, which is told the address.

    The process's signals are left alone. Port 0 takes any free one.

    Raises:
        SettingsError: nothing can listen there.
    """
    listener = listen_for("METRICS_PORT", host, port)
    config = uvicorn.Config(
        Starlette(routes=list(routes)),
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    listening = asyncio.Event()
    server = QuietServer(config, listening)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    waiting = asyncio.create_task(listening.wait())
    try:
        await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
        yield url_of(listener)
    finally:
        waiting.cancel()
        server.stop()
        await serving
        listener.close()
