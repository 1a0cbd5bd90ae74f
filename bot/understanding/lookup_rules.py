"""How strongly each kind of lookup claims a message, from 0 (no reading) to 1."""

from __future__ import annotations

from bot.understanding.filled import Slots


def device(slots: Slots) -> float:
    """Whether a GPU is supported at all: by what can be installed, though nobody says so."""
    if not slots.surrounding or not slots.devices or not slots.columns <= set(slots.devices):
        return 0.0
    if any(not isinstance(v.constraint, str) and not v.role for v in slots.versions):
        return 0.0  # whether a driver and a GPU go together is asked, not what can be installed there
    if not slots.builds_only or slots.strange or slots.code or slots.has("which", "when", "compare"):
        return 0.0
    if slots.bare and (slots.has("newest", "oldest") or (slots.has("need") and not slots.has("yesno"))):
        return 0.0  # which version of what is named, not whether the GPU is supported
    if slots.has("works", "fails", "negative", "need", "ended"):
        return 0.88
    return 0.88 if slots.has("yesno") and slots.unexplained < 2 else 0.0  # what it costs is another question


def supported(slots: Slots) -> float:
    """Whether a version of what surrounds it is supported, though nobody says by what: by the subject."""
    alone = slots.surrounding and len(slots.columns) == 1 and not slots.bare and not slots.strange
    if not alone or slots.unexplained or slots.kinds or slots.topics or slots.unnamed:
        return 0.0
    return 0.7 if not slots.has("when", "since", "ended", "compare", "which") else 0.0


def extreme(slots: Slots) -> float:
    """The last release for a GPU: the release that is given is not the one asked for."""
    wanted = slots.subject_given and len(slots.columns) > 1 and slots.devices and not slots.bare
    asks = slots.has("version") and slots.has("which")
    return 0.92 if wanted and asks else 0.0


def since(slots: Slots) -> float:
    """When something came to support a version of another: since its first release that does."""
    one = len(slots.columns) == 1 and len(slots.bare) == 1 and (slots.subject_wanted or slots.along_only)
    return 0.89 if one and not slots.has("ended", "compare") else 0.0


def ranged(slots: Slots) -> float:
    """Which versions of a range go with the rest; whether, where the rest is a device."""
    others = slots.columns - set(slots.ranged)
    wanted = slots.ranged and others and not slots.bare and not slots.has("when", "compare")
    if slots.has("yesno") and not (slots.subject_given and others == set(slots.devices)):
        return 0.0
    return 0.87 if wanted else 0.0


def asked(slots: Slots) -> float:
    """Which version of what a question word stands beside, though a version of it is given, too."""
    others = slots.columns - set(slots.asked)
    return 0.9 if slots.asked and others and not slots.has("when", "compare", "maker") else 0.0


def wanted(slots: Slots) -> float:
    """Which versions of what is named go with what is given."""
    own = any(name.partition(".")[0].lower() in slots.columns for name in slots.code)
    if (
        slots.code
        and slots.bare
        and slots.versions
        and not (own and slots.has("which") and slots.has("version"))
    ):
        return 0.6  # a fact about that function may tell more, unless the release that it is of is given
    if not slots.bare or not slots.versions or slots.has("compare", "when", "maker"):
        return 0.0
    if slots.rivals and len(slots.columns) > 1 and not slots.has("which"):
        return 0.5  # the framework whose version is given is what is asked about
    if slots.has("negative") and slots.has("install") and not slots.has("which"):
        return 0.0
    whether = slots.has("yesno") and not slots.has("which", "need")
    if len(slots.columns) > 1 and whether and not slots.requiring:
        return 0.5
    if slots.has("describe") and not slots.has("which"):
        return 0.7
    return 0.88 if slots.has("which", "need", "newest", "oldest") else 0.78


def place(slots: Slots) -> float:
    """A platform or channel alone is a given too: "first torch for windows"."""
    only_place = len(slots.bare) == 1 and slots.values and not slots.versions
    other = slots.has("install", "when", "since", "ended", "how")
    return 0.89 if only_place and not (other or slots.strange) else 0.0


def counterpart(slots: Slots) -> float:
    """Which version goes with what is given, where nothing is named that is wanted."""
    if slots.bare or slots.strange or slots.has("since"):
        return 0.0
    if slots.again or (len(slots.columns) != 1 and not slots.asks_around):
        return 0.0
    if slots.code:
        return 0.6  # a fact about that function may tell more
    if slots.has("works", "yesno") and slots.has("version"):
        return 0.86
    return 0.72 if slots.has("works", "version", "install", "need") else 0.0
