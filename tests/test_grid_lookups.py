"""A grid of lookups: a reply lists exactly the versions of an independent reading of the YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest

from tests.gridding import SHOWN, phrasings
from tests.questions.cases import pipeline
from tests.tables import pairs, release, releases, series

VERSIONS: Final = re.compile(r"(\d+(?:\.\d+)+)(?:–(\d+(?:\.\d+)+))?")
BY_SERIES: Final = ("cuda", "python")
GRIDS: Final = (
    ("torch-cuda", "torch", "cuda"),
    ("torch-cuda", "cuda", "torch"),
    ("torch-python", "torch", "python"),
    ("torch-python", "python", "torch"),
    ("torch-torchvision", "torch", "torchvision"),
    ("torch-torchvision", "torchvision", "torch"),
    ("torch-torchaudio", "torch", "torchaudio"),
    ("torch-torchaudio", "torchaudio", "torch"),
)


def known(product: str) -> tuple[str, ...]:
    """The versions of a product as people name them."""
    return series(product) if product in BY_SERIES else releases(product)


def listed(table: str, want: str, name: str, given: str) -> list[str]:
    """What a table lists for a version, ascending."""
    torch_wanted = want == "torch"
    both = pairs(table, "torch", name if torch_wanted else want)
    found = both.lefts(given) if torch_wanted else both.rights(given)
    return sorted(found, key=release)


def looked_up(text: str, given: str, product: str) -> list[str] | None:
    """The versions that the headline of a lookup's reply lists, ranges written out; None if it is none."""
    reply = pipeline().ask(text)
    if reply.intent != "lookup":
        return None
    if reply.status != "answered" or reply.verdict == "no":
        return []
    found: set[str] = set()
    for low, high in VERSIONS.findall(reply.sections[0].headline.replace(given, "", 1)):
        found.update(v for v in known(product) if release(low) <= release(v) <= release(high or low))
    return sorted(found, key=release)


def wrong_lookups(table: str, want: str, name: str) -> Iterator[str]:
    """Every question whose reply does not list what the table does; each version in every phrasing."""
    for given in known(name):
        expected = listed(table, want, name, given)
        for texts in phrasings("lookup").values():
            for phrasing in texts:
                text = phrasing.format(want=want, name=name, given=given)
                found = looked_up(text, given, want)
                if found != expected:
                    yield f"{text!r}: expected {expected}, got {found}"


@pytest.mark.parametrize(("table", "want", "name"), GRIDS)
def test_what_is_listed_for_every_version(table: str, want: str, name: str) -> None:
    """Which versions of one product go with each version of another is told as the table has it."""
    found = list(wrong_lookups(table, want, name))
    assert not found, f"{len(found)} are wrong:\n" + "\n".join(found[:SHOWN])


@pytest.mark.parametrize("name", ["torchvision", "torchaudio", "torchtext", "python"])
def test_a_torch_without_a_row_is_not_recorded_rather_than_no(name: str) -> None:
    """Where a table has no row for a torch, a lookup knows nothing: it never says no."""
    with_row = pairs(f"torch-{name}", "torch", name).left
    found = {
        torch: reply.verdict
        for torch in releases("torch")
        if torch not in with_row
        for reply in [pipeline().ask(f"which {name} goes with torch {torch}")]
        if reply.verdict is not None
    }
    assert found == {}
