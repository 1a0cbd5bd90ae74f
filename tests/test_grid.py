"""A grid over the tables: the verdict on every pair equals what an independent reading of the YAML says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.questions.cases import pipeline
from tests.tables import Pairs, page, pairs, release, releases, series

PHRASES: Final = {
    "en": ("does torch {torch} work with {name} {other}", "torch {torch} {name} {other}"),
    "zh": ("torch {torch} 支持 {name} {other} 吗", "{name}{other}能用torch{torch}吗"),
}
DRIVER_PHRASES: Final = (
    "does driver {driver} work with cuda {cuda} on {platform}",
    "{platform} 驱动 {driver} 支持 cuda {cuda} 吗",
)
VERSIONS: Final = re.compile(r"(\d+(?:\.\d+)+)(?:–(\d+(?:\.\d+)+))?")
COMPANIONS: Final = ("torchvision", "torchaudio", "torchtext")


def asked(torch: str, name: str, other: str, number: int) -> list[str]:
    """One question in each language; the phrasing takes turns."""
    return [
        phrases[number % len(phrases)].format(torch=torch, name=name, other=other)
        for phrases in PHRASES.values()
    ]


def wrong(questions: Iterator[tuple[str, str | None]]) -> tuple[int, list[str]]:
    """How many questions were asked, and every one whose verdict is not the expected one."""
    asked_count, found = 0, []
    for text, expected in questions:
        asked_count += 1
        reply = pipeline().ask(text)
        if reply.verdict != expected or reply.intent != "check":
            found.append(f"{text}: expected {expected}, got {reply.verdict} ({reply.intent})")
    return asked_count, found


def closed_by_torch(listed: Pairs, torch: str, other: str) -> str | None:
    """The verdict where a listed torch has all its pairs listed, except those in open rows."""
    if (torch, other) in listed.pairs:
        return "yes"
    if torch not in listed.left or any(a == torch for a, _ in listed.open):
        return None
    return "no"


def closed_by_companion(listed: Pairs, torch: str, other: str) -> str | None:
    """The verdict where a listed companion has all its torches listed, except those in open rows."""
    if (torch, other) in listed.pairs:
        return "yes"
    if other not in listed.right or any(b == other for _, b in listed.open):
        return None
    return "no"


def cuda_questions() -> Iterator[tuple[str, str | None]]:
    """Every known torch with every known CUDA series."""
    listed = pairs("torch-cuda", "torch", "cuda")
    for number, torch in enumerate(releases("torch")):
        for step, cuda in enumerate(series("cuda")):
            expected = closed_by_torch(listed, torch, cuda)
            for text in asked(torch, "CUDA", cuda, number + step):
                yield text, expected


def python_questions() -> Iterator[tuple[str, str | None]]:
    """Every known torch with every known Python."""
    listed = pairs("torch-python", "torch", "python")
    elsewhere = pairs("torch-python-elsewhere", "torch", "python").pairs
    for number, torch in enumerate(releases("torch")):
        for step, python in enumerate(series("python")):
            one_platform = (torch, python) in elsewhere
            expected = "depends" if one_platform else closed_by_torch(listed, torch, python)
            for text in asked(torch, "Python", python, number + step):
                yield text, expected


def companion_questions(name: str) -> Iterator[tuple[str, str | None]]:
    """Every release of a companion with the torch releases around its own and with every fifth other one."""
    listed = pairs(f"torch-{name}", "torch", name)
    known = releases("torch")
    for number, other in enumerate(releases(name)):
        own = [known.index(torch) for torch in listed.lefts(other)]
        for step, torch in enumerate(known):
            if (number + step) % 5 and not any(abs(step - index) <= 2 for index in own):
                continue
            expected = closed_by_companion(listed, torch, other)
            for text in asked(torch, name, other, number + step):
                yield text, expected


def least_drivers(platform: str) -> dict[str, list[str]]:
    """The least drivers that the releases of each CUDA series were made for."""
    found: dict[str, list[str]] = {}
    for row in page("cuda-driver")["rows"]:
        if row["platform"] == platform:
            found.setdefault(".".join(row["cuda"].split(".")[:2]), []).append(
                row["driver"].removeprefix(">=")
            )
    return {cuda: sorted(drivers, key=release) for cuda, drivers in found.items()}


def minor_drivers(platform: str) -> dict[str, str]:
    """The driver from which minor-version compatibility holds, by the major of CUDA."""
    rows = [row for row in page("cuda-minor-compatibility")["rows"] if row["platform"] == platform]
    return {row["cuda"]: row["driver"].removeprefix(">=") for row in rows}


def driver_verdicts(cuda: str, driver: str, platform: str) -> set[str]:
    """What may be said: yes from the last release's driver on, depends from minor compatibility on, else no.

    Between the first and the last release of a series either word is right.
    """
    least = least_drivers(platform)[cuda]
    minor = minor_drivers(platform).get(cuda.split(".", maxsplit=1)[0])
    if release(driver) >= release(least[-1]):
        return {"yes"}
    if release(driver) >= release(least[0]):
        return {"yes", "depends"}
    return {"depends"} if minor and release(driver) >= release(minor) else {"no"}


@pytest.mark.parametrize("platform", ["linux", "windows"])
def test_every_driver_of_the_tables_with_every_cuda(platform: str) -> None:
    """The verdict on (driver, CUDA) on a platform follows from the least drivers there."""
    least = least_drivers(platform)
    drivers = sorted({d for found in least.values() for d in found} | set(minor_drivers(platform).values()))
    wrong_ones = {}
    for number, cuda in enumerate(least):
        for step, driver in enumerate(drivers):
            text = DRIVER_PHRASES[(number + step) % 2].format(driver=driver, cuda=cuda, platform=platform)
            verdict = pipeline().ask(text).verdict
            if verdict not in driver_verdicts(cuda, driver, platform):
                wrong_ones[text] = verdict
    assert wrong_ones == {}


def test_every_torch_with_every_cuda() -> None:
    """The verdict on (torch, CUDA) is the table's, in both languages."""
    count, found = wrong(cuda_questions())
    assert (count > 2_000, found) == (True, [])


