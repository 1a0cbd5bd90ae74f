"""Requests that are not Slack's, to the real server: refused in a phrase, nothing stored or revealed."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from bot.slack.app import SlackBot
from bot.slack.http import build_http_app
from bot.slack.listening import BODY_LIMIT, HEAD_LIMIT, ImpatientProtocol, http_config
from bot.storage import Store, open_store
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.server import QuietServer, bind
from tests.slack.support import SECRET, CannedAsk, event_body, json_body, message, signed

Send = Callable[..., Awaitable["Answer"]]

EVENTS: Final = "/slack/events"
BODY: Final = json_body(event_body(message("D1", "torch", "1700000000.000100")))
FORM: Final = "application/x-www-form-urlencoded"
HEADERS: Final = {"content-type", "content-length", "connection", "date", "allow"}
REVEALING: Final = re.compile(rb"uvicorn|starlette|bolt|python|traceback|Error|\.py|File |\d\.\d")
IMPATIENCE: Final = 0.5
OWN: Final = {"alembic_version", "processes"}
WAIT: Final = 6.0


class Answer:
    """What came back over a connection until it was closed."""

    def __init__(self, raw: bytes) -> None:
        """Take it apart."""
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        self.status = int(first.split()[1]) if first else 0
        self.headers = {
            name.decode().lower(): value for name, _, value in (n.partition(b": ") for n in lines)
        }


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the store's file is."""
    return tmp_path / "bot.db"


@pytest.fixture
async def store(database: Path) -> AsyncIterator[Store]:
    """A store in a file that can be looked into."""
    async with open_store(f"sqlite+aiosqlite:///{database}") as opened:
        yield opened


@pytest.fixture
async def send(bot: SlackBot, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Send]:
    """Writes bytes to a served bot, piece by piece, and reads until it closes the connection."""
    monkeypatch.setattr(ImpatientProtocol, "head_seconds", IMPATIENCE)
    listener, listening = bind("127.0.0.1", 0), asyncio.Event()
    config = http_config(build_http_app(bot, SECRET, patience=IMPATIENCE))
    server = QuietServer(config, listening)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await asyncio.wait_for(listening.wait(), WAIT)

    async def sent(*pieces: bytes, pause: float = 0.0) -> Answer:
        return await asyncio.wait_for(_exchange(listener.getsockname()[1], pieces, pause), WAIT)

    async with bot.working():
        yield sent
    server.stop()
    await serving
    listener.close()


