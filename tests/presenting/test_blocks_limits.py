"""Whatever the reply, the message keeps to every limit of Slack's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.presenting import limits
from bot.presenting.blocks import LOOKS, Extras, render_blocks
from bot.presenting.payload import Block, Look, Message, characters
from bot.presenting.reply import Choice, Citation, Grid, Reply, Section
from tests.presenting.test_blocks import PHRASES, strings

PIECES = [
    "<!channel>",
    "<@U1>",
    "&",
    "<",
    ">",
    "```",
    "*",
    "_",
    "|",
    "\n",
    "\r",
    "\x00",
    "\u202e",
    "版",
    "😀",
    "x",
    " ",
]
short = st.lists(st.sampled_from([*PIECES, "word "]), max_size=12).map("".join) | st.text(max_size=20)
long = st.builds(
    lambda piece, times: piece * times, st.sampled_from([*PIECES, "line of code\n"]), st.integers(0, 9_000)
)
anything = short | long
urls = st.sampled_from(["", "https://example.org/x?a=1&b=2", "javascript:x"]) | anything.map(
    "https://example.org/".__add__
)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Grids up to far too large, the rows as wide as the header."""
    columns = draw(st.integers(1, 30))
    rows = draw(st.integers(0, 300))
    cells = st.lists(anything if rows < 5 else short, min_size=columns, max_size=columns).map(tuple)
    row = draw(cells)
    return Grid(draw(cells), (row,) * rows)


sections = st.builds(
    Section,
    headline=anything,
    paragraphs=st.lists(anything, max_size=6).map(tuple),
    grid=st.none() | grids(),
    code=st.none() | anything,
    notes=st.lists(anything, max_size=4).map(tuple),
)
replies = st.builds(
    Reply,
    status=st.just("answered"),
    verdict=st.none(),
    intent=st.just("lookup"),
    lang=st.just("en"),
    sections=st.lists(sections, min_size=1, max_size=12).map(tuple),
    citations=st.lists(st.builds(Citation, anything, urls, short), max_size=8).map(tuple),
    choices=st.lists(st.builds(Choice, anything, anything), max_size=6).map(tuple),
)
extras = st.builds(Extras, share=st.none() | anything, shared_by=st.none() | st.just("U0ABC"))


def units(text: str) -> int:
    """Length in UTF-16 units, counted another way than the renderer does."""
    return len(text.encode("utf-16-le")) // 2


@settings(max_examples=60, deadline=None)
@given(replies, extras, st.sampled_from(LOOKS))
def test_every_message_keeps_to_the_limits(reply: Reply, extra: Extras, look: Look) -> None:
    """Blocks, characters, tables, buttons, texts: all of them, for any reply."""
    message = render_blocks(reply, PHRASES, look=look, extras=extra)
    check_message(message)
    for text in (message.text, *strings(message.blocks)):
        assert "<!" not in text
        assert "<@" not in (text.replace("<@U0ABC>", "") if extra.shared_by else text)
        assert not any(ord(c) < 32 and c not in "\n\t" for c in text)
        text.encode("utf-8")


def check_message(message: Message) -> None:
    """Raise on any broken limit."""
    assert message.text
    assert units(message.text) <= limits.MESSAGE_TEXT_ADVISED
    assert len(message.blocks) <= limits.BLOCKS_IN_MESSAGE
    assert characters(message.blocks) <= limits.BLOCKS_CHARACTERS
    tables = [block for block in message.blocks if block["type"] == "table"]
    assert len(tables) <= limits.TABLES_IN_MESSAGE
    markdown = [units(str(b["text"])) for b in message.blocks if b["type"] == "markdown"]
    assert sum(markdown) <= limits.MARKDOWN_TEXT
    for block in message.blocks:
        CHECKS[str(block["type"])](block)


def texts_of(block: Block) -> list[str]:
    """The texts in a block, none of which may be empty."""
    found = [text for name in ("text", "elements", "rows") for text in inner_texts(block.get(name))]
    assert found
    assert all(found)
    return found


def inner_texts(value: object) -> list[str]:
    """Every `text` that is a string, wherever it stands."""
    if isinstance(value, list):
        return [text for inner in value for text in inner_texts(inner)]
    if not isinstance(value, dict):
        return []
    own = value.get("text")
    here = [own] if isinstance(own, str) else inner_texts(own)
    return here + inner_texts(value.get("elements"))


def check_texts(block: Block) -> None:
    """Sections, contexts and rich text: each text within the limit of a section."""
    assert all(units(text) <= limits.SECTION_TEXT for text in texts_of(block))


def check_header(block: Block) -> None:
    """A header's one text."""
    assert all(units(text) <= limits.HEADER_TEXT for text in texts_of(block))


def check_context(block: Block) -> None:
    """Elements and their texts."""
    elements = block["elements"]
    assert isinstance(elements, list)
    assert 1 <= len(elements) <= limits.CONTEXT_ELEMENTS
    check_texts(block)


def check_table(block: Block) -> None:
    """Rows, columns, characters, no empty cell, all rows alike."""
    rows = block["rows"]
    assert isinstance(rows, list)
    assert 1 <= len(rows) <= limits.TABLE_ROWS
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) <= limits.TABLE_COLUMNS
    assert sum(units(cell["text"]) for row in rows for cell in row) <= limits.TABLE_CHARACTERS
    assert all(cell["text"].strip() for row in rows for cell in row)


def check_actions(block: Block) -> None:
    """Buttons: their number, texts, values, and ids that are all different."""
    elements = block["elements"]
    assert isinstance(elements, list)
    assert 1 <= len(elements) <= 25
    assert len({element["action_id"] for element in elements}) == len(elements)
    for element in elements:
        assert 1 <= units(element["text"]["text"]) <= limits.BUTTON_TEXT
        assert 1 <= units(element["value"]) <= limits.BUTTON_VALUE
        assert units(element["action_id"]) <= limits.ACTION_ID


def check_markdown(block: Block) -> None:
    """Its length is checked over the whole message."""
    assert block["text"]


CHECKS = {
    "section": check_texts,
    "rich_text": check_texts,
    "header": check_header,
    "context": check_context,
    "table": check_table,
    "actions": check_actions,
    "markdown": check_markdown,
}
