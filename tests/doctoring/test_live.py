"""What Slack says of tokens, scopes and the clock becomes one line each."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from bot.doctoring.live import check_clock, check_slack
from bot.settings import Settings
from bot.workspace.embedded import RunningWorkspace, running_workspace
from tests.doctoring.support import about, answer, lines, peer

METHODS = {"bot token": "auth.test", "app token": "apps.connections.open"}
SECRETS = ("xoxb-", "xapp-", "ticket", "Traceback")


@pytest.fixture
async def workspace() -> AsyncIterator[RunningWorkspace]:
    """A local workspace as Slack."""
    async with running_workspace() as running:
        yield running


@pytest.fixture
def settings(workspace: RunningWorkspace) -> Settings:
    """Settings that point at the workspace, with its own tokens."""
    return Settings(
        slack_bot_token=workspace.bot_token,
        slack_app_token=workspace.app_token,
        slack_api_url=workspace.api_url,
    )


async def test_good_tokens_are_told_as_such(settings: Settings) -> None:
    """One line each, none a problem, no token in any."""
    printed = await lines(check_slack(settings))
    assert [line.split()[0] for line in printed] == ["ok", "ok", "warning", "ok"]
    assert about("clock", printed) == "ok       clock: agrees with Slack's"
    assert "Slack takes it, for the user U0" in about("bot token", printed)
    assert "does not tell them" in about("scopes", printed)
    assert "opens Socket Mode" in about("app token", printed)
    assert not [
        secret for secret in SECRETS for line in printed if secret in line.replace("begins with xoxb-", "")
    ]


@pytest.mark.parametrize("subject", ["bot token", "app token"])
@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("invalid_auth", "copy it again"),
        ("token_revoked", "the token is revoked: reinstall the app"),
        ("account_inactive", "uninstalled"),
        ("token_expired", "has expired"),
        ("missing_scope", "lacks a scope: add it"),
        ("not_allowed_token_type", "another kind of token"),
        ("org_login_required", "ask an administrator"),
        ("internal_error", "Slack itself has trouble"),
        ("a_new_error", "search Slack's API documentation"),
    ],
)
async def test_a_refused_token_is_one_line_that_says_what_to_do(
    workspace: RunningWorkspace, settings: Settings, subject: str, code: str, what: str
) -> None:
    """With the variable and Slack's own name of the error; the other token is looked at all the same."""
    workspace.faults.refuse_next(METHODS[subject], code)
    printed = await lines(check_slack(settings))
    line = about(subject, printed)
    variable = "SLACK_" + subject.upper().replace(" ", "_")
    assert line.startswith(f"problem  {subject}: Slack ")
    assert f"{variable} " in line
    assert f"({code})" in line
    assert what in line
    assert len([line for line in printed if line.startswith("problem")]) == 1


@pytest.mark.parametrize("kind", ["bot", "app"])
async def test_a_wrong_token_is_found_out(settings: Settings, workspace: RunningWorkspace, kind: str) -> None:
    """A token of another app, as Slack answers it."""
    bot = "xoxb-made-up" if kind == "bot" else settings.slack_bot_token
    app = "xapp-made-up" if kind == "app" else settings.slack_app_token
    wrong = Settings(slack_bot_token=bot, slack_app_token=app, slack_api_url=workspace.api_url)
    printed = await lines(check_slack(wrong))
    line = about(f"{kind} token", printed)
    assert line.startswith(f"problem  {kind} token: Slack refused SLACK_{kind.upper()}_TOKEN (invalid_auth)")
    assert "made-up" not in "".join(printed)


async def test_a_call_too_many_says_to_try_again(workspace: RunningWorkspace, settings: Settings) -> None:
    """The token may be good."""
    workspace.faults.refuse_next("auth.test", "ratelimited", retry_after=30)
    line = about("bot token", await lines(check_slack(settings)))
    assert "did not say whether SLACK_BOT_TOKEN is good (ratelimited)" in line


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (600, "this machine's is 10 minutes fast: set it"),
        (-600, "this machine's is 10 minutes slow: set it"),
        (86_400, "this machine's is 24 hours fast: set it"),
    ],
)
async def test_a_clock_that_is_off_is_one_line(settings: Settings, seconds: int, says: str) -> None:
    """By the date of Slack's own answer."""
    line = about("clock", await lines(check_slack(settings, now=lambda: time.time() + seconds)))
    assert line.startswith(f"problem  clock: {says}")


@pytest.mark.parametrize(("off", "level"), [(-121, "problem"), (-119, "ok"), (119, "ok"), (121, "problem")])
def test_two_minutes_are_let_pass(off: int, level: str) -> None:
    """Slack itself refuses from five on."""
    assert str(check_clock("Thu, 01 Jan 1970 00:16:40 GMT", 1000 + off)).startswith(level)


