"""What the connections of one process need: who may use one, and which of them are still good."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Final

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

IDLE_SECONDS: Final = 1.0
_LAST_USED: Final = "last_used"


class Queue(AbstractAsyncContextManager[None]):
    """Lets so many in at a time, in order; who waits too long gets a `TimeoutError`, as of a full pool."""

    def __init__(self, size: int, seconds: float) -> None:
        """How many, and how long the others wait."""
        self._places = asyncio.Semaphore(size)
        self._seconds = seconds

    async def __aenter__(self) -> None:
        async with asyncio.timeout(self._seconds):
            await self._places.acquire()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._places.release()


def try_idle_connections(engine: Engine) -> None:
    """Before a connection is used that was idle for a while, see whether the server still knows it.

    SQLAlchemy's own `pool_pre_ping` asks each time, three round trips before every transaction. A connection
    that broke within the last second fails once, and with it the pool is renewed.
    """

    @event.listens_for(engine, "checkin")
    def note(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[_LAST_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        idle = time.monotonic() - record.info.get(_LAST_USED, time.monotonic())
        if idle <= IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("the server no longer knows the connection") from error
