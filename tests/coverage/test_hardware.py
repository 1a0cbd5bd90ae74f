"""Every gathered figure of releases, drivers and capabilities is in the knowledge, or a known gap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from bot.knowledge.versions import Constraint, Match, Number
from tests.coverage.figures import Figures, mended, unanswered
from tests.coverage.test_tables import given, listed
from tests.questions.cases import pipeline


def dated(product: str, release: str, day: str) -> bool:
    """Whether a release is on its product's page with that date, which may be more exact there."""
    known = pipeline().kb.products[product].releases
    same = [text for text in known if Number.parse(text) == Number.parse(release)]
    return any(not day or (known[text] or "").startswith(day) for text in same)


def has_release(row: Figures) -> bool:
    """A release with its date and the Pythons of its Linux wheels."""
    pythons = [text for text in row["python_versions"].split() if not text.endswith("t")]
    return dated("torch", row["torch"], row["release_date"]) and all(
        listed("torch-python", torch=row["torch"], python=python, platform="linux") for python in pythons
    )


def has_toolkit(row: Figures) -> bool:
    """A CUDA release with its date."""
    return "-" not in row["cuda"] and dated("cuda", row["cuda"], row["release_date"])


def bound(slug: str, column: str, key: str, least: str, platform: str) -> bool:
    """Whether a table of least versions states this bound for a key and platform."""
    rows = pipeline().kb.relations[slug].rows
    wanted = Constraint.parse(f">={least}")
    other = given("platform", platform).constraint
    return any(
        row.matches(column, Constraint.series(Number.parse(key))) is Match.YES
        and row.matches("platform", other) is Match.YES
        and str(getattr(row.cells["driver"], "constraint", "")) == str(wanted)
        for row in rows
    )


def has_drivers(slug: str, key: str) -> Callable[[Figures], bool]:
    """The least driver on Linux and on Windows, as far as recorded."""

    def check(row: Figures) -> bool:
        least = {"linux": row["linux_min_driver"], "windows": row["windows_min_driver"]}
        return all(bound(slug, "cuda", row[key], text, where) for where, text in least.items() if text)

    return check


def has_ceiling(row: Figures) -> bool:
    """The newest CUDA of a driver branch."""
    branch = Constraint.series(Number.parse(row["driver_branch"]))
    return any(
        found.matches("driver", branch) is Match.YES
        and str(getattr(found.cells["cuda"], "constraint", "")) == f"<={row['max_cuda']}"
        for found in pipeline().kb.relations["driver-branch-cuda"].rows
    )


def has_toolkits(row: Figures) -> bool:
    """The first and the last CUDA that compile for a capability; none before and after."""
    capability = row["compute_capability"]
    ends = [end for end in (row["first_cuda"], row["last_cuda"]) if end]
    return all(listed("capability-cuda", compute_capability=capability, cuda=end) for end in ends)


CHECKS: Final[dict[str, Callable[[Figures], bool]]] = {
    "torch_releases": has_release,
    "cuda_releases": has_toolkit,
    "cuda_driver": has_drivers("cuda-driver", "cuda"),
    "cuda_minor_compat": has_drivers("cuda-minor-compatibility", "cuda_major"),
    "driver_max_cuda": has_ceiling,
    "compute_capability_cuda": has_toolkits,
}


@pytest.mark.parametrize("name", CHECKS)
def test_every_row_is_known(name: str) -> None:
    """Each row is found, or `gaps.yaml` says why not."""
    assert unanswered(name, CHECKS[name]) == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_gap_is_one(name: str) -> None:
    """What is answerable is taken off the list."""
    assert mended(name, CHECKS[name]) == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("when was torch 1.7.1 released", "10 December 2020"),
        ("torch 1.7.1 什么时候发布", "2020"),
        ("when was cuda 13.0 released", "2025"),
        ("what driver does CUDA 12.4 need on Linux", "550.54"),
        ("cuda 12.4 需要什么驱动", "550.54"),
        ("which cuda does driver 550 support", "12.4"),
        ("驱动 550 支持哪个 cuda", "12.4"),
        ("which cuda compiles for compute capability 8.6", "11.1"),
        ("算力 8.6 需要哪个 cuda", "11.1"),
        ("driver for cuda 12 minor version compatibility", "525.60.13"),
    ],
)
def test_a_question_about_each_kind_is_answered(question: str, said: str) -> None:
    """Through the whole pipeline."""
    reply = pipeline().ask(question)
    assert reply.status == "answered"
    assert said in pipeline().plain(reply)
