"""A small disk is full when it is filled, and a locked database takes no writer."""

from __future__ import annotations

import errno
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.disks import locked, small_disk
from tests.faults.processes import BotProcess

WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("CREATE TABLE t (x)")
for line in sys.stdin:
    try:
        connection.execute("INSERT INTO t VALUES (randomblob(100000))")
        print("stored", flush=True)
    except sqlite3.OperationalError as error:
        print(error, flush=True)
"""


class Writer(BotProcess):
    """A process that stores 100 kB in a SQLite file at each request, and says how that went."""

    def __init__(self, database: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        super().__init__(self._process.pid, database.with_suffix(".log"))

    def poll(self) -> int | None:
        """How it ended."""
        return self._process.poll()

    def store(self) -> str:
        """Store once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    """A running writer."""
    running = Writer(tmp_path / "writer.db")
    yield running
    running.close()


def test_a_small_disk_is_full_until_it_is_freed(tmp_path: Path) -> None:
    """Not a byte more fits; SQLite says that the disk is full, and is well again afterwards."""
    with small_disk(tmp_path / "disk") as disk:
        writer = Writer(disk.folder / "writer.db")
        assert writer.store() == "stored"
        disk.fill()
        with pytest.raises(OSError, match="No space") as full:
            (disk.folder / "more").write_bytes(b"x")
        assert full.value.errno == errno.ENOSPC
        assert writer.store() == "database or disk is full"
        disk.free()
        assert writer.store() == "stored"
        writer.close()
    assert list((tmp_path / "disk").iterdir()) == []


def test_a_process_may_be_kept_from_writing_without_rights(writer: Writer) -> None:
    """The limit can be set on and lifted from a process that runs."""
    assert writer.store() == "stored"
    writer.limit_file_size(4_096)
    assert writer.store() == "disk I/O error"
    writer.limit_file_size(None)
    assert writer.store() == "stored"


def test_a_locked_database_takes_no_writer(tmp_path: Path) -> None:
    """Until the lock is given back."""
    path = tmp_path / "bot.db"
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE t (x)")
        with locked(path), pytest.raises(sqlite3.OperationalError, match="locked"):
            connection.execute("INSERT INTO t VALUES (1)")
        connection.execute("INSERT INTO t VALUES (1)")
