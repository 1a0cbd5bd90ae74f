"""Characters that nobody sees but that change what is seen: left out of answers, spelt out in reports.

Terminals act on control characters, direction overrides show text in another order than it has, signs
without width hide in names, half a character cannot be written out, and marks piled on one letter cover the
lines around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

_NEWLINES: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_PILED: Final = re.compile(
    "((?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]){4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_JOINERS: Final = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_ANY: Final = re.compile(f"{UNSEEN.pattern}|[\t\n\r\u2028\u2029]")
_IN_JSON: Final = re.compile(f"{UNSEEN.pattern}|[\u2028\u2029]")
_BYTE: Final = 0x100
_BASIC: Final = 0x10000


def without_unseen(text: str) -> str:
    """The text without them; every kind of line end is a newline, and a letter has four marks at most."""
    if text.isascii() and text.isprintable():
        return text
    seen = UNSEEN.sub("", _NEWLINES.sub("\n", text))
    return _JOINERS.sub(r"\1", _PILED.sub(r"\1", seen))


def spelt_out(text: str) -> str:
    r"""The text on one line, each of them as `\x1b` or `\u202e`: for names that must be told apart."""
    if text.isascii() and text.isprintable():
        return text
    return _ANY.sub(_code, text)


def json_line(value: object, default: Callable[[object], object] | None = None) -> str:
    """A value as JSON that is one line to every reader, and that every encoding can write.

    `default` gives what stands for a value that JSON does not have.
    """
    return _IN_JSON.sub(_json_code, json.dumps(value, ensure_ascii=False, default=default))


def _code(found: re.Match[str]) -> str:
    number = ord(found.group())
    if number < _BYTE:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < _BASIC else f"\\U{number:08x}"


def _json_code(found: re.Match[str]) -> str:
    return json.dumps(found.group())[1:-1] if not found.group().isascii() else f"\\u{ord(found.group()):04x}"
