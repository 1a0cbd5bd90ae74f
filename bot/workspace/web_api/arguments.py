"""The arguments of a Web API call, whichever way they came: query, form or JSON."""

from __future__ import annotations

import re
from typing import Final

from bot.workspace.content import parsed
from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject, as_object, as_text
from bot.workspace.response_urls import is_true

_TS: Final = re.compile(r"\d{1,10}\.\d{6}")


class Arguments:
    """Reads arguments by name, and refuses what is missing or malformed the way Slack does."""

    def __init__(self, fields: JsonObject) -> None:
        self.fields = fields

    def text(self, name: str) -> str:
        """An argument as text; an empty string when it is not given."""
        value = self.fields.get(name)
        return str(value) if isinstance(value, int | float) else as_text(value)

    def required(self, name: str) -> str:
        """An argument that must be given; raises `invalid_arguments`."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def flag(self, name: str) -> bool:
        """A flag: true, "true", 1 or "1"."""
        return is_true(self.fields.get(name))

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to `most`; raises `invalid_arguments`."""
        text = self.text(name) or str(default)
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise _wrong("must be a positive integer", name)
        return min(int(text), most)

    def timestamp(self, name: str, refusal: Refusal) -> str | None:
        """A message timestamp if one is given; raises `refusal` when it is none."""
        value = self.text(name)
        if value and not _TS.fullmatch(value):
            raise Refused(refusal)
        return value or None

    def object(self, name: str) -> JsonObject:
        """A JSON object that must be given; raises `invalid_arguments`."""
        if not self.fields.get(name):
            raise missing(name)
        try:
            value = as_object(parsed(self.fields[name]))
        except Refused as broken:
            raise _wrong("must be JSON", name) from broken
        if not value:
            raise _wrong("must be an object", name)
        return value


def missing(name: str) -> Refused:
    """The refusal of a call that leaves out a required argument."""
    return Refused(Refusal.INVALID_ARGUMENTS, f"[ERROR] missing required field: {name}")


def _wrong(why: str, name: str) -> Refused:
    return Refused(Refusal.INVALID_ARGUMENTS, f"[ERROR] {why} [json-pointer:/{name}]")
