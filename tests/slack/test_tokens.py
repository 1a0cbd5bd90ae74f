"""Tokens are tried before the bot serves."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from structlog.testing import capture_logs

from bot.serving import serve
from bot.settings import Settings
from bot.slack.refusals import advice, is_passing
from bot.slack.scopes import BOT_SCOPES
from bot.slack.tokens import TokenRefusedError, try_before_serving
from bot.workspace.embedded import RunningWorkspace
from tests.questions.cases import pipeline

MANIFEST = Path(__file__).parents[2] / "docs" / "slack-app-manifest.yaml"


def test_the_scopes_are_those_of_the_manifest() -> None:
    """What the app is made with is what the bot needs."""
    manifest = yaml.safe_load(MANIFEST.read_text("utf-8"))
    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == sorted(BOT_SCOPES)


async def test_http_does_not_start_with_a_refused_token(
    workspace: RunningWorkspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear line instead of a bot that cannot answer."""
    settings = Settings(
        slack_bot_token="xoxb-made-up",
        slack_signing_secret="s",
        slack_api_url=workspace.api_url,
        database_url=f"sqlite:///{tmp_path / 'a.db'}",
    )
    monkeypatch.setattr("bot.serving.configure_logging", lambda *_, **__: None)
    with pytest.raises(TokenRefusedError, match=r"SLACK_BOT_TOKEN \(invalid_auth\): .* copy it again"):
        await serve(pipeline(), settings, http=True)


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "missing_scope"])
async def test_a_refusal_for_good_is_raised(workspace: RunningWorkspace, code: str) -> None:
    """Revoked, uninstalled, not allowed."""
    workspace.faults.refuse_next("auth.test", code)
    with pytest.raises(TokenRefusedError, match=code):
        await try_before_serving(workspace.bot_token, workspace.api_url)


@pytest.mark.parametrize("code", ["internal_error", "ratelimited"])
async def test_trouble_of_slack_does_not_keep_http_from_starting(
    workspace: RunningWorkspace, code: str
) -> None:
    """The token may be good: it is logged."""
    workspace.faults.refuse_next("auth.test", code)
    with capture_logs() as logged:
        await try_before_serving(workspace.bot_token, workspace.api_url)
    assert [code in line["reason"] for line in logged] == [True]


async def test_slack_out_of_reach_does_not_keep_http_from_starting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Slack comes back by itself."""
    with capture_logs() as logged:
        await try_before_serving("xoxb-1", "http://127.0.0.1:9/api/")
    assert ["cannot be reached" in line["reason"] for line in logged] == [True]


async def test_without_a_token_nothing_is_tried() -> None:
    """Each workspace has its own then."""
    await try_before_serving(None, "http://127.0.0.1:9/api/")


def test_advice_is_never_empty_and_never_a_template() -> None:
    """Also for codes that nobody knows yet."""
    for code in ("missing_scope", "invalid_auth", "http_502", "brand_new"):
        assert advice(code)
        assert "{" not in advice(code)
    assert "(chat:write)" in advice("missing_scope", "chat:write")
    assert [is_passing(code) for code in ("http_502", "internal_error", "token_revoked")] == [
        True,
        True,
        False,
    ]
