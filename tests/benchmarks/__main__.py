"""Prints how long `ask`, a cold start and loading take, what the idle bot holds, and how peers compare."""

from __future__ import annotations

import asyncio
import math
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from bot.knowledge.collecting import keep_loaded
from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge
from bot.understanding.text import MAX_CHARACTERS
from tests.adversarial import NAMES, adversarial
from tests.benchmarks.accepting import accepting
from tests.benchmarks.accepting import lines as accepting_lines
from tests.benchmarks.comparing import compare
from tests.benchmarks.evaluate import bank_path
from tests.benchmarks.lasting import held_over, starts
from tests.benchmarks.loading import cold_loads, overlay_costs
from tests.benchmarks.logs import LINES, long_log
from tests.benchmarks.pace import pace
from tests.benchmarks.timing import ask_times, best_time, quantile, seconds

QUESTION: Final = "which torch works with CUDA 10.2"
COLD_STARTS: Final = 7
FEW: Final = 5_000
LOADS: Final = 5
START_SECONDS: Final = 30.0
IDLE_SECONDS: Final = 3.0
ADDRESS: Final = "http://"


def main() -> None:
    """Run every measure and print one line for each."""
    print(f"{'measure':<46}{'measured':>12}{'target':>12}")
    report("fixed work, as long as usual", pace(), "times", "")
    pipeline = Pipeline(load_knowledge([bundled_knowledge()]))
    pipeline.warm()
    keep_loaded(tidy=True)  # as a bot that serves does before its first answer
    times, pastes = ask_times(pipeline)
    report("a question, median", statistics.median(times) * 1e3, "ms", "0.5 ms")
    report("a question, 99th percentile", quantile(times, 0.99) * 1e3, "ms", "3 ms")
    report("a question, slowest", max(times) * 1e3, "ms", "")
    report("an error or a list pasted, median", statistics.median(pastes) * 1e3, "ms", "")
    report_long(pipeline)
    report("bot ask, cold start, median", statistics.median(cold_starts()), "s", "0.6 s")
    report("loading the knowledge, median", statistics.median(load_times()) * 1e3, "ms", "")
    report("compiling the pipeline", compile_time() * 1e3, "ms", "")
    report_loading()
    report("idle bot with the local workspace, resident", idle_memory(IDLE), "MB", "120 MB")
    report_serving()
    print("\n" + "\n".join(compare(pipeline, bank_path(sys.argv[1:]))))


def report_long(pipeline: Pipeline) -> None:
    """What a pasted log and texts made to cost time take, each the best of several."""
    report(f"a pasted log of {LINES:,} lines", best_time(pipeline, long_log()) * 1e3, "ms", "20 ms")
    taken = {name: best_time(pipeline, adversarial(name)) for name in NAMES}
    slowest = max(taken, key=taken.__getitem__)
    label = f"{len(taken)} texts of {MAX_CHARACTERS:,} characters, slowest"
    report(label, taken[slowest] * 1e3, "ms", "50 ms")
    report("  half of them", statistics.median(taken.values()) * 1e3, "ms", "")
    print(f"  the slowest: {slowest}")


def report_serving() -> None:
    """How soon the bot over HTTP is ready, what many questions leave behind, how many events it takes."""
    found = asyncio.run(starts())
    report(
        "bot serve, start to ready, median", statistics.median(start.seconds for start in found), "s", "1.5 s"
    )
    report(
        "  its memory when idle, tables there already",
        statistics.median(s.idle for s in found),
        "MB",
        "120 MB",
    )
    report(f"memory grown over {FEW:,} questions", asyncio.run(held_over(FEW)).growth * 100, "%", "5 %")
    print("\n" + "\n".join(accepting_lines(accepting())) + "\n")


def report_loading() -> None:
    """What loading costs in a fresh process, and what a team's folder of 100,000 rows does."""
    without, cached = cold_loads()
    report("load and index all, no cache", without.seconds * 1e3, "ms", "")
    report("load and index all, cached", cached.seconds * 1e3, "ms", "400 ms")
    report("load and index all, memory", cached.megabytes, "MB", "60 MB")
    costs = overlay_costs()
    report("100,000 rows more: load, no cache", costs.load, "s", "5 s")
    report("100,000 rows more: ask, median", costs.median, "times", "2 times")
    report("100,000 rows more: ask, 99th percentile", costs.slowest, "times", "2 times")


def report(label: str, value: float, unit: str, target: str) -> None:
    """One line: what, how much, and what it should be."""
    limit = f"≤ {target}" if target else ""
    print(f"{label:<46}{f'{value:.2f} {unit}':>12}{limit:>12}")


def cold_starts() -> list[float]:
    """Seconds from starting `bot ask` to its end, a process each."""
    command = [sys.executable, "-m", "bot", "ask", QUESTION]
    run = partial(subprocess.run, command, capture_output=True, check=True)
    run()
    return [seconds(run) for _ in range(COLD_STARTS)]


def load_times() -> list[float]:
    """Seconds for reading and checking all pages."""
    return [seconds(lambda: load_knowledge([bundled_knowledge()])) for _ in range(LOADS)]


def compile_time() -> float:
    """Seconds for making a pipeline of loaded knowledge."""
    kb = load_knowledge([bundled_knowledge()])
    return seconds(lambda: Pipeline(kb))


IDLE: Final = ("workspace", "--port", "0")


def idle_memory(arguments: Sequence[str]) -> float:
    """The resident memory, in MB, of a bot that waits for messages; NaN where that cannot be known."""
    with tempfile.TemporaryDirectory() as folder, started(arguments, Path(folder)) as process:
        if not wait_for_address(process):
            return math.nan
        time.sleep(IDLE_SECONDS)
        return resident(process.pid)


@contextmanager
def started(arguments: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A bot in a folder of its own, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_for_address(process: subprocess.Popen[str]) -> bool:
    """Wait until the bot prints where it listens."""
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_read_lines, args=(process, lines), daemon=True)
    reader.start()
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            line = lines.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            return False
        if not line:
            return False
        if ADDRESS in line:
            return True
    return False


def _read_lines(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    for line in process.stdout or ():
        lines.put(line)
    lines.put("")


def resident(pid: int) -> float:
    """A process's resident memory in MB, as Linux tells it; NaN elsewhere."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return math.nan
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


if __name__ == "__main__":
    main()