@pytest.mark.parametrize("date", [None, "", "yesterday", "Thu, 99 Foo 1970 00:16:40 GMT"])
def test_an_answer_without_a_date_is_no_problem(date: str | None) -> None:
    """A proxy may take it away or garble it."""
    assert str(check_clock(date, 0)).startswith("warning  clock: ")


IDENTITY: dict[str, object] = {"ok": True, "team_id": "T1", "user_id": "U1", "url": "wss://x/?ticket=secret"}


@pytest.mark.parametrize(
    ("scopes", "level", "says"),
    [
        ("app_mentions:read,chat:write,commands,im:history,files:write", "ok", "all that are needed"),
        ("app_mentions:read, commands , im:history", "problem", "missing: chat:write (answers); add them"),
        ("", "problem", "missing: app_mentions:read (questions by mention), chat:write"),
    ],
)
async def test_missing_scopes_are_named(scopes: str, level: str, says: str) -> None:
    """By the header that tells what the token may do; more than is needed does not matter."""
    async with peer(answer(IDENTITY, X_OAuth_Scopes=scopes)) as url:
        printed = await lines(check_slack(Settings(slack_bot_token="xoxb-1", slack_api_url=url)))
    line = about("scopes", printed)
    assert line.startswith(f"{level:<8} scopes: {says}")
    assert "ticket" not in "".join(printed)


async def test_the_scope_that_slack_names_is_told() -> None:
    """An app token without its one scope."""
    refusal: dict[str, object] = {"ok": False, "error": "missing_scope", "needed": "connections:write"}
    async with peer(answer(refusal)) as url:
        printed = await lines(check_slack(Settings(slack_app_token="xapp-1", slack_api_url=url)))
    assert "lacks a scope (connections:write): add it" in about("app token", printed)


@pytest.mark.parametrize(
    "said",
    [
        answer("<html>Bad gateway: xoxb-1</html>", "502 Bad Gateway"),
        answer("<html>Log in, please</html>"),
        answer("", "503 Service Unavailable"),
        answer({"ok": False}),
        answer({"ok": False, "error": "<b>xoxb-1 is\r\nwrong</b>"}),
        b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"ok": tru-1',
    ],
)
async def test_an_answer_that_is_not_slacks_is_one_line(said: bytes) -> None:
    """A proxy's page, or half an answer: what stands in it is not printed."""
    async with peer(said) as url:
        printed = await lines(check_slack(Settings(slack_bot_token="xoxb-1", slack_api_url=url)))
    line = about("bot token", printed)
    assert line.startswith("problem  bot token: Slack did not say whether SLACK_BOT_TOKEN is good (http_")
    assert not [secret for secret in ("xoxb-1", "html", "\n") if secret in line]


@pytest.mark.parametrize("said", [b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_broken_connection_is_one_line(said: bytes) -> None:
    """Nothing more is asked then."""
    async with peer(said) as url:
        (line,) = await lines(check_slack(Settings(slack_bot_token="xoxb-1", slack_api_url=url)))
    assert line.startswith("problem  slack: Slack cannot be reached at 127.0.0.1: the connection broke")


async def test_slack_out_of_reach_is_one_line() -> None:
    """Nothing listens there."""
    settings = Settings(slack_bot_token="xoxb-1", slack_api_url="http://127.0.0.1:9/api/")
    (line,) = await lines(check_slack(settings))
    assert line.startswith(
        "problem  slack: Slack cannot be reached at 127.0.0.1: no connection (Connection refused)"
    )


async def test_silence_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A firewall that swallows everything."""
    monkeypatch.setattr("bot.doctoring.live.ASK_SECONDS", 0.2)
    async with peer(b"") as url:
        (line,) = await lines(check_slack(Settings(slack_bot_token="xoxb-1", slack_api_url=url)))
    assert line.startswith("problem  slack: Slack cannot be reached at 127.0.0.1: no answer in 0.2 seconds")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(), "warning  bot token: none is set"),
        (Settings(slack_client_id="1.2"), "ok       bot token: each workspace has its own"),
    ],
)
async def test_a_token_that_is_not_set_is_not_asked_about(settings: Settings, says: str) -> None:
    """With many workspaces there is none in the settings."""
    async with peer(answer({"ok": True})) as url:
        asked = Settings(slack_client_id=settings.slack_client_id, slack_api_url=url)
        printed = await lines(check_slack(asked))
    assert about("bot token", printed) == says
    assert about("app token", printed) == "ok       app token: none is set; only Socket Mode needs one"
