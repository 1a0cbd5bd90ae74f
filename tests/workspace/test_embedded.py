"""The workspace inside a running event loop."""

from __future__ import annotations

import asyncio
import signal

import httpx
import pytest

from bot.workspace.embedded import RunningWorkspace, WaitedTooLong, running_workspace
from bot.workspace.server import serve_workspace
from bot.workspace.workspace import Workspace
from tests.workspace.support import OPTIONS, free_port


async def test_tokens_are_made_up_anew_each_time() -> None:
    """None of one run opens another."""
    async with running_workspace() as one, running_workspace() as two:
        secrets = {
            one.bot_token,
            one.app_token,
            one.signing_secret,
            two.bot_token,
            two.app_token,
            two.signing_secret,
        }
    assert len(secrets) == 6


async def test_the_addresses_are_this_machines() -> None:
    """The API's address ends in a slash, as the SDK wants it."""
    async with running_workspace() as workspace:
        assert workspace.base_url.startswith("http://127.0.0.1:")
        assert workspace.api_url == f"{workspace.base_url}/api/"


async def test_signal_handlers_are_left_alone() -> None:
    """They belong to who runs the loop."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    async with running_workspace():
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


async def test_a_cancelled_server_stops_listening() -> None:
    """The port is free again."""
    port, started = free_port(), asyncio.Event()
    serving = asyncio.create_task(serve_workspace(Workspace(), port=port, started=started))
    await started.wait()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"http://127.0.0.1:{port}/")


async def test_a_taken_port_is_an_error() -> None:
    """Said at once, and not waited for."""
    async with running_workspace() as workspace:
        port = int(workspace.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with running_workspace(port=port):
                pass


async def test_waiting_in_vain_tells_what_was_said(workspace: RunningWorkspace) -> None:
    """So that a failed test explains itself."""
    workspace.post_as_user("general", "nobody answers")
    with pytest.raises(WaitedTooLong, match="nobody answers"):
        await workspace.wait_for(lambda: False, seconds=0.05)


async def test_a_second_person_joins_the_channels(workspace: RunningWorkspace) -> None:
    """And may only change what is theirs."""
    workspace.add_user("sam")
    message = workspace.post_as_user("general", "hi", user="sam")
    assert workspace.user("sam").id == message.user
    assert workspace.user("sam").id in workspace.channel("general").members


async def test_the_page_is_served_with_its_files(workspace: RunningWorkspace) -> None:
    """All that it names is there, and nothing of elsewhere."""
    async with httpx.AsyncClient(base_url=workspace.base_url) as http:
        page = (await http.get("/")).text
        named = [part.split('"')[0] for part in page.split('"/static/')[1:]]
        answers = [await http.get(f"/static/{name}") for name in named]
    assert len(named) >= 5
    assert {answer.status_code for answer in answers} == {200}
    assert "//" not in page.replace("<!doctype html>", "")


async def test_the_state_holds_what_the_page_shows(workspace: RunningWorkspace) -> None:
    """Commands, suggestions and messages, but no secret."""
    workspace.post_as_user("general", "x")
    async with httpx.AsyncClient(base_url=workspace.base_url) as http:
        answer = await http.get("/ui/state")
    state = answer.json()
    assert state["suggestions"] == list(OPTIONS.suggestions)
    assert [message["text"] for message in state["messages"]] == ["x"]
    assert not any(secret in answer.text for secret in (workspace.bot_token, workspace.app_token))
