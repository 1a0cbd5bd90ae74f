"""Logs are lines of JSON, for the bot and its libraries, without texts or secrets."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from bot.slack import logs
from bot.slack.logs import WITHHELD, about, tell_crashes
from tests.slack.logged import lines, logging_to_memory

WORDS = "private words"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the log goes; logging is put back afterwards."""
    with logging_to_memory() as written:
        yield written


def test_one_line_of_json(stream: io.StringIO) -> None:
    """Event, level, time, logger and whatever was given."""
    structlog.get_logger("bot.x").info("answered", ms=1.5, status="answered")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("answered", "info", "bot.x")
    assert line["ms"] == 1.5
    assert "timestamp" in line


def test_console_is_for_people() -> None:
    """The same record as words in a line."""
    with logging_to_memory(log_format="console") as written:
        structlog.get_logger("bot.x").info("answered", status="unknown")
    (line,) = written.getvalue().splitlines()
    assert "answered" in line
    assert "status=unknown" in line
    assert not line.startswith("{")


def test_console_shows_an_error_without_its_text() -> None:
    """The rule does not depend on the form."""
    with logging_to_memory(log_format="console") as written:
        structlog.get_logger("bot.x").error("failed", exc_info=KeyError(WORDS))
    assert "KeyError" in written.getvalue()
    assert WORDS not in written.getvalue()


def test_libraries_log_alike(stream: io.StringIO) -> None:
    """A record of the standard library has the same form, and says where it comes from."""
    logging.getLogger("slack_bolt.X").warning("something odd")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("something odd", "warning", "slack_bolt.X")
    assert str(line["where"]).startswith("test_logs.test_libraries_log_alike:")


def test_of_a_library_only_the_template_is_shown(stream: io.StringIO) -> None:
    """Arguments are values, and a value may be what somebody wrote."""
    logging.getLogger("library").warning("could not read %r", WORDS)
    assert [line["event"] for line in lines(stream)] == ["could not read %r"]
    assert WORDS not in stream.getvalue()


@pytest.mark.parametrize("text", [f"could not read {WORDS}", KeyError(WORDS), {"text": WORDS}])
def test_what_a_library_put_together_is_withheld(stream: io.StringIO, text: object) -> None:
    """Nobody can tell what an f-string holds; where it stands remains."""
    logging.getLogger("library").warning(text)
    (line,) = lines(stream)
    assert line["event"] == WITHHELD
    assert "where" in line
    assert WORDS not in stream.getvalue()


def test_record_that_comes_from_elsewhere_is_withheld(stream: io.StringIO) -> None:
    """A record that no running function made, as one out of a queue, cannot be vouched for."""
    made = logging.LogRecord("library", logging.ERROR, "gone.py", 1, WORDS, (), None, "gone")
    logging.getLogger("library").handle(made)
    assert [line["event"] for line in lines(stream)] == [WITHHELD]


def test_below_the_level_is_nothing(stream: io.StringIO) -> None:
    """INFO hides DEBUG."""
    structlog.get_logger("bot.x").debug("hidden")
    assert lines(stream) == []


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("slack_sdk", logging.INFO),
        ("uvicorn", logging.WARNING),
        ("aiosqlite", logging.INFO),
        ("sqlalchemy.engine.Engine", logging.WARNING),
    ],
)
def test_libraries_have_a_floor(name: str, floor: int, level: str) -> None:
    """Below it they print payloads and statements, of which only noise would be left."""
    with logging_to_memory(level):
        effective = logging.getLogger(name).getEffectiveLevel()
    assert effective == max(floor, getattr(logging, level))


def test_tokens_are_blotted_out(stream: io.StringIO) -> None:
    """Wherever they stand: in a value, a message, an exception."""
    structlog.get_logger("bot.x").info("with xoxb-12-ab", token="xapp-1-A-b", url="wss://x/?ticket=abc-1")
    structlog.get_logger("bot.x").info("rotated", tokens=["xoxe.xoxp-1-Mi0", "xoxe-1-My0x"])
    try:
        raise ValueError("xoxb-99-secret")
    except ValueError:
        structlog.get_logger("bot.x").exception("failed")
    logging.getLogger("slack_sdk").error("bad token xoxp-1-2")
    text = stream.getvalue()
    assert "***" in text
    for secret in ("xoxb-", "xapp-", "xoxp-", "abc-1", "Mi0", "My0x"):
        assert secret not in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://bot:s3cret@db/bot", "postgresql://***@db/bot"),
        ("https://bot/slack/oauth_redirect?code=12.ab&state=cd", "redirect?code=***&state=***"),
        ("https://hooks.slack.com/commands/T1/2/ab", "https://***"),
    ],
)
def test_secret_parts_of_addresses_are_blotted_out(stream: io.StringIO, url: str, shown: str) -> None:
    """A database's password, OAuth's code and state, a response_url."""
    structlog.get_logger("bot.x").info("calling", url=url)
    assert str(lines(stream)[0]["url"]).endswith(shown)


