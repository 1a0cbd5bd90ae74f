"""Measures loading: the bundled knowledge in a fresh process, and a folder of many rows over it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge
from tests.benchmarks.overlay import write_overlay
from tests.benchmarks.timing import ask_times, quantile, seconds

ROWS: Final = 100_000
PROCESSES: Final = 5
_MEASURE: Final = """
import json, sys, time
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))
from pathlib import Path
start, before = time.perf_counter(), resident()
from bot.knowledge.loader import load_knowledge
kb = load_knowledge([Path(folder) for folder in sys.argv[2:]], Path(sys.argv[1]))
for relation in kb.relations.values():
    for column in relation.columns:
        relation.index(column)
print(json.dumps([time.perf_counter() - start, resident() - before]))
"""


@dataclass(frozen=True)
class Loaded:
    """Seconds from the import of the loader to the last index, and MB that they took."""

    seconds: float
    megabytes: float


def load_in_a_process(cache: Path, *folders: Path) -> Loaded:
    """Load and index everything in a fresh process; the median of several."""
    found = [_run(cache, folders) for _ in range(PROCESSES)]
    return Loaded(statistics.median(f.seconds for f in found), statistics.median(f.megabytes for f in found))


def _run(cache: Path, folders: tuple[Path, ...]) -> Loaded:
    command = [sys.executable, "-c", _MEASURE, str(cache), *map(str, folders)]
    output = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return Loaded(*json.loads(output))


def cold_loads() -> tuple[Loaded, Loaded]:
    """The bundled knowledge without a cache of parsed files, and with one."""
    folder = bundled_knowledge()
    with tempfile.TemporaryDirectory() as cache:
        without = _run(Path("/dev/null/none"), (folder,))
        _run(Path(cache), (folder,))
        return without, load_in_a_process(Path(cache), folder)


@dataclass(frozen=True)
class Overlaid:
    """What a folder of many rows costs: seconds to load it, and how much longer questions take (a factor)."""

    load: float
    median: float
    slowest: float


def overlay_costs() -> Overlaid:
    """Load 100,000 rows over the bundled knowledge without a cache, and ask every test question of both."""
    base = load_knowledge([bundled_knowledge()])
    plain, _ = ask_times(Pipeline(base))
    with tempfile.TemporaryDirectory() as folder:
        write_overlay(Path(folder), base, ROWS)
        load = partial(load_knowledge, [bundled_knowledge(), Path(folder)])
        taken = min(seconds(load) for _ in range(2))
        asked, _ = ask_times(Pipeline(load()))
    return Overlaid(
        taken,
        statistics.median(asked) / statistics.median(plain),
        quantile(asked, 0.99) / quantile(plain, 0.99),
    )
