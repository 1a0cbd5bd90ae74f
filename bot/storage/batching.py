"""Many small writes in one transaction: what waits while one is written goes together into the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from bot.storage.errors import StorageError

MOST: Final = 200

Item = TypeVar("Item")


class Batches(Generic[Item]):
    """Collects items of concurrent callers and hands them to `write` in order, `MOST` at a time."""

    def __init__(self, write: Callable[[Sequence[Item]], Awaitable[None]]) -> None:
        """`write` either stores all of a batch or raises a `StorageError`."""
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> None:
        """Return once the item is stored.

        Raises:
            StorageError: it was not.
        """
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all())
        await written

    async def _write_all(self) -> None:
        while waiting := [each for each in self._waiting if not each[1].done()]:  # not who gave up meanwhile
            batch, self._waiting = waiting[:MOST], waiting[MOST:]
            try:
                failure = await self._failure_of([item for item, _ in batch])
                for _, written in batch:
                    _settle(written, failure)
            finally:
                for _, written in batch:
                    written.cancel()  # nobody waits for ever, whatever went wrong

    async def _failure_of(self, items: Sequence[Item]) -> StorageError | None:
        try:
            await self._write(items)
        except StorageError as error:
            return error
        return None


def _settle(written: asyncio.Future[None], failure: StorageError | None) -> None:
    if written.done():  # whoever waited was cancelled
        return
    if failure is None:
        written.set_result(None)
    else:
        written.set_exception(failure)
