"""Socket Mode, with a real Bolt app at the other end."""

from __future__ import annotations

import asyncio
import dataclasses
import json

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.delivery import DeliverySettings
from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.payloads import JsonObject
from tests.workspace.support import OPTIONS, EchoBot, connected, echo_bot


async def test_a_mention_is_answered_in_its_thread(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """By an unchanged Bolt app."""
    question = workspace.post_as_user("general", "@torchdesk hello")
    reply = await workspace.wait_for_reply(question)
    assert (reply.text, reply.bot_id) == (f"echo: <@{workspace.bot_user_id}> hello", workspace.bot_id)


async def test_a_direct_message_is_answered_once(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """The bot's own message comes back to it, and Bolt lets it rest."""
    workspace.post_as_user("@you", "hello")
    await workspace.wait_for(lambda: len(workspace.messages("@you")) == 2)
    await workspace.settle()
    assert [m.text for m in workspace.messages("@you")] == ["hello", "echo: hello"]


async def test_a_lost_ack_brings_the_event_again(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """Under the same event_id."""
    workspace.drop_next_ack()
    workspace.post_as_user("@you", "hello")
    await workspace.settle()
    told = [
        body["event_id"]
        for body in bot.of_type("message")
        if "hello" in str(body) and "echo" not in str(body)
    ]
    assert len(told) == 2
    assert len(set(told)) == 1


async def raw_link(
    workspace: RunningWorkspace, session: aiohttp.ClientSession
) -> aiohttp.ClientWebSocketResponse:
    """A Socket Mode connection without the SDK, past its `hello`."""
    web = AsyncWebClient(base_url=workspace.api_url)
    answer = await web.apps_connections_open(app_token=workspace.app_token)
    link = await session.ws_connect(str(answer["url"]))
    hello = await link.receive_json()
    assert hello["type"] == "hello"
    return link


async def next_envelope(link: aiohttp.ClientWebSocketResponse) -> JsonObject:
    """The next envelope of a connection."""
    envelope: JsonObject = json.loads(await link.receive_str(timeout=5))
    return envelope


async def test_an_unacked_event_is_retried_on_schedule_and_given_up(workspace: RunningWorkspace) -> None:
    """Each retry says which it is and why."""
    async with aiohttp.ClientSession() as session:
        link = await raw_link(workspace, session)
        workspace.post_as_user("@you", "hello")
        envelopes = [await next_envelope(link) for _ in range(4)]
        await workspace.settle()
        await link.close()
    assert [(e["retry_attempt"], e["retry_reason"]) for e in envelopes] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({e["envelope_id"] for e in envelopes}) == 4


async def test_events_wait_for_a_connection(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """What was said before the bot came is answered when it comes."""
    question = workspace.post_as_user("general", "@torchdesk early")
    await asyncio.sleep(0.05)
    async with connected(echo_bot(client), workspace):
        await workspace.wait_for_reply(question)


async def test_a_closed_connection_hands_its_events_on(workspace: RunningWorkspace) -> None:
    """What a killed bot had not acked comes to the next one, as a retry."""
    async with aiohttp.ClientSession() as session:
        first = await raw_link(workspace, session)
        workspace.post_as_user("@you", "hello")
        await next_envelope(first)
        await first.close()
        second = await raw_link(workspace, session)
        again = await next_envelope(second)
        await second.send_str(json.dumps({"envelope_id": again["envelope_id"]}))
        await workspace.settle()
        await second.close()
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_closed")


async def test_an_envelope_goes_to_one_connection(workspace: RunningWorkspace) -> None:
    """Two connections take turns."""
    async with aiohttp.ClientSession() as session:
        links = [await raw_link(workspace, session) for _ in range(2)]
        for text in ("one", "two"):
            workspace.post_as_user("@you", text)
        envelopes = [await next_envelope(link) for link in links]
        for link, envelope in zip(links, envelopes, strict=True):
            await link.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
        await workspace.settle()
        for link in links:
            await link.close()
    assert len({str(envelope["payload"]) for envelope in envelopes}) == 2


async def test_a_ticket_opens_one_connection(workspace: RunningWorkspace) -> None:
    """An address is good once, and a made-up one never."""
    web = AsyncWebClient(base_url=workspace.api_url)
    url = str((await web.apps_connections_open(app_token=workspace.app_token))["url"])
    refused = 0
    async with aiohttp.ClientSession() as session:
        link = await session.ws_connect(url)
        for address in (url, f"{url}x"):
            try:
                await session.ws_connect(address)
            except aiohttp.WSServerHandshakeError:
                refused += 1
        await link.close()
    assert refused == 2


async def test_the_bot_reconnects_when_asked(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """`disconnect` with refresh_requested leads to a new connection that works."""
    await workspace.ask_to_reconnect()
    question = workspace.post_as_user("general", "@torchdesk again")
    await workspace.wait_for_reply(question)


async def test_waiting_events_are_bounded() -> None:
    """Beyond the bound new ones are dropped rather than kept for ever."""
    options = dataclasses.replace(OPTIONS, delivery=DeliverySettings(waiting_at_most=3))
    async with running_workspace(options) as workspace:
        for _ in range(5):
            workspace.post_as_user("@you", "x")
        assert len(workspace.workspace.outbox.sent) == 3
