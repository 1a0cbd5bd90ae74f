"""Bots as processes of their own: started, killed, stopped and frozen by a test, and always reaped."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import aiohttp

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.payloads import JsonObject

ROOT: Final = Path(__file__).resolve().parents[2]
HOST: Final = "127.0.0.1"
PATIENCE_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.005
TAIL: Final = 4_000
PROGRAM: Final = ("-m", "bot")

Ready = Callable[[], Awaitable[bool]]


class BotDied(AssertionError):
    """A bot ended, or did not get ready or end in time; the message is the end of its log."""


class BotProcess(ABC):
    """A running bot. Whoever starts it sees to it that it is gone and reaped in the end.

    Attributes:
        pid: its process id, and that of its process group.
        log: the file with all that it wrote to standard output and error.
    """

    def __init__(self, pid: int, log: Path) -> None:
        self.pid = pid
        self.log = log

    @abstractmethod
    def poll(self) -> int | None:
        """None while it runs; then its exit code, or minus the number of the signal that ended it."""

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.poll() is None

    def logs(self) -> str:
        """All that it wrote."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def events(self, name: str | None = None) -> list[JsonObject]:
        """What it logged as JSON: all lines, or those of one event."""
        found = [json.loads(line) for line in self.logs().splitlines() if line.startswith("{")]
        return [event for event in found if name is None or event.get("event") == name]

    def send(self, number: signal.Signals) -> None:
        """Send a signal to its process group, if it still runs."""
        if self.is_running:
            os.killpg(self.pid, number)

    async def kill(self) -> None:
        """SIGKILL: it is gone at once, wherever it was."""
        self.send(signal.SIGKILL)
        await self.wait()

    async def terminate(self, seconds: float = PATIENCE_SECONDS) -> int:
        """SIGTERM; gives the exit code."""
        self.send(signal.SIGTERM)
        return await self.wait(seconds)

    def freeze(self) -> None:
        """SIGSTOP: it stands still, as on a machine that is out of breath; its connections stay open."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if nothing had been."""
        self.send(signal.SIGCONT)

    def limit_file_size(self, size: int | None) -> None:
        """Let it write no file beyond `size` bytes, as on a full disk, its log included; None lifts that.

        Needs no rights. SQLite says "disk I/O error" then, and not "disk is full" as on a real one.
        """
        limit = resource.RLIM_INFINITY if size is None else size
        _, most = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (limit, most))

    @property
    def memory(self) -> int:
        """How much of the machine's memory it holds, in bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize()

    async def wait(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait until it has ended; gives the exit code.

        Raises:
            BotDied: it still runs after `seconds`.
        """
        end = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise BotDied(f"process {self.pid} has not ended\n{self.logs()[-TAIL:]}")
            await asyncio.sleep(LOOK_SECONDS)
        return code

    async def wait_until(self, ready: Ready, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until `ready` says so.

        Raises:
            BotDied: it ended before, or is not ready after `seconds`.
        """
        end = time.monotonic() + seconds
        while not await ready():
            code = self.poll()
            if code is not None or time.monotonic() > end:
                how = "is not ready" if code is None else f"ended with {code}"
                raise BotDied(f"process {self.pid} {how}\n{self.logs()[-TAIL:]}")
            await asyncio.sleep(LOOK_SECONDS)


class SpawnedBot(BotProcess):
    """A bot as people start it: an interpreter of its own, `python -m bot`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        """Start it in `folder`, so that it finds no `.env`, with nothing else of this environment."""
        log = folder / f"bot-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, *program, *arguments],
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), **environment},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        super().__init__(self._process.pid, log)

    def poll(self) -> int | None:
        """None while it runs; then how it ended."""
        return self._process.poll()

    def reap(self) -> None:
        """Kill it if need be, and wait until it is gone."""
        self.send(signal.SIGKILL)
        self._process.wait()


class Spawner:
    """Starts bots in one folder and sees to it that none outlives it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bots: list[SpawnedBot] = []

    def start(
        self, environment: Mapping[str, str], *arguments: str, program: Sequence[str] = PROGRAM
    ) -> SpawnedBot:
        """Start `python -m bot` with these arguments and environment; it may take seconds to get ready.

        `program` takes the place of `-m bot`, for a bot with something wrong in it.
        """
        bot = SpawnedBot(arguments, environment, self._folder, program)
        self._bots.append(bot)
        return bot

    def close(self) -> None:
        """Kill what still runs."""
        for bot in self._bots:
            bot.reap()


@contextmanager
def spawning(folder: Path) -> Iterator[Spawner]:
    """A spawner whose bots are gone after the block."""
    spawner = Spawner(folder)
    try:
        yield spawner
    finally:
        spawner.close()


async def until(holds: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds that the workspace tells no change of, such as the hits of a fault.

    Raises:
        TimeoutError: it does not after `seconds`.
    """
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - there is nothing to wait for
            await asyncio.sleep(LOOK_SECONDS)


def environment_for(workspace: RunningWorkspace, database_url: str, **more: object) -> dict[str, str]:
    """The environment of a bot that joins a workspace by Socket Mode; `more` is added or replaces.

    With `PORT=…` and `bot serve` the same environment is that of an HTTP bot.
    """
    environment = {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "DATABASE_URL": database_url,
        "HOST": HOST,
    }
    return environment | {name: str(value) for name, value in more.items()}


def connected(workspace: RunningWorkspace, count: int = 1) -> Ready:
    """Ready when so many connections to the workspace are open."""

    async def ready() -> bool:
        return workspace.workspace.socket_mode.connection_count >= count

    return ready


def answers(port: int, path: str = "/healthz", status: int = 200) -> Ready:
    """Ready when a GET of this path is answered with this status."""

    async def ready() -> bool:
        timeout = aiohttp.ClientTimeout(total=2)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"http://{HOST}:{port}{path}") as answer,
            ):
                return answer.status == status
        except (aiohttp.ClientError, TimeoutError):
            return False

    return ready
