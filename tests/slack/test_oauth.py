"""Installing by browser: what is sent to Slack, and every way back that is refused."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import structlog
import yaml

from bot.settings import Settings, SettingsError
from bot.slack.exchanging import AppCredentials, ExchangeError, exchange, oauth_client
from bot.slack.install_page import read_language, render_page
from bot.slack.logs import configure_logging
from bot.slack.oauth import COOKIE, REDIRECT_PATH, oauth_routes
from bot.slack.scopes import BOT_SCOPES
from bot.storage import StorageError
from bot.storage.installations import OAuthStates
from tests.slack.installing import CLIENT_ID, CLIENT_SECRET, HOME, WORDS, Parts, app_options, bot_in
from tests.storage.databases import stored_text

MANIFEST = Path(__file__).resolve().parents[2] / "docs" / "slack-app-manifest.yaml"


@pytest.fixture
async def bot() -> AsyncIterator[Parts]:
    """A bot that is installed nowhere yet, and one workspace."""
    async with bot_in(app_options()) as parts:
        yield parts


async def nothing_stored(bot: Parts) -> bool:
    """No installation is there; states do not count."""
    return "xoxb" not in await stored_text(bot.database) and CLIENT_ID not in await stored_text(bot.database)


def test_the_scopes_are_those_of_the_manifest() -> None:
    """The app as Slack knows it, and what an installation asks for."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert manifest["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)


async def test_the_browser_goes_to_slack_with_a_state_of_its_own(bot: Parts) -> None:
    """And keeps it in a cookie that scripts and other sites' requests do not get."""
    async with bot.browser() as browser:
        response = await browser.get("/slack/install")
    address = httpx.URL(response.headers["location"])
    cookie = response.headers["set-cookie"]
    assert (address.host, address.path) == ("slack.com", "/oauth/v2/authorize")
    assert address.params["client_id"] == CLIENT_ID
    assert address.params["scope"] == ",".join(BOT_SCOPES)
    assert address.params["redirect_uri"] == HOME + REDIRECT_PATH
    assert cookie.startswith(f"{COOKIE}={address.params['state']};")
    assert {"HttpOnly", "SameSite=lax", f"Path={REDIRECT_PATH}"} <= set(cookie.split("; "))


async def test_every_installation_has_another_state(bot: Parts) -> None:
    """A state cannot be foretold from an earlier one."""
    async with bot.browser() as browser:
        states = {(await bot.begin(browser))["state"] for _ in range(5)}
    assert len(states) == 5


