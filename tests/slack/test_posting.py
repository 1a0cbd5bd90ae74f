"""A refused message is sent in a simpler look; what cannot be sent is an error of the project's own."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.presenting.blocks import renderings
from bot.presenting.payload import Message
from bot.presenting.reply import Grid, Reply, Section
from bot.slack.api_errors import MessageGoneError, PostingError
from bot.slack.app import SlackBot
from bot.slack.incoming import Place
from bot.slack.posting import delete, message_id, post, respond_with, update
from bot.workspace.embedded import RunningWorkspace
from tests.slack.support import ENGLISH


def messages() -> list[Message]:
    """A reply with a table, in all four looks."""
    grid = Grid(("torch", "python"), (("2.1.0", "3.8~3.11"),))
    section = Section("Headline", ("Paragraph",), grid, "pip install torch", ("note",))
    reply = Reply("answered", "yes", "lookup", "en", (section,))
    return list(renderings(reply, ENGLISH))


@pytest.mark.parametrize(
    ("refusals", "look", "blocks"),
    [
        (0, "table", ["rich_text", "rich_text", "table", "context"]),
        (1, "markdown", ["rich_text", "rich_text", "markdown", "context"]),
        (2, "monospace", ["header", "section", "section", "section", "context"]),
        (3, "text", []),
    ],
)
async def test_ladder(
    bot: SlackBot, workspace: RunningWorkspace, refusals: int, look: str, blocks: list[str]
) -> None:
    """Each refusal costs one step of form and nothing of the answer; each is logged."""
    for _ in range(refusals):
        workspace.faults.refuse_next("chat.postMessage", "invalid_blocks")
    with capture_logs() as logs:
        await post(bot.client, Place(workspace.dm.id, None), messages(), key="k")
    (posted,) = workspace.messages("@you")
    assert [block["type"] for block in posted.blocks] == blocks
    assert "pip install torch" in posted.text
    assert [entry["look"] for entry in logs] == ["table", "markdown", "monospace"][:refusals]


async def test_ladder_ends(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """When even text is refused, that is an error."""
    for _ in range(4):
        workspace.faults.refuse_next("chat.postMessage", "msg_blocks_too_long")
    with pytest.raises(PostingError, match="msg_blocks_too_long"):
        await post(bot.client, Place(workspace.dm.id, None), messages(), key="k")


async def test_other_refusals_are_not_tried_again(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """A simpler look does not help in a channel that is archived."""
    workspace.faults.refuse_next("chat.postMessage", "is_archived")
    with pytest.raises(PostingError, match="is_archived") as raised:
        await post(bot.client, Place(workspace.dm.id, None), messages(), key="k")
    assert raised.value.method == "chat.postMessage"
    assert workspace.messages("@you") == []


async def test_update_walks_the_ladder_and_drops_old_blocks(
    bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """An answer revised as text keeps no blocks of the old answer."""
    ts = await post(bot.client, Place(workspace.dm.id, None), messages(), key="k")
    for _ in range(3):
        workspace.faults.refuse_next("chat.update", "invalid_blocks")
    assert ts is not None
    await update(bot.client, workspace.dm.id, ts, messages())
    assert workspace.messages("@you")[0].blocks == []


async def test_update_of_a_missing_message(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """The caller can tell that there is nothing to update."""
    with pytest.raises(MessageGoneError):
        await update(bot.client, workspace.dm.id, "1.1", messages())


async def test_deleting_twice_is_fine(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """What is gone is gone."""
    ts = await post(bot.client, Place(workspace.dm.id, None), messages(), key="k")
    assert ts is not None
    await delete(bot.client, workspace.dm.id, ts)
    await delete(bot.client, workspace.dm.id, ts)
    assert workspace.messages("@you") == []


async def test_same_key_makes_one_message(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """A post is idempotent by its key."""
    place = Place(workspace.dm.id, None)
    assert await post(bot.client, place, messages(), key="k") == await post(
        bot.client, place, messages(), key="k"
    )
    assert len(workspace.messages("@you")) == 1


async def test_unreachable_slack_is_a_posting_error(bot: SlackBot) -> None:
    """A dead connection is told apart by its code."""
    bot.client.base_url = "http://127.0.0.1:9/api/"
    bot.client.retry_handlers = []
    with pytest.raises(PostingError, match="network"):
        await post(bot.client, Place("C1", None), messages(), key="k")


async def test_used_up_response_url_is_a_posting_error(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """A response_url says no in its own way."""
    url = workspace.workspace.response_urls.new(workspace.dm.id, workspace.user().id)
    for _ in range(5):
        await respond_with(bot.client, url, messages())
    with pytest.raises(PostingError, match="response_url_") as raised:
        await respond_with(bot.client, url, messages())
    assert raised.value.method == "response_url"


async def test_an_answer_goes_to_no_address_but_slack_s(bot: SlackBot) -> None:
    """Whatever a stored piece of work says."""
    with pytest.raises(PostingError, match="response_url_not_slacks"):
        await respond_with(bot.client, "http://127.0.0.1:9/elsewhere", messages())


async def test_response_url_walks_the_ladder(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """Blocks that are refused there are simplified too."""
    broken = Message("all of it", ({"type": "table", "rows": []},), "table")
    url = workspace.workspace.response_urls.new(workspace.channel("general").id, workspace.user().id)
    await respond_with(bot.client, url, [broken, Message("all of it", (), "text")])
    (shown,) = workspace.messages("general", ephemeral=True)
    assert (shown.text, shown.blocks) == ("all of it", [])


def test_message_id_is_a_stable_uuid() -> None:
    """Stable over processes, different for different keys."""
    assert message_id("a") == message_id("a") != message_id("b")
    assert len(message_id("a")) == 36
