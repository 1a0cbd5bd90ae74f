"""How strongly a question claims a message that one fact answers outright, or that no table can answer."""

from __future__ import annotations

from typing import Final

from bot.understanding.filled import Slots

OF_RELEASES: Final = (
    "how",
    "install",
    "newest",
    "oldest",
    "since",
    "when",
    "compare",
    "ended",
    "fails",
    "trouble",
)
"""What is asked of releases, whatever they are wanted for."""
BESIDE_MEANING: Final = frozenset(
    {"works", "newest", "oldest", "install", "need", "when", "since", "compare"}
)
"""What is asked of the thing itself; not where it is asked outright what its name means."""


def needed(slots: Slots) -> float:
    """Whether something must be installed that comes along anyway, or why."""
    asks = slots.has("yesno", "why") and slots.has("install", "installed")
    return 0.94 if asks and slots.unneeded and not slots.has("which", "newest", "oldest", "how") else 0.0


def meaning(slots: Slots) -> float:
    """What a tag means, whatever its number."""
    other = slots.bare or not slots.cues.isdisjoint(BESIDE_MEANING)
    return 0.94 if slots.meant and (slots.has("meaning") or not other) else 0.0


def nightly(slots: Slots) -> float:
    """A build before a release; of a GPU the releases tell more."""
    return 0.94 if not (slots.devices or slots.has("install")) else 0.0


def nightly_install(slots: Slots) -> float:
    """How to get such a build, of whatever CUDA: one fact tells that."""
    return 0.94 if slots.has("nightly") and not slots.devices else 0.0


def project(slots: Slots) -> float:
    """Which version somebody's own project uses: no table has that, nor may one guess it."""
    asks = slots.has("which", "version", "describe") or slots.cues == {"project"}
    asks = asks and not slots.has(*OF_RELEASES)
    told = slots.versions or slots.devices or slots.environment or slots.code
    return 0.95 if asks and slots.bare and not told else 0.0
