"""Every gathered row on TensorFlow, JAX and libraries is in the knowledge, or a known gap."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest
from packaging.specifiers import SpecifierSet

from bot.knowledge.aliases import fold_name
from bot.knowledge.models import Product
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from tests.coverage.figures import Figures, figures, mended, unanswered
from tests.questions.cases import pipeline

COMPANIONS: Final = ("torchvision", "torchaudio", "torchtext")
SILENT: Final = ("", "none")
UNKNOWN_STATUS: Final = "status not checked"


@cache
def products() -> dict[str, Product]:
    """Products by every name they have, folded as the check does."""
    found: dict[str, Product] = {}
    for slug, product in pipeline().kb.products.items():
        names = (slug, product.package or slug, *product.name.values(), *product.aliases)
        for name in (*names, *product.versioned_aliases):
            found.setdefault(fold_name(name), product)
    return found


def named(text: str) -> Product:
    """The product of a name."""
    return products()[fold_name(text)]


def rows_of(slug: str, column: str, release: str) -> list[Row]:
    """The rows of a table that name exactly this release."""
    relation = pipeline().kb.relations.get(slug)
    asked = Constraint.series(Number.parse(release))
    rows = relation.rows if relation else ()
    return [row for row in rows if row.matches(column, asked) is Match.YES]


def admits(row: Row, column: str, version: Number) -> bool:
    """Whether a row's cell surely takes a version."""
    return row.matches(column, Constraint.series(version)) is Match.YES


def specifier(text: str) -> SpecifierSet:
    """A requirement as installers read it; what an extra asks for counts as asked for."""
    plain = text.partition(": ")[2] if text.startswith("extra ") else text
    return SpecifierSet("" if plain == "any" else plain.replace(".*", "") if ">=" in plain else plain)


def agrees(product: str, release: str, other: str, text: str) -> bool:
    """Whether the table takes just those releases of the other product that the specifier takes."""
    rows = rows_of(f"{product}-{other}", product, release)
    if text in SILENT:
        return not rows
    known = pipeline().kb.releases[other]
    allowed = specifier(text)
    own = [row for row in rows if admits_only(row, product, release)]
    return len(own) == 1 and all(
        admits(own[0], other, version) == allowed.contains(str(version), prereleases=True)
        for version in known
    )


def admits_only(row: Row, product: str, release: str) -> bool:
    """Whether a row names the release itself, not one of its post-releases."""
    cell = row.cells[product]
    return Number.parse(release) in getattr(cell, "numbers", ())


def is_paired(row: Figures) -> bool:
    """A companion's row stands in the table of pairs, and no pair leaves the specifier."""
    product, text = row["package"], row["torch"]
    rows = rows_of(f"torch-{product}", product, row["release"])
    pairs = {n for found in rows for n in getattr(found.cells["torch"], "numbers", ())}
    if text in (*SILENT, "any"):
        return Number.parse(row["release"]) in pipeline().kb.releases[product]
    return bool(pairs) and all(specifier(text).contains(str(version)) for version in pairs)


def is_triton(row: Figures) -> bool:
    """The torch that pins a Triton."""
    torch = Number.parse(row["torch"].removeprefix("=="))
    pinned = Number.parse(row["release"].removeprefix("~="))
    rows = pipeline().kb.relations["torch-triton"].rows
    return any(admits(found, "torch", torch) and admits(found, "triton", pinned) for found in rows)


def has_requirement(row: Figures) -> bool:
    """A library's release with its day, and what it takes of torch and Python."""
    if row["package"] == "triton":
        return is_triton(row)
    product = named(row["package"])
    if row["package"] in COMPANIONS:
        return "post" not in row["release"] and is_paired(row)
    slug = product.product
    dated = product.releases.get(row["release"]) == row["date"]
    return dated and agrees(slug, row["release"], "torch", row["torch"]) and takes_python(slug, row)


def takes_python(slug: str, row: Figures) -> bool:
    """Python goes by series: a bound within one leaves it open."""
    rows = rows_of(f"{slug}-python", slug, row["release"])
    return bool(rows) == bool(row["python"])


