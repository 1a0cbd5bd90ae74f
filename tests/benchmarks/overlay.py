"""Writes a team's folder with as many rows as one likes, on columns that the bundled tables have too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Final

from bot.knowledge.base import KnowledgeBase

LIBRARY: Final = "teamlib"
RELEASES: Final = 4_000
SHARES: Final[dict[str, int]] = {"torch": 4, "cuda": 3, "python": 2, "driver": 1}
"""Tenths of the rows by the column that a table shares with the bundled ones."""

_PRODUCT: Final = """product: {slug}
kind: library
name: {{en: Team library, zh: 团队库}}
aliases: [{slug}]
about: {{en: A library of the team., zh: 团队的一个库。}}
source: team-wiki
releases:
{releases}
"""
_TABLE: Final = """table: {slug}-{other}
says:
  en: "Team library {{{slug}}} goes with {other} {{{other}}}"
  zh: "团队库 {{{slug}}} 对应 {other} {{{other}}}"
columns: [{slug}, {other}, platform]
{complete}source: team-wiki
rows:
{rows}
"""
_SOURCES: Final = "sources:\n  team-wiki: {title: Team wiki, checked: 2026-01-31}\n"


def write_overlay(folder: Path, kb: KnowledgeBase, count: int) -> None:
    """Write a library with thousands of releases and tables of `count` rows in all."""
    known = releases()
    pages = {
        "sources.yaml": _SOURCES,
        f"products/{LIBRARY}.yaml": _PRODUCT.format(
            slug=LIBRARY, releases="\n".join(f'  "{version}": ~' for version in known)
        ),
    }
    for other, share in SHARES.items():
        values = [str(number) for number in kb.releases[other]]
        size = count * share // 10
        complete = f"complete_for: {LIBRARY}\n" if size >= len(known) else ""
        rows = "\n".join(table_rows(other, known, values, size))
        page = _TABLE.format(slug=LIBRARY, other=other, complete=complete, rows=rows)
        pages[f"tables/{LIBRARY}-{other}.yaml"] = page
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def releases() -> list[str]:
    """The versions of the library, ascending."""
    versions = product(range(RELEASES // 100), range(20), range(5))
    return [".".join(map(str, parts)) for parts in versions]


def table_rows(other: str, own: Sequence[str], values: Sequence[str], count: int) -> Iterator[str]:
    """Rows that pair each release with several of the other's, no two alike."""
    for number in range(count):
        version, turn = own[number % len(own)], number // len(own)
        value = values[(number * 7 + turn) % len(values)]
        platform = ("linux", "windows")[turn % 2]
        yield f'  - {{{LIBRARY}: "{version}", {other}: "{value}", platform: {platform}}}'
