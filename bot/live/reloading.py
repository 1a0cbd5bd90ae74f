"""Builds the pipeline anew when the knowledge changed, and keeps the last good one where that fails."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from structlog.typing import FilteringBoundLogger

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.problems import KnowledgeError, Problem
from bot.live.pipeline import LivePipeline
from bot.live.watching import SETTLE_SECONDS, fingerprint, watch_folders
from bot.pipeline import Pipeline

log: FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Broken:
    """A change that cannot be used, with every mistake in it."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """The knowledge can be used again."""


Notice = Broken | Mended
Tell = Callable[[Notice], Awaitable[None]]


def log_overrides(kb: KnowledgeBase) -> None:
    """Say of every entry that a later folder replaces which it is and where both stand."""
    for override in kb.overrides:
        log.info(
            "knowledge_overridden",
            kind=override.kind,
            name=override.name,
            winner=str(override.winner),
            loser=str(override.loser),
        )


class Reloader:
    """Rebuilds in a thread, so that answering goes on; a mistake leaves everything as it was.

    `tell` gets a `Broken` once for each distinct set of mistakes, and a `Mended` once when that is over.
    """

    def __init__(
        self,
        live: LivePipeline,
        build: Callable[[], Pipeline],
        tell: Tell,
        *,
        settle: float = SETTLE_SECONDS,
    ) -> None:
        """Nothing is rebuilt before `run` or `reload`."""
        self._live = live
        self._build = build
        self._tell = tell
        self._settle = settle
        self._wanted = asyncio.Event()
        self._told: set[str] = set()

    def wake(self) -> None:
        """Reload soon, whether or not anything changed; call it in the event loop's thread."""
        self._wanted.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Reload at each change of the folders and at each `wake` until `stop` is set."""
        watching = asyncio.create_task(
            watch_folders(self._live.kb.folders, self.wake, stop, settle=self._settle)
        )
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                wanted = asyncio.create_task(self._wanted.wait())
                await asyncio.wait((wanted, stopping, watching), return_when=asyncio.FIRST_COMPLETED)
                wanted.cancel()
                if watching.done() and not stop.is_set():
                    await watching
                if self._wanted.is_set():
                    self._wanted.clear()
                    await self.reload()
        finally:
            stop.set()
            stopping.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def reload(self) -> bool:
        """Build anew and answer from that; False where a mistake was found and all stays as it was.

        Mistakes in files that changed while they were read are told to nobody: the change reloads again.
        """
        folders = self._live.kb.folders
        before = await asyncio.to_thread(fingerprint, folders)
        try:
            pipeline = await asyncio.to_thread(self._build)
        except KnowledgeError as error:
            if await asyncio.to_thread(fingerprint, folders) == before:
                await self._keep(error.problems)
            else:
                log.info("knowledge_changed_while_read")
            return False
        self._live.swap(pipeline)
        kb = pipeline.kb
        log.info(
            "knowledge_reloaded", products=len(kb.products), tables=len(kb.relations), facts=len(kb.facts)
        )
        log_overrides(kb)
        if self._told:
            self._told.clear()
            await self._tell(Mended())
        return True

    async def _keep(self, problems: Sequence[Problem]) -> None:
        log.error("knowledge_broken", mistakes=len(problems), kept="the last good state")
        for problem in problems:
            place = f"{problem.file}:{problem.line}"
            log.error("knowledge_mistake", place=place, key=problem.key, message=problem.message)
        key = _digest(problems)
        if key not in self._told:
            self._told.add(key)
            await self._tell(Broken(tuple(problems)))


def _digest(problems: Sequence[Problem]) -> str:
    """The same for the same mistakes, though they have moved to other lines."""
    text = "\n".join(f"{problem.file}\t{problem.key}\t{problem.message}" for problem in problems)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
