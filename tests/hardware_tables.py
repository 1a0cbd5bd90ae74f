"""Reads what the tables say of drivers, GPUs and the code in builds, apart from the bot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from bot.settings import bundled_knowledge
from tests.gridding import DEPENDS, NO, OPEN, YES, Verdicts
from tests.tables import cell, page, release, releases, series

ATTRIBUTES: Final = bundled_knowledge() / "attributes"
CODE, PTX, UNRECORDED = "sm", "compute", "unrecorded"
PTX_ONLY: Final = DEPENDS | NO
Capability = tuple[int, int]


@cache
def least_drivers(platform: str) -> dict[str, list[str]]:
    """The least drivers that the releases of each CUDA series were made for, ascending."""
    found: dict[str, list[str]] = {}
    for row in page("cuda-driver")["rows"]:
        if row["platform"] == platform:
            cuda = ".".join(row["cuda"].split(".")[:2])
            found.setdefault(cuda, []).append(row["driver"].removeprefix(">="))
    return {cuda: sorted(drivers, key=release) for cuda, drivers in found.items()}


@cache
def _minor_drivers(platform: str) -> dict[str, str]:
    rows = [row for row in page("cuda-minor-compatibility")["rows"] if row["platform"] == platform]
    return {row["cuda"]: row["driver"].removeprefix(">=") for row in rows}


def minor_driver(platform: str, cuda: str) -> str | None:
    """The driver from which minor-version compatibility holds for a CUDA's major on a platform."""
    return _minor_drivers(platform).get(cuda.split(".", maxsplit=1)[0])


@cache
def branches() -> dict[str, str]:
    """The driver branches that a table names, each with the newest CUDA that it supports."""
    return {row["driver"]: row["cuda"].removeprefix("<=") for row in page("driver-branch-cuda")["rows"]}


def reaches(branch: str, cuda: str) -> bool:
    """Whether some driver of a branch supports a CUDA, by the table of branches."""
    return release(cuda) <= release(branches()[branch])


def driver_marks(platform: str) -> list[str]:
    """Every full driver version that a table names on a platform, and one just below each series' first."""
    series_of, minor = least_drivers(platform).values(), set(_minor_drivers(platform).values())
    named = {driver for drivers in series_of for driver in drivers} | minor
    first = {drivers[0] for drivers in series_of} | minor
    between = {_below(driver) for driver in first if "." in driver}
    return sorted({driver for driver in named if "." in driver} | between, key=release)


def _below(driver: str) -> str:
    """A driver shortly before another, in the same branch where it has one."""
    head, *rest = driver.split(".")
    return ".".join([head, str(int(rest[0]) - 1).zfill(2)]) if int(rest[0]) > 0 else f"{int(head) - 1}.90"


@dataclass(frozen=True)
class Gpu:
    """A GPU: its names, its compute capability, and the platform it comes with if it has but one."""

    names: tuple[str, ...]
    capability: str
    at: str | None


@cache
def gpus() -> tuple[Gpu, ...]:
    """All GPUs whose capability is known, in the table's order."""
    loaded = yaml.safe_load((ATTRIBUTES / "gpu.yaml").read_text(encoding="utf-8"))["values"]
    return tuple(
        Gpu(_names(loaded[slug]), row["compute-capability"], loaded[slug].get("at", {}).get("platform"))
        for row in page("gpu-capability")["rows"]
        for slug in row["gpu"]
    )


def _names(entry: dict[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((entry["name"]["en"], *entry.get("aliases", ()))))


@dataclass(frozen=True)
class Code:
    """Code for GPUs inside a build: machine code or PTX, and the capability that it is for."""

    kind: str
    capability: Capability

    def runs_on(self, gpu: Capability) -> bool:
        """Machine code stays within its major capability; neither kind goes to an older GPU."""
        return self.capability <= gpu and (self.kind == PTX or self.capability[0] == gpu[0])


def capability_of(text: str) -> Capability:
    """`8.6` as (8, 6)."""
    major, minor = text.split(".")
    return int(major), int(minor)


def _code(text: str) -> Code | None:
    """`sm_86` as machine code for (8, 6); nothing for what is not recorded."""
    if text == UNRECORDED:
        return None
    kind, _, digits = text.partition("_")
    return Code(kind, (int(digits[:-1]), int(digits[-1])))


def has_rows(torch: str, platform: str) -> bool:
    """Whether the table of code in builds has anything on a torch on a platform."""
    return bool(_rows("torch-arch", torch, platform))


def _rows(table: str, torch: str, platform: str) -> list[dict[str, Any]]:
    return [
        row
        for row in page(table)["rows"]
        if torch in cell(row["torch"], releases("torch")) and platform in row["platform"].split("/")
    ]


@cache
def codes(torch: str, platform: str, *, named: bool) -> tuple[frozenset[Code], bool]:
    """What code the builds of a torch on a platform hold, and whether that is known of every build.

    Where the platform is not `named`, builds that count only if it is are left out.
    """
    rows = _rows("torch-arch", torch, platform)
    flags = {False, True} if named else {False}
    counting = [row for row in rows if row.get("only_if_named", False) in flags]
    found = [_code(arch) for row in counting for arch in row["arch"].split("/")]
    told = {build for row in rows for build in _builds(row, torch)}
    whole = set(_official_builds(torch, platform)) <= told
    return frozenset(filter(None, found)), bool(rows) and None not in found and whole


def _builds(row: dict[str, str], torch: str) -> Iterator[tuple[str, str, str]]:
    for cuda in cell(row["cuda"], series("cuda")):
        for channel in row["channel"].split("/"):
            yield torch, cuda, channel


def _official_builds(torch: str, platform: str) -> Iterator[tuple[str, str, str]]:
    """The builds of a torch on a platform by the table of builds."""
    for row in _rows("torch-cuda", torch, platform):
        yield from _builds(row, torch)


@cache
def tegra_capabilities() -> frozenset[Capability]:
    """The capabilities of modules for which code of desktop GPUs has no promise to run."""
    rows = page("arch-capability-tegra")["rows"]
    return frozenset(capability_of(text) for row in rows for text in row["compute-capability"].split("/"))


def gpu_verdicts(gpu: Gpu, torch: str, platform: str, *, named: bool = True) -> Verdicts:
    """Whether an official build of a torch on a platform runs on a GPU.

    A GPU that comes with one platform has its builds there; named beside another, either may be told.
    """
    if gpu.at is None:
        return _on_platform(gpu, torch, platform, named=named)
    own = _on_platform(gpu, torch, gpu.at, named=True)
    return own | OPEN | _on_platform(gpu, torch, platform, named=named) if named else own


def _on_platform(gpu: Gpu, torch: str, platform: str, *, named: bool) -> Verdicts:
    """Machine code settles it, but not on a module; PTX alone does not; else no, if all code is recorded."""
    has = capability_of(gpu.capability)
    held, complete = codes(torch, platform, named=named)
    running = {code for code in held if code.runs_on(has)}
    fitting = {code for code in running if code.kind == CODE or code.capability == has}
    if has in tegra_capabilities():
        return OPEN if fitting else OPEN | NO
    if fitting:
        return YES
    if not complete:
        return OPEN if held or gpu.at is None else OPEN | NO
    return PTX_ONLY if running else NO
