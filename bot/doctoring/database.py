"""Whether the database opens. Its password is in no line."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from bot.doctoring.findings import Finding, ok, problem
from bot.settings import DEFAULT_DATABASE
from bot.storage.addresses import file_to_come, shown
from bot.storage.errors import StorageError
from bot.storage.opening import revision_at
from bot.storage.revisions import is_older

OPEN_SECONDS: Final = 10.0
_DRIVER: Final = re.compile(r"^\([\w.]+\) ")


async def check_database(url: str | None, seconds: float = OPEN_SECONDS) -> Finding:
    """Open the database and look at its tables; nothing is made or changed."""
    address = url or DEFAULT_DATABASE
    to_come = file_to_come(address)
    if to_come is not None:
        return _can_be_made(to_come)
    try:
        async with asyncio.timeout(seconds):
            return _opened(address, await revision_at(address))
    except TimeoutError:
        return _unopened(address, f"no answer in {seconds:g} seconds")
    except (StorageError, OSError) as error:
        said = str(error.__cause__ or error).splitlines() or [type(error).__name__]
        return _unopened(address, _DRIVER.sub("", said[0]))


def _opened(address: str, revision: str) -> Finding:
    if not is_older(revision):
        return ok("database", f"opens ({shown(address)}), tables of revision {revision}")
    if make_url(address).get_backend_name() == "sqlite":
        return ok(
            "database", f"opens ({shown(address)}); its tables are brought up to date at the next start"
        )
    return problem("database", f"opens ({shown(address)}), but its tables are old: run `bot db upgrade`")


def _can_be_made(path: Path) -> Finding:
    folder = next((parent for parent in path.absolute().parents if parent.exists()), path)
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return ok("database", f"{path} is made at the first start")
    return problem(
        "database", f"{path} cannot be made: give the bot a folder to write in, or set DATABASE_URL"
    )


def _unopened(address: str, reason: str) -> Finding:
    password = make_url(address).password
    told = reason.replace(str(password), "***") if password else reason
    return problem("database", f"{shown(address)} does not open: {told}; see DATABASE_URL and that it runs")
