"""Every install line is for what was asked: its torch, its CUDA, its platform, its companions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from bot.presenting.reply import Reply
from tests.questions.cases import pipeline
from tests.tables import cell, page, pairs, release, releases, series

BUILDS: Final = re.compile(r"\bcu(?:da)?(\d+?)(\d)\b|cudatoolkit=(\d+)\.(\d+)|pytorch-cuda=(\d+)\.(\d+)")
TORCH: Final = re.compile(r"\b(?:py)?torch(?:={1,3}|-)(\d+\.\d+\.\d+)")
VISION: Final = re.compile(r"\btorchvision===?(\d+\.\d+\.\d+)")
CUDAS: Final[list[str]] = sorted(pairs("torch-cuda", "torch", "cuda").right, key=release)
WITHOUT_LINE: Final = frozenset({"10.0", "11.1", "11.5", "12.9", "13.0"})
"""The CUDA versions for whose newest torch no install line is recorded."""
PYTHONS: Final[list[str]] = sorted(pairs("torch-python", "torch", "python").right, key=release)
WHEEL_PYTHON: Final = re.compile(r"-cp(\d)(\d+)-")


def command(text: str) -> str | None:
    """The first command of the reply to a question."""
    return command_of(pipeline().ask(text))


def command_of(reply: Reply) -> str | None:
    """The first command of a reply."""
    return next((section.code for section in reply.sections if section.code), None)


def cuda_of(line: str) -> str | None:
    """The CUDA series that a command names; None for a plain install."""
    found = BUILDS.search(line)
    if found is None:
        return None
    return ".".join(part for part in found.groups() if part is not None)


def combinations() -> Iterator[tuple[str, str, str, str]]:
    """Every (torch, CUDA, platform, channel) that the table lists."""
    for row in page("torch-cuda")["rows"]:
        for torch in cell(row["torch"], releases("torch")):
            for cuda in cell(row["cuda"], series("cuda")):
                for platform in row["platform"].split("/"):
                    for channel in row["channel"].split("/"):
                        yield torch, cuda, platform, channel


def default_cuda(torch: str) -> set[str]:
    """The CUDA that a plain install of a torch brings."""
    return pairs("torch-default-cuda", "torch", "cuda").rights(torch)


def minor(version: str) -> str:
    """A version's minor series: an official line may name another patch release than the table."""
    return ".".join(version.split(".")[:2])


def faults(line: str, torch: str, cuda: str, platform: str, channel: str) -> list[str]:
    """What a command has that is not what was asked for."""
    found = []
    if TORCH.findall(line)[:1] != [torch]:
        found.append("another torch")
    if cuda_of(line) != cuda and not (cuda_of(line) is None and cuda in default_cuda(torch)):
        found.append("another CUDA")
    if (platform == "linux" and "win_amd64" in line) or (platform == "windows" and "linux_x86_64" in line):
        found.append("another platform")
    if line.split(maxsplit=1)[0].rstrip("3") != channel:
        found.append("another channel")
    vision = VISION.search(line)
    goes = {minor(other) for other in pairs("torch-torchvision", "torch", "torchvision").rights(torch)}
    if vision and minor(vision[1]) not in goes:
        found.append("a torchvision of another torch")
    return found


@pytest.mark.parametrize(
    "text", ["install torch {} cuda {} on {} with {}", "{2} 用 {3} 安装 torch {0} cuda {1}"]
)
def test_an_install_line_is_for_what_was_asked(text: str) -> None:
    """Of every build that the table lists, the command given (if one is recorded) installs that build."""
    wrong, given = {}, 0
    for combination in sorted(set(combinations())):
        line = command(text.format(*combination))
        given += line is not None
        found = faults(line, *combination) if line is not None else []
        if found:
            wrong[combination] = (line, found)
    assert given > 400
    assert wrong == {}


@pytest.mark.parametrize("cuda", CUDAS)
def test_the_line_for_a_cuda_installs_that_cuda(cuda: str) -> None:
    """A lookup's command is for the CUDA that was asked about and for no platform but Linux."""
    line = command(f"which torch works with CUDA {cuda}")
    assert (line is None) == (cuda in WITHOUT_LINE)
    if line is None:
        return
    torch = TORCH.findall(line)[0]
    assert (torch, cuda) in pairs("torch-cuda", "torch", "cuda").pairs
    assert faults(line, torch, cuda, "linux", line.split(maxsplit=1)[0].rstrip("3")) == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_line_for_a_python_installs_a_torch_that_has_it(python: str) -> None:
    """A lookup's command fits the Python, also where it names a wheel file."""
    line = command(f"newest torch for python {python}")
    assert line is not None
    assert (TORCH.findall(line)[0], python) in pairs("torch-python", "torch", "python").pairs
    assert [f"{major}.{minor}" for major, minor in WHEEL_PYTHON.findall(line)] in ([], [python])


@pytest.mark.parametrize("python", ["2.7", "3.5", "3.6", "3.7", "3.8"])
@pytest.mark.parametrize("torch", ["0.4.1", "1.0.0", "1.1.0", "1.2.0", "1.3.1", "1.4.0", "1.5.0", "1.6.0"])
def test_a_wheel_file_is_for_the_python_that_was_given(torch: str, python: str) -> None:
    """A command that names a wheel file names it for the Python of the question."""
    line = command(f"install torch {torch} python {python}") or ""
    assert [f"{major}.{minor}" for major, minor in WHEEL_PYTHON.findall(line)] in ([], [python])


def least_drivers(platform: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The CUDA releases with the driver each needs, and the majors with that of minor compatibility."""
    for row in page("cuda-driver")["rows"]:
        if row["platform"] == platform:
            yield (".".join(row["cuda"].split(".")[:2]),), row["driver"].removeprefix(">=")
    for row in page("cuda-minor-compatibility")["rows"]:
        if row["platform"] == platform:
            within = tuple(cuda for cuda in series("cuda") if cuda.split(".")[0] == row["cuda"])
            yield within, row["driver"].removeprefix(">=")


def runnable(driver: str, platform: str) -> set[str]:
    """The CUDA series whose programs a driver runs, by the tables."""
    return {
        cuda
        for cudas, least in least_drivers(platform)
        if release(driver) >= release(least)
        for cuda in cudas
    }


@pytest.mark.parametrize(
    "platform",
    ["linux", "windows"],
)
def test_the_line_for_a_driver_is_one_that_the_driver_runs(platform: str) -> None:
    """For every least driver of the tables, the command's CUDA is one that this driver runs."""
    drivers = sorted({least for _, least in least_drivers(platform)}, key=release)
    wrong = {}
    for driver in drivers:
        line = command(f"newest torch for driver {driver} on {platform}")
        if line is None:
            continue
        torch = TORCH.findall(line)[0]
        named = cuda_of(line)
        brought = {named} if named else default_cuda(torch)
        if not brought <= runnable(driver, platform):
            wrong[driver] = line
    assert wrong == {}


@pytest.mark.parametrize("torch", ["1.7.0", "1.8.0", "1.12.1", "2.0.1"])
def test_no_platform_said_is_linux(torch: str) -> None:
    """A check without a platform never prints a wheel for Windows only."""
    cuda = sorted(pairs("torch-cuda", "torch", "cuda").rights(torch), key=release)[-1]
    vision = sorted(pairs("torch-torchvision", "torch", "torchvision").rights(torch), key=release)[-1]
    line = command(f"torch {torch} torchvision {vision} cuda {cuda}")
    assert line is None or "win_amd64" not in line
