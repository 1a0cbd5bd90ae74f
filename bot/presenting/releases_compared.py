"""Words for releases of one product side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.answering.comparisons import ReleaseComparison
from bot.presenting.phrasing import Phrasing
from bot.presenting.reply import Grid

if TYPE_CHECKING:
    from bot.presenting.compose import Draft


def say_releases(found: ReleaseComparison, words: Phrasing, draft: Draft) -> None:
    """Which is newer, then a column for each release with its day and what goes with it."""
    slug = found.product.product
    old, new = (words.named(slug, str(number)) for number, _ in (found.releases[0], found.releases[-1]))
    text = words.say("compare.newer", new=new, old=old)
    mark = "" if found.holds is None else words.say("mark.yes" if found.holds else "mark.no")
    draft.headline = f"{mark} {text}".strip()
    header = ("", *(words.named(slug, str(number)) for number, _ in found.releases))
    draft.grid = Grid(header, tuple(_rows(found, words)))
    draft.rest_on(found.evidence)


def _rows(found: ReleaseComparison, words: Phrasing) -> Iterator[tuple[str, ...]]:
    dash = words.say("column.none")
    if any(day for _, day in found.releases):
        days = (words.date(day) if day else dash for _, day in found.releases)
        yield (words.say("compare.released"), *days)
    for column, listed in found.beside:
        yield (words.name(column), *(words.versions(column, v) if v else dash for v in listed))
