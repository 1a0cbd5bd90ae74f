"""What stands for Slack where speed is measured: a Web API that only says yes, and signed events."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

HOST: Final = "127.0.0.1"
SECRET: Final = "benchmark"
TEAM: Final = "T0BENCH00"
BOT_USER: Final = "U0BENCHBOT"
PEOPLE: Final = 20_000
PATIENCE_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 0.02
TEXTS: Final = (
    "which torch works with CUDA 10.2",
    "py3.12 能装 torch 2.1 吗",
    "torch 2.1 with python 3.8?",
    "does torch 1.7.0 work with cuda 11.0",
    "newest torch for python 3.8",
    "what do you think of the weather",
)
_WHO: Final = {
    "ok": True,
    "team_id": TEAM,
    "user_id": BOT_USER,
    "bot_id": "B0BENCH00",
    "user": "torchdesk",
    "team": "bench",
    "url": "https://bench.slack.com/",
}
_END: Final = b"\r\n\r\n"


class LostError(Exception):
    """A server closed a connection on which an acknowledgement was due, or no longer answers."""


class StubApi:
    """A Web API on which every call succeeds at once. It reads no more of a request than which method it is.

    Attributes:
        posts: how many messages were posted.
    """

    def __init__(self) -> None:
        """Nothing was posted yet."""
        self.posts = 0
        self._numbers = itertools.count(1)

    def answer(self, method: str) -> bytes:
        """What Slack would say, as JSON."""
        if method == "auth.test":
            return json.dumps(_WHO).encode()
        if method != "chat.postMessage":
            return b'{"ok": true, "messages": []}'
        self.posts += 1
        ts = f"{int(time.time())}.{next(self._numbers) % 1_000_000:06}"
        message = {"ts": ts, "thread_ts": "1.0"}
        return json.dumps({"ok": True, "ts": ts, "channel": "C", "message": message}).encode()

    async def until_posted(self, count: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until so many messages were posted.

        Raises:
            LostError: there were none for so many seconds.
        """
        last, end = self.posts, time.monotonic() + seconds
        while self.posts < count:
            if self.posts > last:
                last, end = self.posts, time.monotonic() + seconds
            if time.monotonic() > end:
                raise LostError(f"{self.posts} of {count} answers came")
            await asyncio.sleep(LOOK_SECONDS)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Listen for the time of a block, which is told the address of the Web API."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _ApiConnection(self), HOST, 0)
        async with server:
            yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/api/"


class _ApiConnection(asyncio.Protocol):
    """Requests of one connection, one after the other."""

    def __init__(self, api: StubApi) -> None:
        self._api = api
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (size := _size(self._read)) is not None and len(self._read) >= size:
            request, self._read = self._read[:size], self._read[size:]
            method = request.split(b" ", 2)[1].rsplit(b"/", 1)[-1].decode()
            body = self._api.answer(method)
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
            self._transport.write(head.encode() + _END + body)


def _size(data: bytes) -> int | None:
    """How long the message at the start of `data` is; None while its head is incomplete."""
    head, end, _ = data.partition(_END)
    if not end:
        return None
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    return len(head) + len(end) + length


def signed_events(channels: int, run: str) -> Iterator[bytes]:
    """Mentions of the bot as Slack sends them, without end: each of another person, in the channels in turn.

    `run` makes those of one run other ones than those of another.
    """
    for number in itertools.count():
        body = json.dumps(_mention(number, f"C{number % channels:04}", run)).encode()
        stamp = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        head = (
            "POST /slack/events HTTP/1.1",
            f"host: {HOST}",
            "user-agent: Slackbot 1.0 (+https://api.slack.com/robots)",
            "accept: */*",
            "content-type: application/json",
            f"content-length: {len(body)}",
            f"x-slack-request-timestamp: {stamp}",
            f"x-slack-signature: v0={signed.hexdigest()}",
        )
        yield "\r\n".join(head).encode() + _END + body


def _mention(number: int, channel: str, run: str) -> dict[str, object]:
    user, text = f"U{number % PEOPLE:06}", TEXTS[number % len(TEXTS)]
    ts = f"{int(time.time())}.{number % 1_000_000:06}"
    words = [{"type": "user", "user_id": BOT_USER}, {"type": "text", "text": f" {text}"}]
    section = {"type": "rich_text_section", "elements": words}
    event = {
        "user": user,
        "type": "app_mention",
        "ts": ts,
        "client_msg_id": f"{run}-{number}",
        "text": f"<@{BOT_USER}> {text}",
        "team": TEAM,
        "blocks": [{"type": "rich_text", "block_id": "b", "elements": [section]}],
        "channel": channel,
        "event_ts": ts,
    }
    grant = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
    return {
        "token": "unused",
        "team_id": TEAM,
        "api_app_id": "A0BENCH00",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{run}{number}",
        "event_time": int(time.time()),
        "authorizations": [grant | {"is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event_context": f"4-{run}-{number}",
    }


@dataclass(slots=True)
class Sent:
    """What became of a load: how long each acknowledgement took, in seconds, and how long all of it took."""

    acks: list[float] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Acknowledged requests a second."""
        return len(self.acks) / self.seconds


async def send(requests: Iterable[bytes], ports: Sequence[int], connections: int) -> Sent:
    """Send requests over so many connections to the ports in turn: on each the next as soon as one is acked.

    Raises:
        LostError: a connection broke.
    """
    loop, sent, left = asyncio.get_running_loop(), Sent(), iter(requests)
    senders = []
    for _, port in zip(range(connections), itertools.cycle(ports), strict=False):
        _, sender = await loop.create_connection(lambda: _Sender(left, sent), HOST, port)
        senders.append(sender)
    start = time.perf_counter()
    for sender in senders:
        sender.next()
    try:
        await asyncio.gather(*(sender.done for sender in senders))
    finally:
        for sender in senders:
            sender.close()
    sent.seconds = time.perf_counter() - start
    return sent


class _Sender(asyncio.Protocol):
    """One connection with one request at a time."""

    def __init__(self, requests: Iterator[bytes], sent: Sent) -> None:
        self._requests = requests
        self._sent = sent
        self._read = b""
        self._began = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def next(self) -> None:
        """Send the next request; done where there is none."""
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._read += data
        size = _size(self._read)
        if size is None or len(self._read) < size:
            return
        if self._read[9:12] == b"200":
            self._sent.acks.append(time.perf_counter() - self._began)
        else:
            self._sent.refused += 1
        self._read = b""
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(LostError("the server closed a connection"))
