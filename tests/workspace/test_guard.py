"""Other web pages are kept out."""

from __future__ import annotations

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.workspace.embedded import RunningWorkspace
from bot.workspace.server import NotLoopback, bind

ELSEWHERE = "http://evil.example"


@pytest.mark.parametrize("path", ["/", "/ui/state", "/api/api.test", "/static/app.js"])
async def test_a_foreign_host_name_is_refused(workspace: RunningWorkspace, path: str) -> None:
    """DNS that was bound to this machine anew gets nowhere."""
    async with httpx.AsyncClient(base_url=workspace.base_url) as http:
        answer = await http.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": ELSEWHERE}, {"Origin": "null"}])
async def test_an_action_must_come_from_the_page(
    workspace: RunningWorkspace, headers: dict[str, str]
) -> None:
    """A POST names the page's own origin, or is refused."""
    fields = {"channel": workspace.channel("general").id, "text": "x"}
    async with httpx.AsyncClient(base_url=workspace.base_url) as http:
        refused = await http.post("/ui/act/post", json=fields, headers=headers)
        allowed = await http.post("/ui/act/post", json=fields, headers={"Origin": workspace.base_url})
    assert (refused.status_code, allowed.status_code) == (403, 200)
    assert len(workspace.messages("general")) == 1


@pytest.mark.parametrize("origin", [None, ELSEWHERE])
async def test_the_stream_must_be_opened_by_the_page(workspace: RunningWorkspace, origin: str | None) -> None:
    """A WebSocket from elsewhere reads nothing."""
    address = workspace.base_url.replace("http", "ws") + "/ui/stream"
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(InvalidStatus):
        async with connect(address, additional_headers=headers, proxy=None):
            pass


async def test_the_page_allows_no_inline_script(workspace: RunningWorkspace) -> None:
    """The policy admits this server's own files alone."""
    async with httpx.AsyncClient(base_url=workspace.base_url) as http:
        answer = await http.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])
def test_only_this_machines_own_address_is_listened_on(host: str) -> None:
    """There are no passwords here."""
    with pytest.raises(NotLoopback):
        bind(host, 0)


async def test_unknown_actions_and_bad_json_are_refused(workspace: RunningWorkspace) -> None:
    """The page's API answers with reasons."""
    async with httpx.AsyncClient(base_url=workspace.base_url, headers={"Origin": workspace.base_url}) as http:
        unknown = await http.post("/ui/act/nonesuch", json={})
        broken = await http.post("/ui/act/post", content="{")
        refused = await http.post("/ui/act/post", json={"channel": "C0NONE", "text": "x"})
    assert (unknown.status_code, broken.status_code) == (404, 400)
    assert refused.json()["error"] == "channel_not_found"
