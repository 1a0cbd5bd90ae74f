"""What may be told of a database's address, and whether its file is there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url


def shown(address: str | URL) -> str:
    """An address without who logs in and with what, wherever in it that stands: kind, host and name."""
    url = make_url(address)
    place = f"{url.host}/{url.database}" if url.host else str(url.database or "in memory")
    return f"{url.get_backend_name()}, {place}"


def file_to_come(address: str | URL) -> Path | None:
    """The SQLite file that opening the address would make; None where there is one, or none is needed."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    path = Path(url.database or "")
    return None if path.exists() else path
