"""Cursors: lists in pages, as every listing method of the Web API gives them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Final, TypeVar

from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject
from bot.workspace.web_api.arguments import Arguments

PAGE_DEFAULT: Final = 100
PAGE_AT_MOST: Final = 1_000
Row = TypeVar("Row")


def page_of(rows: Sequence[Row], arguments: Arguments) -> tuple[list[Row], str]:
    """The page that `cursor` and `limit` ask for, and the cursor of the next (empty at the end)."""
    start = _start(arguments.text("cursor"))
    end = start + arguments.number("limit", PAGE_DEFAULT, PAGE_AT_MOST)
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(rows) else ""
    return list(rows[start:end]), cursor


def next_page(cursor: str) -> JsonObject:
    """The fields that lead to the next page."""
    return {"response_metadata": {"next_cursor": cursor}}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        text = base64.b64decode(cursor, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as broken:
        raise Refused(Refusal.INVALID_CURSOR) from broken
    number = text.removeprefix("next:")
    if not number.isdigit():
        raise Refused(Refusal.INVALID_CURSOR)
    return int(number)
