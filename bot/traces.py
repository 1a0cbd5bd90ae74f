"""Tells an error by its classes, codes and places in the source, without its text.

An error's text may hold what a user wrote (a key that was missing, the parameters of a statement) or a
secret (an address with a password). Where it happened, and which error led to which, holds none.
"""

from __future__ import annotations

import errno
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Final

MOST_FRAMES: Final = 40
MOST_ERRORS: Final = 12

_CODES: Final = ("errno", "sqlite_errorname", "sqlstate", "status", "code")
_CODE: Final = re.compile(r"[A-Za-z0-9_]{1,48}")

Link = tuple[str, BaseException]


def outline(error: BaseException) -> str:
    """An error and what led to it in one line: `StorageError < OperationalError code=e3q8`."""
    return " < ".join(_named(link, type(link).__name__) for _, link in _chain(error))


def trace(error: BaseException) -> str:
    """An error and what led to it, each with its way through the source, the latest call last."""
    lines: list[str] = []
    for relation, link in _chain(error):
        kind = type(link)
        lines.append(relation + _named(link, f"{kind.__module__}.{kind.__qualname__}"))
        lines.extend(_shortened([_place(frame, line) for frame, line in _walk(link)]))
    return "\n".join(lines)


def _chain(error: BaseException) -> Iterator[Link]:
    """The error, the members of a group, and the errors behind them, each once and not too many."""
    waiting: list[Link] = [("", error)]
    seen: set[int] = set()
    while waiting and len(seen) < MOST_ERRORS:
        relation, link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield relation, link
        members: Sequence[BaseException] = link.exceptions if isinstance(link, BaseExceptionGroup) else ()
        waiting[:0] = [*(("one of them: ", member) for member in members), *_behind(link)]


def _behind(error: BaseException) -> list[Link]:
    if error.__cause__ is not None:
        return [("caused by: ", error.__cause__)]
    if error.__context__ is not None and not error.__suppress_context__:
        return [("while handling: ", error.__context__)]
    return []


def _named(error: BaseException, name: str) -> str:
    codes = " ".join(f"{key}={code}" for key, code in _codes(error))
    return f"{name} {codes}" if codes else name


def _codes(error: BaseException) -> Iterator[tuple[str, str]]:
    """What an error carries from a closed set of words or numbers."""
    for key in _CODES:
        value: object = getattr(error, key, None)
        if key == "errno" and isinstance(value, int):
            yield key, errno.errorcode.get(value, str(value))
        elif (code := _code(value)) is not None:
            yield key, code
    response: object = getattr(error, "response", None)
    answer: object = getattr(response, "data", response)
    code = _code(answer.get("error")) if isinstance(answer, Mapping) else None
    if code is not None:
        yield "error", code


def _code(value: object) -> str | None:
    if isinstance(value, str):
        return value if _CODE.fullmatch(value) else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _walk(error: BaseException) -> Iterator[tuple[FrameType, int]]:
    return traceback.walk_tb(error.__traceback__)


def _place(frame: FrameType, line: int) -> str:
    module: object = frame.f_globals.get("__name__")
    return f"  at {module}:{line} {frame.f_code.co_qualname}"


def _shortened(places: Sequence[str]) -> Sequence[str]:
    """The first and last of many: endless recursion makes a thousand."""
    if len(places) <= MOST_FRAMES:
        return places
    half = MOST_FRAMES // 2
    return (*places[:half], f"  … {len(places) - 2 * half} more", *places[-half:])
