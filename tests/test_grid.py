"""A grid over the tables: the verdict on every pair equals what an independent reading of the YAML says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.gridding import DEPENDS, NO, OPEN, SILENT, YES, Cell, Turns, Verdicts, phrasings, run, wide
from tests.tables import listed_on, listed_verdict, pairs, releases, series

COMPANIONS: Final = ("torchvision", "torchaudio", "torchtext")
PLATFORMS: Final = ("linux", "windows")
MANY: Final = {YES: 8, NO: 2, DEPENDS: 8, SILENT: 2}
SOME: Final = {YES: 16}


def pair_cell(torch: str, name: str, other: str, expected: Verdicts) -> Cell:
    """The cell of a torch and another product's version."""
    words = {"torch": torch, "torch_wide": wide(torch), "name": name, "other": other}
    return Cell({**words, "other_wide": wide(other), "tag": other.replace(".", "")}, expected)


def closed(table: str, torch: str, name: str, other: str) -> Verdicts:
    """The one verdict that the table of torch and another product settles; none where it is silent."""
    verdict = listed_verdict(table, "torch", torch, name, other)
    return SILENT if verdict is None else frozenset({verdict})


def cuda_cells() -> Iterator[Cell]:
    """Every known torch with every known CUDA series."""
    for torch in releases("torch"):
        for cuda in series("cuda"):
            yield pair_cell(torch, "CUDA", cuda, closed("torch-cuda", torch, "cuda", cuda))


def python_cells() -> Iterator[Cell]:
    """Every known torch with every known Python; wheels on one platform only make it depend."""
    elsewhere = pairs("torch-python-elsewhere", "torch", "python").pairs
    for torch in releases("torch"):
        for python in series("python"):
            one_platform = (torch, python) in elsewhere
            expected = DEPENDS if one_platform else closed("torch-python", torch, "python", python)
            yield pair_cell(torch, "Python", python, expected)


def companion_cells(name: str) -> Iterator[Cell]:
    """Every known torch with every known release of a companion."""
    for torch in releases("torch"):
        for other in releases(name):
            yield pair_cell(torch, name, other, closed(f"torch-{name}", torch, name, other))


def test_every_torch_with_every_cuda() -> None:
    """The verdict on (torch, CUDA) is the table's, in both languages and every phrasing."""
    turns = Turns(phrasings("any", "cuda"))
    outcome = run(cuda_cells(), turns, MANY)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


def test_every_torch_with_every_python() -> None:
    """The verdict on (torch, Python) is the table's, in both languages and every phrasing."""
    turns = Turns(phrasings("any", "python"))
    outcome = run(python_cells(), turns, MANY)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


def on_platform(table: str, torch: str, product: str, other: str, platform: str) -> Verdicts:
    """The verdict where a platform is named; what is recorded of a torch nowhere there is not ruled out."""
    here = listed_on(table, "torch", product, platform)
    if (torch, other) in here:
        return YES
    verdict = closed(table, torch, product, other)
    return OPEN if verdict == SILENT or torch not in {a for a, _ in here} else NO


def platform_cells(product: str, name: str, platform: str) -> Iterator[Cell]:
    """Every known torch with every known version of CUDA or Python, on a platform."""
    elsewhere = pairs("torch-python-elsewhere", "torch", "python").pairs if product == "python" else ()
    for torch in releases("torch"):
        for other in series(product):
            listed = on_platform(f"torch-{product}", torch, product, other, platform)
            expected = DEPENDS if (torch, other) in elsewhere else listed
            words = pair_cell(torch, name, other, expected).words
            yield Cell({**words, "platform": platform}, expected)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(("product", "name"), [("cuda", "CUDA"), ("python", "Python")])
def test_every_torch_on_a_platform(product: str, name: str, platform: str) -> None:
    """The verdict on (torch, CUDA) and (torch, Python) follows from the rows for the platform named."""
    turns = Turns(phrasings("platform"))
    outcome = run(platform_cells(product, name, platform), turns)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())


@pytest.mark.parametrize("name", COMPANIONS)
def test_every_torch_with_every_companion(name: str) -> None:
    """The verdict on (torch, companion) is the table's, in both languages and every phrasing."""
    turns = Turns(phrasings("any", "companion"))
    outcome = run(companion_cells(name), turns, SOME)
    assert not outcome.wrong, str(outcome)
    assert (turns.never_used(YES), turns.never_used(NO)) == (set(), set())
