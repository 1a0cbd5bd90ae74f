"""Finds days that have not come yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

AHEAD: Final = timedelta(hours=14)
"""How far the clocks of the easternmost place are ahead of UTC."""


def verify_dates(draft: Draft, now: datetime | None = None) -> None:
    """Add a problem for each release, product, fact and check that is dated after today, anywhere on earth.

    Only a fact of a release that is not out yet, a plan, may be dated ahead.
    """
    today = ((now or datetime.now(UTC)) + AHEAD).date().isoformat()

    def tell(kind: str, slug: str, key: tuple[str, ...], day: str | None) -> None:
        # A month or a year is compared with this month or year.
        if day is not None and day > today[: len(day)]:
            draft.problem(kind, slug, key, f"{day} lies in the future: correct it, or wait until then")

    for slug, source in draft.sources.items():
        tell("source", slug, ("checked",), source.checked.isoformat())
    for slug, product in draft.products.items():
        tell("product", slug, ("since",), product.since)
        for version, day in product.releases.items():
            tell("product", slug, ("releases", version), day)
    for slug, fact in draft.facts.items():
        about = draft.products.get(fact.about)
        if fact.version is None or (about and fact.version in about.releases):
            tell("fact", slug, ("date",), fact.date)
