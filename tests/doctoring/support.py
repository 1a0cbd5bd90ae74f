"""A peer on this machine that answers every request with the same bytes, and findings as lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.doctoring.findings import Finding


def answer(body: dict[str, object] | str, status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP answer; an underscore in a header's name stands for its hyphen."""
    text = body if isinstance(body, str) else json.dumps(body)
    kind = "text/html" if isinstance(body, str) else "application/json"
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(text)}",
        "Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join((*lines, "", text)).encode()


@asynccontextmanager
async def peer(said: bytes) -> AsyncIterator[str]:
    """An address that stands for Slack's Web API and answers `said`; silence where that is nothing."""

    open_now: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        await reader.read(10_000)
        if said:
            writer.write(said)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"
    finally:
        server.close()
        for writer in open_now:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in open_now), return_exceptions=True)
        await server.wait_closed()


async def lines(findings: AsyncIterator[Finding]) -> list[str]:
    """The findings as they are printed."""
    return [str(finding) async for finding in findings]


def about(subject: str, printed: list[str]) -> str:
    """The one line about a subject."""
    (line,) = [line for line in printed if line[9:].startswith(f"{subject}:")]
    return line
