"""Logging: one line per record on stderr, for the bot and its libraries alike, without texts or tokens."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from bot.knowledge.unseen import json_line
from bot.traces import outline, trace

log: FilteringBoundLogger = structlog.get_logger(__name__)

LogFormat = Literal["json", "console"]

WITHHELD: Final = "text_withheld"
SHORTEST_SECRET: Final = 4

_SECRETS: Final = (
    r"\bx(?:ox[a-z]|app|oxe)-[\w.-]+",
    r"(?<=ticket=)[\w.-]+",
    r"hooks\.slack\.com/\S+",
    r"(?<=://)[^/\s@]+(?=@)",
    r"(?<=[?&]code=)[^&\s]+",
    r"(?<=[?&]state=)[^&\s]+",
    r"(?<=client_secret=)[^&\s]+",
    r"(?<=Bearer )\S+",
)
_FLOORS: Final = {
    logging.INFO: (
        *("slack_bolt", "slack_sdk", "aiohttp", "websockets", "httpx"),
        *("aiosqlite", "asyncpg", "asyncio", "watchfiles"),
    ),
    logging.WARNING: ("sqlalchemy", "alembic", "uvicorn"),
}
"""Which libraries tell nothing below a level: there they print payloads, statements and parameters, or what
our own records say better.
"""


def configure_logging(
    level: str,
    stream: TextIO | None = None,
    *,
    log_format: LogFormat = "json",
    secrets: Iterable[str] = (),
) -> None:
    """Send every record from `level` up to `stream` (by default stderr).

    Call it before `build_bot`: Bolt takes its level when it is made. Libraries have a floor: below it they
    print whole payloads, of which `withhold` would leave nothing but noise.

    Args:
        level: the lowest level that is shown.
        stream: where to.
        log_format: `json`, or `console` for people.
        secrets: what must never be shown, wherever it stands in a value; tokens of Slack's form are known.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        tell_exception,
        keep_plain,
        redacting(secrets),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Lines(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[withhold, *shared],
            use_get_message=False,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(log_format)],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    _quieten()


def _quieten() -> None:
    for floor, names in _FLOORS.items():
        for name in names:
            logging.getLogger(name).setLevel(max(floor, logging.getLogger().level))


def tell_crashes() -> None:
    """Log the error that ends the process or a thread as any other, rather than let Python print its text."""
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


@contextmanager
def about(event_id: str, team: str) -> Iterator[None]:
    """Name the event and the workspace in every record of a block, those of libraries too."""
    known = {name: value for name, value in (("event_id", event_id), ("team", team)) if value}
    with structlog.contextvars.bound_contextvars(**known):
        yield


def withhold(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """Keep of a library's record only what stands in the library's source, and where.

    That is its template without arguments. A text that was put together before, as by an f-string, is not
    shown: nobody can tell what is in it. `where` leads to it.
    """
    found = record["_record"]
    record["event"] = found.msg if _is_literal(found) else WITHHELD
    record["where"] = f"{found.module}.{found.funcName}:{found.lineno}"
    return record


def tell_exception(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """Turn an error into its classes, codes and places; its text may hold what a user wrote."""
    given: object = record.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        record["exception"] = trace(given)
    return record


def keep_plain(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """Keep texts, numbers and lists of them; of anything else its type, for it may hold a whole payload."""
    dropped = ("positional_args", "stack_info", "stack")
    return {
        name: value if name.startswith("_") else _plain(value)
        for name, value in record.items()
        if name not in dropped
    }


def redacting(secrets: Iterable[str] = ()) -> Processor:
    """A processor that blots out tokens, secret addresses and these secrets wherever they stand."""
    exact = (re.escape(secret) for secret in secrets if len(secret) >= SHORTEST_SECRET)
    pattern = re.compile("|".join((*exact, *_SECRETS)))

    def blotted(value: object) -> object:
        if isinstance(value, list):
            return [blotted(each) for each in value]
        return pattern.sub("***", value) if isinstance(value, str) else value

    def redact(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
        return {name: blotted(value) for name, value in record.items()}

    return redact


class _Lines(logging.StreamHandler[TextIO]):
    """Writes records; of one that cannot be written it tells no more than whose it was."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that a record was lost. The library's own way prints its text and arguments."""
        line = json.dumps({"event": "record_lost", "level": "error", "logger": record.name})
        with suppress(OSError, ValueError):
            self.stream.write(line + self.terminator)


def _renderer(log_format: LogFormat) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer(serializer=json_line)
    return structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)


def _is_literal(record: logging.LogRecord) -> bool:
    """Whether the function that logs, which is being called just now, has the message as a constant."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        code = frame.f_code
        if code.co_name == record.funcName and code.co_filename == record.pathname:
            return isinstance(record.msg, str) and record.msg in code.co_consts
        frame = frame.f_back
    return False


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, BaseException):
        return outline(value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return f"<{type(value).__name__}>"


def _log_crash(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        log.critical("crashed", exc_info=error)


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    log.error("thread_crashed", exc_info=crash.exc_value)
