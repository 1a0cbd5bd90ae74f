"""The pieces of Block Kit that the bot uses, each within its own limits.

Plain dicts rather than the SDK's models: those drop keys they do not know and check no table size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.presenting import limits
from bot.presenting.mrkdwn import clip, escape, literal, one_line, size

Block = dict[str, object]
Look = Literal["table", "markdown", "monospace", "text"]

FENCE: Final = "```"
EMPTY_CELL: Final = "-"


@dataclass(frozen=True, slots=True)
class Message:
    """A message for Slack: `text` holds everything in plain words, `blocks` the same with form.

    `text` is what notifications and screen readers use, and all there is where `blocks` is empty.
    """

    text: str
    blocks: tuple[Block, ...]
    look: Look


def prose(headline: str, paragraphs: Sequence[str]) -> Block:
    """A bold line and paragraphs below it, in literal text."""
    parts: list[Block] = []
    if headline:
        parts.append({"type": "text", "text": headline, "style": {"bold": True}})
    for paragraph in paragraphs:
        parts.append({"type": "text", "text": f"\n{paragraph}" if parts else paragraph})
    return _rich_text({"type": "rich_text_section", "elements": parts})


def preformatted(text: str) -> Block:
    """Monospaced literal text that is copied as it stands."""
    return _rich_text({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]})


def header(text: str) -> Block:
    """A headline for a message without rich text; the caller has seen to it that it fits."""
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def plain_section(text: str) -> Block:
    """Literal text for a message without rich text."""
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def mrkdwn_section(mrkdwn: str) -> Block:
    """A section of text that is already escaped and within the limit of a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}}


def fenced_section(text: str) -> Block:
    """Monospaced text for a message without rich text: a mrkdwn code block."""
    room = limits.SECTION_TEXT - 2 * len(FENCE) - 2
    inside = escape(text.replace(FENCE, "'''"), room)
    return mrkdwn_section(f"{FENCE}\n{inside}\n{FENCE}")


def plain_context(text: str) -> Block:
    """Small grey literal text."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def mrkdwn_context(mrkdwn: str) -> Block:
    """Small grey text that is already escaped."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn, "verbatim": True}]}


def button(label: str, action_id: str, value: str) -> Block:
    """A button; the caller has seen to it that `value` fits."""
    text = clip(one_line(label), limits.BUTTON_TEXT)
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": text, "emoji": False},
        "action_id": action_id,
        "value": value,
    }


def actions(buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {"type": "actions", "elements": list(buttons[: limits.ACTIONS_ELEMENTS])}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """A table of literal cells that are all filled, its columns wrapped."""
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    settings = [{"align": "left", "is_wrapped": True} for _ in rows[0]]
    return {"type": "table", "rows": cells, "column_settings": settings}


def markdown(text: str) -> Block:
    """A block of Markdown."""
    return {"type": "markdown", "text": text}


def cell(text: str, limit: int) -> str:
    """A table cell's text: one line, within `limit`, never empty."""
    return clip(one_line(text), limit) or EMPTY_CELL


def code_text(text: str, limit: int) -> str:
    """Code to be copied: whole lines as long as they fit, tabs and spaces kept."""
    code = literal(text).strip("\n")
    if size(code) <= limit:
        return code
    whole = code[:limit].rpartition("\n")[0]
    return whole if whole and size(whole) <= limit else clip(code, limit)


def characters(blocks: Iterable[Block]) -> int:
    """What counts towards the characters of a message: every text in it but the names of types."""
    return sum(_characters(block) for block in blocks)


def _characters(value: object) -> int:
    if isinstance(value, str):
        return size(value)
    if isinstance(value, dict):
        return sum(_characters(inner) for key, inner in value.items() if key != "type")
    if isinstance(value, list):
        return sum(_characters(inner) for inner in value)
    return 0


def _rich_text(element: Block) -> Block:
    return {"type": "rich_text", "elements": [element]}
