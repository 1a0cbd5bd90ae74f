"""A reply as the `text` of a Slack message: for notifications and screen readers, and without blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.presenting import limits
from bot.presenting.mrkdwn import ELLIPSIS, clip, escape, link, literal, one_line, size
from bot.presenting.payload import code_text
from bot.presenting.reply import MOST_CITATIONS, Citation, Grid, Reply, Section
from bot.presenting.surface import SurfacePhrases

ROWS_SHOWN: Final = 20
LINE_ROOM: Final = 2_000
CODE_ROOM: Final = 2_500


def render_text(reply: Reply, phrases: SurfacePhrases, shared_by: str | None = None) -> str:
    """All of the reply in escaped lines, cut at the length that Slack advises; never empty."""
    lines: list[str] = []
    left = limits.MESSAGE_TEXT_ADVISED - size(ELLIPSIS) - 1
    for line in _lines(reply, phrases, shared_by):
        left -= size(line) + 1
        if left < 0:
            lines.append(ELLIPSIS)
            break
        lines.append(line)
    return "\n".join(lines) or ELLIPSIS


def citation_line(citation: Citation, phrases: SurfacePhrases) -> str:
    """Where a figure is written and the day it was checked, as mrkdwn with a link."""
    line = escape(phrases.source, 200).replace("{title}", link(citation.title, citation.url, 1_000))
    if citation.checked:
        line += " · " + escape(phrases.checked, 200).replace("{day}", escape(citation.checked, 40))
    return f"{line} · {escape(citation.mark, 60)}" if citation.mark else line


def shared_line(user: str, phrases: SurfacePhrases) -> str:
    """Who shared an answer, as mrkdwn with a mention; an id that is none is shown as text."""
    mention = f"<@{user}>" if user.isascii() and user.isalnum() else escape(user, 100)
    return escape(phrases.shared_by, 200).replace("{user}", mention)


def more_rows_line(count: int, phrases: SurfacePhrases) -> str:
    """How many rows of a table are not shown, in literal text."""
    return clip(literal(phrases.more_rows.replace("{count}", str(count))), 200) or ELLIPSIS


def more_sources_line(count: int, phrases: SurfacePhrases) -> str:
    """How many sources are not shown, as mrkdwn."""
    return escape(phrases.more_sources.replace("{count}", str(count)), 200) or ELLIPSIS


def _lines(reply: Reply, phrases: SurfacePhrases, shared_by: str | None) -> Iterator[str]:
    if shared_by:
        yield shared_line(shared_by, phrases)
    for section in reply.sections:
        yield from _section_lines(section, phrases)
    distinct = list(dict.fromkeys(reply.citations))
    yield from (citation_line(citation, phrases) for citation in distinct[:MOST_CITATIONS])
    if len(distinct) > MOST_CITATIONS:
        yield more_sources_line(len(distinct) - MOST_CITATIONS, phrases)
    for choice in reply.choices:
        yield f"• {escape(one_line(choice.label), limits.BUTTON_TEXT * 2)}"


def _section_lines(section: Section, phrases: SurfacePhrases) -> Iterator[str]:
    code = code_text(section.code or "", CODE_ROOM)
    for text in (section.headline, *section.paragraphs, code, *section.notes):
        if text.strip():
            yield escape(text.strip("\n"), LINE_ROOM)
    if section.grid is not None:
        yield from _grid_lines(section.grid, phrases)


def _grid_lines(grid: Grid, phrases: SurfacePhrases) -> Iterator[str]:
    for row in (grid.header, *grid.rows[:ROWS_SHOWN]):
        yield escape(" | ".join(map(one_line, row)), LINE_ROOM)
    left_out = len(grid.rows) - ROWS_SHOWN
    if left_out > 0:
        yield escape(more_rows_line(left_out, phrases))
