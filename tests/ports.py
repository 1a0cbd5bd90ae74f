"""Ports for servers that a test stops and starts again."""

from __future__ import annotations

import random
import socket
from typing import Final

# Below the range that systems hand out to outgoing connections, so that nobody takes the port of a server
# that is down for a while.
FIRST: Final = 20_000
LAST: Final = 32_000
TRIES: Final = 100


def free_port() -> int:
    """A port of this machine that nobody listens on, and that no outgoing connection will take."""
    for port in random.SystemRandom().sample(range(FIRST, LAST), TRIES):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port among {TRIES} from {FIRST} to {LAST}")
