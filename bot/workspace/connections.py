"""The connection under a request: how a server may cut it off, as a crash or a broken line would."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final

from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT: Final = "transport"
_SEND_SECONDS: Final = 0.02
_NO_LINGER: Final = struct.pack("ii", 1, 0)


class OpenProtocol(H11Protocol):
    """uvicorn's HTTP, which hands its connection to the application, also to that of a WebSocket."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Note the connection in the state of each request."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


def reset_connection(scope: Scope) -> None:
    """Cut the connection that a request or a WebSocket came over: its peer sees a reset."""
    transport = scope["state"][_TRANSPORT]
    if isinstance(transport, asyncio.Transport) and not transport.is_closing():
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()


class CutResponse:
    """An answer that stops: after `begun`, of which there would have been `length` bytes, a reset."""

    def __init__(self, begun: bytes = b"", length: int = 0) -> None:
        self._begun = begun
        self._length = length

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what there is, and cut the connection."""
        if self._begun:
            headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % self._length)]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._begun, "more_body": True})
            await asyncio.sleep(_SEND_SECONDS)  # a reset takes along what has not been read
        reset_connection(scope)
        while (await receive())["type"] != "http.disconnect":
            pass