def test_known_secrets_are_blotted_out() -> None:
    """A signing secret has no form of its own."""
    with logging_to_memory(secrets=("8f742231b10e", "")) as written:
        structlog.get_logger("bot.x").info("signed", given="v0 8f742231b10e", plain="as it was")
    (line,) = lines(written)
    assert (line["given"], line["plain"]) == ("v0 ***", "as it was")


def test_objects_are_told_by_their_type(stream: io.StringIO) -> None:
    """A payload that slips into a record does not show; texts, numbers and lists do."""
    structlog.get_logger("bot.x").info("x", body={"text": WORDS}, raw=WORDS.encode(), ids=["U1", 2], no=None)
    (line,) = lines(stream)
    shown = {name: line[name] for name in ("body", "raw", "ids", "no")}
    assert shown == {"body": "<dict>", "raw": "<bytes>", "ids": ["U1", 2], "no": None}


def test_error_as_a_value_has_no_text(stream: io.StringIO) -> None:
    """It is told in one line by its class."""
    structlog.get_logger("bot.x").info("x", error=KeyError(WORDS))
    assert lines(stream)[0]["error"] == "KeyError"


def test_positional_arguments_are_dropped(stream: io.StringIO) -> None:
    """The bot's own events are constants; what stands behind one is not shown."""
    structlog.get_logger("bot.x").info("asked %s", WORDS)
    assert WORDS not in stream.getvalue()
    assert lines(stream)[0]["event"] == "asked %s"


def test_exception_is_one_line_without_its_text(stream: io.StringIO) -> None:
    """Class and place are there; what the error says, and what a variable held, are not."""
    question = " ".join(["my", WORDS])
    try:
        raise ValueError(question)
    except ValueError:
        structlog.get_logger("bot.x").exception("failed")
        logging.getLogger("library").exception("failed, too")
    for line in lines(stream):
        assert "ValueError" in str(line["exception"])
        assert "test_exception_is_one_line_without_its_text" in str(line["exception"])
    assert len(lines(stream)) == 2
    assert WORDS not in stream.getvalue()


async def test_task_that_failed_unseen_is_told_without_its_text(stream: io.StringIO) -> None:
    """asyncio puts the error's text into its own message."""

    async def fail() -> None:
        raise KeyError(WORDS)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler({"message": WORDS, "exception": task.exception()})
    (line,) = lines(stream)
    assert line["event"] == WITHHELD
    assert "KeyError" in str(line["exception"])
    assert WORDS not in stream.getvalue()


def test_everything_says_what_it_is_about(stream: io.StringIO) -> None:
    """Event and workspace stand in each record of the block, those of libraries too, and in none after."""
    with about("Ev1", "T1"):
        structlog.get_logger("bot.x").info("inside")
        logging.getLogger("library").info("inside, too")
    structlog.get_logger("bot.x").info("outside")
    found = [(line.get("event_id"), line.get("team")) for line in lines(stream)]
    assert found == [("Ev1", "T1"), ("Ev1", "T1"), (None, None)]


def test_record_that_cannot_be_written_is_not_printed_instead(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library would print the text and its arguments to stderr."""

    def fail(*_: object) -> str:
        raise ValueError(WORDS)

    monkeypatch.setattr(structlog.stdlib.ProcessorFormatter, "format", fail)
    structlog.get_logger("bot.x").info("lost", text=WORDS)
    assert [(line["event"], line["logger"]) for line in lines(stream)] == [("record_lost", "bot.x")]
    assert WORDS not in "".join(capsys.readouterr())


@pytest.fixture
def telling_crashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hooks are set, and put back afterwards."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    tell_crashes()


@pytest.mark.usefixtures("telling_crashes")
def test_crash_is_logged_without_its_text(stream: io.StringIO) -> None:
    """Python itself would print the error's text to stderr."""
    sys.excepthook(KeyError, KeyError(WORDS), None)
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("crashed", "critical", logs.__name__)
    assert WORDS not in stream.getvalue()


@pytest.mark.usefixtures("telling_crashes")
def test_crash_of_a_thread_is_logged_without_its_text(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same where only a thread ends."""
    thread = threading.Thread(target=lambda: int(WORDS))
    thread.start()
    thread.join()
    (line,) = lines(stream)
    assert line["event"] == "thread_crashed"
    assert "ValueError" in str(line["exception"])
    assert WORDS not in stream.getvalue() + "".join(capsys.readouterr())


@pytest.mark.usefixtures("telling_crashes")
def test_interrupt_is_no_crash(stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C goes its usual way."""
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert lines(stream) == []
    assert "KeyboardInterrupt" in capsys.readouterr().err
