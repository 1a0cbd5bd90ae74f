"""What Slack answers when it does not do what it was asked: in errors that say whether to try again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.errors import BotError
from bot.slack.refusals import code_in, is_about_token, is_passing, needed_in

BLOCKS_REFUSED: Final = frozenset(
    {
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_payload",
        "msg_blocks_too_long",
        "msg_too_long",
        "too_many_blocks",
    }
)
MESSAGE_GONE: Final = frozenset({"cant_update_message", "edit_window_closed", "message_not_found"})
RETRY_SECONDS: Final = 1.0
"""How long to wait after a 429 that does not say."""


class PostingError(BotError):
    """Slack did not take a message, and would not take it again.

    Attributes:
        code: Slack's error code.
        method: what was called, such as `chat.postMessage`; an empty text where nobody said.
    """

    def __init__(self, code: str) -> None:
        """Keep the code beside the message."""
        super().__init__(f"Slack did not take a message: {code}")
        self.code = code
        self.method = ""


class MessageGoneError(PostingError):
    """The message to be updated is no longer there, or may no longer be updated."""


class BlocksRefusedError(PostingError):
    """Slack found fault with the form of a message."""


class RateLimitedError(PostingError):
    """Slack asks for a pause of `seconds`."""

    def __init__(self, seconds: float) -> None:
        """Keep the pause."""
        super().__init__("ratelimited")
        self.seconds = seconds


class UnreachableError(PostingError):
    """Slack could not be reached, or had trouble of its own: it may have taken the message or not."""


class UnauthorizedError(PostingError):
    """Slack does not accept the token, or it lacks a scope: `needed`, where Slack names it."""

    def __init__(self, code: str, needed: str = "") -> None:
        """Keep the scope beside the code."""
        super().__init__(code)
        self.needed = needed


def error_of(response: object) -> PostingError:
    """What a refused call means. Where the body was no JSON, the SDK gives aiohttp's response."""
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    headers = getattr(response, "headers", {})
    code = code_in(response)
    if status == 429 or code == "ratelimited":
        return RateLimitedError(_retry_after(headers))
    if not code:
        return UnreachableError(f"http_{status}")
    return UnreachableError(code) if status >= 500 else error_for(code, needed_in(response))


def _retry_after(headers: Mapping[str, str]) -> float:
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(text) if text.isascii() and text.isdigit() else RETRY_SECONDS


def check_response(status: int, body: str, headers: Mapping[str, str]) -> None:
    """A response_url answers in plain text or JSON, with the error's code somewhere in it.

    Raises:
        PostingError: it did not take the message.
    """
    if status == 200 and '"ok":false' not in body.replace(" ", ""):
        return
    if status == 429:
        raise RateLimitedError(_retry_after(headers))
    if status >= 500:
        raise UnreachableError(f"response_url_{status}")
    known = (code for code in sorted(BLOCKS_REFUSED) if code in body)
    raise error_for(next(known, f"response_url_{status}"))


def error_for(code: str, needed: str = "") -> PostingError:
    """What one of Slack's error codes means. `needed` is the scope that Slack misses."""
    for codes, error in (
        (BLOCKS_REFUSED, BlocksRefusedError),
        (MESSAGE_GONE, MessageGoneError),
    ):
        if code in codes:
            return error(code)
    if is_passing(code):
        return UnreachableError(code)
    return UnauthorizedError(code, needed) if is_about_token(code) else PostingError(code)
