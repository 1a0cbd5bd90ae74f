"""The Web API, called by the SDK's own client."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace

Answer = Awaitable[Any]


async def refusal_of(call: Answer) -> str:
    """The error name of a refused call."""
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


@pytest.fixture
def general(workspace: RunningWorkspace) -> str:
    """The id of #general."""
    return workspace.channel("general").id


async def test_auth_test_tells_who_the_bot_is(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """The ids are those that events and mentions use."""
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (workspace.bot_user_id, workspace.bot_id)


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-made-up", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(workspace: RunningWorkspace, token: str, error: str) -> None:
    """No token, an unknown one and one of the other kind each have their own name."""
    given = workspace.app_token if token == "app" else token
    async with httpx.AsyncClient(base_url=workspace.api_url) as http:
        answer = await http.post("auth.test", data={"token": given})
    assert answer.json() == {"ok": False, "error": error}


async def test_connections_open_wants_the_app_token(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """The bot token opens no connection; the app token gets a WebSocket address."""
    assert (
        await refusal_of(client.apps_connections_open(app_token=workspace.bot_token))
        == "not_allowed_token_type"
    )
    answer = await client.apps_connections_open(app_token=workspace.app_token)
    assert str(answer["url"]).startswith("ws://127.0.0.1:")


async def test_an_unknown_method_is_refused(client: AsyncWebClient) -> None:
    """As Slack does."""
    assert await refusal_of(client.api_call("chat.shout")) == "unknown_method"


async def test_api_test_gives_back_its_arguments(client: AsyncWebClient) -> None:
    """And the error that it is asked for."""
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert await refusal_of(client.api_test(error="my_error")) == "my_error"


async def test_form_query_and_json_are_all_read(workspace: RunningWorkspace, general: str) -> None:
    """The three ways of calling come to the same."""
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    fields = {"channel": general}
    async with httpx.AsyncClient(base_url=workspace.api_url, headers=headers) as http:
        answers = [
            await http.get("conversations.info", params=fields),
            await http.post("conversations.info", data=fields),
            await http.post("conversations.info", json=fields),
        ]
        broken = await http.post(
            "conversations.info", content="{", headers={"Content-Type": "application/json"}
        )
    assert [answer.json()["channel"]["name"] for answer in answers] == ["general"] * 3
    assert broken.json()["error"] == "invalid_json"


async def test_a_post_is_kept_and_given_back(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """With the bot as its author."""
    answer = await client.chat_postMessage(channel=general, text="hello", unfurl_links=False)
    kept = workspace.messages("general")[-1]
    assert (answer["ts"], answer["message"]["text"], answer["message"]["bot_id"]) == (
        kept.ts,
        "hello",
        workspace.bot_id,
    )


async def test_a_post_to_a_user_lands_in_the_direct_message(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """A user id is a channel too."""
    answer = await client.chat_postMessage(channel=workspace.user().id, text="hello")
    assert answer["channel"] == workspace.dm.id


async def test_a_reply_lands_in_its_thread(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """And the parent counts it."""
    question = workspace.post_as_user("general", "a question")
    await client.chat_postMessage(channel=general, text="an answer", thread_ts=question.ts)
    told = (await client.conversations_replies(channel=general, ts=question.ts))["messages"]
    assert [row["text"] for row in told] == ["a question", "an answer"]
    assert (told[0]["reply_count"], told[1]["parent_user_id"]) == (1, workspace.user().id)


async def test_an_unknown_thread_lands_in_the_root(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """Slack says ok all the same: a trap for late replies."""
    answer = await client.chat_postMessage(channel=general, text="late", thread_ts="1700000000.000100")
    assert answer["ok"]
    assert "thread_ts" not in answer["message"]


async def test_the_same_client_msg_id_posts_once(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """The second call gives the first message; in another channel the key is new."""
    key = str(uuid.uuid4())
    first = await client.chat_postMessage(channel=general, text="once", client_msg_id=key)
    second = await client.chat_postMessage(channel=general, text="twice", client_msg_id=key)
    await client.chat_postMessage(channel=workspace.channel("ml-help").id, text="once", client_msg_id=key)
    assert first["ts"] == second["ts"]
    assert [m.text for m in workspace.messages("general")] == ["once"]
    assert len(workspace.messages("ml-help")) == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "x", "channel": "C0NONESUCH"}, "channel_not_found"),
        ({"text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
        ({"text": "x", "client_msg_id": "not-a-uuid"}, "invalid_arguments"),
        ({"text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"text": "x", "blocks": [{"type": "nonesuch"}]}, "invalid_blocks"),
        ({"text": "x", "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        (
            {"text": "x", "metadata": {"event_type": "x", "event_payload": {"a": "x" * 4_001}}},
            "metadata_too_large",
        ),
    ],
)
async def test_a_wrong_post_is_refused(
    client: AsyncWebClient, general: str, fields: dict[str, Any], error: str
) -> None:
    """Each mistake by Slack's name for it."""
    assert await refusal_of(client.api_call("chat.postMessage", json={"channel": general, **fields})) == error


async def test_a_refusal_explains_itself(client: AsyncWebClient, general: str) -> None:
    """The reasons stand in response_metadata.messages, with JSON pointers."""
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=general, text="x", blocks=[{"type": "nonesuch"}])
    messages = refused.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] unsupported type: nonesuch [json-pointer:/blocks/0/type]"]


async def test_a_missing_argument_is_named(client: AsyncWebClient) -> None:
    """By invalid_arguments and its name."""
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.postMessage", json={"text": "x"})
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] missing required field: channel"
    ]


async def test_very_long_text_is_cut(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """At 40,000 characters, without a word."""
    await client.chat_postMessage(channel=general, text="x" * 40_001)
    assert len(workspace.messages("general")[-1].text) == 40_000


async def test_an_update_revises_the_bots_message(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """And marks it as edited."""
    posted = await client.chat_postMessage(channel=general, text="old")
    await client.chat_update(channel=general, ts=posted["ts"], text="new")
    message = workspace.messages("general")[-1]
    assert message.text == "new"
    assert message.edited is not None


async def test_a_long_update_is_refused(client: AsyncWebClient, general: str) -> None:
    """chat.update takes 4,000 characters where chat.postMessage takes ten times that."""
    posted = await client.chat_postMessage(channel=general, text="old")
    call = client.chat_update(channel=general, ts=posted["ts"], text="x" * 4_001)
    assert await refusal_of(call) == "msg_too_long"


async def test_only_the_bots_own_messages_yield(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """A person's message can be neither updated nor deleted, and an unknown one isn't found."""
    theirs = workspace.post_as_user("general", "mine")
    assert (
        await refusal_of(client.chat_update(channel=general, ts=theirs.ts, text="x")) == "cant_update_message"
    )
    assert await refusal_of(client.chat_delete(channel=general, ts=theirs.ts)) == "cant_delete_message"
    assert (
        await refusal_of(client.chat_delete(channel=general, ts="1700000000.000100")) == "message_not_found"
    )


async def test_a_delete_removes(workspace: RunningWorkspace, client: AsyncWebClient, general: str) -> None:
    """The bot's own message is gone."""
    posted = await client.chat_postMessage(channel=general, text="x")
    await client.chat_delete(channel=general, ts=posted["ts"])
    assert workspace.messages("general") == []


async def test_an_ephemeral_message_is_in_no_history(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """One person sees it, and chat.update does not find it."""
    sent = await client.chat_postEphemeral(channel=general, user=workspace.user().id, text="psst")
    assert [m.text for m in workspace.messages("general", ephemeral=True)] == ["psst"]
    assert (await client.conversations_history(channel=general))["messages"] == []
    update = client.chat_update(channel=general, ts=sent["message_ts"], text="x")
    assert await refusal_of(update) == "message_not_found"


async def test_an_ephemeral_message_needs_someone_to_see_it(client: AsyncWebClient, general: str) -> None:
    """An unknown user is refused."""
    assert (
        await refusal_of(client.chat_postEphemeral(channel=general, user="U0NONESUCH", text="x"))
        == "user_not_found"
    )


async def test_a_channel_without_the_bot_is_closed_to_it(
    workspace: RunningWorkspace, client: AsyncWebClient
) -> None:
    """Until it joins."""
    channel = workspace.add_channel("elsewhere", with_bot=False).id
    assert await refusal_of(client.chat_postMessage(channel=channel, text="x")) == "not_in_channel"
    await client.conversations_join(channel=channel)
    assert (await client.chat_postMessage(channel=channel, text="x"))["ok"]


async def test_history_comes_in_pages_newest_first(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """The cursor leads on, and replies are not part of it."""
    posted = [workspace.post_as_user("general", str(number)) for number in range(3)]
    workspace.post_as_user("general", "a reply", thread_ts=posted[0].ts)
    first = await client.conversations_history(channel=general, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=general, limit=2, cursor=cursor)
    assert [row["text"] for row in (*first["messages"], *second["messages"])] == ["2", "1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)


async def test_channels_and_people_are_listed(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """With the names that the page shows."""
    channels = await client.conversations_list(types="public_channel,im")
    names = {row.get("name") for row in channels["channels"]}
    assert {"general", "ml-help"} < names
    members = (await client.conversations_members(channel=channels["channels"][0]["id"]))["members"]
    assert set(members) == {workspace.bot_user_id, workspace.user().id}
    people = (await client.users_list())["members"]
    assert {row["name"]: row["is_bot"] for row in people} == {"torchdesk": True, "you": False}
    assert (await client.users_info(user=workspace.user().id))["user"]["name"] == "you"
    assert (await client.bots_info(bot=workspace.bot_id))["bot"]["user_id"] == workspace.bot_user_id


async def test_a_direct_message_is_opened_once(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """conversations.open gives the one that there is."""
    answer = await client.conversations_open(users=[workspace.user().id])
    assert answer["channel"]["id"] == workspace.dm.id


async def test_a_permalink_names_channel_and_message(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """It is an address of the page itself."""
    message = workspace.post_as_user("general", "x")
    link = str((await client.chat_getPermalink(channel=general, message_ts=message.ts))["permalink"])
    assert link == f"{workspace.base_url}/archives/{general}/p{message.ts.replace('.', '')}"


async def test_reactions_are_added_and_removed(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """Once each."""
    ts = workspace.post_as_user("general", "x").ts
    await client.reactions_add(channel=general, timestamp=ts, name="eyes")
    assert (
        await refusal_of(client.reactions_add(channel=general, timestamp=ts, name="eyes"))
        == "already_reacted"
    )
    await client.reactions_remove(channel=general, timestamp=ts, name="eyes")
    assert (
        await refusal_of(client.reactions_remove(channel=general, timestamp=ts, name="eyes")) == "no_reaction"
    )


async def test_assistant_calls_are_checked(workspace: RunningWorkspace, client: AsyncWebClient) -> None:
    """Status and prompts are accepted in their proper form alone."""
    place: dict[str, Any] = {
        "channel_id": workspace.dm.id,
        "thread_ts": workspace.post_as_user("@you", "x").ts,
    }
    await client.assistant_threads_setStatus(**place, status="is thinking…")
    await client.assistant_threads_setSuggestedPrompts(**place, prompts=[{"title": "t", "message": "m"}])
    five = [{"title": "t", "message": "m"}] * 5
    call = client.assistant_threads_setSuggestedPrompts(**place, prompts=five)
    assert await refusal_of(call) == "invalid_arguments"


async def test_posts_are_limited_when_asked(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """One a second and channel, with Retry-After."""
    workspace.faults.limit_posts = True
    await client.chat_postMessage(channel=general, text="one")
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=general, text="two")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "1"
    assert (await client.chat_postMessage(channel=workspace.channel("ml-help").id, text="two"))["ok"]


async def test_a_refusal_can_be_injected(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """For one call, which then is not carried out."""
    workspace.faults.refuse_next("chat.postMessage", "invalid_blocks", "[ERROR] no")
    assert await refusal_of(client.chat_postMessage(channel=general, text="one")) == "invalid_blocks"
    await client.chat_postMessage(channel=general, text="two")
    assert [m.text for m in workspace.messages("general")] == ["two"]


async def test_an_answer_can_be_lost(
    workspace: RunningWorkspace, client: AsyncWebClient, general: str
) -> None:
    """The call is carried out all the same: what an idempotency key is for."""
    workspace.faults.lose_next_answer("chat.postMessage")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=general, text="one")
    assert [m.text for m in workspace.messages("general")] == ["one"]
