"""Events on bad ways: several times, in disorder, to several replicas, over sockets that break."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Sequence

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.payloads import JsonObject, as_object, as_text
from tests.workspace.support import OPTIONS, SHORT, EchoBot, served
from tests.workspace.test_socket_mode import next_envelope, raw_link


@dataclasses.dataclass
class Replica:
    """A deaf bot behind an address: the events it got, and which attempt each was."""

    url: str
    events: list[JsonObject] = dataclasses.field(default_factory=list)
    attempts: list[str | None] = dataclasses.field(default_factory=list)


@contextlib.asynccontextmanager
async def replica() -> AsyncIterator[Replica]:
    """A server that takes every event."""

    async def take(request: Request) -> Response:
        known.events.append(as_object(await request.json()))
        known.attempts.append(request.headers.get("x-slack-retry-num"))
        return PlainTextResponse("")

    async with served(Starlette(routes=[Route("/", take, methods=["POST"])])) as url:
        known = Replica(f"{url}/")
        yield known


def texts(events: Sequence[JsonObject]) -> list[str]:
    """What was said in each event."""
    return [as_text(as_object(event["event"]).get("text")) for event in events]


async def test_each_event_comes_as_often_as_asked(workspace: RunningWorkspace) -> None:
    """Under one event_id, the copies marked as retries, and replicas take turns."""
    workspace.faults.copies = 3
    async with replica() as one, replica() as two:
        workspace.deliver_to(one.url, two.url)
        workspace.post_as_user("@you", "hello")
        await workspace.settle()
    assert {len(one.events), len(two.events)} == {1, 2}
    assert len({as_text(event["event_id"]) for event in one.events + two.events}) == 1
    assert sorted(number or "0" for number in one.attempts + two.attempts) == ["0", "1", "2"]


async def test_a_mention_comes_as_a_mention_and_as_a_message(workspace: RunningWorkspace) -> None:
    """Where the app subscribed to both: two events with ids of their own for one message."""
    async with replica() as one, replica() as two:
        workspace.deliver_to(one.url, two.url)
        question = workspace.post_as_user("general", "@torchdesk hello")
        await workspace.settle()
    inner = [as_object(event["event"]) for event in one.events + two.events]
    assert sorted(as_text(event["type"]) for event in inner) == ["app_mention", "message"]
    assert {event["ts"] for event in inner} == {question.ts}
    assert one.events[0]["event_id"] != two.events[0]["event_id"]


async def test_events_come_out_of_order_when_asked(workspace: RunningWorkspace) -> None:
    """All of them, though."""
    said = [str(number) for number in range(10)]
    async with replica() as bot:
        workspace.deliver_to(bot.url)
        workspace.faults.disorder_seconds = 0.3
        for text in said:
            workspace.post_as_user("@you", text)
        await workspace.settle()
    assert texts(bot.events) != said
    assert sorted(texts(bot.events)) == said


async def test_a_dead_replica_s_event_comes_to_the_other(workspace: RunningWorkspace) -> None:
    """The retry goes to the next address."""
    async with replica() as dead:
        pass
    async with replica() as alive:
        workspace.deliver_to(dead.url, alive.url)
        workspace.post_as_user("@you", "hello")
        await workspace.settle()
    assert alive.attempts == ["1"]


async def test_delivery_may_go_back_to_sockets(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """Without an address there is Socket Mode again."""
    async with replica() as other:
        workspace.deliver_to(other.url)
        workspace.deliver_to()
        workspace.post_as_user("@you", "hello")
        await workspace.settle()
    assert other.events == []
    assert bot.of_type("message")


async def test_copies_go_to_several_sockets() -> None:
    """Each envelope to one connection, in turn."""
    async with running_workspace(OPTIONS) as workspace, aiohttp.ClientSession() as session:
        links = [await raw_link(workspace, session) for _ in range(3)]
        workspace.faults.copies = 3
        workspace.post_as_user("@you", "hello")
        envelopes = [await next_envelope(link) for link in links]
        for link, envelope in zip(links, envelopes, strict=True):
            await link.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
        await workspace.settle()
    assert sorted(int(str(envelope["retry_attempt"])) for envelope in envelopes) == [0, 1, 2]
    assert len({as_text(as_object(envelope["payload"])["event_id"]) for envelope in envelopes}) == 1


async def test_a_socket_is_cut_between_an_event_and_its_ack() -> None:
    """The bot has read the event, its ack counts no more, and another connection gets the event again."""
    async with running_workspace(OPTIONS) as workspace, aiohttp.ClientSession() as session:
        first, second = [await raw_link(workspace, session) for _ in range(2)]
        workspace.faults.sockets_to_cut = 1
        workspace.post_as_user("@you", "hello")
        envelope = await next_envelope(first)
        with contextlib.suppress(ConnectionError):
            await first.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
        closing = await asyncio.wait_for(first.receive(), 2)
        again = await next_envelope(second)
        await second.send_str(json.dumps({"envelope_id": again["envelope_id"]}))
        await workspace.settle()
    assert closing.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "connection_closed")


async def test_a_bot_comes_back_after_its_socket_was_cut(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """The SDK sees the reset and connects again."""
    workspace.cut_connections()
    assert workspace.workspace.socket_mode.connection_count == 0
    question = workspace.post_as_user("general", "@torchdesk again")
    await workspace.wait_for_reply(question, seconds=15)


async def test_a_warning_leaves_the_socket_open(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """Slack warns some seconds before it closes."""
    async with aiohttp.ClientSession() as session:
        link = await raw_link(workspace, session)
        await workspace.warn_connections()
        warning = json.loads(await link.receive_str(timeout=2))
        workspace.post_as_user("@you", "hello")
        envelope = await next_envelope(link)
        await link.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
        await workspace.settle()
        await link.close()
    assert (warning["type"], warning["reason"]) == ("disconnect", "warning")


async def test_more_copies_than_retries_are_delivered_too() -> None:
    """A copy that is the last attempt is still an attempt."""
    options = dataclasses.replace(OPTIONS, delivery=dataclasses.replace(SHORT, retry_delays=()))
    async with replica() as bot, running_workspace(options) as workspace:
        workspace.deliver_to(bot.url)
        workspace.faults.copies = 2
        workspace.post_as_user("@you", "hello")
        await workspace.settle()
    assert len(bot.events) == 2
