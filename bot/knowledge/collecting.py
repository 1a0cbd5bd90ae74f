"""Keeps the garbage collector away from what is loaded: while it is made, and while it stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector, which would walk all that is loaded again and again.

    Reading 100,000 rows takes six times as long with it. Nested uses, and a collector that was off
    already, are left as they were.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_loaded(*, tidy: bool = False) -> None:
    """Take all that there is now out of the collector's sight: it stays for as long as the process does.

    A full collection would walk it, in the middle of an answer and again at the end of the process. A process
    that stays is `tidy` first: what loading left behind goes.
    """
    if tidy:
        gc.collect()
    gc.freeze()


def let_go() -> None:
    """Show the collector everything again, before what was loaded is replaced."""
    gc.unfreeze()
