"""A reply as a Slack message: Block Kit within Slack's limits, and plain text beside it.

Words go into rich text and plain text objects, which Slack shows as they are: no formatting is read into
`__init__` or `*.whl`, no mention or link can come out of what a user wrote, and code is copied verbatim. Only
the citations, which are links, and a message's own `text` are mrkdwn, and are escaped.

There are four looks, each simpler than the one before, for the case that Slack refuses a message's blocks:
`table`, `markdown` (the table as Markdown), `monospace` (no rich text at all) and `text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.presenting import limits, payload
from bot.presenting.fallback import (
    citation_line,
    more_rows_line,
    more_sources_line,
    render_text,
    shared_line,
)
from bot.presenting.grids import LEAST_ROOM, fit_markdown, fit_monospace, fit_table, fits_a_table
from bot.presenting.mrkdwn import clip, escape, literal, one_line, size
from bot.presenting.payload import Block, Look, Message
from bot.presenting.reply import MOST_CITATIONS, Choice, Citation, Grid, Reply, Section
from bot.presenting.surface import SurfacePhrases

LOOKS: Final[tuple[Look, ...]] = ("table", "markdown", "monospace", "text")
SHARE_ACTION: Final = "share"
WHY_ACTION: Final = "why"
CHOICE_ACTION: Final = "ask:"

CHOICES_SHOWN: Final = 5
SECTIONS_SHOWN: Final = 7
HEADLINE_ROOM: Final = 600
PROSE_ROOM: Final = 2_900
PROSE_BLOCKS: Final = 2
CODE_ROOM: Final = 2_500
NOTES_ROOM: Final = 1_500
CITATIONS_ROOM: Final = 2_400
BUTTONS_ROOM: Final = 4_500
SPARE_ROOM: Final = 300


@dataclass(frozen=True, slots=True)
class Extras:
    """What a place adds to a reply.

    `why` is what a "Why?" button carries: the question as it is noted, which holds none of the asker's words
    (None: no button). `share` is the question that a "share in channel" button asks again (None: no button).
    `shared_by` is the Slack id of the user who shared the answer.
    """

    why: str | None = None
    share: str | None = None
    shared_by: str | None = None


NO_EXTRAS: Final = Extras()


def render_blocks(
    reply: Reply, phrases: SurfacePhrases, *, look: Look = "table", extras: Extras = NO_EXTRAS
) -> Message:
    """The reply as one Slack message in the given look; every limit of `limits` holds for any reply."""
    text = render_text(reply, phrases, extras.shared_by)
    if look == "text":
        return Message(text, (), look)
    tail = _tail(reply, phrases, extras)
    body = _body(
        reply.sections, phrases, look, limits.BLOCKS_CHARACTERS - SPARE_ROOM - payload.characters(tail)
    )
    return Message(text, _fit(body, tail), look)


def renderings(reply: Reply, phrases: SurfacePhrases, extras: Extras = NO_EXTRAS) -> Iterator[Message]:
    """The reply in ever simpler looks, without those that would send the same blocks again."""
    sent: tuple[Block, ...] | None = None
    for look in LOOKS:
        message = render_blocks(reply, phrases, look=look, extras=extras)
        if message.blocks != sent:
            yield message
        sent = message.blocks


def simpler(look: Look) -> Look | None:
    """The look to try after Slack refused this one; None after `text`."""
    following = LOOKS.index(look) + 1
    return LOOKS[following] if following < len(LOOKS) else None


def _body(sections: Sequence[Section], phrases: SurfacePhrases, look: Look, room: int) -> list[Block]:
    """The sections' blocks; what one leaves unused the later ones may use."""
    blocks: list[Block] = []
    table_free = look != "monospace"
    shown = sections[:SECTIONS_SHOWN]
    for done, section in enumerate(shown):
        left = room - payload.characters(blocks)
        part = _section(section, phrases, look, left // (len(shown) - done), table_free=table_free)
        table_free = table_free and not any(block["type"] in ("table", "markdown") for block in part)
        blocks.extend(part)
    return blocks


def _section(
    section: Section, phrases: SurfacePhrases, look: Look, room: int, *, table_free: bool
) -> list[Block]:
    rich = look != "monospace"
    headline = clip(one_line(section.headline), min(HEADLINE_ROOM, room // 4))
    code = payload.code_text(section.code or "", min(CODE_ROOM, room // 3))
    room -= size(headline) + size(escape(code))
    notes = clip("\n".join(filter(None, map(one_line, section.notes))), min(NOTES_ROOM, max(0, room // 4)))
    room -= size(notes)
    blocks = _prose(headline, section.paragraphs, room // 2 if section.grid else room, rich=rich)
    room -= max(0, payload.characters(blocks) - size(headline))
    if code:
        blocks.append(payload.preformatted(code) if rich else payload.fenced_section(code))
    if section.grid is not None:
        blocks += _grid(section.grid, phrases, look if table_free else "monospace", room, rich=rich)
    if notes:
        blocks.append(payload.plain_context(notes))
    return blocks


def _prose(headline: str, paragraphs: Sequence[str], room: int, *, rich: bool) -> list[Block]:
    """The headline with the paragraphs, in as many blocks as their length takes."""
    pages = _pages(paragraphs, PROSE_ROOM - size(headline), room)
    if not rich:
        return _plain_prose(headline, pages)
    first, *more = pages
    blocks = [payload.prose(headline, first)] if headline or first else []
    return blocks + [payload.prose("", page) for page in more if page]


def _pages(paragraphs: Sequence[str], first_room: int, room: int) -> list[list[str]]:
    """Paragraphs in pages of at most `PROSE_ROOM`; together they take at most `room`."""
    pages: list[list[str]] = [[]]
    page_room = first_room
    for text in filter(None, (literal(paragraph).strip() for paragraph in paragraphs)):
        if size(text) >= page_room and pages[-1] and len(pages) < PROSE_BLOCKS:
            pages.append([])
            page_room = PROSE_ROOM
        kept = clip(text, min(page_room, room) - 1)
        if not kept:
            break
        pages[-1].append(kept)
        page_room -= size(kept) + 1
        room -= size(kept) + 1
    return pages


def _plain_prose(headline: str, pages: Sequence[Sequence[str]]) -> list[Block]:
    blocks: list[Block] = []
    if headline:
        fits = size(headline) <= limits.HEADER_TEXT
        blocks.append(payload.header(headline) if fits else payload.plain_section(headline))
    return blocks + [payload.plain_section("\n".join(page)) for page in pages if page]


def _grid(grid: Grid, phrases: SurfacePhrases, look: Look, room: int, *, rich: bool) -> list[Block]:
    if not grid.header or not grid.rows:
        return []
    if room < LEAST_ROOM:
        return [payload.plain_context(more_rows_line(len(grid.rows), phrases))]
    if look == "table" and fits_a_table(grid):
        fitted = fit_table(grid, room)
    elif look == "markdown" and fits_a_table(grid):
        fitted = fit_markdown(grid, room)
    else:
        fitted = fit_monospace(grid, room, rich=rich)
    if not fitted.left_out:
        return [fitted.block]
    return [fitted.block, payload.plain_context(more_rows_line(fitted.left_out, phrases))]


def _tail(reply: Reply, phrases: SurfacePhrases, extras: Extras) -> list[Block]:
    blocks: list[Block] = []
    citations = _citations(reply.citations, phrases)
    if citations:
        blocks.append(payload.mrkdwn_context(citations))
    if extras.shared_by:
        blocks.append(payload.mrkdwn_context(shared_line(extras.shared_by, phrases)))
    buttons = _buttons(reply.choices, phrases, extras)
    if buttons:
        blocks.append(payload.actions(buttons))
    return blocks


def _citations(citations: Sequence[Citation], phrases: SurfacePhrases) -> str:
    lines: list[str] = []
    left = CITATIONS_ROOM
    distinct = list(dict.fromkeys(citations))
    for citation in distinct[:MOST_CITATIONS]:
        line = citation_line(citation, phrases)
        left -= size(line) + 1
        if left < 0:
            break
        lines.append(line)
    if len(lines) < len(distinct):
        lines.append(more_sources_line(len(distinct) - len(lines), phrases))
    return "\n".join(lines)


def _buttons(choices: Sequence[Choice], phrases: SurfacePhrases, extras: Extras) -> list[Block]:
    """A button per choice, then why and share; one whose question does not fit its value is left out."""
    buttons: list[Block] = []
    left = BUTTONS_ROOM
    for label, action_id, question in _wanted_buttons(choices, phrases, extras):
        value = literal(question)
        button = payload.button(label, action_id, value)
        taken = payload.characters([button])
        if one_line(label) and value.strip() and size(value) <= limits.BUTTON_VALUE and taken <= left:
            buttons.append(button)
            left -= taken
    return buttons


def _wanted_buttons(
    choices: Sequence[Choice], phrases: SurfacePhrases, extras: Extras
) -> Iterator[tuple[str, str, str]]:
    for number, choice in enumerate(choices[:CHOICES_SHOWN], 1):
        yield choice.label, f"{CHOICE_ACTION}{number}", choice.ask
    if extras.why is not None:
        yield phrases.why, WHY_ACTION, extras.why
    if extras.share is not None:
        yield phrases.share, SHARE_ACTION, extras.share


def _fit(body: list[Block], tail: list[Block]) -> tuple[Block, ...]:
    """A last guard over what the rooms above already ensure: blocks of the body's end go first."""
    while body and (
        len(body) + len(tail) > limits.BLOCKS_IN_MESSAGE
        or payload.characters(body) + payload.characters(tail) > limits.BLOCKS_CHARACTERS
    ):
        body = body[:-1]
    return (*body, *tail)
