"""Every gathered row of builds and hardware is a row of the knowledge, or a known gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from bot.answering.answers import Truth
from bot.answering.joins import Joins
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given
from tests.coverage.figures import Figures, mended, unanswered
from tests.questions.cases import pipeline


def given(column: str, cell: str) -> Given:
    """A version or an attribute's value as a question would give it."""
    if column in pipeline().kb.attributes:
        return Given(column, cell, cell)
    return Given(column, Constraint.series(Number.parse(cell)), cell)


def listed(slug: str, **cells: str) -> bool:
    """Whether a row of a table surely has all these cells."""
    kb = pipeline().kb
    givens = [given(column.replace("_", "-"), cell) for column, cell in cells.items()]
    return bool(Joins(kb).rows(kb.relations[slug], givens)[0])


def has_build(row: Figures) -> bool:
    """torch, CUDA, platform, channel."""
    return listed(
        "torch-cuda", torch=row["torch"], cuda=row["cuda"], platform=row["platform"], channel=row["channel"]
    )


def has_architectures(row: Figures) -> bool:
    """Each architecture of a build."""
    platform, _, _ = row["platform"].partition("-conda")
    place = {"platform": platform, "channel": "conda" if "conda" in row["platform"] else "pip"}
    names = row["arch_list"].split()
    return all(listed("torch-arch", torch=row["torch"], cuda=row["cuda"], arch=a, **place) for a in names)


def has_companions(row: Figures) -> bool:
    """torchvision, torchaudio and torchtext, as far as recorded."""
    names = [name for name in ("torchvision", "torchaudio", "torchtext") if row[name]]
    return all(listed(f"torch-{name}", torch=row["torch"], **{name: row[name]}) for name in names)


def has_runtime(row: Figures) -> bool:
    """cuDNN, NCCL and Triton of a wheel."""
    pins = {name: row[name].removeprefix("~=") for name in ("cudnn", "nccl", "triton") if row[name]}
    return all(listed(f"torch-{name}", torch=row["torch"], **{name: pin}) for name, pin in pins.items())


def has_capability(row: Figures) -> bool:
    """A GPU by its own name."""
    kb = pipeline().kb
    values = kb.attributes["gpu"].values
    slug = next(slug for slug, value in values.items() if value.name["en"] == row["name"])
    return Joins(kb).truth(given("gpu", slug), given("compute-capability", row["compute_capability"])) is (
        Truth.SUPPORTED
    )


CHECKS: Final[dict[str, Callable[[Figures], bool]]] = {
    "torch_cuda": has_build,
    "torch_rocm": lambda row: listed("torch-rocm", torch=row["torch"], rocm=row["rocm"]),
    "torch_arch_list": has_architectures,
    "torch_companions": has_companions,
    "torch_runtime_deps": has_runtime,
    "cudnn_cuda": lambda row: listed("cudnn-cuda", cudnn=row["cudnn"], cuda=row["cuda"]),
    "gpus": has_capability,
}


@pytest.mark.parametrize("name", CHECKS)
def test_every_row_is_recorded(name: str) -> None:
    """No gathered row is missing without a reason."""
    assert unanswered(name, CHECKS[name]) == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_gap_is_a_gap(name: str) -> None:
    """A gap whose rows are recorded by now is no gap any more."""
    assert mended(name, CHECKS[name]) == []
