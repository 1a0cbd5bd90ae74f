"""A TCP proxy on 127.0.0.1 that goes wrong on request: between the bot and PostgreSQL, or it and Slack."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from enum import Enum, auto
from typing import Final

from tests.ports import free_port

HOST: Final = "127.0.0.1"
CHUNK: Final = 65_536
READ_SECONDS: Final = 0.02  # before a reset, which takes along what its peer has not read
_NO_LINGER: Final = struct.pack("ii", 1, 0)


class Mode(Enum):
    """What happens to connections, new ones and those that are open."""

    PASS = auto()
    HANG = auto()  # taken and kept open, but nothing gets through, as with a firewall that drops packets
    RESET = auto()  # taken, and reset with the first byte


class Proxy:
    """Passes bytes on to a port of this machine until it is told otherwise.

    Attributes:
        port: where it listens; the same for good.
        connections: how many connections it has taken so far.
    """

    def __init__(self, target: int) -> None:
        """`target` is the port that connections lead to."""
        self.port = free_port()
        self.connections = 0
        self._target = target
        self._mode = Mode.PASS
        self._passing = asyncio.Event()
        self._passing.set()
        self._left: int | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""
        return len(self._tasks)

    async def open(self) -> None:
        """Listen, and pass all on; what `refuse`, `hang`, `reset` and `cut_after` brought about is over."""
        self._set(Mode.PASS)
        self._left = None
        if self._server is None:
            self._server = await asyncio.start_server(self._take, HOST, self.port)

    async def refuse(self) -> None:
        """Refuse new connections and reset the open ones, as a server that is gone."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.reset_now()

    async def hang(self) -> None:
        """Let nothing through any more, in either direction; connections are still taken."""
        self._set(Mode.HANG)

    async def reset(self) -> None:
        """Reset the open connections, and each new one when its first byte comes."""
        self._set(Mode.RESET)
        self.reset_now()

    def reset_now(self) -> None:
        """Reset the open connections; new ones are treated as before."""
        for writer in list(self._writers):
            _reset(writer)

    def cut_after(self, count: int) -> None:
        """Pass on `count` more bytes of answers, over all connections, then reset the one that had more."""
        self._left = count

    async def close(self) -> None:
        """Stop listening and cut everything."""
        await self.refuse()
        self._passing.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _set(self, mode: Mode) -> None:
        self._mode = mode
        (self._passing.clear if mode is Mode.HANG else self._passing.set)()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections += 1
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            await self._passing.wait()
            await self._serve(reader, writer)
            writer.close()
        except OSError:
            _reset(writer)
        finally:
            self._tasks.discard(task)
            self._writers.discard(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream = await asyncio.open_connection(HOST, self._target)
        self._writers.add(upstream)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pump(reader, upstream))
                ways.create_task(self._pump(upstream_reader, writer, answers=True))
        except* OSError as broken:
            raise ConnectionResetError from broken
        finally:
            self._writers.discard(upstream)
            _reset(upstream)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        """Pass on until the end; raises ConnectionResetError where the connection is to be cut."""
        while data := await reader.read(CHUNK):
            await self._passing.wait()
            whole = len(data)
            if answers and self._left is not None:
                data = data[: self._left]
                self._left -= len(data)
            if self._mode is not Mode.RESET:
                writer.write(data)
                await writer.drain()
            if self._mode is Mode.RESET or len(data) < whole:
                await asyncio.sleep(READ_SECONDS)
                raise ConnectionResetError
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    if not writer.transport.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    writer.transport.abort()


@contextlib.asynccontextmanager
async def proxy_to(target: int) -> AsyncIterator[Proxy]:
    """An open proxy to a port for the time of a block."""
    proxy = Proxy(target)
    await proxy.open()
    try:
        yield proxy
    finally:
        await proxy.close()
