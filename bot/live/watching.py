"""Notices that files of the knowledge changed: edited, added, deleted, or swapped behind a link."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger
from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

from bot.knowledge.files import knowledge_files

log: FilteringBoundLogger = structlog.get_logger(__name__)

SETTLE_SECONDS: Final = 0.4
POLL_SECONDS: Final = 5.0

Fingerprint = frozenset[tuple[str, int, int, int]]


def fingerprint(folders: Sequence[Path]) -> Fingerprint:
    """What tells one state of the files from another: their names, inodes, sizes and times.

    A link counts as what it leads to, so that a ConfigMap's swap of `..data` shows.
    """
    found: set[tuple[str, int, int, int]] = set()
    for folder in folders:
        paths, problems = knowledge_files(folder)
        found.update((str(problem), 0, 0, 0) for problem in problems)
        for path in paths:
            with contextlib.suppress(OSError):
                status = path.stat()
                found.add((str(path), status.st_ino, status.st_size, status.st_mtime_ns))
    return frozenset(found)


async def watch_folders(
    folders: Sequence[Path],
    changed: Callable[[], None],
    stop: asyncio.Event,
    *,
    settle: float = SETTLE_SECONDS,
    poll: float = POLL_SECONDS,
) -> None:
    """Call `changed` whenever the files differ and have been left alone for `settle` seconds.

    Editors save in several steps, and a check-out touches many files. The file system's notices are a
    hint only: files are also compared every `poll` seconds, for folders that send none (network shares, a
    folder that is itself a link).
    """
    seen = await asyncio.to_thread(fingerprint, folders)
    async for _ in _ticks(folders, stop, poll):
        now = await asyncio.to_thread(fingerprint, folders)
        if now == seen:
            continue
        while not stop.is_set():
            await asyncio.sleep(settle)
            last, now = now, await asyncio.to_thread(fingerprint, folders)
            if now == last:
                break
        seen = now
        changed()


async def _ticks(folders: Sequence[Path], stop: asyncio.Event, poll: float) -> AsyncIterator[None]:
    """One tick when something may have changed, and one every `poll` seconds."""
    roots = [folder for folder in folders if os.path.isdir(folder)]  # noqa: ASYNC240  # a single look
    try:
        async for _ in awatch(
            *roots,
            watch_filter=None,
            debounce=200,
            stop_event=stop,
            rust_timeout=int(poll * 1_000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield
    except (OSError, WatchfilesRustInternalError) as error:
        log.warning("watching_by_polling", reason=str(error), seconds=poll)
        while not stop.is_set():
            yield
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), poll)
