"""A grid over the tables of drivers and GPUs: what an independent reading of the YAML says is what the verdict must be."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Final

import pytest

from tests.gridding import DEPENDS, NO, OPEN, YES, Cell, Turns, Verdicts, phrasings, run, wide
from tests.hardware_tables import Gpu, driver_marks, gpu_verdicts, gpus, least_drivers, minor_driver
from tests.tables import release, releases, series

PLATFORMS: Final = ("linux", "windows")
TORCHES_OF_EACH_GPU: Final = 6


def driver_verdicts(cuda: str, driver: str, platform: str) -> Verdicts:
    """Yes from the last release's driver on, depends from minor compatibility on, else no.

    Between the first and the last release of a series either word is right. Where the platform has no row, nothing is settled.
    """
    least, minor = least_drivers(platform).get(cuda), minor_driver(platform, cuda)
    if least is None:
        return OPEN
    if release(driver) >= release(least[-1]):
        return YES
    if release(driver) >= release(least[0]):
        return YES | DEPENDS
    return DEPENDS if minor and release(driver) >= release(minor) else NO


def driver_cells(platform: str) -> Iterator[Cell]:
    """Every CUDA series with every driver that a table names on a platform, and one shortly below each of them."""
    for cuda in series("cuda"):
        for driver in driver_marks(platform):
            words = {"driver": driver, "cuda": cuda, "cuda_wide": wide(cuda), "tag": cuda.replace(".", "")}
            yield Cell({**words, "platform": platform}, driver_verdicts(cuda, driver, platform))


def gpu_cell(gpu: Gpu, torch: str, platform: str, name: str) -> Cell:
    """A torch and a GPU under one of its names, on a platform."""
    words = {"gpu": name, "torch": torch, "torch_wide": wide(torch), "platform": platform}
    return Cell(words, gpu_verdicts(gpu, torch, platform))


def capability_cells(platform: str) -> Iterator[Cell]:
    """Every capability with every known torch, its GPUs taking turns."""
    by_capability: dict[str, list[Gpu]] = {}
    for gpu in gpus():
        by_capability.setdefault(gpu.capability, []).append(gpu)
    for same in by_capability.values():
        turn = cycle(same)
        for torch in releases("torch"):
            gpu = next(turn)
            yield gpu_cell(gpu, torch, platform, gpu.names[0])


def alias_cells(platform: str) -> Iterator[Cell]:
    """Every GPU with a few torches, under its names in turn."""
    turn = cycle(releases("torch"))
    for gpu in gpus():
        names = cycle(gpu.names)
        for _ in range(max(TORCHES_OF_EACH_GPU, len(gpu.names))):
            for _ in range(4):
                torch = next(turn)
            yield gpu_cell(gpu, torch, platform, next(names))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_driver_of_the_tables_with_every_cuda(platform: str) -> None:
    """The verdict on (driver, CUDA) on a platform follows from the least drivers there."""
    turns = Turns(phrasings("driver"))
    outcome = run(driver_cells(platform), turns)
    assert not outcome.wrong, outcome
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_capability_with_every_torch(platform: str) -> None:
    """The verdict on (GPU, torch) on a platform follows from the code that the builds there hold."""
    turns = Turns(phrasings("gpu"))
    outcome = run(capability_cells(platform), turns)
    assert not outcome.wrong, outcome
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_name_of_every_gpu_with_some_torch(platform: str) -> None:
    """The verdict on a GPU is that of its capability, whichever of its names is used."""
    outcome = run(alias_cells(platform), Turns(phrasings("gpu")))
    assert not outcome.wrong, outcome
