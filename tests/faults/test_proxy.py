"""The proxy does to connections what it is told, and mends when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from tests.faults.proxy import HOST, Proxy, proxy_to
from tests.postgres import PostgresServer

PATIENCE_SECONDS = 5.0
BRIEF_SECONDS = 0.2


@pytest_asyncio.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy to a server that says everything twice."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1_000):
                writer.write(data * 2)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(echo, HOST, 0)
    try:
        async with proxy_to(server.sockets[0].getsockname()[1]) as opened:
            yield opened
    finally:
        server.close()


class Client:
    """One connection by way of the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connected(cls, proxy: Proxy) -> Client:
        """Connect."""
        return cls(*await asyncio.open_connection(HOST, proxy.port))

    async def say(self, text: bytes) -> bytes:
        """Send something and give the answer, which is twice as long."""
        self._writer.write(text)
        await self._writer.drain()
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._reader.readexactly(2 * len(text))

    async def read_all(self) -> bytes:
        """What comes until the end; raises ConnectionResetError for a reset."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._reader.read()

    def close(self) -> None:
        """Hang up."""
        self._writer.transport.abort()


async def test_an_open_proxy_passes_everything_on(proxy: Proxy) -> None:
    """In both directions, for several at once, and it sees who hangs up."""
    one, two = await Client.connected(proxy), await Client.connected(proxy)
    assert (await one.say(b"a"), await two.say(b"b"), await one.say(b"c")) == (b"aa", b"bb", b"cc")
    assert proxy.open_connections == 2
    one.close()
    two.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while proxy.open_connections:  # noqa: ASYNC110  # the proxy tells nobody
            await asyncio.sleep(0.01)
    assert proxy.connections == 2


async def test_refusing_cuts_the_old_and_turns_the_new_away(proxy: Proxy) -> None:
    """Until it opens again, at the same port."""
    old = await Client.connected(proxy)
    await old.say(b"a")
    await proxy.refuse()
    with pytest.raises(ConnectionResetError):
        await old.read_all()
    with pytest.raises(ConnectionRefusedError):
        await Client.connected(proxy)
    await proxy.open()
    new = await Client.connected(proxy)
    assert await new.say(b"b") == b"bb"
    old.close()
    new.close()


async def test_hanging_takes_connections_and_says_nothing(proxy: Proxy) -> None:
    """What was sent meanwhile gets through afterwards, as after lost packets."""
    old = await Client.connected(proxy)
    await proxy.hang()
    new = await Client.connected(proxy)
    saying = [asyncio.ensure_future(client.say(b"a")) for client in (old, new)]
    done, _ = await asyncio.wait(saying, timeout=BRIEF_SECONDS)
    assert not done
    await proxy.open()
    assert await asyncio.gather(*saying) == [b"aa", b"aa"]
    old.close()
    new.close()


async def test_resetting_lasts_until_it_is_mended(proxy: Proxy) -> None:
    """Old connections at once, new ones with their first byte."""
    old = await Client.connected(proxy)
    await old.say(b"a")
    await proxy.reset()
    with pytest.raises(ConnectionResetError):
        await old.read_all()
    new = await Client.connected(proxy)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await new.say(b"a")
    await proxy.open()
    third = await Client.connected(proxy)
    assert await third.say(b"c") == b"cc"
    for client in (old, new, third):
        client.close()


async def test_a_single_reset_leaves_the_proxy_open(proxy: Proxy) -> None:
    """The next connection is served."""
    old = await Client.connected(proxy)
    await old.say(b"a")
    proxy.reset_now()
    with pytest.raises(ConnectionResetError):
        await old.read_all()
    new = await Client.connected(proxy)
    assert await new.say(b"b") == b"bb"
    old.close()
    new.close()


async def test_an_answer_is_cut_after_so_many_bytes(proxy: Proxy) -> None:
    """The bytes arrive, and then a reset."""
    client = await Client.connected(proxy)
    await client.say(b"whole")
    proxy.cut_after(3)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)) as broken:
        await client.say(b"half")
    if isinstance(broken.value, asyncio.IncompleteReadError):
        assert broken.value.partial == b"hal"
    client.close()


async def test_a_database_hangs_and_is_cut_by_way_of_it(shared_postgres: PostgresServer) -> None:
    """A driver of PostgreSQL meets the faults as it would those of a network."""
    async with proxy_to(shared_postgres.port) as between:
        url = shared_postgres.url_through(between.port)
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT 7") == 7
        await between.hang()
        with pytest.raises(TimeoutError):
            await connection.fetchval("SELECT 7", timeout=BRIEF_SECONDS)
        await between.refuse()
        with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            await connection.fetchval("SELECT 7")
        with pytest.raises(ConnectionRefusedError):
            await asyncpg.connect(url)
        await between.open()
        again = await asyncpg.connect(url)
        assert await again.fetchval("SELECT 7") == 7
        await again.close()
        connection.terminate()
