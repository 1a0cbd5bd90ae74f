"""Bots within milliseconds: one process loads everything once, and forks a child for each bot.

Run as a program it reads one request a line, and answers each with a line; a killed bot stays a zombie
until it is asked about, so that its number is nobody else's meanwhile. At the end of input it kills all
that is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from tests.faults.poison import poison
from tests.faults.processes import LOOK_SECONDS, BotDied, BotProcess

if TYPE_CHECKING:
    from bot.pipeline import Pipeline

ROOT: Final = Path(__file__).resolve().parents[2]
USAGE: Final = 2
CRASHED: Final = 70


class ForkedBot(BotProcess):
    """A bot that the nursery forked."""

    def __init__(self, nursery: Nursery, pid: int, log: Path) -> None:
        super().__init__(pid, log)
        self._nursery = nursery
        self._code: int | None = None

    def poll(self) -> int | None:
        """None while it runs; then how it ended."""
        if self._code is None:
            self._code = self._nursery.poll(self.pid)
        return self._code


class Nursery:
    """The process that bots are forked from. Requests block for some milliseconds."""

    def __init__(self, folder: Path) -> None:
        """Load everything, which takes some seconds; logs go to `folder`."""
        self._folder = folder
        self._names = (folder / f"forked-{number}.log" for number in itertools.count())
        self._bots: list[ForkedBot] = []
        self._own_log = folder / "nursery.log"
        with self._own_log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-m", "tests.faults.nursery"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._read()

    def start(self, environment: Mapping[str, str], *, http: bool = False, deadly: bool = False) -> ForkedBot:
        """Fork a bot that reads its settings from `environment`, as `bot serve` does if `http`.

        One that is `deadly` to itself dies or fails over some questions: see `tests.faults.poison`.
        """
        log = next(self._names)
        request = {"environment": dict(environment), "http": http, "deadly": deadly, "log": str(log)}
        pid = self._ask(request)
        assert pid is not None
        bot = ForkedBot(self, pid, log)
        self._bots.append(bot)
        return bot

    def poll(self, pid: int) -> int | None:
        """How a bot ended, which is told once; None while it runs."""
        return self._ask({"poll": pid})

    def kill_all(self) -> None:
        """Kill all bots that are left, and see them gone."""
        for bot in self._bots:
            bot.send(signal.SIGKILL)
            while bot.is_running:
                time.sleep(LOOK_SECONDS)
        self._bots.clear()

    def close(self) -> None:
        """End, and all bots that are left with it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, request: Mapping[str, object]) -> int | None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> int | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise BotDied(f"the nursery ended\n{self._own_log.read_text('utf-8', 'replace')}")
        answer = json.loads(line)
        assert answer is None or isinstance(answer, int)
        return answer


@contextmanager
def open_nursery(folder: Path) -> Iterator[Nursery]:
    """A nursery whose bots are gone after the block."""
    nursery = Nursery(folder)
    try:
        yield nursery
    finally:
        nursery.close()


# --- the program -----------------------------------------------------------------------------------------


def main() -> None:
    """Load everything, then serve requests until the end of input."""
    pipeline, children = _load(), set[int]()
    _say(0)
    try:
        for line in sys.stdin:
            request = json.loads(line)
            if "poll" in request:
                _say(_poll(request["poll"], children))
            else:
                children.add(pid := _fork(pipeline, request))
                _say(pid)
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _load() -> Pipeline:
    import aiosqlite  # noqa: F401 - what a bot would import later is imported once, here
    import anyio._backends._asyncio  # noqa: F401
    import asyncpg  # noqa: F401
    import uvicorn  # noqa: F401

    import bot.serving  # noqa: F401
    from bot.knowledge.loader import load_knowledge
    from bot.pipeline import Pipeline
    from bot.settings import load_settings

    settings = load_settings()
    pipeline = Pipeline(load_knowledge(settings.knowledge_path, settings.cache_path))
    pipeline.warm()
    gc.collect()
    gc.freeze()
    return pipeline


def _say(answer: int | None) -> None:
    print(json.dumps(answer), flush=True)


def _poll(pid: int, children: set[int]) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    if not done:
        return None
    children.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _fork(pipeline: Pipeline, request: Mapping[str, object]) -> int:
    pid = os.fork()
    if pid == 0:
        _be_bot(pipeline, request)
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)  # the child does the same; whoever is first, a signal to the group arrives
    return pid


def _be_bot(pipeline: Pipeline, request: Mapping[str, object]) -> NoReturn:
    code = CRASHED
    try:
        code = _run_bot(pipeline, request)
    except BaseException:  # noqa: BLE001 - nothing may lead a child back into its parent's code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run_bot(pipeline: Pipeline, request: Mapping[str, object]) -> int:
    from bot.errors import BotError
    from bot.serving import serve
    from bot.settings import load_settings

    with contextlib.suppress(PermissionError):
        os.setpgid(0, 0)
    os.chdir(Path(str(request["log"])).parent)  # where no `.env` is
    log = os.open(str(request["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    environment = request["environment"]
    assert isinstance(environment, dict)
    if request["deadly"]:
        poison(pipeline)
    try:
        asyncio.run(serve(pipeline, load_settings(environment), http=bool(request["http"])))
    except BotError as error:
        print(f"bot: {error}", file=sys.stderr)
        return USAGE
    return 0


if __name__ == "__main__":
    main()
