"""Words for the versions of a recommended set."""

from __future__ import annotations

from bot.answering.advice import Recommendation
from bot.presenting.lookups import companion_text
from bot.presenting.phrasing import Phrasing


def say_versions(found: Recommendation, words: Phrasing) -> str:
    """The versions of the set, and what comes along: `PyTorch 2.4.1, CUDA 11.8 with torchvision 0.19.1`."""
    cells = [
        words.value(column, value) if column in words.kb.attributes else words.named(column, value)
        for column, value in found.command.cells
        if column not in words.kb.qualifiers or words.kb.attributes[column].values[value].no_device
    ]
    companions = words.join(companion_text(companion, words) for companion in found.companions)
    with_text = words.say("lookup.with", companions=companions) if companions else ""
    return words.join(cells) + with_text
