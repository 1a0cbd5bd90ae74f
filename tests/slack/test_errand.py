"""What is said on an errand is said only while the work is surely held."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bot.presenting.payload import Message
from bot.slack.app import SlackBot
from bot.slack.desk import Desk
from bot.slack.errand import Errand
from bot.slack.holding import Hold, LeaseLostError
from bot.slack.incoming import Place
from bot.storage import Store
from bot.workspace.embedded import RunningWorkspace
from tests.slack.support import CannedAsk, phrases_for

SAID = [Message("hello", (), "text")]


@pytest.fixture
def errand(bot: SlackBot, ask: CannedAsk, store: Store) -> Errand:
    """Work that is held for long enough."""
    hold = Hold(30, time.monotonic() + 30)
    return Errand(Desk(ask, store, phrases_for), bot.client, "T1", "Ev1", hold)


@pytest.mark.parametrize("held", [True, False])
async def test_a_post_needs_a_sure_hold(errand: Errand, workspace: RunningWorkspace, held: bool) -> None:
    """Another process may be about to post the same."""
    errand = replace(errand, hold=Hold(30, time.monotonic() + (30 if held else -1)))
    place = Place(workspace.dm.id, None)
    if held:
        await errand.post_once(place, SAID, key="k", after="0")
    else:
        with pytest.raises(LeaseLostError):
            await errand.post_once(place, SAID, key="k", after="0")
    assert len(workspace.messages("@you")) == held


@pytest.mark.parametrize("held", [True, False])
async def test_so_does_an_answer_through_a_response_url(
    errand: Errand, workspace: RunningWorkspace, held: bool
) -> None:
    """Nobody could look up there what was said."""
    errand = replace(errand, hold=Hold(30, time.monotonic() + (30 if held else -1)))
    url = workspace.workspace.response_urls.new(workspace.channel("general").id, workspace.user().id)
    if held:
        await errand.respond(url, SAID)
    else:
        with pytest.raises(LeaseLostError):
            await errand.respond(url, SAID)
    assert len(workspace.messages("general", ephemeral=True)) == held
