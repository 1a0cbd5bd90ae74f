"""A grid over drivers and GPUs: the verdict equals what an independent reading of the YAML says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import Final

import pytest

from tests.gridding import DEPENDS, NO, OPEN, YES, Cell, Turns, Verdicts, phrasings, run, wide
from tests.hardware_tables import (
    Gpu,
    branches,
    driver_marks,
    gpu_verdicts,
    gpus,
    has_rows,
    least_drivers,
    minor_driver,
    reaches,
)
from tests.tables import release, releases, series

PLATFORMS: Final = ("linux", "windows")
ARM: Final = "linux-aarch64"
TORCHES_OF_EACH_GPU: Final = 6


def driver_verdicts(cuda: str, driver: str, platform: str) -> Verdicts:
    """Yes from the last release's driver on, depends from minor compatibility on, else no.

    Between the first and the last release of a series either word is right. Where the platform has no row,
    nothing is settled.
    """
    least, minor = least_drivers(platform).get(cuda), minor_driver(platform, cuda)
    if least is None:
        return OPEN
    if release(driver) >= release(least[-1]):
        return YES
    if release(driver) >= release(least[0]):
        return YES | DEPENDS
    return DEPENDS if minor and release(driver) >= release(minor) else NO


def branch_verdicts(cuda: str, branch: str, platform: str) -> Verdicts:
    """What holds for the first and the last driver that a branch could have; where these differ it depends.

    Where branches bear other numbers on a platform, the table of branches may still make it depend.
    """
    first, last = (driver_verdicts(cuda, f"{branch}.{end}", platform) for end in (0, 999))
    if first == last:
        return first | DEPENDS if first == NO and reaches(branch, cuda) else first
    return last | DEPENDS if "yes" in last else DEPENDS


def driver_cells(platform: str) -> Iterator[Cell]:
    """Every CUDA series with every driver and branch of the tables on a platform, and drivers between."""
    for cuda in series("cuda"):
        words = {"cuda": cuda, "cuda_wide": wide(cuda), "tag": cuda.replace(".", ""), "platform": platform}
        for driver in driver_marks(platform):
            yield Cell({**words, "driver": driver}, driver_verdicts(cuda, driver, platform))
        for branch in branches():
            yield Cell({**words, "driver": branch}, branch_verdicts(cuda, branch, platform))


def gpu_cell(gpu: Gpu, torch: str, platform: str, name: str, expected: Verdicts) -> Cell:
    """A torch and a GPU under one of its names, on a platform."""
    words = {"gpu": name, "torch": torch, "torch_wide": wide(torch), "platform": platform}
    return Cell(words, expected)


def capabilities() -> Iterator[tuple[Gpu, str]]:
    """Every capability with every known torch, its GPUs taking turns."""
    by_capability: dict[str, list[Gpu]] = {}
    for gpu in gpus():
        by_capability.setdefault(gpu.capability, []).append(gpu)
    for same in by_capability.values():
        yield from zip(cycle(same), releases("torch"), strict=False)


def capability_cells(platform: str) -> Iterator[Cell]:
    """Every capability with every known torch on a platform."""
    for gpu, torch in capabilities():
        yield gpu_cell(gpu, torch, platform, gpu.names[0], gpu_verdicts(gpu, torch, platform))


def cells_without_platform() -> Iterator[Cell]:
    """Every capability with every known torch: yes if it works somewhere, else what holds anywhere.

    Where it does not work at the usual place, but elsewhere, it depends.
    """
    for gpu, torch in capabilities():
        there = (*PLATFORMS, ARM) if has_rows(torch, ARM) else PLATFORMS
        places = [gpu_verdicts(gpu, torch, place, named=False) for place in there]
        expected = YES if YES in places else frozenset[str | None]().union(*places)
        expected = DEPENDS if YES in places and places[0] == NO else expected
        yield gpu_cell(gpu, torch, "", gpu.names[0], expected)


def alias_cells(platform: str) -> Iterator[Cell]:
    """Every GPU with a few torches, under its names in turn."""
    turn = cycle(releases("torch"))
    for gpu in gpus():
        names = cycle(gpu.names)
        for _ in range(max(TORCHES_OF_EACH_GPU, len(gpu.names))):
            for _ in range(4):
                torch = next(turn)
            yield gpu_cell(gpu, torch, platform, next(names), gpu_verdicts(gpu, torch, platform))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_driver_of_the_tables_with_every_cuda(platform: str) -> None:
    """The verdict on (driver, CUDA) on a platform follows from the least drivers there."""
    turns = Turns(phrasings("driver"))
    outcome = run(driver_cells(platform), turns)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_capability_with_every_torch(platform: str) -> None:
    """The verdict on (GPU, torch) on a platform follows from the code that the builds there hold."""
    turns = Turns(phrasings("gpu"))
    outcome = run(capability_cells(platform), turns)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


def test_every_capability_with_every_torch_on_no_platform() -> None:
    """Where no platform is named, the verdict on (GPU, torch) is never one that holds on no platform."""
    turns = Turns(phrasings("gpu_alone"))
    outcome = run(cells_without_platform(), turns)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_name_of_every_gpu_with_some_torch(platform: str) -> None:
    """The verdict on a GPU is that of its capability, whichever of its names is used."""
    outcome = run(alias_cells(platform), Turns(phrasings("gpu")))
    assert not outcome.wrong, str(outcome)
