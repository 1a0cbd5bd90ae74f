"""What a product's page requires becomes a table for each product that is required."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge
from bot.knowledge.versions import Constraint, Match, Number

PAGE = """product: gadget
kind: library
name: {en: Gadget, zh: Gadget}
about: {en: A library., zh: 一个库。}
source: book
releases: {"1.0": ~, "1.1": ~, "2.0": ~}
requires:
"""


def write(folder: Path, *entries: str, more: str = "") -> None:
    """A product page whose `requires` has these entries; `more` stands behind them."""
    lines = "".join(f"  - {entry}\n" for entry in entries)
    (folder / "products" / "gadget.yaml").write_text(PAGE + lines + more, encoding="utf-8")


def test_each_required_product_makes_a_table(folder: Path) -> None:
    """A row stands in the table of each product that it names, under its own line and source."""
    write(
        folder, '{release: "1.0~1.1", torch: ">=1.8"}', '{release: "2.0", torch: "==2.1.0", python: ">=3.9"}'
    )
    kb = load_knowledge([folder])
    torch, python = kb.relations["gadget-torch"], kb.relations["gadget-python"]
    assert [row.ref for row in torch.rows] == ["gadget-torch:8", "gadget-torch:9"]
    assert [row.ref for row in python.rows] == ["gadget-python:9"]
    assert torch.rows[0].sources == ("book",)
    assert torch.table.complete_for == "gadget"
    assert torch.table.headlines["torch"]["en"] == "Gadget {gadget} requires PyTorch {torch}"


def test_joins_pass_through_what_a_product_rests_on(folder: Path) -> None:
    """Its own table of anything else is joined by the product alone."""
    write(folder, '{release: "1.0", torch: ">=1.8", python: ">=3.7"}', more="rests_on: [torch]\n")
    kb = load_knowledge([folder])
    assert kb.relations["gadget-torch"].table.joined_by == ()
    assert kb.relations["gadget-python"].table.joined_by == ("gadget",)


def test_a_product_rests_on_what_it_requires(folder: Path, report: Callable[[], list[str]]) -> None:
    """Anything else there is a mistake."""
    write(folder, '{release: "1.0", torch: ">=1.8"}', more="rests_on: [python]\n")
    assert report() == ["products/gadget.yaml:9: rests_on: 'python' is nothing that it requires"]


def test_a_requirement_may_leave_the_version_open(folder: Path) -> None:
    """`any` admits every version, and the row says that it has no bound."""
    write(folder, '{release: "1.0", torch: any}', '{release: "1.1", torch: ">=1.8"}')
    rows = load_knowledge([folder]).relations["gadget-torch"].rows
    assert rows[0].matches("torch", Constraint.series(Number.parse("0.1.1"))) is Match.YES
    assert [row.unbounded for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("entry", "key", "message"),
    [
        ('{release: "1.0", torhc: ">=1.8"}', "requires.0.torhc", "'torhc' is no other product with releases"),
        ('{torch: ">=1.8"}', "requires.0", "no 'release': name the releases that this is about"),
        ('{release: "7.0", torch: ">=1.8"}', "requires.0.gadget", "7.0 is no known release"),
        ('{release: "1.0", torch: ">=x"}', "requires.0.torch", "'x' is not a version"),
        ('{release: "1.0", torch: ">=1.8", source: gone}', "requires.0.source", "no source 'gone'"),
    ],
)
def test_a_broken_entry_is_located(
    folder: Path, report: Callable[[], list[str]], entry: str, key: str, message: str
) -> None:
    """A mistake is told with the line of the entry."""
    write(folder, entry)
    (line,) = report()
    assert line.startswith(f"products/gadget.yaml:8: {key}: ")
    assert message in line


def test_lines_survive_the_cache(folder: Path, tmp_path: Path) -> None:
    """A base read from parsed files names the same lines."""
    write(folder, '{release: "1.0", torch: ">=1.8"}', '{release: "2.0", torch: "==2.1.0"}')
    fresh, again = (load_knowledge([folder], tmp_path / "cache") for _ in range(2))
    refs = [[row.ref for row in kb.relations["gadget-torch"].rows] for kb in (fresh, again)]
    assert refs == [["gadget-torch:8", "gadget-torch:9"]] * 2


@pytest.mark.parametrize(
    ("specifier", "version", "match"),
    [
        ("<=1.7", "1.7.1", Match.NO),
        ("<=1.7", "1.7.0", Match.YES),
        ("==2.1", "2.1.1", Match.NO),
        ("==2.1.0", "2.1", Match.MAYBE),
        ("!=2.1.1", "2.1", Match.MAYBE),
        (">=2.1.0", "2.1", Match.YES),
        ("<2.1.0", "2.1", Match.NO),
        (">2.1.0", "2.1", Match.MAYBE),
        (">1.7", "1.7.1", Match.YES),
        ("==2.1.*", "2.1.3", Match.YES),
        ("!=2.1.*", "2.1.3", Match.NO),
        ("~=3.8.1", "3.8.4", Match.YES),
        ("~=3.8.1", "3.9.0", Match.NO),
        ("~=3.8.1", "3.8.0", Match.NO),
        ("~=3.8", "3.11.0", Match.YES),
        (">=1.8,<2", "2.0.0", Match.NO),
    ],
)
def test_a_requirement_means_what_installers_read_in_it(specifier: str, version: str, match: Match) -> None:
    """PEP 440: missing components count as zero, which a coarse question may leave open."""
    assert Constraint.requirement(specifier).match(Number.parse(version)) is match
