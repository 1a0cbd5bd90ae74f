"""Faults on request: what a client of the workspace gets to feel, and what took effect all the same."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.errors import Refused
from bot.workspace.faults import (
    ANY,
    RESPONSE_URL,
    Faults,
    HalfBody,
    MessageIds,
    Refuse,
    Reset,
    ServerError,
    Silence,
    Trouble,
)
from bot.workspace.response_urls import RESPONSE_PATH

POST = "chat.postMessage"
BROKEN: list[Callable[[bool], Trouble]] = [
    lambda done: ServerError(carried_out=done),
    lambda done: Reset(carried_out=done),
    lambda done: HalfBody(carried_out=done),
    lambda done: HalfBody(carried_out=done, cut=True),
]


async def call(workspace: RunningWorkspace, text: str, channel: str = "general") -> httpx.Response:
    """Post a message without the SDK, which would retry."""
    fields = {"channel": workspace.channel(channel).id, "text": text}
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with httpx.AsyncClient(base_url=workspace.api_url, headers=headers) as http:
        return await http.post(POST, data=fields)


def said(workspace: RunningWorkspace) -> list[str]:
    """What stands in #general."""
    return [message.text for message in workspace.messages("general")]


@pytest.mark.parametrize("done", [True, False], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("trouble", BROKEN, ids=["500", "reset", "half", "cut"])
async def test_an_answer_breaks_before_or_after_the_call_took_effect(
    workspace: RunningWorkspace, trouble: Callable[[bool], Trouble], done: bool
) -> None:
    """No client can tell the two apart, and the next call is well."""
    fault = workspace.faults.inject(POST, trouble(done))
    with pytest.raises((httpx.HTTPError, ValueError)):
        (await call(workspace, "one")).raise_for_status().json()
    assert said(workspace) == (["one"] if done else [])
    assert (await call(workspace, "two")).json()["ok"]
    assert fault.hits == 1


async def test_each_break_is_told_as_what_it_is(workspace: RunningWorkspace) -> None:
    """A status without JSON, a reset, half a JSON in a whole answer, and an answer cut off."""
    for trouble in (ServerError(status=503), HalfBody(carried_out=True)):
        workspace.faults.inject(POST, trouble)
    assert (await call(workspace, "one")).status_code == 503
    half = await call(workspace, "two")
    assert (half.status_code, half.headers["content-type"]) == (200, "application/json")
    assert half.text.startswith('{"ok":true')
    assert not half.text.endswith("}")
    workspace.faults.inject(POST, Reset())
    with pytest.raises(httpx.ReadError):
        await call(workspace, "three")
    workspace.faults.inject(POST, HalfBody(cut=True))
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        async with session.post(workspace.api_url + POST, headers=headers) as answer:
            with pytest.raises(aiohttp.ClientPayloadError):
                await answer.read()


async def test_silence_after_the_call_is_broken_by_its_answer(workspace: RunningWorkspace) -> None:
    """The message is there at once, its answer comes when the time is over."""
    workspace.faults.inject(POST, Silence(seconds=0.4, carried_out=True))
    calling = asyncio.ensure_future(call(workspace, "one"))
    await workspace.wait_for(lambda: said(workspace) == ["one"])
    posted = time.monotonic()
    assert not calling.done()
    assert (await calling).json()["ok"]
    assert time.monotonic() - posted >= 0.3


async def test_silence_instead_of_the_call_ends_in_a_reset(workspace: RunningWorkspace) -> None:
    """Nothing took effect."""
    workspace.faults.inject(POST, Silence(seconds=0.1))
    with pytest.raises(httpx.ReadError):
        await call(workspace, "one")
    assert said(workspace) == []


async def test_a_call_that_was_given_up_may_take_effect_late(workspace: RunningWorkspace) -> None:
    """Its caller is gone by then."""
    fault = workspace.faults.inject(POST, Silence(seconds=0.5, late=True))
    calling = asyncio.ensure_future(call(workspace, "one"))
    while not fault.hits:  # noqa: ASYNC110  # a fault tells nobody when it is met
        await asyncio.sleep(0.01)
    calling.cancel()
    await asyncio.gather(calling, return_exceptions=True)
    assert said(workspace) == []
    await workspace.wait_for(lambda: said(workspace) == ["one"])


async def test_clearing_ends_silences_and_what_waits(workspace: RunningWorkspace) -> None:
    """So a test can say when Slack is well again."""
    workspace.faults.inject(POST, Silence(seconds=60, carried_out=True))
    workspace.faults.inject(POST, ServerError(), times=None)
    calling = asyncio.ensure_future(call(workspace, "one"))
    await workspace.wait_for(lambda: said(workspace) == ["one"])
    workspace.faults.clear()
    assert (await asyncio.wait_for(calling, 2)).json()["ok"]
    assert (await call(workspace, "two")).json()["ok"]


async def test_closing_the_workspace_waits_for_no_silence() -> None:
    """A test that ends while Slack is silent ends at once."""
    async with running_workspace() as workspace:
        workspace.faults.inject(POST, Silence(seconds=60, carried_out=True))
        calling = asyncio.ensure_future(call(workspace, "one"))
        await workspace.wait_for(lambda: said(workspace) == ["one"])
        begun = time.monotonic()
    assert time.monotonic() - begun < 1
    await asyncio.gather(calling, return_exceptions=True)


async def test_a_rate_limit_holds_for_its_time_in_its_channel(workspace: RunningWorkspace) -> None:
    """Every call is refused with what is left of the time; other channels are not touched."""
    fault = workspace.faults.rate_limit(POST, 1.0, workspace.channel("general").id)
    refused = [await call(workspace, "one") for _ in range(2)]
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in refused] == [(429, "1")] * 2
    assert refused[0].json() == {"ok": False, "error": "ratelimited"}
    assert (await call(workspace, "one", "ml-help")).json()["ok"]
    await asyncio.sleep(1.0)
    assert (await call(workspace, "two")).json()["ok"]
    assert (said(workspace), fault.hits) == (["two"], 2)


