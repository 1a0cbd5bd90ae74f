"""What an orchestrator and a scraper see, and that it is no more than that."""

from __future__ import annotations

import signal
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.metrics import Metrics
from bot.settings import SettingsError
from bot.slack.probes import Health, Reason, probe_routes, serve_probes


@pytest.fixture
def health() -> Health:
    """A process that has just begun."""
    return Health()


@pytest.fixture
def metrics() -> Metrics:
    """Figures of nothing yet."""
    return Metrics()


@pytest.fixture
async def client(health: Health, metrics: Metrics) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the routes, in process."""
    transport = httpx.ASGITransport(Starlette(routes=probe_routes(health, metrics)))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as opened:
        yield opened


def started() -> Health:
    """A process that is ready."""
    health = Health()
    health.recovered(Reason.STARTING)
    return health


def test_new_process_is_starting(health: Health) -> None:
    """Ready is what somebody has to say."""
    assert (health.ready, health.reason) == (False, Reason.STARTING)


def test_started_process_is_ready() -> None:
    """Nothing stands in the way."""
    assert (started().ready, started().reason) == (True, None)


def test_weightiest_reason_is_told() -> None:
    """One of several, and the next when that is over."""
    health = started()
    health.failed(Reason.SLACK)
    health.failed(Reason.DATABASE)
    told = [health.reason]
    health.recovered(Reason.DATABASE)
    assert [*told, health.reason] == [Reason.DATABASE, Reason.SLACK]


def test_change_is_told_from_repetition() -> None:
    """So that it is logged once."""
    health = started()
    assert [health.failed(Reason.DATABASE), health.failed(Reason.DATABASE)] == [True, False]
    assert [health.recovered(Reason.DATABASE), health.recovered(Reason.DATABASE)] == [True, False]


def test_stopping_is_for_good() -> None:
    """A process on its way out takes nothing any more, whatever recovers."""
    health = started()
    health.failed(Reason.STOPPING)
    assert not health.recovered(Reason.STOPPING)
    assert health.reason is Reason.STOPPING


async def test_healthz_is_ok_while_not_ready(client: httpx.AsyncClient) -> None:
    """A process that waits for its database must not be killed for that."""
    response = await client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok")


async def test_readyz_turns_with_health(client: httpx.AsyncClient, health: Health) -> None:
    """One word and a status; nothing else is revealed."""
    found = [await client.get("/readyz")]
    health.recovered(Reason.STARTING)
    found.append(await client.get("/readyz"))
    health.failed(Reason.DATABASE)
    found.append(await client.get("/readyz"))
    told = [(response.status_code, response.text) for response in found]
    assert told == [(503, "starting"), (200, "ready"), (503, "database")]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_nothing_is_kept_by_proxies(client: httpx.AsyncClient, path: str) -> None:
    """An old answer would be a wrong one."""
    assert (await client.get(path)).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_probes_are_read_only(client: httpx.AsyncClient, path: str) -> None:
    """They take no request that could change anything."""
    assert (await client.post(path)).status_code == 405


async def test_metrics_are_served(client: httpx.AsyncClient, metrics: Metrics) -> None:
    """As Prometheus reads them."""
    metrics.parked()
    response = await client.get("/metrics")
    assert "torchdesk_parked_total 1.0" in response.text
    assert response.headers["content-type"].startswith("text/plain; version=")


async def test_metrics_may_be_left_out(health: Health) -> None:
    """Where the port is open to the world."""
    transport = httpx.ASGITransport(Starlette(routes=probe_routes(health)))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_probes_are_served_on_a_port_of_their_own() -> None:
    """For the time of the block, and not after it."""
    async with httpx.AsyncClient() as client:
        async with serve_probes(probe_routes(started()), "127.0.0.1", 0) as address:
            assert (await client.get(f"{address}/readyz")).text == "ready"
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{address}/readyz")


async def test_signals_are_left_alone() -> None:
    """The process decides by itself what SIGTERM and SIGINT mean."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    async with serve_probes(probe_routes(started()), "127.0.0.1", 0):
        assert [signal.getsignal(number) for number in numbers] == before


async def test_taken_port_is_said_with_the_variable() -> None:
    """One line that tells what to change."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError, match=f"METRICS_PORT={port}"):
            async with serve_probes([], "127.0.0.1", port):
                pass
