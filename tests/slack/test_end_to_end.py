"""The whole way over Socket Mode: what a person does in a workspace, and what they then see."""

from __future__ import annotations

import asyncio
import json

from bot.slack.app import SlackBot
from bot.workspace.embedded import RunningWorkspace
from bot.workspace.model import Message
from tests.slack.support import CannedAsk


def shown(message: Message) -> str:
    """Everything of a message, as it travels."""
    return json.dumps([message.text, message.blocks], ensure_ascii=False)


async def test_mention_is_answered_in_its_thread(connected: RunningWorkspace) -> None:
    """The answer stands under the question and not in the channel."""
    question = connected.post_as_user("general", "@torchdesk which torch for CUDA 10.2?")
    reply = await connected.wait_for_reply(question)
    assert "You asked: which torch for CUDA 10.2?" in reply.text
    assert reply.thread_ts == question.ts
    assert not reply.in_root


async def test_mention_in_a_thread_is_answered_there(connected: RunningWorkspace) -> None:
    """A question asked inside a thread stays in that thread."""
    parent = connected.post_as_user("general", "we had a problem")
    question = connected.post_as_user("general", "@torchdesk and torch 2.1?", thread_ts=parent.ts)
    await connected.wait_for(lambda: len(connected.replies(parent)) == 2)
    assert connected.replies(parent)[-1].thread_ts == parent.ts
    assert connected.replies(question) in ([], connected.replies(parent))


async def test_direct_message_is_answered_without_a_thread(connected: RunningWorkspace) -> None:
    """In a DM the answer follows the question."""
    connected.post_as_user("@you", "torch 2.1")
    await connected.wait_for(lambda: len(connected.messages("@you")) == 2)
    reply = connected.messages("@you")[-1]
    assert reply.bot_id
    assert reply.thread_ts is None


async def test_unaddressed_message_is_left_alone(connected: RunningWorkspace, ask: CannedAsk) -> None:
    """The bot does not chime in."""
    connected.post_as_user("general", "which torch for CUDA 10.2?")
    await connected.settle()
    assert ask.asked == []


async def test_lost_acknowledgement_makes_no_second_answer(
    connected: RunningWorkspace, bot: SlackBot
) -> None:
    """A redelivery of an event is known."""
    connected.drop_next_ack()
    question = connected.post_as_user("general", "@torchdesk torch 2.1")
    await connected.wait_for_reply(question)
    await connected.settle()
    assert len(connected.replies(question)) == 1


async def test_lost_answer_of_the_api_makes_no_second_message(connected: RunningWorkspace) -> None:
    """A post whose answer got lost is repeated with the same id."""
    connected.faults.lose_next_answer("chat.postMessage")
    question = connected.post_as_user("general", "@torchdesk torch 2.1")
    await connected.wait_for_reply(question)
    await asyncio.sleep(0.2)
    assert len(connected.replies(question)) == 1


async def test_rate_limit_delays_the_answer(connected: RunningWorkspace) -> None:
    """A 429 is waited out."""
    connected.faults.refuse_next("chat.postMessage", "ratelimited", retry_after=1)
    question = connected.post_as_user("general", "@torchdesk torch 2.1")
    reply = await connected.wait_for_reply(question, seconds=8)
    assert "You asked" in reply.text


async def test_edited_direct_message_revises_its_answer(connected: RunningWorkspace) -> None:
    """The answer changes in place."""
    question = connected.post_as_user("@you", "torch 2.1")
    await connected.wait_for(lambda: len(connected.messages("@you")) == 2)
    connected.edit_as_user(question, "torch 2.2")
    await connected.wait_for(lambda: "torch 2.2" in connected.messages("@you")[-1].text)
    await connected.settle()
    assert len(connected.messages("@you")) == 2


async def test_edited_mention_revises_its_answer(connected: RunningWorkspace) -> None:
    """An edited mention comes again as app_mention: one answer, up to date."""
    question = connected.post_as_user("general", "@torchdesk torch 2.1")
    await connected.wait_for_reply(question)
    connected.edit_as_user(question, "@torchdesk torch 2.2")
    await connected.settle()
    await connected.wait_for(lambda: "torch 2.2" in connected.replies(question)[-1].text)
    assert len(connected.replies(question)) == 1


async def test_preview_of_a_link_changes_nothing(connected: RunningWorkspace, ask: CannedAsk) -> None:
    """Metadata that Slack adds is no edit."""
    question = connected.post_as_user("@you", "torch 2.1 https://example.org")
    await connected.wait_for(lambda: len(connected.messages("@you")) == 2)
    connected.unfurl(question)
    await connected.settle()
    assert len(ask.asked) == 1


async def test_deleted_question_takes_its_answer_along(connected: RunningWorkspace) -> None:
    """No answer is left without a question."""
    question = connected.post_as_user("@you", "torch 2.1")
    await connected.wait_for(lambda: len(connected.messages("@you")) == 2)
    connected.delete_as_user(question)
    await connected.wait_for(lambda: not connected.messages("@you"))


