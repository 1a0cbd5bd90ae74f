"""Asks Slack itself: is it there, what time is it, and does it take the tokens with their scopes."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctoring.findings import Finding, ok, problem, warning
from bot.settings import Settings
from bot.slack.scopes import BOT_SCOPES
from bot.slack.tokens import (
    UNREACHABLE,
    Accepted,
    SlackConnectionError,
    quiet_client,
    try_app_token,
    try_bot_token,
    unreachable,
)

ASK_SECONDS: Final = 10
CLOCK_SECONDS: Final = 120.0


async def check_slack(settings: Settings, *, now: Callable[[], float] = time.time) -> AsyncIterator[Finding]:
    """Each thing that only Slack can tell. `now` gives seconds since 1970 by this machine's clock."""
    client = quiet_client(settings.slack_bot_token, settings.slack_api_url, ASK_SECONDS)
    try:
        headers = await _headers(client)
    except UNREACHABLE as error:
        yield problem("slack", str(unreachable(client, error)))
        return
    yield check_clock(headers.get("Date"), now())
    async for finding in _bot_token(client, settings):
        yield finding
    yield await _app_token(client, settings)


async def _headers(client: AsyncWebClient) -> Mapping[str, str]:
    """Those of any answer at all: `api.test` takes no token."""
    try:
        answer = await client.api_test()
    except SlackApiError as error:
        return error.response.headers or {}
    return answer.headers or {}


def check_clock(date: str | None, now: float) -> Finding:
    """Compare this machine's clock with the `Date` of an answer, which has whole seconds."""
    try:
        ahead = now - parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return warning("clock", "Slack's answer has no readable date: this machine's clock was not compared")
    if abs(ahead) <= CLOCK_SECONDS:
        return ok("clock", "agrees with Slack's")
    way = "fast" if ahead > 0 else "slow"
    return problem(
        "clock",
        f"this machine's is {_span(abs(ahead))} {way}: set it (by NTP); requests over HTTP are refused "
        "when it is five minutes off",
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"


async def _bot_token(client: AsyncWebClient, settings: Settings) -> AsyncIterator[Finding]:
    if not settings.slack_bot_token:
        many = settings.slack_client_id
        yield ok("bot token", "each workspace has its own") if many else warning("bot token", "none is set")
        return
    try:
        accepted = await try_bot_token(client)
    except SlackConnectionError as error:
        yield problem("bot token", str(error))
        return
    yield ok(
        "bot token", f"Slack takes it, for the user {accepted.user_id} of the workspace {accepted.team_id}"
    )
    for finding in check_scopes(accepted):
        yield finding


def check_scopes(accepted: Accepted) -> Iterator[Finding]:
    """Compare the scopes of the bot token with those that the features need."""
    if accepted.scopes is None:
        yield warning("scopes", "the answer does not tell them; the ones needed are in the app's manifest")
        return
    missing = {scope: what for scope, what in BOT_SCOPES.items() if scope not in accepted.scopes}
    if missing:
        listed = ", ".join(f"{scope} ({what})" for scope, what in missing.items())
        yield problem(
            "scopes",
            f"missing: {listed}; add them on the app's page (OAuth & Permissions), reinstall the app "
            "and copy the new token",
        )
    else:
        yield ok("scopes", "all that are needed")


async def _app_token(client: AsyncWebClient, settings: Settings) -> Finding:
    if not settings.slack_app_token:
        return ok("app token", "none is set; only Socket Mode needs one")
    try:
        await try_app_token(client, settings.slack_app_token)
    except SlackConnectionError as error:
        return problem("app token", str(error))
    return ok("app token", "Slack takes it and opens Socket Mode")
