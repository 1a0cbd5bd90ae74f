"""Signals: a process manager's, to stop; a maintainer's, to read the knowledge anew."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stopping_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on SIGINT and SIGTERM, where this thread may listen for them."""
    loop = asyncio.get_running_loop()
    heard = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):
            break
        heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


@contextmanager
def reloading_on_hangup(reload: Callable[[], None]) -> Iterator[None]:
    """Call `reload` on SIGHUP, where there is such a signal and this thread may listen for it.

    Where the terminal that the bot was started in is gone, the signal still ends the bot.
    """
    loop, hangup = asyncio.get_running_loop(), getattr(signal, "SIGHUP", None)
    on_terminal = sys.stdin is not None and sys.stdin.isatty()

    def heard() -> None:
        if on_terminal and not sys.stdin.isatty():
            signal.raise_signal(signal.SIGTERM)
        else:
            reload()

    try:
        if hangup is not None:
            loop.add_signal_handler(hangup, heard)
    except (NotImplementedError, RuntimeError, ValueError):
        hangup = None
    try:
        yield
    finally:
        if hangup is not None:
            loop.remove_signal_handler(hangup)
