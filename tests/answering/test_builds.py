"""The newest build that is found is the one that looking at every row finds."""

from __future__ import annotations

import random
from functools import cache

import pytest

from bot.answering.install import Installer
from bot.answering.joins import Joins
from bot.knowledge.cells import Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given
from tests.questions.cases import pipeline

Sample = tuple[str, str, str, str]
CUDA = ("9.0", "9.2", "10.1", "10.2", "11.0", "11.1", "11.3", "11.7", "11.8", "12.1", "12.4", "12.3")
PYTHON = ("2.7", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.12")
SAMPLES: list[Sample] = random.Random(7).sample(  # noqa: S311  # no secret
    [(c, p, w, h) for c in CUDA for p in PYTHON for w in ("linux", "windows") for h in ("pip", "conda")], 30
)


@cache
def installer() -> Installer:
    """Over the real knowledge."""
    return Installer(Joins(pipeline().kb))


def fits(row: Row, **asked: str) -> bool:
    """Whether every cell that is asked about admits a version or a value."""
    attributes = pipeline().kb.attributes
    wanted = ((c, v if c in attributes else Constraint.series(Number.parse(v))) for c, v in asked.items())
    return all(row.matches(column, value) is Match.YES for column, value in wanted)


def has_python(torch: Number, python: str, platform: str) -> bool:
    """Whether a torch has a Python on a platform; where nothing is recorded for it there, on any."""
    rows = [row for row in pipeline().kb.relations["torch-python"].rows if fits(row, torch=str(torch))]
    there = [row for row in rows if fits(row, platform=platform)]
    return any(fits(row, python=python) for row in there or rows)


def newest(sample: Sample) -> Number | None:
    """The newest torch that has a command and the Python, looked for row by row."""
    cuda, python, platform, channel = sample
    rows = pipeline().kb.relations["torch-install"].rows
    own = [row for row in rows if fits(row, cuda=cuda, platform=platform, channel=channel)]
    own = [row for row in own if (row.extra or {}).get("python", python) == python]
    cells = [row.cells["torch"] for row in own]
    numbers = {number for cell in cells if isinstance(cell, Versions) for number in cell.numbers}
    return max((n for n in numbers if has_python(n, python, platform)), default=None)


@pytest.mark.parametrize("sample", SAMPLES, ids=" ".join)
def test_the_solver_finds_what_looking_at_every_row_finds(sample: Sample) -> None:
    """The newest torch, or none."""
    cuda, python, platform, channel = sample
    command = installer().best(
        (
            Given("cuda", Constraint.series(Number.parse(cuda)), cuda),
            Given("python", Constraint.series(Number.parse(python)), python),
            Given("platform", platform, platform),
            Given("channel", channel, channel),
        )
    )
    solved = None if command is None else Number.parse(dict(command.cells)["torch"])
    assert solved == newest(sample)


def test_the_samples_have_both_outcomes() -> None:
    """Some have a build, some have none."""
    assert {newest(sample) is None for sample in SAMPLES} == {True, False}
