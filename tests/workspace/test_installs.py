"""Installing the app in a local workspace: consent, codes, tokens, and their end."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import AsyncIterator

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.embedded import RunningWorkspace, running_workspace
from bot.workspace.errors import Refused
from bot.workspace.installs import OAuthOptions
from tests.workspace.support import OPTIONS, EchoBot

BACK = "http://127.0.0.1:9/back"
OAUTH = OAuthOptions("1.2", "shh", (BACK,), token_seconds=100)


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """The workspace's clock."""
    return Clock()


@pytest.fixture
async def rotating(clock: Clock) -> AsyncIterator[RunningWorkspace]:
    """A workspace whose bot tokens run out after a hundred seconds."""
    async with running_workspace(dataclasses.replace(OPTIONS, oauth=OAUTH, now=clock)) as running:
        yield running


async def access(
    workspace: RunningWorkspace, proof: str = "shh", client_id: str = "1.2", **fields: str
) -> dict[str, object]:
    """Call oauth.v2.access as the SDK does: id and secret as HTTP Basic authentication."""
    basic = base64.b64encode(f"{client_id}:{proof}".encode()).decode()
    async with httpx.AsyncClient(base_url=workspace.api_url) as http:
        answer = await http.post("oauth.v2.access", data=fields, headers={"Authorization": f"Basic {basic}"})
    result: dict[str, object] = answer.json()
    return result


async def consent(workspace: RunningWorkspace, **more: str) -> httpx.Response:
    """Open the page of consent."""
    asked = {"client_id": "1.2", "scope": "chat:write", "state": "s t", "redirect_uri": BACK, **more}
    async with httpx.AsyncClient() as browser:
        return await browser.get(f"{workspace.base_url}/oauth/v2/authorize", params=asked)


async def code_of(workspace: RunningWorkspace) -> str:
    """A fresh code."""
    return str(httpx.URL((await consent(workspace)).headers["location"]).params["code"])


async def granted(workspace: RunningWorkspace) -> dict[str, object]:
    """What a fresh code is exchanged for."""
    answer = await access(workspace, code=await code_of(workspace), redirect_uri=BACK)
    assert answer["ok"], answer
    return answer


async def works(workspace: RunningWorkspace, token: object) -> str:
    """`ok`, or why auth.test refuses a token."""
    try:
        await AsyncWebClient(token=str(token), base_url=workspace.api_url).auth_test()
    except SlackApiError as refused:
        return str(refused.response["error"])
    return "ok"


async def test_consent_sends_the_browser_back(rotating: RunningWorkspace) -> None:
    """With a code, and the state as it was given."""
    response = await consent(rotating)
    back = httpx.URL(response.headers["location"])
    assert (response.status_code, str(back.copy_with(query=None)), back.params["state"]) == (302, BACK, "s t")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, "bad_redirect_uri"),
    ],
)
async def test_consent_sends_nobody_to_a_stranger(
    rotating: RunningWorkspace, more: dict[str, str], error: str
) -> None:
    """The app and the address must be registered."""
    response = await consent(rotating, **more)
    assert (response.status_code, response.text) == (400, error)


async def test_a_code_becomes_a_token(rotating: RunningWorkspace) -> None:
    """Of the bot in this workspace, good for a while, with what it is exchanged for then."""
    answer = await granted(rotating)
    identity = rotating.workspace.identity
    assert answer["team"] == {"id": identity.team_id, "name": "Local workspace"}
    assert (answer["bot_user_id"], answer["app_id"]) == (identity.bot_user_id, identity.app_id)
    assert answer["authed_user"] == {"id": rotating.user().id}
    assert (answer["scope"], answer["token_type"], answer["expires_in"]) == ("chat:write", "bot", 100)
    assert await works(rotating, answer["access_token"]) == "ok"


async def test_a_code_is_good_once_and_for_ten_minutes(rotating: RunningWorkspace, clock: Clock) -> None:
    """As Slack's are."""
    code, late = await code_of(rotating), await code_of(rotating)
    assert (await access(rotating, code=code, redirect_uri=BACK))["ok"]
    assert (await access(rotating, code=code, redirect_uri=BACK))["error"] == "code_already_used"
    clock.seconds += 601
    assert (await access(rotating, code=late, redirect_uri=BACK))["error"] == "invalid_code"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"proof": "wrong"}, "bad_client_secret"),
        ({"client_id": "9.9"}, "invalid_client_id"),
        ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, "bad_redirect_uri"),
        ({"code": "made-up"}, "invalid_code"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, "invalid_refresh_token"),
    ],
)
async def test_a_wrong_exchange_is_refused(
    rotating: RunningWorkspace, fields: dict[str, str], error: str
) -> None:
    """By Slack's own names."""
    given = {"code": await code_of(rotating), "redirect_uri": BACK, **fields}
    assert await access(rotating, **given) == {"ok": False, "error": error}


async def test_a_refresh_token_is_good_once(rotating: RunningWorkspace, clock: Clock) -> None:
    """It gives a new pair; the token before is good until it runs out."""
    first = await granted(rotating)
    clock.seconds += 60
    fields = {"grant_type": "refresh_token", "refresh_token": str(first["refresh_token"])}
    second = await access(rotating, **fields)
    assert second["ok"]
    assert second["refresh_token"] != first["refresh_token"]
    assert (await access(rotating, **fields))["error"] == "invalid_refresh_token"
    assert [await works(rotating, answer["access_token"]) for answer in (first, second)] == ["ok", "ok"]
    clock.seconds += 60
    tokens = (first["access_token"], second["access_token"])
    assert [await works(rotating, token) for token in tokens] == ["token_expired", "ok"]


async def test_without_rotation_the_token_lasts(workspace: RunningWorkspace) -> None:
    """It is the one that the workspace has from the start; there is nothing to refresh it with."""
    grant = workspace.workspace.installs._grant("chat:write")
    assert (grant.token, grant.refresh_token, grant.expires_in) == (workspace.bot_token, None, None)


async def test_a_removed_app_has_no_good_token(rotating: RunningWorkspace) -> None:
    """Neither the first nor one that was granted; installed again, it has a new one."""
    answer = await granted(rotating)
    rotating.uninstall()
    tokens = (rotating.bot_token, answer["access_token"])
    assert [await works(rotating, token) for token in tokens] == ["account_inactive"] * 2
    with pytest.raises(Refused, match="invalid_refresh_token"):
        rotating.workspace.installs.refresh(str(answer["refresh_token"]))
    assert await works(rotating, (await granted(rotating))["access_token"]) == "ok"


async def test_the_bot_is_told_that_it_was_removed(workspace: RunningWorkspace, bot: EchoBot) -> None:
    """By two events, where it listens for them."""
    workspace.workspace.events.subscriptions |= {"app_uninstalled", "tokens_revoked"}
    bot.app.event("app_uninstalled")(_nothing)
    bot.app.event("tokens_revoked")(_nothing)
    workspace.uninstall()
    await workspace.settle()
    (revoked,) = bot.of_type("tokens_revoked")
    assert revoked["event"] == {
        "type": "tokens_revoked",
        "tokens": {"oauth": [], "bot": [workspace.bot_user_id]},
    }
    assert len(bot.of_type("app_uninstalled")) == 1


async def _nothing() -> None:
    """A listener."""
