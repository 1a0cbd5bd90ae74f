"""Logging as a test needs it: into memory, as loud as asked, and put back afterwards."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.slack.logs import LogFormat, configure_logging


@contextmanager
def logging_to_memory(
    level: str = "info", log_format: LogFormat = "json", secrets: tuple[str, ...] = ()
) -> Iterator[io.StringIO]:
    """Configure logging for the time of a block; give what it is written to."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, levels = root.handlers[:], {logger: logger.level for logger in (root, *all_loggers())}
    configure_logging(level, written, log_format=log_format, secrets=secrets)
    try:
        yield written
    finally:
        root.handlers[:] = handlers
        for logger in all_loggers():
            logger.setLevel(levels.get(logger, logging.NOTSET))
        root.setLevel(levels[root])
        structlog.reset_defaults()


def all_loggers() -> list[logging.Logger]:
    """Every logger that anything has asked for so far."""
    return [each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger)]


def lines(written: io.StringIO) -> list[dict[str, object]]:
    """What was logged."""
    return [json.loads(line) for line in written.getvalue().splitlines()]
