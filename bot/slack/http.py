"""HTTP: Slack's requests, signed, on one route; beside them the routes that it is given."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog
import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from structlog.typing import FilteringBoundLogger

from bot.listening import QuietServer, url_of
from bot.presenting import limits
from bot.settings import DEFAULT_HOST, DEFAULT_PORT, SettingsError
from bot.slack.addresses import answers_at_slack
from bot.slack.app import SlackBot
from bot.slack.clock import ClockWatch
from bot.slack.incoming import string_at, value_at
from bot.slack.lifecycle import stopping_on_signals
from bot.slack.listening import RefusedBody, http_config, listen_for, read_body
from bot.slack.probes import Reason

log: FilteringBoundLogger = structlog.get_logger(__name__)

TIMESTAMP: Final = "x-slack-request-timestamp"
SIGNATURE: Final = "x-slack-signature"
LONGEST_STAMP: Final = 20
CLOSED: Final = {"connection": "close"}


def build_http_app(
    bot: SlackBot,
    signing_secret: str | None,
    *,
    now: Callable[[], float] = time.time,
    patience: float = limits.ACK_SECONDS,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """`POST /slack/events` for all of Slack's requests, and `routes` (probes, OAuth) beside it.

    The signature is checked over the raw body before anything is parsed; a request without a fresh one is
    refused before its body is read; now and then one that is stale is read all the same, to tell a clock that
    is off from a forgery. `now` gives seconds since 1970; a body may take `patience` seconds.

    Raises:
        SettingsError: there is no signing secret.
    """
    if not signing_secret:
        raise SettingsError(
            "SLACK_SIGNING_SECRET is not set: requests over HTTP cannot be checked without it"
        )
    secret, clock = signing_secret.encode(), ClockWatch()

    async def slack_events(request: Request) -> Response:
        age = age_of(request.headers, now())
        if age is None or not (is_fresh(age) or clock.may_look()):
            return _refusal(401, "not signed by Slack")
        try:
            body = await read_body(request, patience)
        except RefusedBody as refused:
            return _refusal(refused.status, refused.reason)
        if not is_signed(body, request.headers, secret):
            return _refusal(401, "not signed by Slack")
        if not is_fresh(age):
            clock.off_by(age)
            return _refusal(401, "not signed by Slack")
        bolt_request = parse_request(request, body)
        if bolt_request is None or not answers_at_slack(bolt_request.body, bot.client.base_url):
            return _refusal(400, "not a request of Slack")
        return to_starlette_response(await bot.app.async_dispatch(bolt_request))

    events = Route("/slack/events", slack_events, methods=["POST"])
    starlette = Starlette(routes=[events, *routes])
    starlette.router.redirect_slashes = False  # a redirect would repeat whatever host the request names
    return starlette


async def serve_http(
    bot: SlackBot,
    signing_secret: str | None,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    routes: Sequence[BaseRoute] = (),
    stop: asyncio.Event | None = None,
) -> None:
    """Serve over HTTP until `stop` is set, or SIGINT or SIGTERM comes.

    At the end no more requests are taken; what was stored is finished within some seconds or left to others,
    and a second signal changes nothing.

    Raises:
        SettingsError: there is no signing secret, or nothing can listen on `port`.
    """
    stop = stop or asyncio.Event()
    config = http_config(build_http_app(bot, signing_secret, routes=routes))
    with contextlib.closing(listen_for("PORT", host, port)) as listener, stopping_on_signals(stop):
        async with bot.working():
            await _serve(bot, config, listener, stop)
    log.info("http_stopped")


async def _serve(bot: SlackBot, config: uvicorn.Config, listener: socket.socket, stop: asyncio.Event) -> None:
    listening = asyncio.Event()
    server = QuietServer(config, listening)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await _first(serving, listening)
    bot.health.recovered(Reason.STARTING)
    log.info("http_started", url=url_of(listener))
    await _first(serving, stop)
    bot.health.failed(Reason.STOPPING)
    server.stop()
    await serving


async def _first(serving: asyncio.Task[None], event: asyncio.Event) -> None:
    """Wait until the server ends or the event comes."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def age_of(headers: Headers, now: float) -> float | None:
    """How many seconds ago a request says it was signed; None unless it bears one time and one signature."""
    stamps, signatures = headers.getlist(TIMESTAMP), headers.getlist(SIGNATURE)
    if len(stamps) != 1 or len(signatures) != 1:
        return None
    (stamp,) = stamps
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < LONGEST_STAMP):
        return None
    return now - int(stamp)


def is_fresh(age: float) -> bool:
    """Whether a signature of this age is good: Slack allows five minutes to either side."""
    return abs(age) <= limits.SIGNATURE_SECONDS


def is_signed(body: bytes, headers: Headers, secret: bytes) -> bool:
    """Whether Slack signed this body at the time that stands beside it (HMAC-SHA256 over `v0:time:body`)."""
    timestamp, signature = headers[TIMESTAMP], headers[SIGNATURE]
    expected = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}".encode(), signature.encode())


def parse_request(request: Request, body: bytes) -> AsyncBoltRequest | None:
    """The body as Bolt reads it, or None where it is no JSON or form of the kind that Slack sends."""
    try:
        parsed = to_async_bolt_request(request, body)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError) as error:
        log.info("malformed_request", error=type(error).__name__)
        return None
    return parsed if _has_shape(parsed) else None


def _has_shape(request: AsyncBoltRequest) -> bool:
    body = request.body
    kind = string_at(body, "type")
    if kind == "event_callback":
        return bool(string_at(body, "event", "type"))
    if kind == "block_actions":
        actions = value_at(body, "actions")
        return isinstance(actions, list) and bool(actions) and all(map(_is_action, actions))
    if string_at(body, "command"):
        return bool(string_at(body, "response_url"))
    return bool(kind or string_at(body, "ssl_check"))


def _is_action(action: object) -> bool:
    return isinstance(action, dict) and isinstance(action.get("action_id"), str)


def _refusal(status: int, reason: str) -> Response:
    log.info("request_refused", status=status, reason=reason)
    return PlainTextResponse(reason, status_code=status, headers=CLOSED)
