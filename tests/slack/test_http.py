"""Over HTTP: what is let in, what is refused, and that a refusal is plain."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.settings import SettingsError
from bot.slack.app import SlackBot
from bot.slack.http import build_http_app
from bot.slack.listening import BODY_LIMIT
from bot.slack.probes import Health, probe_routes
from bot.storage import Store
from bot.storage.schema import inbox
from bot.workspace.embedded import RunningWorkspace
from tests.slack.support import SECRET, CannedAsk, event_body, finish, form_body, json_body, message, signed

EVENTS = "/slack/events"


@pytest.fixture
async def client(bot: SlackBot) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the HTTP app, in process."""
    transport = httpx.ASGITransport(build_http_app(bot, SECRET, routes=probe_routes(Health())))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as opened:
        yield opened
    await finish(bot)


async def test_signed_event_is_answered(
    client: httpx.AsyncClient, bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """The whole way over HTTP: acknowledged, then answered."""
    body = json_body(event_body(message(workspace.dm.id, "torch 2.1", "1700000000.000100")))
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 200
    await finish(bot)
    assert "You asked: torch 2.1" in workspace.messages("@you")[0].text


async def test_retried_delivery_is_answered_once(
    client: httpx.AsyncClient, bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """Slack's retries carry X-Slack-Retry-Num and the same event id."""
    body = json_body(event_body(message(workspace.dm.id, "torch 2.1", "1700000000.000100")))
    for retry in range(3):
        await client.post(EVENTS, content=body, headers=signed(body) | {"x-slack-retry-num": str(retry)})
    await finish(bot)
    assert len(workspace.messages("@you")) == 1


async def test_command_is_acknowledged_empty(
    client: httpx.AsyncClient, bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """The answer comes by response_url, not in the acknowledgement."""
    url = workspace.workspace.response_urls.new(workspace.channel("general").id, workspace.user().id)
    where = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "trigger_id": "1.2.3"}
    body = form_body({"command": "/torch", "text": "torch", "response_url": url, **where})
    headers = signed(body) | {"content-type": "application/x-www-form-urlencoded"}
    response = await client.post(EVENTS, content=body, headers=headers)
    assert (response.status_code, response.text) == (200, "")
    await finish(bot)
    assert workspace.messages("general", ephemeral=True)


async def test_url_verification_is_answered(client: httpx.AsyncClient) -> None:
    """Slack checks the address with a challenge, signed as everything else."""
    body = json_body({"type": "url_verification", "challenge": "abc", "token": "t"})
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 200
    assert response.json() == {"challenge": "abc"}


async def test_wrong_signature_is_refused(client: httpx.AsyncClient, ask: CannedAsk) -> None:
    """A body signed with another secret does not get in."""
    body = json_body(event_body(message("D1", "torch", "1.1")))
    response = await client.post(EVENTS, content=body, headers=signed(body, secret="other"))
    assert response.status_code == 401
    assert ask.asked == []


async def test_changed_body_is_refused(client: httpx.AsyncClient) -> None:
    """The signature covers every byte."""
    body = json_body(event_body(message("D1", "torch", "1.1")))
    response = await client.post(EVENTS, content=body + b" ", headers=signed(body))
    assert response.status_code == 401


@pytest.mark.parametrize("age", [301, -301, 86_400])
async def test_old_or_future_signature_is_refused(client: httpx.AsyncClient, age: int) -> None:
    """A replay after five minutes does not get in."""
    body = json_body({"type": "url_verification", "challenge": "abc"})
    response = await client.post(EVENTS, content=body, headers=signed(body, at=time.time() - age))
    assert response.status_code == 401


@pytest.mark.parametrize("off", [600, -600])
async def test_a_clock_that_is_off_is_said_once(bot: SlackBot, off: int) -> None:
    """With the seconds and what to do, though every request is refused by it; none is let in."""
    app = build_http_app(bot, SECRET, now=lambda: time.time() + off)
    body = json_body(event_body(message("D1", "torch", "1.1")))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as client:
        with capture_logs() as logs:
            answers = [await client.post(EVENTS, content=body, headers=signed(body)) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {401}
    (told,) = [entry for entry in logs if entry["event"] == "clock_off"]
    assert abs(told["seconds"] - off) <= 2
    assert "NTP" in told["what"]


async def test_a_forged_time_says_nothing_about_the_clock(client: httpx.AsyncClient) -> None:
    """Only a right signature does."""
    body = json_body(event_body(message("D1", "torch", "1.1")))
    forged = signed(body, secret="other", at=time.time() - 600)
    with capture_logs() as logs:
        assert (await client.post(EVENTS, content=body, headers=forged)).status_code == 401
    assert [entry["event"] for entry in logs] == ["request_refused"]


async def test_another_workspace_is_refused(
    client: httpx.AsyncClient, bot: SlackBot, store: Store, ask: CannedAsk
) -> None:
    """Though Slack signed it: 403 without a word, nothing stored, nothing answered."""
    event = message("D1", "torch", "1700000000.000100")
    body = json_body(event_body(event, team_id="T0OTHER"))
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert (response.status_code, response.text) == (403, "")
    async with store.connection() as connection:
        assert (await connection.execute(select(func.count()).select_from(inbox))).scalar_one() == 0
    await finish(bot)
    assert ask.asked == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-request-timestamp": "now", "x-slack-signature": "v0=0"},
        {"x-slack-request-timestamp": "9" * 400, "x-slack-signature": "v0=0"},
        {"x-slack-request-timestamp": "-1", "x-slack-signature": "v0=0"},
        {"x-slack-signature": "v0=0"},
    ],
)
async def test_missing_or_odd_headers_are_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Nothing but a proper pair of headers is even looked at."""
    response = await client.post(EVENTS, content=b"{}", headers=headers)
    assert response.status_code == 401


async def test_signature_that_is_no_ascii_is_refused(client: httpx.AsyncClient) -> None:
    """Odd bytes in a header are a refusal, not an error."""
    timestamp = str(int(time.time())).encode()
    headers = [(b"x-slack-request-timestamp", timestamp), (b"x-slack-signature", b"v0=\xff\xfe")]
    response = await client.post(EVENTS, content=b"{}", headers=headers)
    assert response.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{not json}",
        b"[1]",
        b"null",
        b"7",
        b"",
        b"\xff\xfe",
        b'{"type": "event_callback"}',
        b'{"type": "block_actions", "actions": [{"action_id": 7}]}',
        b'{"type": "block_actions", "actions": [7]}',
        b'{"type": "event_callback", "event": "text"}',
        b'{"type": "event_callback", "event": {}}',
        b'{"type": "block_actions", "actions": []}',
        b'{"type": 7, "event": []}',
        b'{"a":' * 20_000,
        b"payload=%7Bbroken",
        b"payload=7",
        b"just=a&form=without",
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_malformed_body_is_a_plain_400(client: httpx.AsyncClient, body: bytes, kind: str) -> None:
    """What is signed and yet no request of Slack is refused in words, without a traceback."""
    response = await client.post(EVENTS, content=body, headers=signed(body) | {"content-type": kind})
    assert response.status_code == 400
    assert response.text == "not a request of Slack"


async def test_large_body_is_refused(client: httpx.AsyncClient) -> None:
    """The bot reads no more than a megabyte."""
    body = b"x" * (BODY_LIMIT + 1)
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 413


async def test_event_that_nobody_listens_for_is_acknowledged(client: httpx.AsyncClient) -> None:
    """Otherwise Slack would repeat it and in the end switch the subscription off."""
    body = json_body(event_body({"type": "channel_rename", "channel": {"id": "C1"}}))
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 200


async def test_unknown_interaction_is_not_found(client: httpx.AsyncClient) -> None:
    """A kind of request that the bot has no use for."""
    who = {"user": {"id": "U1"}, "team": {"id": "T1"}}
    body = json_body({"type": "view_closed", "view": {"callback_id": "x"}, **who})
    response = await client.post(EVENTS, content=body, headers=signed(body))
    assert response.status_code == 404


async def test_healthz_is_open(client: httpx.AsyncClient) -> None:
    """A load balancer asks without a signature."""
    response = await client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok")


async def test_other_methods_and_paths_are_refused(client: httpx.AsyncClient) -> None:
    """There is nothing else."""
    assert (await client.get(EVENTS)).status_code == 405
    assert (await client.post("/")).status_code == 404


@pytest.mark.parametrize("secret", ["", None])
def test_no_secret_no_server(bot: SlackBot, secret: str | None) -> None:
    """Unchecked requests are never served."""
    with pytest.raises(SettingsError):
        build_http_app(bot, secret)


async def test_one_session_while_it_works(bot: SlackBot) -> None:
    """One HTTP session to Slack while the bot works, none after."""
    async with bot.working():
        session = bot.client.session
        assert session is not None
        assert not session.closed
    assert bot.client.session is None
    assert session.closed
