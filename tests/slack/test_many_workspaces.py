"""One bot for two workspaces, end to end: installed, answering as itself in each, removed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.storage.schema import inbox
from tests.slack.installing import CLIENT_SECRET, Parts, app_options, bot_in, said
from tests.slack.support import event_body
from tests.storage.databases import stored_text


@pytest.fixture
async def bot() -> AsyncIterator[Parts]:
    """A bot, and two workspaces where the app is registered: tokens of the second run out within the hour."""
    async with bot_in(
        app_options(team_name="First"), app_options(3600, team_name="Second"), app_options(team_name="Third")
    ) as parts:
        yield parts


async def test_each_workspace_is_answered_with_its_own_token(bot: Parts) -> None:
    """Installed by browser, each event is answered in its own workspace, as the bot is known there."""
    first, second, _ = bot.workspaces
    for workspace in (first, second):
        assert (await bot.install(workspace)).status_code == 200
    for workspace in (first, second):
        assert (await bot.say(workspace, "hello")).status_code == 200
    assert said(first) == ["You asked: hello"]
    assert said(second) == ["You asked: hello"]


async def test_no_token_stands_in_the_database(bot: Parts) -> None:
    """Not after installing, and not after a rotation."""
    first, second, _ = bot.workspaces
    await bot.install(first)
    await bot.install(second)
    await bot.say(second, "hello")
    await bot.installed.close()
    text = await stored_text(bot.database)
    assert first.workspace.identity.team_id in text
    assert [word for word in ("xoxb", "xoxe", CLIENT_SECRET) if word in text] == []


async def test_a_workspace_that_did_not_install_is_refused(bot: Parts) -> None:
    """Signed or not: 403, nothing stored, nothing posted anywhere."""
    first, _, third = bot.workspaces
    await bot.install(first)
    response = await bot.say(third, "hello")
    assert (response.status_code, response.text) == (403, "")
    assert (said(first), said(third)) == ([], [])
    async with bot.store.connection() as connection:
        assert (await connection.execute(select(func.count()).select_from(inbox))).scalar_one() == 0


async def test_an_event_waits_for_no_call_to_slack(bot: Parts) -> None:
    """Authorizing asks nobody: the one call of an answered message is the answer."""
    first = bot.workspaces[0]
    await bot.install(first)
    bot.calls.clear()
    for number in range(3):
        await bot.say(first, f"hello {number}")
    assert bot.calls == ["chat.postMessage"] * 3


async def test_a_token_is_rotated_and_the_new_one_is_used(bot: Parts) -> None:
    """In the background while it is good; what is stored then is the new pair, and it is rotated again."""
    second = bot.workspaces[1]
    await bot.install(second)
    tokens = []
    for _ in range(3):
        await bot.say(second, "hello")
        await bot.installed.close()
        team = second.workspace.identity.team_id
        stored = await bot.stores.installations.async_find_bot(enterprise_id=None, team_id=team)
        assert stored is not None
        tokens.append(stored.bot_token)
    assert len(set(tokens)) == 3
    assert len(said(second)) == 3


async def test_removing_the_bot_removes_all_of_that_workspace(bot: Parts) -> None:
    """Its tokens and what was kept of it go; it is refused afterwards, and the other workspace stays."""
    first, second, _ = bot.workspaces
    await bot.install(first)
    await bot.install(second)
    gone = first.workspace.identity.team_id
    response = await bot.deliver(event_body({"type": "app_uninstalled"}, team_id=gone))
    assert response.status_code == 200
    assert bot.memory.forgotten == [gone]
    assert gone not in await stored_text(bot.database)
    assert (await bot.say(first, "hello")).status_code == 403
    assert (await bot.say(second, "hello")).status_code == 200


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}}]
)
async def test_a_late_event_leaves_the_new_installation(bot: Parts, event: dict[str, object]) -> None:
    """The event's own time tells that it is of before."""
    first = bot.workspaces[0]
    await bot.install(first)
    body = event_body(event, team_id=first.workspace.identity.team_id, event_time=1_700_000_000)
    assert (await bot.deliver(body)).status_code == 200
    assert (await bot.say(first, "hello")).status_code == 200
    assert bot.memory.forgotten == []


async def test_revoked_bot_tokens_are_as_good_as_removing(bot: Parts) -> None:
    """`tokens_revoked` with the bot in it, whichever of the two events comes first."""
    first = bot.workspaces[0]
    await bot.install(first)
    gone = first.workspace.identity.team_id
    events: list[dict[str, object]] = [
        {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}},
        {"type": "app_uninstalled"},
    ]
    for event in events:
        assert (await bot.deliver(event_body(event, team_id=gone))).status_code == 200
    assert set(bot.memory.forgotten) == {gone}
    assert gone not in await stored_text(bot.database)


async def test_a_persons_revoked_token_leaves_the_bot(bot: Parts) -> None:
    """Only what that person granted goes."""
    first = bot.workspaces[0]
    await bot.install(first)
    team, person = first.workspace.identity.team_id, first.user().id
    event: dict[str, object] = {"type": "tokens_revoked", "tokens": {"oauth": [person], "bot": []}}
    assert (await bot.deliver(event_body(event, team_id=team))).status_code == 200
    assert person not in await stored_text(bot.database)
    assert (await bot.say(first, "hello")).status_code == 200
    assert len(said(first)) == 1
    assert bot.memory.forgotten == []


async def test_a_removed_bot_can_be_installed_again(bot: Parts) -> None:
    """With a new token, at once."""
    first = bot.workspaces[0]
    await bot.install(first)
    first.uninstall()
    await bot.deliver(event_body({"type": "app_uninstalled"}, team_id=first.workspace.identity.team_id))
    await bot.install(first)
    await bot.say(first, "hello")
    assert len(said(first)) == 1
