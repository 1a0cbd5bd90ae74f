"""A version as it stands in a message, before it is known whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.knowledge.models import Tag
from bot.knowledge.versions import Clause, Number


@dataclass(frozen=True, slots=True)
class Mention:
    """A version in the message: its token, and what the words around make of it."""

    token: int
    last: int
    number: Number
    clause: Clause
    tagged: str | None = None


def groups(mentions: list[Mention]) -> Iterator[list[Mention]]:
    """Bounds of one product are one constraint (`>=1.5, <1.8`); plain versions stand each for itself."""
    bounds = [mention for mention in mentions if mention.clause.op != "in"]
    if bounds:
        yield bounds
    for mention in mentions:
        if mention.clause.op == "in":
            yield [mention]


def decode_tag(text: str, tag: Tag) -> Number | None:
    """The version that digits without dots after a tag mean; None where there are too few of them."""
    cut = tag.major_digits or len(text) - (tag.minor_digits or 0)
    if not 0 < cut < len(text):
        return None
    return Number.parse(f"{int(text[:cut])}.{int(text[cut:])}")
