"""A canned pipeline, its words, and Slack's payloads as tests need them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.pipeline import Ask, Context
from bot.presenting.reply import Choice, Citation, Reply, Section
from bot.presenting.surface import SurfacePhrases
from bot.settings import Settings
from bot.slack.app import SlackBot, build_bot
from bot.slack.handling import Pace
from bot.slack.workspaces import Workspaces
from bot.storage import Store
from bot.understanding.question import Question

ENGLISH = SurfacePhrases(
    why="Why?",
    share="Share in channel",
    source="Source: {title}",
    checked="checked {day}",
    shared_by="{user} shared this",
    more_rows="… and {count} more",
    more_sources="… and {count} more sources",
    late="Sorry, late.",
    busy="Yours is queued.",
    slow_down="No more than {count} a minute.",
    failure="Something broke & I could not answer.",
    unhandled="I do not know that button.",
)
GERMAN = SurfacePhrases(
    why="Warum?",
    share="Teilen",
    source="Quelle: {title}",
    checked="geprüft {day}",
    shared_by="geteilt von {user}",
    more_rows="… und {count} weitere",
    more_sources="… und {count} weitere Quellen",
    late="Verspätet.",
    busy="Die Frage wartet.",
    slow_down="Höchstens {count} in der Minute.",
    failure="Etwas ging schief.",
    unhandled="Das kenne ich nicht.",
)
SECRET = "shhh"
CLARIFY = "clarify"
NO_CONTEXT = Context()
HASTE = Pace(post_seconds=0, retry_seconds=0.001)
"""Tests do not wait as Slack asks."""
CLOCK = 1_700_000_100.0
"""When it is for the bot: soon after the timestamps of the tests' messages."""

_numbers = itertools.count(1)


def phrases_for(lang: str | None) -> SurfacePhrases:
    """English, unless German is asked for."""
    return GERMAN if lang == "de" else ENGLISH


def echo(text: str) -> Reply:
    """A reply that repeats what was asked, as a worst case; "clarify" gets choices, "de: …" is German."""
    return Reply(
        status="clarify" if text == CLARIFY else "answered",
        verdict=None,
        intent="lookup",
        lang="de" if text.startswith("de:") else "en",
        sections=(Section(headline=f"You asked: {text[:200]}", code="pip install 'torch>=2.0'"),),
        citations=(Citation("Previous versions", "https://example.org/a?b=1&c=2", "2026-11-23"),),
        choices=(Choice("Latest", "torch latest"), Choice("CUDA", "torch cuda")) if text == CLARIFY else (),
    )


@dataclass
class CannedAsk:
    """A pipeline that notes what it was asked and answers with `reply_to`."""

    reply_to: Callable[[str], Reply] = echo
    asked: list[str] = field(default_factory=list)

    def ask(self, text: str, context: Context = NO_CONTEXT) -> Reply:
        """Answer, and remember the question."""
        self.asked.append(text)
        return self.reply_to(text)

    def recall(self, noted: str) -> Question | None:
        """Nothing was ever about anything."""
        return None

    def why(self, question: Question) -> Reply:
        """Say that it was asked why, too."""
        return self.reply_to("why")


class BrokenPipelineError(Exception):
    """Its text must never reach a user."""


def broken(text: str) -> Reply:
    """A pipeline with a bug."""
    raise BrokenPipelineError("secret stack detail")


def event_body(event: dict[str, object], event_id: str | None = None, **more: object) -> dict[str, object]:
    """An Events API payload around an event, with a new event id unless one is given."""
    number = next(_numbers)
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": event_id or f"Ev{number}",
        "event": event,
        **more,
    }


def message(channel: str, text: str, ts: str, user: str = "U0PERSON", **more: object) -> dict[str, object]:
    """A `message` event in a direct message (or wherever `more` says)."""
    return {
        "type": "message",
        "channel": channel,
        "channel_type": "im",
        "user": user,
        "text": text,
        "ts": ts,
        **more,
    }


def mention(channel: str, text: str, ts: str, user: str = "U0PERSON", **more: object) -> dict[str, object]:
    """An `app_mention` event."""
    return {"type": "app_mention", "channel": channel, "user": user, "text": text, "ts": ts, **more}


def quick_bot(
    ask: Ask,
    store: Store,
    settings: Settings,
    *,
    workspaces: Workspaces | None = None,
) -> SlackBot:
    """A bot that does not wait, at the time of the tests' messages."""
    return build_bot(
        ask,
        store,
        phrases_for,
        settings,
        workspaces=workspaces,
        pace=HASTE,
        now=lambda: CLOCK,
    )


async def dispatch(bot: SlackBot, body: dict[str, object], retry: int | None = None) -> BoltResponse:
    """Hand a payload to the app as Socket Mode does, and wait until all that came of it is done."""
    headers: dict[str, str | Sequence[str]] = {} if retry is None else {"x-slack-retry-num": str(retry)}
    request = AsyncBoltRequest(mode="socket_mode", body=body, headers=headers)
    response = await bot.app.async_dispatch(request)
    await finish(bot)
    return response


async def finish(bot: SlackBot, seconds: float = 30) -> None:
    """Wait until the inbox is empty."""
    async with asyncio.timeout(seconds):
        while await bot.worker.work_off():  # noqa: ASYNC110  # time alone brings what is due later
            await asyncio.sleep(0.005)


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers with which Slack signs a body."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
        "content-type": "application/json",
    }


def json_body(payload: dict[str, object]) -> bytes:
    """A payload as an event's body."""
    return json.dumps(payload).encode()


def form_body(fields: dict[str, str]) -> bytes:
    """Fields as a command's body."""
    return urlencode(fields).encode()
