"""A set of versions and names in which a version is found by what it contains and by what contains it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.versions import Number

Entry = Number | str


class Reach:
    """The entries that a join may reach: a series reaches its releases, a release its series."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index the entries."""
        self._names: set[str] = set()
        self._releases: set[tuple[int, ...]] = set()
        self._series: set[tuple[int, ...]] = set()
        for entry in entries:
            if isinstance(entry, str):
                self._names.add(entry)
            else:
                self._releases.add(entry.release)
                self._series |= {entry.release[:length] for length in range(1, len(entry.release) + 1)}

    def __contains__(self, entry: Entry) -> bool:
        """Whether an entry is among them, or is a series or a release of one of them."""
        if isinstance(entry, str):
            return entry in self._names
        heads = (entry.release[:length] for length in range(1, len(entry.release)))
        return entry.release in self._series or any(head in self._releases for head in heads)
