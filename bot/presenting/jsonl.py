"""The stable contract of `bot ask --jsonl`: one JSON object in, one out, in order."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot.errors import BotError
from bot.presenting.reply import Reply


class BadLine(BotError):
    """A line of standard input is no question; the message names its number."""


def answer_line(line: str, number: int, ask: Callable[[str], Reply], plain: Callable[[Reply], str]) -> str:
    """Answer `{"id": …, "text": …}` with one line of JSON.

    Raises:
        BadLine: the line is not such an object.
    """
    identifier, text = _read(line, number)
    return json.dumps(as_json(identifier, ask(text), plain), ensure_ascii=False)


def as_json(identifier: object, reply: Reply, plain: Callable[[Reply], str]) -> dict[str, object]:
    """A reply in the form of the contract."""
    return {
        "id": identifier,
        "status": reply.status,
        "verdict": reply.verdict,
        "intent": reply.intent,
        "text": plain(reply),
        "lang": reply.lang,
        "citations": [{"title": c.title, "url": c.url, "checked": c.checked} for c in reply.citations],
        "question": dict(reply.question),
    }


def _read(line: str, number: int) -> tuple[object, str]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"line {number}: not JSON") from error
    if not isinstance(data, dict) or "id" not in data or not isinstance(data.get("text"), str):
        raise BadLine(f'line {number}: must be {{"id": …, "text": "…"}}')
    return data["id"], data["text"]
