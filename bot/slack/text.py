"""Incoming Slack text as plain text: tokens resolved, entities unescaped.

Only what needs knowledge of Slack happens here; the pipeline does its own normalising.
"""

from __future__ import annotations

import re
from typing import Final

TEXT_LIMIT: Final = 40_000

_TOKEN: Final = re.compile(
    r"<(?P<kind>[@#!]|(?=[A-Za-z][A-Za-z0-9+.-]*:))(?P<target>[^<>|\n]*)(?:\|(?P<label>[^<>\n]*))?>"
)
_ENTITY: Final = re.compile(r"&(amp|lt|gt);")
_CHARACTERS: Final = {"amp": "&", "lt": "<", "gt": ">"}


def plain_text(raw: str) -> str:
    """What a person wrote, at most 40,000 characters of it.

    Mentions of people, groups and the whole channel are left out; a channel is its name; a link is its
    label, or its address where it has none; a date is its fallback text.
    """
    text = _TOKEN.sub(_resolve, whole(raw[:TEXT_LIMIT]))
    return _ENTITY.sub(_unescape, text).strip()


def whole(text: str) -> str:
    """A text without halves of surrogate pairs, which JSON can carry and no database stores."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def mentions(raw: str, user: str | None) -> bool:
    """Whether the text mentions this user id."""
    return user is not None and (f"<@{user}>" in raw or f"<@{user}|" in raw)


def _resolve(token: re.Match[str]) -> str:
    kind, target, label = token["kind"], token["target"], token["label"] or ""
    if kind == "@":
        return " "
    if kind == "#":
        return label
    if kind == "!":
        return label if target.startswith("date^") else " "
    return label or target


def _unescape(entity: re.Match[str]) -> str:
    return _CHARACTERS[entity[1]]
