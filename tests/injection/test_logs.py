"""What is logged is one line a record, whatever a name or a value holds."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.knowledge.unseen import UNSEEN
from bot.slack.logs import configure_logging
from tests.injection.hostile import PAYLOADS

FORGED = 'x\n{"event": "answered", "level": "info"}\r\n\u2028\u2029\x85\x0b\x0c'


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    configure_logging("info", written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("evil", [*PAYLOADS, FORGED])
def test_a_record_is_one_line_and_moves_no_terminal(
    stream: io.StringIO, evil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a value, as the event, from a library, in an exception."""
    root = logging.getLogger()  # what else listens passes it on raw, and half a character cannot travel
    monkeypatch.setattr(root, "handlers", [h for h in root.handlers if getattr(h, "stream", None) is stream])
    structlog.get_logger("bot.x").info("knowledge_mistake", place=evil, key=[evil])
    structlog.get_logger("bot.x").info(evil)
    logging.getLogger("some.library").warning("Invalid %s", evil)
    try:
        raise ValueError(evil)
    except ValueError:
        structlog.get_logger("bot.x").exception("failed")
    text = stream.getvalue()
    assert len(text.splitlines()) == 4
    first, second, *_ = map(json.loads, text.splitlines())
    assert (first["place"], second["event"]) == (evil, evil)
    assert UNSEEN.findall(text.replace("\n", "")) == []
    text.encode()
