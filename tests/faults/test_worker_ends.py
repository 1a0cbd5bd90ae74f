"""A mistake in the program ends the worker, and with it the process: none lives on deaf."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from bot.workspace.embedded import RunningWorkspace
from tests.faults.processes import Spawner, environment_for
from tests.ports import free_port

EXIT_CODE: Final = 2
PROGRAM: Final = """
import asyncio, sys
from bot.slack.worker import Worker

async def broken(self):
    await asyncio.sleep(1)
    raise RuntimeError("a mistake")

setattr(Worker, sys.argv.pop(1), broken)
from bot.cli import main
main()
"""


@pytest.mark.parametrize(("http", "method"), [(True, "_look"), (False, "_hold")])
async def test_a_process_whose_worker_ends_ends_too(
    slack: RunningWorkspace, spawner: Spawner, tmp_path: Path, http: bool, method: str
) -> None:
    """By an exit code that a process manager heeds, in one line: in its loop, or in a chore beside it."""
    environment = environment_for(slack, f"sqlite:///{tmp_path}/bot.db", PORT=free_port())
    bot = spawner.start(environment, *["serve"][: int(http)], program=("-c", PROGRAM, method))
    assert await bot.wait() == EXIT_CODE
    (told,) = bot.events("worker_ended")
    assert "RuntimeError" in str(told)
    (line,) = [line for line in bot.logs().splitlines() if line.startswith("bot: ")]
    assert "the worker ended by an error (RuntimeError)" in line
    assert "never retrieved" not in bot.logs()
