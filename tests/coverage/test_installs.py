"""Every gathered install line, and figure of Macs and Pythons, is in the knowledge or a known gap."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest

from bot.answering.install import Installer
from bot.answering.joins import Joins
from bot.knowledge.versions import Constraint, Match, Number
from bot.understanding.question import Given
from tests.coverage.figures import Figures, figures, mended, unanswered
from tests.coverage.test_tables import given, listed
from tests.questions.cases import pipeline

BUILD: Final = re.compile(r"torch(?:==|-)(\d+(?:\.\d+)+)(?:\.post\d+)?(?:(?:\+|%2B)(\w+(?:\.\w+)*))?")
TAG: Final = re.compile(
    r"/(?:whl|wheels)/(?:test/)?(cpu|cu\d+|rocm[\d.]+)(?:/|\s|$)|(cudatoolkit|pytorch-cuda)=+([\d.]+)|(cpuonly)"
)


def what(command: str) -> tuple[str, str]:
    """The torch and the build that a command installs: a local version, an index, a conda package."""
    found = BUILD.search(command)
    if found is None:
        return ("", "")
    tag = TAG.search(command)
    told = next(
        (part for part in (tag.groups() if tag else ()) if part and part[0] != "p" and "toolkit" not in part),
        "",
    )
    build = found[2] or told
    return found[1], build.replace("cu", "").replace(".", "").replace("onlycpu", "cpu").replace(
        "cpuonly", "cpu"
    )


@cache
def installer() -> Installer:
    """One for all rows."""
    return Installer(Joins(pipeline().kb))


def asked(row: Figures) -> tuple[Given, ...]:
    """What a question for this command would give."""
    kind = row["cuda"]
    givens = [given(column, row[column]) for column in ("torch", "platform", "channel")]
    if kind.startswith("rocm"):
        return (*givens, given("rocm", kind.removeprefix("rocm")))
    return (*givens, given("accelerator", kind) if kind == "cpu" else given("cuda", kind))


def has_command(row: Figures) -> bool:
    """The bot's command for the row installs that torch, as that build: by its tag, or as a default."""
    command = installer().best(asked(row))
    if command is None:
        return False
    if command.text == row["command"]:
        return True
    torch, build = what(command.text)
    gathered = what(row["command"])[1]
    is_cuda = row["cuda"][0].isdigit()
    default = not gathered or (is_cuda and listed("torch-default-cuda", torch=row["torch"], cuda=row["cuda"]))
    named = row["cuda"].replace(".", "")
    return torch == row["torch"] and (build == named or (not build and default))


def python_wheels(row: Figures) -> bool:
    """Wheels for these Pythons on that platform."""
    pythons = [text for text in row["python"].split() if not text.endswith("t")]
    return all(
        listed("torch-python", torch=row["torch"], python=p, platform=row["platform"]) for p in pythons
    )


def has_wheel(row: Figures) -> bool:
    """Some wheel of the release there; for a Python if the row names one."""
    if row["python"].endswith("t"):
        return says(f"does torch {row['torch']} support python {row['python']}")
    if row["python"]:
        return python_wheels(row)
    return listed("torch-python", torch=row["torch"], platform=row["platform"])


def requires_python(row: Figures) -> bool:
    """No Python that has a wheel is below what the release requires."""
    bound = Constraint.requirement(row["value"].replace(" ", ""))
    asked_for = Constraint.series(Number.parse(row["torch"]))
    for found in pipeline().kb.relations["torch-python"].rows:
        numbers = getattr(found.cells["python"], "numbers", ())
        if found.matches("torch", asked_for) is Match.YES and any(
            bound.match(n) is Match.NO for n in numbers
        ):
            return False
    return True


def last_wheel(row: Figures) -> bool:
    """That release has a wheel and the one after it has none."""
    torches = pipeline().kb.releases["torch"]
    after = next((str(number) for number in torches if number > Number.parse(row["torch"])), "")
    if row["python"].endswith("t"):
        question = "does torch {} support python {}"
        return says(question.format(row["torch"], row["python"])) and not says(
            question.format(after, row["python"])
        )
    python = {"python": row["python"]} if row["python"] else {}
    here = {"platform": row["platform"], **python}
    return listed("torch-python", torch=row["torch"], **here) and not listed(
        "torch-python", torch=after, **here
    )


CLAIMS: Final[dict[str, Callable[[Figures], bool]]] = {
    "first-wheel": has_wheel,
    "wheels": python_wheels,
    "last-wheel": last_wheel,
    "requires-python": requires_python,
    "no-wheel": lambda row: not listed("torch-python", torch=row["torch"], platform=row["platform"]),
    "last-conda": lambda row: listed("torch-cuda", torch=row["torch"], channel="conda"),
    "last-cuda-12.6": lambda row: listed("torch-cuda", torch=row["torch"], cuda=row["value"]),
    "torchaudio-stable-abi": lambda row: listed("torch-torchaudio", torch="2.15.0", torchaudio=row["value"]),
    "last-torchaudio": lambda row: str(pipeline().kb.releases["torchaudio"][-1]) == row["value"],
    "last-torchtext": lambda row: str(pipeline().kb.releases["torchtext"][-1]) == row["value"],
    "torchvision-requires": lambda row: any(
        listed("torch-torchvision", torch=torch, torchvision=row["value"]) for torch in ("2.14.1", "2.15.0")
    ),
    "numpy-unbounded": lambda row: listed("torch-numpy", torch=row["torch"]),
    "first-glibc": lambda row: listed("torch-glibc", torch=row["torch"], glibc=row["value"]),
    "free-threaded": lambda row: says(f"does torch {row['torch']} support python {row['python'].split()[0]}"),
    "free-threaded-index-only": lambda row: says(f"does torch {row['torch']} support python {row['python']}"),
    "minimum-macos": lambda row: row["value"] in plain("minimum macos version of torch on apple silicon"),
}


def plain(text: str) -> str:
    """A reply as plain text."""
    return pipeline().plain(pipeline().ask(text))


def says(text: str) -> bool:
    """Whether a check is answered with yes, or with it depends."""
    return pipeline().ask(text).verdict in ("yes", "depends")


CHECKS: Final[dict[str, Callable[[Figures], bool]]] = {
    "torch_install_commands": has_command,
    "torch_macos_cpu": lambda row: CLAIMS[row["claim"]](row),
}


@pytest.mark.parametrize("name", CHECKS)
def test_every_row_is_known(name: str) -> None:
    """Each row is found, or `gaps.yaml` says why not."""
    assert unanswered(name, CHECKS[name]) == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_gap_is_one(name: str) -> None:
    """What is answerable is taken off the list."""
    assert mended(name, CHECKS[name]) == []


def test_the_build_of_a_command_is_read() -> None:
    """Of every gathered command the release can be told."""
    rows = figures("torch_install_commands")
    assert sum(bool(what(row["command"])[0]) for row in rows) > len(rows) * 0.9
