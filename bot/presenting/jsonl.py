"""The stable contract of `bot ask --jsonl`: one JSON object in, one out, in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import BotError
from bot.knowledge.unseen import json_line
from bot.presenting.reply import Reply
from bot.understanding.question import Question


class BadLine(BotError):
    """A line of standard input is no question; the message names its number."""


@dataclass(frozen=True, slots=True)
class _Line:
    identifier: object
    text: str
    thread: str | None


class Lines:
    """Answers lines one after the other; those of one thread follow up on each other."""

    def __init__(self, ask: Callable[[str, Question | None], Reply], plain: Callable[[Reply], str]) -> None:
        """`ask` is given the question that the line's thread was about so far."""
        self._ask = ask
        self._plain = plain
        self._threads: dict[str, Question] = {}

    def answer(self, line: str, number: int) -> str:
        """Answer `{"id": …, "text": …}`, or the same with `"thread": "…"`, with one line of JSON.

        Raises:
            BadLine: the line is not such an object.
        """
        read = _read(line, number)
        reply = self._ask(read.text, self._threads.get(read.thread or ""))
        if read.thread and reply.asked is not None:
            self._threads[read.thread] = reply.asked
        return json_line(as_json(read.identifier, reply, self._plain))


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


def _read(line: str, number: int) -> _Line:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"line {number}: not JSON") from error
    if not isinstance(data, dict) or "id" not in data or not isinstance(data.get("text"), str):
        raise BadLine(f'line {number}: must be {{"id": …, "text": "…"}}')
    thread = data.get("thread")
    if thread is not None and not isinstance(thread, str):
        raise BadLine(f'line {number}: "thread" must be a text')
    return _Line(data["id"], data["text"], thread)