async def test_slash_answer_is_private_until_shared(connected: RunningWorkspace) -> None:
    """Share posts the answer for everybody, names who shared it, and removes the private one."""
    await connected.slash("general", "/torch", "torch 2.1")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    private = connected.messages("general", ephemeral=True)[-1]
    assert "You asked: torch 2.1" in private.text
    assert connected.messages("general") == []
    await connected.press(private, "share")
    await connected.wait_for(lambda: not connected.messages("general", ephemeral=True))
    (public,) = connected.messages("general")
    assert "You asked: torch 2.1" in public.text
    assert f"<@{connected.user().id}> shared this" in shown(public)
    assert '"share"' not in shown(public)


async def test_sharing_twice_posts_once(connected: RunningWorkspace) -> None:
    """Two quick presses are one."""
    await connected.slash("general", "/torch", "torch 2.1")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    private = connected.messages("general", ephemeral=True)[-1]
    await asyncio.gather(connected.press(private, "share"), connected.press(private, "share"))
    await connected.wait_for(lambda: not connected.messages("general", ephemeral=True))
    await connected.settle()
    assert len(connected.messages("general")) == 1


async def test_sharing_where_the_bot_is_no_member(connected: RunningWorkspace) -> None:
    """A command works in any channel, and so does sharing its answer."""
    connected.add_channel("elsewhere", with_bot=False)
    await connected.slash("elsewhere", "/torch", "torch 2.1")
    await connected.wait_for(lambda: connected.messages("elsewhere", ephemeral=True))
    await connected.press(connected.messages("elsewhere", ephemeral=True)[-1], "share")
    await connected.wait_for(lambda: connected.messages("elsewhere"))
    assert "shared this" in shown(connected.messages("elsewhere")[-1])


async def test_bare_command_asks_for_help(connected: RunningWorkspace, ask: CannedAsk) -> None:
    """The pipeline says what it can do; there is nothing to share."""
    await connected.slash("general", "/torch", "")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    assert ask.asked == [""]
    assert "share" not in shown(connected.messages("general", ephemeral=True)[-1]).lower()


async def test_choice_is_answered_in_the_thread(connected: RunningWorkspace) -> None:
    """A button of a clarification asks its question, once."""
    question = connected.post_as_user("general", "@torchdesk clarify")
    clarification = await connected.wait_for_reply(question)
    await connected.press(clarification, "ask:1")
    answer = await connected.wait_for_reply(question, count=2)
    assert "You asked: torch latest" in answer.text
    await connected.press(clarification, "ask:1")
    await connected.settle()
    assert len(connected.replies(question)) == 2


async def test_private_choice_replaces_the_private_message(connected: RunningWorkspace) -> None:
    """A clarification that only one person sees turns into its answer."""
    await connected.slash("general", "/torch", "clarify")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    await connected.press(connected.messages("general", ephemeral=True)[-1], "ask:2")
    await connected.wait_for(
        lambda: "You asked: torch cuda" in connected.messages("general", ephemeral=True)[-1].text
    )
    assert len(connected.messages("general", ephemeral=True)) == 1
    assert connected.messages("general") == []


async def test_reconnect_loses_no_question(connected: RunningWorkspace) -> None:
    """Slack asks for a new connection now and then."""
    await connected.ask_to_reconnect()
    await connected.wait_for_bot()
    question = connected.post_as_user("general", "@torchdesk torch 2.1")
    await connected.wait_for_reply(question, seconds=10)


async def test_hostile_text_comes_back_harmless(connected: RunningWorkspace) -> None:
    """Neither a typed token nor a real mention of all wakes anybody, even if a reply repeats the question."""
    hostile = "@torchdesk <!channel> <script>alert(1)</script> <https://evil.example|docs> @you <!here> torch"
    question = connected.post_as_user("general", hostile)
    reply = await connected.wait_for_reply(question)
    for token in ("<!channel", "<!here", "<@", "<https://evil"):
        assert token not in shown(reply)
    assert "&lt;script&gt;" in reply.text


async def test_forty_thousand_characters_are_answered(connected: RunningWorkspace, ask: CannedAsk) -> None:
    """A pasted log gets an answer, and the pipeline gets no more than 40,000 characters."""
    question = connected.post_as_user("general", "@torchdesk " + "error <x> & more\n" * 2_300)
    await connected.wait_for_reply(question)
    assert len(ask.asked[0]) <= 40_000


async def test_answer_to_a_question_that_is_gone_is_not_left_in_the_channel(
    connected: RunningWorkspace,
) -> None:
    """A question deleted before its answer leaves nothing at the channel's foot."""
    question = connected.post_as_user("general", "@torchdesk torch 2.1")
    connected.delete_as_user(question)
    await connected.settle()
    await connected.wait_for(lambda: not any(m.bot_id for m in connected.messages("general")))
    assert not any(message.bot_id for message in connected.messages("general"))