async def _exchange(port: int, pieces: tuple[bytes, ...], pause: float) -> Answer:
    """Read beside writing: who is refused midway gets an answer before the connection is gone."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reading = asyncio.create_task(_read(reader))
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
    raw = await reading
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return Answer(raw)


async def _read(reader: asyncio.StreamReader) -> bytes:
    raw = b""
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65_536):
            raw += piece
    return raw


def request(
    body: bytes = BODY,
    headers: dict[str, str] | None = None,
    *,
    path: str = EVENTS,
    method: str = "POST",
    length: int | str | None = None,
) -> bytes:
    """A request as bytes, signed unless other headers are given, that asks to close the connection."""
    given = signed(body) if headers is None else headers
    lines = [f"{method} {path} HTTP/1.1", "host: bot", "connection: close"]
    lines.append(f"content-length: {len(body) if length is None else length}")
    lines += [f"{name}: {value}" for name, value in given.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def stored(database: Path) -> int:
    """How many rows all tables have, but those that say which tables and which processes there are."""
    with closing(sqlite3.connect(database)) as connection:
        listed = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        names = [name for (name,) in listed if name not in OWN and not name.startswith("sqlite_")]
        assert names
        return sum(connection.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names)  # noqa: S608


def assert_plain(answer: Answer, status: int) -> None:
    """Refused with this status in one short phrase, with no header that tells what serves it."""
    assert answer.status == status
    assert len(answer.body) < 40
    assert answer.headers.keys() <= HEADERS
    assert REVEALING.search(answer.body) is None


def stamped(at: str) -> dict[str, str]:
    """Headers whose signature holds for whatever the time stamp says."""
    digest = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + BODY, hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": at,
        "x-slack-signature": f"v0={digest}",
        "content-type": "application/json",
    }


def changed(**headers: str) -> Callable[[], bytes]:
    """Makes the signed request with other headers (`_` for `-`); a name in other case comes beside."""
    return lambda: request(headers=signed(BODY) | {name.replace("_", "-"): v for name, v in headers.items()})


def digest(body: bytes = BODY) -> str:
    """The signature of a body, now."""
    return signed(body)["x-slack-signature"]


FORGED: Final[dict[str, Callable[[], bytes]]] = {
    "unsigned": lambda: request(headers={"content-type": "application/json"}),
    "another secret": lambda: request(headers=signed(BODY, secret="other")),
    "an empty secret": lambda: request(headers=signed(BODY, secret="")),
    "signature of another body": lambda: request(headers=signed(b"{}")),
    "a byte more": lambda: request(BODY + b" ", signed(BODY)),
    "six minutes old": lambda: request(headers=signed(BODY, at=time.time() - 360)),
    "six minutes ahead": lambda: request(headers=signed(BODY, at=time.time() + 360)),
    "time is a word": lambda: request(headers=stamped("now")),
    "time is negative": lambda: request(headers=stamped("-1")),
    "time is a fraction": lambda: request(headers=stamped(f"{time.time():.3f}")),
    "time has a sign": lambda: request(headers=stamped(f"+{int(time.time())}")),
    "time is in other digits": changed(x_slack_request_timestamp="\u0661" * 10),
    "time is endless": lambda: request(headers=stamped("9" * 4_000)),
    "time is given twice": changed(X_Slack_Request_Timestamp="1"),
    "two signatures": lambda: request(headers=signed(BODY) | {"X-Slack-Signature": digest(b"")}),
    "no version": lambda: request(headers=signed(BODY) | {"x-slack-signature": digest()[3:]}),
    "upper case": lambda: request(headers=signed(BODY) | {"x-slack-signature": digest().upper()}),
    "empty signature": changed(x_slack_signature=""),
    "unsigned and huge": lambda: request(headers={}, length=10**12),
}


@pytest.mark.parametrize("kind", FORGED)
async def test_what_slack_did_not_sign_gets_nowhere(
    kind: str, send: Send, ask: CannedAsk, database: Path
) -> None:
    """A plain 401 for all of them, the same for each."""
    answer = await send(FORGED[kind]())
    assert_plain(answer, 401)
    assert answer.body == b"not signed by Slack"
    assert ask.asked == []
    assert stored(database) == 0


def question(workspace: RunningWorkspace) -> bytes:
    """An event that can be answered: somebody writes to the bot."""
    return json_body(event_body(message(workspace.dm.id, "torch", "1700000000.000100")))


async def test_what_slack_signed_is_taken(
    send: Send, ask: CannedAsk, workspace: RunningWorkspace, database: Path
) -> None:
    """Or the refusals above would show nothing."""
    answer = await send(request(question(workspace)))
    assert answer.status == 200
    assert answer.headers.keys() <= HEADERS
    await workspace.wait_for(lambda: workspace.messages("@you"))
    assert ask.asked == ["torch"]
    assert stored(database) > 0


async def test_a_request_that_is_played_again_is_answered_once(
    send: Send, ask: CannedAsk, workspace: RunningWorkspace
) -> None:
    """The very same bytes, within the five minutes."""
    whole = request(question(workspace))
    for _ in range(3):
        assert (await send(whole)).status == 200
    await workspace.wait_for(lambda: workspace.messages("@you"))
    assert ask.asked == ["torch"]
    assert len(workspace.messages("@you")) == 1


def chunked(size: int, pieces: int) -> bytes:
    """A chunked body of so many pieces."""
    return b"".join(f"{size:x}\r\n".encode() + b"x" * size + b"\r\n" for _ in range(pieces))


def head(**more: str) -> bytes:
    """The head of a signed request whose body is to follow."""
    lines = [
        "POST /slack/events HTTP/1.1",
        "host: bot",
        *(f"{n}: {v}" for n, v in (signed(BODY) | more).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def test_a_body_that_is_announced_too_large_is_not_read(send: Send) -> None:
    """Refused on its announcement, long before the time for a body is over."""
    for length in (str(BODY_LIMIT + 1), str(10**12), "9" * 19):
        assert_plain(await send(head(**{"content-length": length})), 413)


async def test_a_chunked_body_is_cut_off(send: Send, database: Path) -> None:
    """Nobody announces it; it is counted as it comes."""
    pieces = [chunked(65_536, 8) for _ in range(4)]
    assert_plain(await send(head(**{"transfer-encoding": "chunked"}), *pieces), 413)
    assert stored(database) == 0


async def test_a_body_that_trickles_is_given_up(send: Send, database: Path) -> None:
    """Slack waits three seconds for an answer; a byte now and then gives no more time."""
    started = time.monotonic()
    answer = await send(head(**{"content-length": str(len(BODY))}), *[b"x"] * 10, pause=IMPATIENCE / 4)
    assert_plain(answer, 408)
    assert time.monotonic() - started < WAIT / 2
    assert stored(database) == 0


@pytest.mark.parametrize(
    "start", [b"", b"POST /slack/events HT", b"POST /slack/events HTTP/1.1\r\nhost: bot\r\n"]
)
async def test_a_head_that_trickles_is_given_up(send: Send, start: bytes) -> None:
    """The connection is closed without an answer."""
    started = time.monotonic()
    assert (await send(start, *[b"x"] * 6, pause=IMPATIENCE / 4)).status == 0
    assert time.monotonic() - started < WAIT / 2


async def test_a_second_head_that_trickles_is_given_up(send: Send) -> None:
    """One good request buys no more time."""
    first = request(path="/none").replace(b"connection: close\r\n", b"")
    started = time.monotonic()
    answer = await send(first, *[b"P"] * 6, pause=IMPATIENCE / 4)
    assert answer.status == 404
    assert time.monotonic() - started < WAIT / 2


@pytest.mark.parametrize(
    "lines",
    [
        "x: " + "y" * 2 * HEAD_LIMIT,
        "\r\n".join(f"x{number}: y" for number in range(20_000)),
        "x" * 2 * HEAD_LIMIT + ": y",
        "content-length: 5\r\ncontent-length: 6",
        "content-length: -1",
        "content-length: 1e3",
        "transfer-encoding: chunked, gzip",
        "x\x00y: z",
        "x: \x00",
        " folded: x",
        "no colon",
    ],
)  # fmt: skip
async def test_a_bomb_of_headers_is_refused(send: Send, lines: str, database: Path) -> None:
    """Many, long, twice, or no headers at all; the server goes on serving."""
    answer = await send(f"POST /slack/events HTTP/1.1\r\nhost: bot\r\n{lines}\r\n\r\n".encode())
    assert answer.status in (0, 400, 401, 501)
    assert answer.headers.keys() <= HEADERS
    assert stored(database) == 0
    assert (await send(request(path="/none"))).status == 404


async def test_two_lengths_smuggle_nothing(send: Send, database: Path) -> None:
    """What stands behind the first request's end is no second request of Slack's."""
    smuggled = head(**{"transfer-encoding": "chunked", "content-length": "4"}) + b"0\r\n\r\n" + request()
    answer = await send(smuggled)
    assert answer.status in (400, 401)
    assert stored(database) == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
async def test_other_methods_are_refused(send: Send, method: str, ask: CannedAsk) -> None:
    """However well they are signed."""
    answer = await send(request(method=method))
    assert_plain(answer, 405)
    assert ask.asked == []


@pytest.mark.parametrize(
    "path",
    ["/slack/events/", "//slack/events", "/slack//events", "/slack/../slack/events", "/slack/events/..",
     "/SLACK/EVENTS", "/slack/events%2f", "/slack/events%00", "/slack/events;x", "/%2e%2e/%2e%2e/etc/passwd",
     "/.env", "/slack", "http://evil.example/slack/events", "*", "/slack/events%0d%0aset-cookie:x=1"],
)  # fmt: skip
async def test_other_paths_lead_nowhere(send: Send, path: str, ask: CannedAsk, database: Path) -> None:
    """Not even by a redirect, which would repeat the host that the request names."""
    answer = await send(request(path=path))
    assert_plain(answer, 404)
    assert ask.asked == []
    assert stored(database) == 0


async def test_a_query_changes_nothing(send: Send, workspace: RunningWorkspace) -> None:
    """What is signed is the body."""
    assert (await send(request(question(workspace), path=EVENTS + "?debug=1&ssl_check=1"))).status == 200
    await workspace.wait_for(lambda: workspace.messages("@you"))


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/html",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
        "application/json; charset=utf-16",
    ],
)
@pytest.mark.parametrize(
    "body", [b"<x/>", b"--x\r\n\r\ntorch\r\n--x--", b"torch", "{}".encode("utf-16"), b"\x1f\x8b\x08"]
)
async def test_other_kinds_of_body_are_refused(send: Send, kind: str, body: bytes, database: Path) -> None:
    """Signed, and yet nothing that Slack sends."""
    answer = await send(request(body, signed(body) | {"content-type": kind}))
    assert_plain(answer, 400)
    assert answer.body == b"not a request of Slack"
    assert stored(database) == 0


@pytest.mark.parametrize(
    "body",
    [
        b'{"type":"event_callback","event":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"type":"event_callback","event":' + b'{"type":' * 100_000 + b"1" + b"}" * 100_001,
        b'{"type":"event_callback","event":{"type":"message","n":' + b"1" * 100_000 + b"}}",
        b'{"type":"event_callback","event":{"type":["message"]}}',
        b'{"type":"event_callback","event":{"type":"message"},"event":null}',
    ],
)
async def test_json_that_would_overflow_is_refused(send: Send, body: bytes, database: Path) -> None:
    """Too deep, too long a number, or another shape; a key that is given twice counts as it stands last."""
    assert_plain(await send(request(body)), 400)
    assert stored(database) == 0


async def test_a_key_given_twice_is_read_once(
    send: Send, ask: CannedAsk, workspace: RunningWorkspace
) -> None:
    """As every JSON reader of the SDK reads it: the last one."""
    text = question(workspace).decode().replace('"text": "torch"', '"text": "first", "text": "second"')
    assert "first" in text
    assert (await send(request(text.encode()))).status == 200
    await workspace.wait_for(lambda: workspace.messages("@you"))
    assert ask.asked == ["second"]


def pressing(url: object) -> bytes:
    """A pressed button that wants its answer at an address."""
    payload = {
        "type": "block_actions", "response_url": url, "team": {"id": "T1"}, "user": {"id": "U1"},
        "channel": {"id": "C1"}, "container": {"channel_id": "C1", "message_ts": "1.1", "is_ephemeral": True},
        "actions": [{"action_id": "ask:1", "block_id": "b", "type": "button", "value": "torch"}],
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)}).encode()


def command(url: str) -> bytes:
    """A slash command that wants its answer at an address."""
    fields = {"command": "/torch", "text": "torch", "response_url": url, "channel_id": "C1", "team_id": "T1"}
    return urlencode(fields).encode()


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "http://127.0.0.1:1/x", "https://hooks.slack.com@evil.example/"]
)
@pytest.mark.parametrize("body_of", [pressing, command])
async def test_an_answer_goes_to_slack_alone(
    send: Send, url: str, body_of: Callable[[str], bytes], ask: CannedAsk, database: Path
) -> None:
    """Even a signed request cannot have it sent elsewhere."""
    body = body_of(url)
    assert_plain(await send(request(body, signed(body) | {"content-type": FORM})), 400)
    assert ask.asked == []
    assert stored(database) == 0


async def test_an_answer_goes_where_the_web_api_is(send: Send, workspace: RunningWorkspace) -> None:
    """The address that is configured is as good as Slack's own."""
    url = workspace.workspace.response_urls.new(workspace.channel("general").id, workspace.user().id)
    body = command(url)
    assert (await send(request(body, signed(body) | {"content-type": FORM}))).status == 200
    await workspace.wait_for(lambda: workspace.messages("general", ephemeral=True))
