"""Signed HTTP delivery: the request_url way to a bot, with Slack's signature and retry headers."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.workspace.delivery import Acked, Attempt, Delivery, Failed, Kind, Outcome
from bot.workspace.errors import WorkspaceError
from bot.workspace.faults import Faults
from bot.workspace.payloads import JsonObject, as_object, as_text

_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"


class UrlNotVerified(WorkspaceError):
    """A request_url did not answer the challenge of `url_verification`."""


class HttpDelivery:
    """Posts payloads to the addresses in `request_urls` in turn, signed with `signing_secret`."""

    def __init__(
        self, request_urls: Sequence[str], signing_secret: str, ack_seconds: float, faults: Faults
    ) -> None:
        self._urls = itertools.cycle(request_urls)
        self._signer = SignatureVerifier(signing_secret)
        self._timeout = aiohttp.ClientTimeout(total=ack_seconds)
        self._faults = faults

    async def verify(self, token: str) -> None:
        """Send `url_verification`.

        Raises:
            UrlNotVerified: the answer is not the challenge.
        """
        challenge = secrets.token_urlsafe(24)
        body = json.dumps({"type": "url_verification", "token": token, "challenge": challenge})
        status, content_type, text = await self._post(body, _JSON, Attempt())
        given = as_object(json.loads(text)).get("challenge") if content_type == _JSON else text
        if status != 200 or given != challenge:
            raise UrlNotVerified(f"HTTP {status}: {text[:80]!r}")

    async def attempt(self, delivery: Delivery, attempt: Attempt) -> Outcome:
        """Post once, and read the ack out of the answer."""
        try:
            status, content_type, text = await self._post(*_encode(delivery), attempt)
        except TimeoutError:
            return Failed("http_timeout" if delivery.kind is Kind.EVENT else "timeout")
        except aiohttp.ClientError:
            return Failed("connection_failed")
        if status != 200:
            return Failed("http_error")
        if self._faults.take_dropped_ack():
            return Failed("http_timeout")
        return Acked(_ack_body(content_type, text))

    async def _post(self, body: str, content_type: str, attempt: Attempt) -> tuple[int, str, str]:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot (local workspace)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": self._signer.generate_signature(timestamp=timestamp, body=body) or "",
        }
        if attempt.number:
            headers |= {"X-Slack-Retry-Num": str(attempt.number), "X-Slack-Retry-Reason": attempt.reason}
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as session,
            session.post(next(self._urls), data=body.encode(), headers=headers) as answer,
        ):
            return answer.status, answer.content_type, await answer.text()


def _encode(delivery: Delivery) -> tuple[str, str]:
    if delivery.kind is Kind.EVENT:
        return json.dumps(delivery.payload), _JSON
    if delivery.kind is Kind.COMMAND:
        return urlencode(
            {name: as_text(value, str(value)) for name, value in delivery.payload.items()}
        ), _FORM
    return urlencode({"payload": json.dumps(delivery.payload)}), _FORM


def _ack_body(content_type: str, text: str) -> JsonObject:
    if not text:
        return {}
    return as_object(json.loads(text)) if content_type == _JSON else {"text": text}
