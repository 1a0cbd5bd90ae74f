"""How the HTTP server listens: with limits to a request's head, its body, and the time that both may take."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import BotError
from bot.listening import listen
from bot.presenting import limits
from bot.settings import SettingsError

BODY_LIMIT: Final = 1_000_000
HEAD_LIMIT: Final = 16_384
HEAD_SECONDS: Final = 10.0
CLOSING_SECONDS: Final = 5
"""How long requests that are being stored may take once the process is told to stop."""


class RefusedBody(BotError):
    """A request whose body is not read to its end."""

    def __init__(self, status: int, reason: str) -> None:
        """The status and the words that say why."""
        super().__init__(reason)
        self.status = status
        self.reason = reason


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection whose next request has no complete head in `head_seconds`."""

    head_seconds: float = HEAD_SECONDS
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting while the head is incomplete."""
        super().data_received(data)
        if self._is_between_requests():
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """From the first byte on; later ones give no more time."""
        if self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _is_between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _give_up(self) -> None:
        self._waiting = None
        if self._is_between_requests() and not self.transport.is_closing():
            self.transport.close()


def listen_for(variable: str, host: str, port: int) -> socket.socket:
    """A socket bound to the port that a variable of the environment names.

    Raises:
        SettingsError: nothing can listen there; it names the variable.
    """
    try:
        return listen(host, port)
    except OSError as error:
        raise SettingsError(f"{variable}={port}: cannot listen on {host}: {error.strerror}") from error


def http_config(app: Starlette) -> uvicorn.Config:
    """How uvicorn serves an app: it logs no requests, names no product, and waits for nobody."""
    return uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=HEAD_LIMIT,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )


async def read_body(request: Request, seconds: float = limits.ACK_SECONDS) -> bytes:
    """The raw body, of at most `BODY_LIMIT` bytes; empty where the client went away.

    Raises:
        RefusedBody: it is longer, or not there after `seconds`, when Slack no longer waits for an answer.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:20]) > BODY_LIMIT:
        raise RefusedBody(413, "too large")
    try:
        async with asyncio.timeout(seconds):
            return await _read(request)
    except TimeoutError as error:
        raise RefusedBody(408, "too slow") from error
    except ClientDisconnect:
        return b""


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise RefusedBody(413, "too large")
    return bytes(body)
