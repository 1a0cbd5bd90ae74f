"""Socket Mode: the WebSocket connections of the bot, envelopes out, acks in."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.workspace.connections import reset_connection
from bot.workspace.delivery import Acked, Attempt, Delivery, Failed, Kind, Outcome
from bot.workspace.faults import Faults
from bot.workspace.payloads import JsonObject, as_object, as_text

CONNECTIONS_AT_MOST: Final = 10
_REFUSED_TICKET: Final = 1008


class SocketMode:
    """The bot's open connections. An envelope goes to one of them, in turn."""

    def __init__(self, app_id: str, ack_seconds: float, faults: Faults) -> None:
        self.on_change: Callable[[int], None] = lambda count: None
        self._app_id = app_id
        self._ack_seconds = ack_seconds
        self._faults = faults
        self._tickets: set[str] = set()
        self._connections: list[WebSocket] = []
        self._connected = asyncio.Event()
        self._acks: dict[str, asyncio.Future[Outcome]] = {}
        self._owners: dict[str, WebSocket] = {}

    @property
    def connection_count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def new_ticket(self) -> str:
        """A ticket for one connection, handed out by apps.connections.open."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def wait_connected(self) -> None:
        """Wait until a bot is connected."""
        await self._connected.wait()

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection until it closes: `hello`, then acks as they come."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close(_REFUSED_TICKET)
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if len(self._connections) >= CONNECTIONS_AT_MOST:
            await self._say_goodbye(socket, "too_many_websockets")
            return
        await self._serve_open(socket)

    async def _serve_open(self, socket: WebSocket) -> None:
        self._connections.append(socket)
        try:
            await socket.send_text(json.dumps(self._hello()))
            self._connected.set()
            self.on_change(len(self._connections))
            while True:
                self._take(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(socket)

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "workspace", "approximate_connection_time": 18060},
        }

    def _forget(self, socket: WebSocket) -> None:
        if socket in self._connections:
            self._connections.remove(socket)
        if not self._connections:
            self._connected.clear()
        for envelope_id, owner in list(self._owners.items()):
            if owner is socket:
                self._settle(envelope_id, Failed("connection_closed"))
        self.on_change(len(self._connections))

    def _take(self, text: str) -> None:
        try:
            message = as_object(json.loads(text))
        except json.JSONDecodeError:
            return
        envelope_id = as_text(message.get("envelope_id"))
        if envelope_id in self._acks and not self._faults.take_dropped_ack():
            self._settle(envelope_id, Acked(as_object(message.get("payload"))))

    def _settle(self, envelope_id: str, outcome: Outcome) -> None:
        waiting = self._acks.get(envelope_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Send an envelope to one connection, waiting for one to open, and await its ack."""
        await self._connected.wait()
        socket = self._connections.pop(0)
        self._connections.append(socket)
        envelope_id = secrets.token_hex(16)
        waiting: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id], self._owners[envelope_id] = waiting, socket
        try:
            await socket.send_text(json.dumps(_envelope(envelope_id, delivery, attempt)))
            if self._faults.take_cut():
                self._cut(socket)
            return await asyncio.wait_for(waiting, self._ack_seconds)
        except TimeoutError:
            return Failed("timeout")
        except (WebSocketDisconnect, RuntimeError):
            return Failed("connection_closed")
        finally:
            del self._acks[envelope_id], self._owners[envelope_id]

    async def disconnect(self, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Ask every connection to reconnect, and close it; without `close` it stays, as after a `warning`."""
        for socket in list(self._connections):
            if close:
                self._forget(socket)
            await self._say_goodbye(socket, reason, close=close)

    def cut(self) -> None:
        """Reset every connection, without a word."""
        for socket in list(self._connections):
            self._cut(socket)

    def _cut(self, socket: WebSocket) -> None:
        self._forget(socket)  # first, so that an ack that is on its way counts no more
        reset_connection(socket.scope)

    async def _say_goodbye(self, socket: WebSocket, reason: str, *, close: bool = True) -> None:
        if socket.application_state is not WebSocketState.CONNECTED:
            return
        goodbye = {"type": "disconnect", "reason": reason, "debug_info": {"host": "workspace"}}
        try:
            await socket.send_text(json.dumps(goodbye))
            if close:
                await socket.close()
        except (WebSocketDisconnect, RuntimeError):
            return


def _envelope(envelope_id: str, delivery: Delivery, attempt: Attempt) -> JsonObject:
    envelope: JsonObject = {
        "envelope_id": envelope_id,
        "type": delivery.kind.value,
        "accepts_response_payload": delivery.kind is not Kind.EVENT,
        "payload": delivery.payload,
    }
    if delivery.kind is Kind.EVENT:
        envelope |= {"retry_attempt": attempt.number, "retry_reason": attempt.reason}
    return envelope