def test_every_torch_with_every_python() -> None:
    """The verdict on (torch, Python) is the table's, in both languages."""
    count, found = wrong(python_questions())
    assert (count > 1_000, found) == (True, [])


@pytest.mark.parametrize("name", COMPANIONS)
def test_companions(name: str) -> None:
    """The verdict on (torch, companion) is the table's, in both languages."""
    count, found = wrong(companion_questions(name))
    assert (count > 500, found) == (True, [])


@pytest.mark.parametrize("text", ["which torch works with CUDA {}", "CUDA {} 对应哪些 torch"])
@pytest.mark.parametrize("cuda", series("cuda"))
def test_torches_of_a_cuda(cuda: str, text: str) -> None:
    """The versions listed for a CUDA series are exactly the table's."""
    expected = pairs("torch-cuda", "torch", "cuda").lefts(cuda)
    assert looked_up(text.format(cuda), cuda, "torch") == sorted(expected, key=release)


@pytest.mark.parametrize("text", ["which torch works with python {}", "python {} 能用哪些 torch"])
@pytest.mark.parametrize("python", series("python"))
def test_torches_of_a_python(python: str, text: str) -> None:
    """The versions listed for a Python are exactly the table's."""
    expected = pairs("torch-python", "torch", "python").lefts(python)
    assert looked_up(text.format(python), python, "torch") == sorted(expected, key=release)


@pytest.mark.parametrize("torch", releases("torch"))
def test_companions_of_a_torch(torch: str) -> None:
    """The torchvision listed for a torch is exactly the table's; a torch without one gets none."""
    expected = pairs("torch-torchvision", "torch", "torchvision").rights(torch)
    assert looked_up(f"which torchvision goes with torch {torch}", torch, "torchvision") == sorted(
        expected, key=release
    )


@pytest.mark.parametrize("name", [*COMPANIONS, "python"])
def test_a_torch_without_a_row_is_not_recorded_rather_than_no(name: str) -> None:
    """Where a table has no row for a torch, a lookup knows nothing: it never says no."""
    listed = pairs(f"torch-{name}", "torch", name).left
    found = {
        torch: reply.verdict
        for torch in releases("torch")
        if torch not in listed
        for reply in [pipeline().ask(f"which {name} goes with torch {torch}")]
        if reply.verdict is not None
    }
    assert found == {}


@pytest.mark.parametrize("torch", releases("torch"))
def test_cudas_of_a_torch(torch: str) -> None:
    """The CUDA series listed for a torch are exactly the table's."""
    expected = pairs("torch-cuda", "torch", "cuda").rights(torch)
    assert looked_up(f"torch {torch} 支持哪些 cuda", torch, "cuda") == sorted(expected, key=release)


def looked_up(text: str, given: str, product: str) -> list[str]:
    """The versions of `product` that the headline of a lookup's reply lists, ranges written out."""
    reply = pipeline().ask(text)
    assert reply.intent == "lookup"
    if reply.status != "answered" or reply.verdict == "no":
        return []
    known = series(product) if product in ("cuda", "python") else releases(product)
    found: set[str] = set()
    for low, high in VERSIONS.findall(reply.sections[0].headline.replace(given, "", 1)):
        found.update(v for v in known if release(low) <= release(v) <= release(high or low))
    return sorted(found, key=release)
