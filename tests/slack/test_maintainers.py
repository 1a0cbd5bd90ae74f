"""Maintainers are told on Slack; one who cannot be reached keeps nobody else from it."""

from __future__ import annotations

from bot.slack.app import SlackBot
from bot.slack.maintainers import Report, tell_maintainers
from bot.workspace.embedded import RunningWorkspace

REPORT = Report("1 mistake & <more>:", ["team/a.yaml:3: title: unknown key <titel>"])


async def test_users_and_channels_are_told(workspace: RunningWorkspace, bot: SlackBot) -> None:
    """Literally: nothing in a report is read as markup."""
    person, channel = workspace.user(), workspace.channel("general")
    await tell_maintainers(bot.client, (person.id, channel.id), REPORT)
    for place in ("@you", "general"):
        (message,) = workspace.messages(place)
        assert "1 mistake &amp; &lt;more&gt;" in message.text
        assert "unknown key <titel>" in str(message.blocks)


async def test_who_is_not_there_is_passed_over(workspace: RunningWorkspace, bot: SlackBot) -> None:
    """It is logged, and the others are told."""
    await tell_maintainers(bot.client, ("U0NOBODY", workspace.user().id), REPORT)
    assert len(workspace.messages("@you")) == 1


async def test_a_long_report_is_cut(workspace: RunningWorkspace, bot: SlackBot) -> None:
    """Slack takes it in one message."""
    report = Report("Many mistakes:", [f"team/a.yaml:{n}: key: wrong" for n in range(5_000)])
    await tell_maintainers(bot.client, (workspace.user().id,), report)
    (message,) = workspace.messages("@you")
    assert len(message.text) < 4_000


async def test_the_same_report_later_is_a_message_of_its_own(
    workspace: RunningWorkspace, bot: SlackBot
) -> None:
    """A mistake that comes back is told again."""
    for _ in range(2):
        await tell_maintainers(bot.client, (workspace.user().id,), REPORT)
    assert len(workspace.messages("@you")) == 2