@pytest.mark.parametrize(
    ("public_url", "is_secure"), [("https://bot.test", True), (None, True), ("http://bot.test", False)]
)
async def test_the_cookie_goes_over_https_alone(bot: Parts, public_url: str | None, is_secure: bool) -> None:
    """Unless the bot's own address says that it is reached without."""
    settings = Settings(slack_client_id="1.2", slack_client_secret="s", public_url=public_url)
    routes = oauth_routes(settings, bot.stores, bot.installed, lambda _lang: WORDS, oauth_client())
    transport = httpx.ASGITransport(routes[0].app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as browser:
        response = await browser.get("/slack/install")
    assert ("Secure" in response.headers["set-cookie"]) is is_secure
    assert ("redirect_uri" in httpx.URL(response.headers["location"]).params) is (public_url is not None)


async def test_an_installation_ends_on_a_plain_page(bot: Parts) -> None:
    """One sentence, nothing that runs, kept nowhere; the cookie has done its work."""
    response = await bot.install(bot.workspaces[0])
    assert response.status_code == 200
    assert "<p>I am in.</p>" in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "Max-Age=0" in response.headers["set-cookie"]


async def test_what_slack_says_is_kept(bot: Parts) -> None:
    """The team, the bot's two ids, its scopes, and who installed it."""
    workspace = bot.workspaces[0]
    await bot.install(workspace)
    identity = workspace.workspace.identity
    found = await bot.stores.installations.async_find_installation(
        enterprise_id=None, team_id=identity.team_id
    )
    assert found is not None
    assert (found.app_id, found.bot_token) == (identity.app_id, identity.bot_token)
    assert (found.bot_id, found.bot_user_id) == (identity.bot_id, identity.bot_user_id)
    assert found.bot_scopes == list(BOT_SCOPES)
    assert (found.user_id, found.team_name) == (workspace.user().id, "Local workspace")


async def test_the_words_are_in_the_browsers_language(bot: Parts) -> None:
    """As far as the knowledge has them."""
    asked: list[str] = []

    def phrases(lang: str) -> object:
        asked.append(lang)
        return WORDS

    settings = Settings(slack_client_id="1.2", slack_client_secret="s")
    routes = oauth_routes(settings, bot.stores, bot.installed, phrases, oauth_client())  # type: ignore[arg-type]
    transport = httpx.ASGITransport(routes[1].app)
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as browser:
        await browser.get(REDIRECT_PATH, headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert asked == ["zh"]
    assert [read_language(header) for header in ("", "EN", "de;q=0.5", "*", ";;,")] == [
        "",
        "en",
        "de",
        "*",
        "",
    ]


async def refused(bot: Parts, response: httpx.Response, status: int, sentence: str) -> None:
    """The answer is one sentence of the bot's, names nothing that was sent, and nothing is stored."""
    assert (response.status_code, f"<p>{sentence}</p>" in response.text) == (status, True)
    assert len(response.text) < 400
    assert await nothing_stored(bot)


REFUSED = "I don&#x27;t know you &lt;b&gt;."


@pytest.mark.parametrize(
    "query", ["", "code=abc", "state=&code=abc", "code=abc&state=made-up", "error=access_denied"]
)
async def test_a_return_without_a_begin_is_refused(bot: Parts, query: str) -> None:
    """No cookie, no state, or one of two: 403."""
    async with bot.browser() as browser:
        await refused(bot, await browser.get(f"{REDIRECT_PATH}?{query}"), 403, REFUSED)


async def test_a_forged_state_is_refused(bot: Parts) -> None:
    """Even where the cookie says the same: it was never issued."""
    address = await bot.consent(bot.workspaces[0], {**await begun(bot), "state": "forged"})
    async with bot.browser() as browser:
        browser.cookies.set(COOKIE, "forged")
        await refused(bot, await browser.get(address), 401, REFUSED)
    assert "oauth.v2.access" not in bot.calls


async def test_another_browsers_state_is_refused(bot: Parts) -> None:
    """Who sends a victim a link with a state and code of their own gets nothing installed there."""
    async with bot.browser() as attacker, bot.browser() as victim:
        address = await bot.consent(bot.workspaces[0], await bot.begin(attacker))
        await refused(bot, await victim.get(address), 403, REFUSED)
        await bot.begin(victim)
        await refused(bot, await victim.get(address), 403, REFUSED)
        assert "oauth.v2.access" not in bot.calls
        assert (await attacker.get(address)).status_code == 200


async def test_a_state_is_taken_once(bot: Parts) -> None:
    """A reload or a stolen address installs nothing more."""
    async with bot.browser() as browser:
        query = await bot.begin(browser)
        assert (await browser.get(await bot.consent(bot.workspaces[0], query))).status_code == 200
        bot.calls.clear()
        browser.cookies.set(COOKIE, query["state"])
        again = await browser.get(await bot.consent(bot.workspaces[0], query))
    assert again.status_code == 401
    assert bot.calls == []


async def test_a_return_that_comes_too_late_is_refused(bot: Parts) -> None:
    """A state is good for ten minutes."""
    state = await OAuthStates(bot.database.connection, expiration_seconds=-1).async_issue()
    async with bot.browser() as browser:
        browser.cookies.set(COOKIE, state)
        await refused(
            bot, await browser.get(REDIRECT_PATH, params={"state": state, "code": "c"}), 401, REFUSED
        )


@pytest.mark.parametrize(
    ("more", "status", "sentence"),
    [
        ({"code": "made-up"}, 401, REFUSED),
        ({}, 400, "It broke."),
        ({"error": "access_denied"}, 200, "You said no."),
        ({"error": "<script>alert(1)</script>"}, 400, "It broke."),
    ],
)
async def test_a_return_without_a_good_code_installs_nothing(
    bot: Parts, more: dict[str, str], status: int, sentence: str
) -> None:
    """The state is right, but Slack said no, or knows no such code."""
    async with bot.browser() as browser:
        state = (await bot.begin(browser))["state"]
        response = await browser.get(REDIRECT_PATH, params={"state": state, **more})
    await refused(bot, response, status, sentence)
    assert "script" not in response.text


async def test_a_wrong_client_secret_is_the_bots_trouble(bot: Parts) -> None:
    """Not the installer's: 502, and the log says what Slack says."""
    wrong = AppCredentials(CLIENT_ID, "wrong", HOME + REDIRECT_PATH)
    client = oauth_client(bot.workspaces[0].api_url)
    with pytest.raises(ExchangeError) as caught:
        await exchange(client, wrong, "code")
    assert (caught.value.reason, caught.value.status) == ("bad_client_secret", 502)


async def test_slack_out_of_reach_is_said_plainly(bot: Parts) -> None:
    """502 rather than a traceback."""
    with pytest.raises(ExchangeError) as caught:
        await exchange(oauth_client("http://127.0.0.1:1/"), AppCredentials(CLIENT_ID, "s"), "code")
    assert caught.value.status == 502


async def test_an_installation_that_cannot_be_stored_is_said_to_have_failed(
    bot: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away: 503, at either end of the way."""

    async def away(*_args: object) -> None:
        raise StorageError("postgres://user:password@host is away")

    async with bot.browser() as browser:
        address = await bot.consent(bot.workspaces[0], await bot.begin(browser))
        monkeypatch.setattr(bot.stores.installations, "async_save", away)
        await refused(bot, await browser.get(address), 503, "It broke.")
        monkeypatch.setattr(bot.stores.states, "async_issue", away)
        response = await browser.get("/slack/install")
    assert (response.status_code, "password" in response.text) == (503, False)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that is logged; logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level, stream = root.handlers[:], root.level, io.StringIO()
    configure_logging("DEBUG", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_no_code_state_or_token_is_logged(bot: Parts, written: io.StringIO) -> None:
    """Not at the lowest level, installed or refused. The browser's own log is not the bot's."""
    async with bot.browser() as browser:
        query = await bot.begin(browser)
        address = await bot.consent(bot.workspaces[0], query)
        await browser.get(address)
        await browser.get(address)
    code = httpx.URL(address).params["code"]
    text = "\n".join(line for line in written.getvalue().splitlines() if '"logger": "http' not in line)
    secrets = (code, query["state"], CLIENT_SECRET, bot.workspaces[0].bot_token)
    assert [secret for secret in secrets if secret in text] == []
    assert '"event": "installed"' in text
    assert '"reason": "other_browser"' in text


async def test_two_browsers_at_once_do_not_disturb_each_other(bot: Parts) -> None:
    """Each has its own state."""
    responses = await asyncio.gather(*(bot.install(bot.workspaces[0]) for _ in range(4)))
    assert [response.status_code for response in responses] == [200] * 4


@pytest.mark.parametrize("missing", ["slack_client_id", "slack_client_secret"])
async def test_no_credentials_no_routes(bot: Parts, missing: str) -> None:
    """The message names both variables."""
    given = {"slack_client_id": "1.2", "slack_client_secret": "s", missing: None}
    with pytest.raises(SettingsError, match=r"SLACK_CLIENT_ID.*SLACK_CLIENT_SECRET"):
        oauth_routes(Settings(**given), bot.stores, bot.installed, lambda _lang: WORDS, oauth_client())  # type: ignore[arg-type]


def test_the_page_is_inert() -> None:
    """Whatever stands in the words."""
    page = render_page('"><script>', "<b>", "a & <i>")
    assert "<script>" not in page
    assert "<title>&lt;b&gt;</title>" in page
    assert "a &amp; &lt;i&gt;" in page


async def begun(bot: Parts) -> dict[str, str]:
    """The query of an installation that another browser began."""
    async with bot.browser() as browser:
        return await bot.begin(browser)
