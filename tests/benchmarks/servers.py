"""Servers as processes of their own, for measures: the bot, the bot without pauses, and a bare app."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.slack import HOST, SECRET
from tests.ports import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.005
END_SECONDS: Final = 20.0

BOT: Final = ("bot", "serve")
UNPACED: Final = ("tests.benchmarks.unpaced",)
BARE: Final = ("tests.benchmarks.bare",)


class NotServingError(Exception):
    """A server did not get ready; the message is the end of its log."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready, and how many seconds that took from the start of its process."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    @property
    def memory(self) -> float:
        """Its resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def environment_for(api_url: str, database_url: str, **more: object) -> dict[str, str]:
    """The settings of a bot over HTTP behind the stub."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "DATABASE_URL": database_url,
        "HOST": HOST,
        **{name: str(value) for name, value in more.items()},
    }


@asynccontextmanager
async def serving_bot(
    environment: Mapping[str, str], folder: Path, module: tuple[str, ...] = BOT
) -> AsyncIterator[Server]:
    """A bot with these settings and nothing else of this environment, in a folder where no `.env` is."""
    port = free_port()
    async with _serving(module, {**environment, "PORT": str(port)}, folder, port) as server:
        yield server


@asynccontextmanager
async def serving_bare(api_url: str, folder: Path) -> AsyncIterator[Server]:
    """The bare app."""
    port = free_port()
    async with _serving((*BARE, api_url, str(port)), {}, folder, port) as server:
        yield server


@asynccontextmanager
async def _serving(
    arguments: tuple[str, ...], environment: Mapping[str, str], folder: Path, port: int
) -> AsyncIterator[Server]:
    log = folder / f"server-{port}.log"
    start = time.perf_counter()
    process = _started(arguments, environment, folder, log)
    try:
        await _until_ready(process, port, log)
        yield Server(process, port, time.perf_counter() - start)
    finally:
        await _end(process)


def _started(
    arguments: tuple[str, ...], environment: Mapping[str, str], folder: Path, log: Path
) -> subprocess.Popen[bytes]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME") if name in os.environ}
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**kept, "PYTHONPATH": str(ROOT), **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )


async def _end(process: subprocess.Popen[bytes]) -> None:
    """By SIGTERM; what does not end then is killed."""
    process.terminate()
    for _ in range(int(END_SECONDS / LOOK_SECONDS)):
        if process.poll() is not None:
            return
        await asyncio.sleep(LOOK_SECONDS)  # the stub must go on answering meanwhile
    process.kill()
    process.wait()


async def _until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < end and process.poll() is None:
        if await _is_ready(port):
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise NotServingError(log.read_text("utf-8", "replace")[-2_000:])


async def _is_ready(port: int) -> bool:
    """Whether a GET of /readyz is answered with 200."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    try:
        writer.write(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()