def test_retry_after_names_what_is_left() -> None:
    """In whole seconds, rounded up: a client that waits so long gets through."""
    clock = [100.0]
    faults = Faults(now=lambda: clock[0])
    faults.rate_limit(POST, 5)
    waits = []
    for clock[0] in (100.0, 103.5, 104.9, 105.0):
        trouble = faults.take_trouble(POST, "C1")
        waits.append(trouble.retry_after if isinstance(trouble, Refuse) else None)
    assert waits == [5, 2, 1, None]


async def test_an_error_lasts_for_a_number_of_calls_or_until_it_is_ended(
    workspace: RunningWorkspace,
) -> None:
    """As long as a test says, and for any method if it says so."""
    workspace.faults.inject(POST, Refuse("fatal_error"), times=2)
    assert [(await call(workspace, text)).json()["ok"] for text in "abc"] == [False, False, True]
    fault = workspace.faults.inject(ANY, Refuse("fatal_error"), times=None)
    assert [(await call(workspace, text)).json()["ok"] for text in "de"] == [False, False]
    fault.end()
    assert (await call(workspace, "f")).json()["ok"]
    assert said(workspace) == ["c", "f"]


async def test_a_wrong_token_uses_up_no_fault(workspace: RunningWorkspace) -> None:
    """Trouble is for calls that would have worked."""
    fault = workspace.faults.inject(ANY, ServerError())
    async with httpx.AsyncClient(base_url=workspace.api_url) as http:
        assert (await http.post("auth.test")).json()["error"] == "not_authed"
    assert fault.hits == 0


@pytest.mark.parametrize(
    ("ids", "texts", "kept"),
    [
        (MessageIds.HONOURED, ["one"], True),
        (MessageIds.REPEATED, ["one", "one"], True),
        (MessageIds.DROPPED, ["one", "one"], False),
    ],
)
async def test_a_message_id_is_worth_what_a_test_says(
    workspace: RunningWorkspace, client: AsyncWebClient, ids: MessageIds, texts: list[str], kept: bool
) -> None:
    """Slack promises neither that it takes an id once nor that it gives it back."""
    workspace.faults.message_ids = ids
    general, given = workspace.channel("general").id, str(uuid.uuid4())
    for _ in range(2):
        answer = await client.chat_postMessage(channel=general, text="one", client_msg_id=given)
    assert said(workspace) == texts
    assert (answer["message"].get("client_msg_id") == given) is kept


async def test_the_sdk_gets_the_errors_that_it_gets_from_slack(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """A reset is a client error of aiohttp, half a body one of the SDK whose answer is no JSON."""
    general = workspace.channel("general").id
    expected: list[tuple[Trouble, type[Exception]]] = [
        (Reset(), aiohttp.ClientError),
        (HalfBody(), SlackApiError),
        (ServerError(), SlackApiError),
    ]
    client.retry_handlers = []
    for trouble, error in expected:
        workspace.faults.inject(POST, trouble)
        with pytest.raises(error):
            await client.chat_postMessage(channel=general, text="one")


async def test_a_response_url_has_faults_too(workspace: RunningWorkspace) -> None:
    """They go by a name of their own."""
    workspace.faults.inject(RESPONSE_URL, ServerError())
    async with httpx.AsyncClient() as http:
        url = f"{workspace.base_url}{RESPONSE_PATH}none"
        statuses = [(await http.post(url, json={"text": "x"})).status_code for _ in range(2)]
    assert statuses == [500, 404]


def test_posts_may_be_held_to_one_a_second_by_the_workspace_s_clock() -> None:
    """Each channel for itself."""
    clock = [0.0]
    faults = Faults(limit_posts=True, now=lambda: clock[0])
    faults.check_post("C1")
    faults.check_post("C2")
    clock[0] = 0.9
    with pytest.raises(Refused):
        faults.check_post("C1")
    clock[0] = 1.0
    faults.check_post("C1")