def has_tensorflow(row: Figures) -> bool:
    """CUDA, cuDNN and every Python of a TensorFlow."""
    release = row["tensorflow"]
    pythons = [bound for part in row["python"].split(", ") for bound in part.split("-")]
    wanted = [("cuda", row["cuda"]), ("cudnn", row["cudnn"]), *(("python", text) for text in pythons)]
    return all(
        any(
            admits(found, column, Number.parse(text))
            for found in rows_of(f"tensorflow-{column}", "tensorflow", release)
        )
        for column, text in wanted
    )


def has_jax(row: Figures) -> bool:
    """Each number of a row stands in a table row of the release, or in what a fact about it says."""
    product, release = row["product"], row["release"]
    told = " ".join(fact.text["en"] for fact in pipeline().kb.facts if fact.about in ("jax", "jaxlib"))
    known = not release or named(product).releases.get(release) == row["date"]
    return known and all(
        re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", told)
        or stands(product, column, release, number)
        for column in ("cuda", "cudnn", "python")
        for number in row[column].split()
    )


def says(text: str, number: str) -> bool:
    """Whether a text has the number as a whole."""
    return re.search(rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)", text) is not None


def stands(product: str, column: str, release: str, number: str) -> bool:
    """Whether a table has the number for the release."""
    rows = rows_of(f"{product}-{column}", product, release) if release else []
    return any(admits(found, column, Number.parse(number)) for found in rows)


def has_framework(row: Figures) -> bool:
    """A framework with its maker, year, status and kind of graph."""
    product = named(row["framework"])
    status = (product.status or {}).get("en", "")
    graph = product.traits["graph"]["en"]
    known = bool(product.maker) and status.startswith(row["status"]) and graph.startswith(row["graph"])
    return known and (product.since or "").startswith(row["first"])


def has_library(row: Figures) -> bool:
    """A library with its domain, status and newest release."""
    product = named(row["package"])
    status = (product.status or {}).get("en", "")
    wanted = "" if row["status"] == UNKNOWN_STATUS else row["status"]
    return row["domain"] in product.topics and status.startswith(wanted) and row["release"] in status


CHECKS: Final[dict[str, Callable[[Figures], bool]]] = {
    "tensorflow_cuda": has_tensorflow,
    "jax_cuda": has_jax,
    "ecosystem_torch_requirements": has_requirement,
    "frameworks": has_framework,
    "ecosystem": has_library,
}
ASKED: Final = sorted({row["package"] for row in figures("ecosystem_torch_requirements")})


@pytest.mark.parametrize("name", CHECKS)
def test_every_row_is_answerable(name: str) -> None:
    """What is not answerable is named as a gap, with a reason."""
    assert unanswered(name, CHECKS[name]) == []


@pytest.mark.parametrize("name", CHECKS)
def test_a_gap_is_a_gap(name: str) -> None:
    """A gap that has been filled is deleted from the list."""
    assert mended(name, CHECKS[name]) == []


@pytest.mark.parametrize("package", ASKED)
@pytest.mark.parametrize("ask", ["which torch does {} need", "{} 需要哪个 torch"])
def test_a_requirement_is_told(package: str, ask: str) -> None:
    """The newest release is answered with its figures, or with what is known where it has none.

    Of a companion it is the newest that pins a torch: pairs are told of the others.
    """
    rows = [row for row in figures("ecosystem_torch_requirements") if row["package"] == package]
    row = [row for row in rows if package not in COMPANIONS or row["torch"].startswith("==")][-1]
    release = row["release"].removeprefix("~=")
    reply = pipeline().ask(ask.format(f"{package} {release}"))
    numbers = [text.strip("<>=!~") for text in row["torch"].rpartition(": ")[2].split(",")]
    told = pipeline().plain(reply)
    assert reply.status == "answered" or row["torch"] in SILENT
    assert [n for n in numbers if n not in (*SILENT, "any") and n not in told] == []


@pytest.mark.parametrize("row", figures("tensorflow_cuda"), ids=lambda row: row["tensorflow"])
def test_a_tensorflow_is_told_with_its_cuda(row: Figures) -> None:
    """The reply to a question names the CUDA."""
    told = pipeline().plain(pipeline().ask(f"tensorflow {row['tensorflow']} cuda version"))
    assert f"CUDA {row['cuda']}" in told
