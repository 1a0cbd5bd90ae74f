"""When something breaks, the one who asked reads one plain sentence, and the log has the rest."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.slack.app import SlackBot
from bot.storage import Claimed, Note, StorageError, Store
from bot.workspace.embedded import RunningWorkspace
from tests.slack.support import CannedAsk, broken, dispatch, event_body, mention, message

SENTENCE = "Something broke &amp; I could not answer."


async def test_broken_pipeline_says_one_sentence_in_the_thread(
    bot: SlackBot, ask: CannedAsk, workspace: RunningWorkspace
) -> None:
    """The sentence stands where the answer would, without the exception's text."""
    ask.reply_to = broken
    question = workspace.post_as_user("general", "@torchdesk torch")
    with capture_logs() as logs:
        await dispatch(bot, event_body(mention(question.channel, question.text, question.ts)))
    assert [reply.text for reply in workspace.replies(question)] == [SENTENCE]
    assert any(entry["event"] == "failed" and entry["exc_info"] for entry in logs)


async def test_logs_hold_no_text_of_users(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """What people write stays out of the log."""
    with capture_logs(processors=[merge_contextvars]) as logs:
        await dispatch(bot, event_body(message(workspace.dm.id, "my private words", "1700000000.000100")))
    (entry,) = [entry for entry in logs if entry["event"] == "answered"]
    assert "private" not in str(logs)
    assert {"event_id", "channel", "team", "ms", "status", "intent"} <= entry.keys()


async def test_an_apology_is_in_the_language_of_the_question(
    bot: SlackBot, workspace: RunningWorkspace
) -> None:
    """After three tries, each in the three looks of a reply without a table."""
    for _ in range(9):
        workspace.faults.refuse_next("chat.postMessage", "invalid_blocks")
    await dispatch(bot, event_body(message(workspace.dm.id, "de: torch", "1700000000.000100")))
    assert [m.text for m in workspace.messages("@you")] == ["Etwas ging schief."]


async def test_trouble_of_slack_s_own_is_waited_out(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """However often, and no failure is told."""
    for _ in range(5):
        workspace.faults.refuse_next("chat.postMessage", "internal_error")
    await dispatch(bot, event_body(message(workspace.dm.id, "torch", "1700000000.000100")))
    assert [m.text.splitlines()[0] for m in workspace.messages("@you")] == ["You asked: torch"]


async def test_what_is_not_stored_is_not_acknowledged(
    bot: SlackBot, store: Store, workspace: RunningWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack delivers it again; the asker is told nothing yet."""

    async def fail(*_: object) -> None:
        raise StorageError("disk full at /secret")

    monkeypatch.setattr(store.inbox, "accept", fail)
    response = await dispatch(bot, event_body(message(workspace.dm.id, "torch", "1700000000.000100")))
    assert response.status == 503
    assert workspace.messages("@you") == []


async def test_a_command_that_is_not_stored_is_told_so(
    connected: RunningWorkspace, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack does not deliver a command again."""

    async def fail(*_: object) -> None:
        raise StorageError("disk full at /secret")

    monkeypatch.setattr(store.inbox, "accept", fail)
    await connected.slash("general", "/torch", "torch")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    assert [m.text for m in connected.messages("general", ephemeral=True)] == [SENTENCE]


async def test_an_answer_that_cannot_be_noted_stands_and_is_noted_later(
    bot: SlackBot, store: Store, workspace: RunningWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not followed by an apology, nor posted once more."""
    finish, failures = store.inbox.finish, iter(range(1))

    async def fail(owner: str, claimed: Claimed, outcome: str, notes: Sequence[Note], **_: object) -> bool:
        if next(failures, None) is not None:
            raise StorageError("disk full")
        return await finish(owner, claimed, outcome, notes=notes)

    monkeypatch.setattr(store.inbox, "finish", fail)
    await dispatch(bot, event_body(message(workspace.dm.id, "torch", "1700000000.000100")))
    assert [m.text.splitlines()[0] for m in workspace.messages("@you")] == ["You asked: torch"]
    assert await store.reply_for("T1", workspace.dm.id, "1700000000.000100") is not None


async def test_question_edited_after_a_failure_is_answered(
    bot: SlackBot, ask: CannedAsk, workspace: RunningWorkspace
) -> None:
    """Editing is how a person tries again."""
    channel, ts = workspace.dm.id, "1700000000.000100"
    works, ask.reply_to = ask.reply_to, broken
    await dispatch(bot, event_body(message(channel, "torch", ts)))
    ask.reply_to = works
    inner = {"user": "U0PERSON", "text": "torch 2", "ts": ts, "edited": {"ts": "1700000009.0"}}
    event: dict[str, object] = {
        "type": "message",
        "subtype": "message_changed",
        "channel": channel,
        "message": inner,
    }
    await dispatch(bot, event_body(event))
    assert "torch 2" in workspace.messages("@you")[-1].text


async def test_a_question_is_tried_three_times_and_parked(
    bot: SlackBot, ask: CannedAsk, store: Store, workspace: RunningWorkspace
) -> None:
    """Then maintainers find it, by its id and what went wrong, without its text."""
    ask.reply_to = broken
    body = event_body(message(workspace.dm.id, "my private words", "1700000000.000100"))
    await dispatch(bot, body)
    assert ask.asked == ["my private words"] * 3
    (parked,) = await store.inbox.parked()
    assert (parked.event_id, parked.outcome) == (body["event_id"], "BrokenPipelineError")
    assert len(workspace.messages("@you")) == 1


@pytest.mark.parametrize("code", ["ratelimited", "internal_error"])
async def test_an_apology_waits_for_slack(
    bot: SlackBot, ask: CannedAsk, store: Store, workspace: RunningWorkspace, code: str
) -> None:
    """What passes keeps nobody from learning that there is no answer."""
    ask.reply_to = broken
    workspace.faults.refuse_next("chat.postMessage", code, retry_after=1)
    await dispatch(bot, event_body(message(workspace.dm.id, "torch", "1700000000.000100")))
    assert [m.text for m in workspace.messages("@you")] == [SENTENCE]
    assert len(await store.inbox.parked()) == 1


async def test_failure_that_cannot_be_told_is_logged(
    bot: SlackBot, ask: CannedAsk, workspace: RunningWorkspace
) -> None:
    """When Slack refuses the sentence too, the log says so and nothing else breaks."""
    ask.reply_to = broken
    workspace.faults.refuse_next("chat.postMessage", "is_archived")
    with capture_logs() as logs:
        await dispatch(bot, event_body(message(workspace.dm.id, "torch", "1700000000.000100")))
    assert any(entry["event"] == "failure_not_told" for entry in logs)
    assert any(entry["event"] == "parked" for entry in logs)


async def test_a_channel_that_takes_no_message_ends_the_matter(
    bot: SlackBot, store: Store, workspace: RunningWorkspace
) -> None:
    """An archived channel is no failure of the bot's: it is noted, and not tried again."""
    workspace.faults.refuse_next("chat.postMessage", "is_archived")
    await dispatch(bot, event_body(message(workspace.dm.id, "torch", "1700000000.000100")))
    assert workspace.messages("@you") == []
    assert await store.inbox.parked() == []


async def test_failed_command_says_so_privately(connected: RunningWorkspace, ask: CannedAsk) -> None:
    """The sentence goes to the one who ran the command."""
    ask.reply_to = broken
    await connected.slash("general", "/torch", "torch")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    assert [m.text for m in connected.messages("general", ephemeral=True)] == [SENTENCE]
    assert connected.messages("general") == []


async def test_unknown_command_gets_a_sentence(connected: RunningWorkspace) -> None:
    """A command that nobody listens for is not left hanging."""
    await connected.slash("general", "/other", "x")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    assert connected.messages("general", ephemeral=True)[-1].text == "I do not know that button."


async def test_sharing_may_be_tried_again_after_a_failure(
    connected: RunningWorkspace, ask: CannedAsk
) -> None:
    """A failed share gives its claim back."""
    await connected.slash("general", "/torch", "torch")
    await connected.wait_for(lambda: connected.messages("general", ephemeral=True))
    private = connected.messages("general", ephemeral=True)[-1]
    works, ask.reply_to = ask.reply_to, broken
    await connected.press(private, "share")
    await connected.wait_for(lambda: len(connected.messages("general", ephemeral=True)) == 2)
    ask.reply_to = works
    await connected.press(private, "share")
    await connected.wait_for(lambda: connected.messages("general"))
