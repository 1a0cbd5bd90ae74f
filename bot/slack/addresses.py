"""Where a request may have the bot answer: at Slack's own addresses, or where the Web API is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from bot.slack.incoming import Payload, string_at, value_at

HOSTS: Final = ("slack.com", "slack-gov.com")
_PORTS: Final = {"https": 443, "http": 80}


def answers_at_slack(body: Payload, api_url: str) -> bool:
    """Whether every response_url that a request names leads to Slack.

    A signed request can be trusted; but what is posted to such an address is an answer and must not leave
    for elsewhere, whoever learnt the secret. `api_url` is where the Web API is called.
    """
    return all(is_slacks(url, api_url) for url in _response_urls(body))


def is_slacks(url: str, api_url: str) -> bool:
    """Whether an address is https at a host of Slack's, or has the scheme, host and port of `api_url`."""
    parts, api = _split(url), _split(api_url)
    if parts is None or parts.username is not None or parts.password is not None:
        return False
    host = parts.hostname or ""
    at_slack = any(host == name or host.endswith(f".{name}") for name in HOSTS)
    if at_slack and parts.scheme == "https" and _port(parts) == _PORTS["https"]:
        return True
    return api is not None and _place(parts) == _place(api)


def _response_urls(body: Payload) -> Iterator[str]:
    """Those of commands and buttons, and those that a form's submission lists."""
    if value_at(body, "response_url") is not None:
        yield string_at(body, "response_url")
    listed = value_at(body, "response_urls")
    for item in listed if isinstance(listed, list) else ():
        yield string_at(item, "response_url") if isinstance(item, dict) else ""


def _split(url: str) -> SplitResult | None:
    """The parts of an address; None where readers could disagree about them, or there is none."""
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\<>"^`{|}'):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname else None


def _port(parts: SplitResult) -> int | None:
    return parts.port or _PORTS.get(parts.scheme)


def _place(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, _port(parts)
