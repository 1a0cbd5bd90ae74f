"""Logging: one JSON line per record on stderr, for the bot and its libraries alike, without tokens."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.knowledge.unseen import json_line

_SECRET: Final = re.compile(r"\bx(?:ox[a-z]|app|oxe)-[\w.-]+|(?<=ticket=)[\w.-]+|hooks\.slack\.com/\S+")
_QUIET: Final = ("slack_bolt", "slack_sdk", "aiosqlite", "asyncio")


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send every record from `level` up to `stream` (by default stderr).

    Call it before `build_app`: Bolt takes its level when it is made. The SDKs stay at INFO at the lowest,
    because at DEBUG they print whole payloads.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
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
    handler = logging.StreamHandler(stream or sys.stderr)
    renderer = structlog.processors.JSONRenderer(serializer=json_line)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))


def redact(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """Blot out tokens and secret addresses wherever text stands in a record."""
    return {
        name: _SECRET.sub("***", value) if isinstance(value, str) else value for name, value in record.items()
    }
