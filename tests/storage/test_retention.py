"""What may not be kept is gone from the files themselves, as a thief of the disk would read them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage import Claimed, Store, open_store
from bot.storage.entries import Entry
from tests.storage.support import entry, upgraded

WORDS = "our cluster fails"
DAY = 86_400
YEAR = timedelta(days=365)
SIZES = [1, 2_000]
"""How often the words stand in a text: within a page of the file, and over many pages."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the database's files are."""
    return tmp_path / "state"


@asynccontextmanager
async def store_at(folder: Path, days: float = 0) -> AsyncIterator[Store]:
    """The store in a file, so many days after the first of them."""
    async with open_store(f"sqlite:///{folder}/bot.db", now=lambda: 1_800_000_000 + days * DAY) as opened:
        yield opened


def written(folder: Path) -> bytes:
    """All that stands in the files: the database, its log, and whatever else lies beside them."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def digest(text: str) -> str:
    """A hash of a text."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def asked(count: int) -> Entry:
    """A question with the words in it."""
    return replace(entry(1), payload=WORDS * count)


async def taken(store: Store) -> Claimed:
    """The question, claimed."""
    (claimed,) = await store.inbox.claim("me", 1, 30)
    return claimed


@pytest.mark.parametrize("count", SIZES)
async def test_a_text_that_is_not_kept_is_in_no_file(folder: Path, count: int) -> None:
    """With RETENTION_DAYS=0: it stands there until it is answered, and nowhere after the log was emptied."""
    async with store_at(folder) as store:
        await store.inbox.accept(asked(count))
        claimed = await taken(store)
        assert WORDS.encode() in written(folder)
        await store.inbox.finish("me", claimed, "answered", instead=digest(claimed.entry.payload))
        await store.empty_log()
        assert WORDS.encode() not in written(folder)
        assert digest(claimed.entry.payload).encode() in written(folder)
    assert WORDS.encode() not in written(folder)


@pytest.mark.parametrize("count", SIZES)
async def test_a_text_goes_from_the_files_when_its_days_are_over(folder: Path, count: int) -> None:
    """Not earlier, and not without a trace: its hash stays."""
    async with store_at(folder) as store:
        await store.inbox.accept(asked(count))
        claimed = await taken(store)
        await store.inbox.finish("me", claimed, "answered")
    for days, stays in ((29, True), (31, False)):
        async with store_at(folder, days) as store:
            assert await store.inbox.expire(timedelta(days=30), YEAR, digest) == (not stays)
            await store.empty_log()
            assert (WORDS.encode() in written(folder)) == stays
            assert (digest(claimed.entry.payload).encode() in written(folder)) != stays


async def test_a_workspace_that_leaves_is_gone_from_the_files(folder: Path) -> None:
    """With all that it asked."""
    async with store_at(folder) as store:
        await store.inbox.accept(asked(3))
        await store.forget_team("T1")
        await store.empty_log()
        assert WORDS.encode() not in written(folder)


async def test_emptying_the_log_keeps_what_is_there(store_url: str) -> None:
    """On both kinds of database."""
    async with upgraded(store_url) as store:
        await store.inbox.accept(asked(1))
        await store.empty_log()
        assert (await taken(store)).entry.payload == WORDS
