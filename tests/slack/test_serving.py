"""The HTTP server as a process: it starts where it is told, and a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys

import httpx
import pytest
from structlog.testing import capture_logs

from bot.settings import SettingsError
from bot.slack.app import SlackBot
from bot.slack.http import serve_http

PROGRAM = """
import asyncio, sys
from bot.settings import Settings
from bot.slack.http import serve_http
from bot.slack.probes import Health, probe_routes
from bot.storage import open_store
from tests.slack.support import quick_bot, CannedAsk, phrases_for

async def main() -> None:
    async with open_store("sqlite://") as store:
        app = quick_bot(CannedAsk(), store, Settings(slack_bot_token="xoxb-1"))
        await serve_http(app, "secret", "127.0.0.1", int(sys.argv[1]), routes=probe_routes(Health()))

asyncio.run(main())
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_process_serves_and_stops() -> None:
    """It is healthy within seconds and gone after SIGTERM."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, str(port))
    try:
        async with asyncio.timeout(20), httpx.AsyncClient() as client:
            while not await is_healthy(client, f"http://127.0.0.1:{port}/healthz"):  # noqa: ASYNC110  # no event spans processes
                await asyncio.sleep(0.05)
            assert (await client.post(f"http://127.0.0.1:{port}/slack/events")).status_code == 401
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) in (0, -signal.SIGTERM)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_taken_port_is_said_with_the_variable(bot: SlackBot) -> None:
    """One line that tells what to change."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"^PORT={port}: cannot listen on 127.0.0.1: "):
            await serve_http(bot, "secret", "127.0.0.1", port)


async def test_one_line_says_where_it_listens(bot: SlackBot) -> None:
    """Whoever starts it sees that it is up, and later that it went in order."""
    port, stop = free_port(), asyncio.Event()
    with capture_logs() as logs:
        serving = asyncio.create_task(serve_http(bot, "secret", "127.0.0.1", port, stop=stop))
        async with asyncio.timeout(10):
            while not logs:  # noqa: ASYNC110  # the log has no event
                await asyncio.sleep(0.01)
        stop.set()
        await serving
    told = [entry for entry in logs if entry["event"].startswith("http_")]
    assert [entry["event"] for entry in told] == ["http_started", "http_stopped"]
    assert told[0]["url"] == f"http://127.0.0.1:{port}"


async def is_healthy(client: httpx.AsyncClient, url: str) -> bool:
    """Whether the server answers yet."""
    try:
        return (await client.get(url)).status_code == 200
    except httpx.ConnectError:
        return False
