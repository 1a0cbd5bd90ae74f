"""A reply as plain text for the terminal and for `--jsonl`."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.unseen import without_unseen
from bot.presenting.phrasing import Phrasing
from bot.presenting.reply import MOST_CITATIONS, Reply, Section


def render_plain(reply: Reply, words: Phrasing) -> str:
    """All of a reply, one blank line between sections; no markup, no line wrapping.

    What a terminal would act on and what nobody would see is left out.
    """
    blocks = ["\n".join(_section(section)) for section in reply.sections]
    if reply.choices:
        blocks.append("\n".join(f"  [{choice.label}]  {choice.ask}" for choice in reply.choices))
    if reply.citations:
        blocks.append("\n".join(_citations(reply, words)))
    return without_unseen("\n\n".join(blocks))


def _section(section: Section) -> Iterator[str]:
    yield section.headline
    yield from section.paragraphs
    if section.code is not None:
        yield from (f"  {line}" for line in section.code.splitlines())
    if section.grid is not None:
        yield from (" | ".join(row) for row in (section.grid.header, *section.grid.rows))
    yield from section.notes


def _citations(reply: Reply, words: Phrasing) -> Iterator[str]:
    for citation in reply.citations[:MOST_CITATIONS]:
        checked = words.say("surface.checked", date=citation.checked)
        parts = [f"{words.say('surface.source')}: {citation.title}", citation.url, checked, citation.mark]
        yield " ".join(" · ".join(part for part in parts if part).split())
    if len(reply.citations) > MOST_CITATIONS:
        yield words.say("surface.more_sources", count=len(reply.citations) - MOST_CITATIONS)
