"""Starting and stopping over Socket Mode."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack.app import SlackBot
from bot.slack.socket import SlackConnectionError, run_socket
from bot.slack.workspaces import OneWorkspace
from bot.storage import Claimed, Store
from bot.workspace.embedded import RunningWorkspace
from tests.slack.support import CannedAsk, quick_bot


async def test_refused_bot_token_ends_the_start(
    ask: CannedAsk, store: Store, workspace: RunningWorkspace
) -> None:
    """A wrong token is said at once, rather than tried for ever."""
    settings = Settings(slack_bot_token="xoxb-wrong", slack_api_url=workspace.api_url)
    bot = quick_bot(ask, store, settings)
    with pytest.raises(SlackConnectionError, match="invalid_auth"):
        await run_socket(bot, workspace.app_token)


async def test_refused_app_token_ends_the_start(bot: SlackBot) -> None:
    """The same for the app's token."""
    with pytest.raises(SlackConnectionError, match="refused"):
        await run_socket(bot, "xapp-wrong")


async def test_unreachable_slack_ends_the_start(bot: SlackBot) -> None:
    """A network that is down is told as such."""
    bot.client.base_url = "http://127.0.0.1:9/api/"
    bot.client.retry_handlers = []
    with pytest.raises(SlackConnectionError, match="cannot be reached"):
        await run_socket(bot, "xapp-1")


async def test_many_workspaces_need_no_token_to_connect(
    ask: CannedAsk, store: Store, workspace: RunningWorkspace
) -> None:
    """Where each workspace has its own bot token, the app's token alone opens the socket."""
    own = OneWorkspace(AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url))
    bot = quick_bot(ask, store, Settings(slack_api_url=workspace.api_url), workspaces=own)
    stop, started = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(run_socket(bot, workspace.app_token, stop=stop, started=started))
    connected = asyncio.create_task(started.wait())
    await asyncio.wait((serving, connected), timeout=5, return_when=asyncio.FIRST_COMPLETED)
    assert connected.done()
    stop.set()
    await serving


async def test_sigterm_stops_cleanly(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """A process manager's signal ends the run without an error."""
    started = asyncio.Event()
    serving = asyncio.create_task(run_socket(bot, workspace.app_token, started=started))
    await asyncio.wait_for(started.wait(), 5)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 10)


async def test_stop_waits_for_an_answer_under_way(
    bot: SlackBot, store: Store, workspace: RunningWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was acknowledged is answered before the bot goes."""
    noting, finish = asyncio.Event(), store.inbox.finish

    async def slow(owner: str, claimed: Claimed, outcome: str, **_: object) -> bool:
        noting.set()
        await asyncio.sleep(0.3)
        return await finish(owner, claimed, outcome)

    monkeypatch.setattr(store.inbox, "finish", slow)
    stop, started = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(run_socket(bot, workspace.app_token, stop=stop, started=started))
    await asyncio.wait_for(started.wait(), 5)
    question = workspace.post_as_user("general", "@torchdesk torch")
    await asyncio.wait_for(noting.wait(), 5)
    stop.set()
    await asyncio.wait_for(serving, 10)
    assert len(workspace.replies(question)) == 1
    assert (await store.inbox.depth()).waiting == 0


async def test_cancelled_run_closes_everything(bot: SlackBot, workspace: RunningWorkspace) -> None:
    """A caller may cancel the task instead of setting `stop`."""
    started = asyncio.Event()
    serving = asyncio.create_task(run_socket(bot, workspace.app_token, started=started))
    await asyncio.wait_for(started.wait(), 5)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert bot.client.session is None
