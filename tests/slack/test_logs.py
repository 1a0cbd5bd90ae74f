"""Logs are lines of JSON, for the bot and its libraries, without secrets."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.slack.logs import configure_logging


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


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    """What was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_line_of_json(stream: io.StringIO) -> None:
    """Event, level, time, logger and whatever was given."""
    structlog.get_logger("bot.x").info("answered", ms=1.5, status="answered")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("answered", "info", "bot.x")
    assert line["ms"] == 1.5
    assert "timestamp" in line


def test_libraries_log_alike(stream: io.StringIO) -> None:
    """A record of the standard library has the same form."""
    logging.getLogger("slack_bolt.X").warning("something %s", "odd")
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("something odd", "warning")


def test_below_the_level_is_nothing(stream: io.StringIO) -> None:
    """INFO hides DEBUG."""
    structlog.get_logger("bot.x").debug("hidden")
    assert lines(stream) == []


def test_sdks_never_log_payloads() -> None:
    """Even at DEBUG the SDKs stay at INFO."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG", io.StringIO())
    assert logging.getLogger("slack_sdk").level == logging.INFO
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_tokens_are_blotted_out(stream: io.StringIO) -> None:
    """Wherever they stand: in a value, a message, an exception."""
    structlog.get_logger("bot.x").info("with xoxb-12-ab", token="xapp-1-A-b", url="wss://x/?ticket=abc-1")
    try:
        raise ValueError("xoxb-99-secret")
    except ValueError:
        structlog.get_logger("bot.x").exception("failed")
    logging.getLogger("slack_sdk").error("bad token xoxp-1-2")
    text = stream.getvalue()
    assert "***" in text
    for secret in ("xoxb-", "xapp-", "xoxp-", "abc-1"):
        assert secret not in text


def test_exception_is_one_line_without_locals(stream: io.StringIO) -> None:
    """A traceback must not print what a variable held."""
    question = " ".join(["my", "private", "words"])
    try:
        raise ValueError(len(question))
    except ValueError:
        structlog.get_logger("bot.x").exception("failed")
    (line,) = lines(stream)
    assert "ValueError" in str(line["exception"])
    assert question not in str(line["exception"])
