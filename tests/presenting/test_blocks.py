"""A reply in Block Kit: what it looks like, that code and names survive, that nothing hostile does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.presenting import limits
from bot.presenting.blocks import LOOKS, Extras, render_blocks, renderings, simpler
from bot.presenting.payload import Block, Look, Message
from bot.presenting.reply import Choice, Citation, Grid, Reply, Section
from bot.presenting.surface import SurfacePhrases

PHRASES = SurfacePhrases(
    why="Why?",
    share="Share",
    source="Source: {title}",
    checked="checked {day}",
    shared_by="Shared by {user}",
    more_rows="… and {count} more",
    more_sources="… and {count} more sources",
    late="Late.",
    busy="Busy.",
    slow_down="Slower.",
    failure="Broke.",
    unhandled="Unknown.",
)
GRID = Grid(("torch", "python"), (("2.1.0", ">=3.8"), ("2.0.0", ">=3.8")))
REPLY = Reply(
    status="answered",
    verdict="yes",
    intent="lookup",
    lang="en",
    sections=(Section("Headline", ("One.", "Two."), GRID, "pip install 'torch>=2.0'", ("A note.",)),),
    citations=(Citation("Previous <versions>", "https://example.org/?a=1&b=2", "2026-11-23"),),
)


def with_section(**changes: object) -> Reply:
    """The reply with other contents."""
    return replace(REPLY, sections=(replace(REPLY.sections[0], **changes),))  # type: ignore[arg-type]  # by name


def types(message: Message) -> list[object]:
    """The types of a message's blocks."""
    return [block["type"] for block in message.blocks]


def strings(value: object) -> list[str]:
    """Every string in blocks."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in strings(inner)]
    return []


def only(message: Message, kind: str) -> Block:
    """The one block of a type."""
    (block,) = [block for block in message.blocks if block["type"] == kind]
    return block


def test_order_of_a_section() -> None:
    """Headline and paragraphs, code, table, notes; then the sources."""
    assert types(render_blocks(REPLY, PHRASES)) == ["rich_text", "rich_text", "table", "context", "context"]


def test_code_is_literal_in_rich_text() -> None:
    """What is shown is what is copied: no entities."""
    assert "pip install 'torch>=2.0'" in strings(render_blocks(REPLY, PHRASES).blocks)


def test_code_is_escaped_in_mrkdwn() -> None:
    """A section in mrkdwn needs entities, which Slack shows as the characters."""
    fenced = strings(render_blocks(REPLY, PHRASES, look="monospace").blocks)
    assert "```\npip install 'torch&gt;=2.0'\n```" in fenced


def test_text_holds_everything_escaped() -> None:
    """A screen reader gets the whole answer."""
    text = render_blocks(REPLY, PHRASES).text
    for part in (
        "Headline",
        "One.",
        "2.1.0 | &gt;=3.8",
        "pip install 'torch&gt;=2.0'",
        "A note.",
        "2026-11-23",
    ):
        assert part in text


def test_marks_of_formatting_stay_themselves() -> None:
    """Names such as `__init__` stand in fields that read no formatting."""
    marked = "*bold* _it_ ~no~ `code` __init__ *.whl"
    for look in ("table", "monospace"):
        message = render_blocks(with_section(headline=marked, grid=None), PHRASES, look=look)
        holders = [b for b in message.blocks if marked in strings(b)]
        assert holders
        assert not any("mrkdwn" in strings(b) for b in holders)


def test_source_is_a_link_with_its_day() -> None:
    """Title and address escaped, each in its way."""
    context = render_blocks(REPLY, PHRASES).blocks[-1]
    line = "Source: <https://example.org/?a=1&amp;b=2|Previous &lt;versions&gt;> · checked 2026-11-23"
    assert line in strings(context)


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://x.example", "https://", "https://x.example/|y", "http://[bad"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    """Anything else leaves the title."""
    citation = Citation("Title", url, "2026-11-23")
    context = render_blocks(replace(REPLY, citations=(citation,)), PHRASES).blocks[-1]
    assert "Source: Title · checked 2026-11-23" in strings(context)


def test_same_source_is_named_once() -> None:
    """Two rows of one table cite it once."""
    context = render_blocks(replace(REPLY, citations=REPLY.citations * 2), PHRASES).blocks[-1]
    assert str(strings(context)).count("Source:") == 1


def test_second_table_is_monospaced() -> None:
    """Slack takes one table a message."""
    twice = replace(REPLY, sections=REPLY.sections * 2)
    for look in ("table", "markdown"):
        assert types(render_blocks(twice, PHRASES, look=look)).count(look) == 1
        assert "torch  python\n2.1.0  >=3.8\n2.0.0  >=3.8" in strings(
            render_blocks(twice, PHRASES, look=look).blocks
        )


def test_long_table_is_cut_with_a_count() -> None:
    """A hundred rows with the header; the rest is counted."""
    grid = Grid(("a", "b"), tuple((str(n), "x") for n in range(150)))
    message = render_blocks(with_section(grid=grid), PHRASES)
    rows = only(message, "table")["rows"]
    assert isinstance(rows, list)
    assert len(rows) == limits.TABLE_ROWS
    assert "… and 51 more" in strings(message.blocks)


def test_wide_table_is_monospaced() -> None:
    """More columns than a table holds are no reason to drop any row."""
    grid = Grid(tuple(f"c{n}" for n in range(21)), (tuple("x" for _ in range(21)),))
    assert "table" not in types(render_blocks(with_section(grid=grid), PHRASES))


def test_empty_cell_gets_a_dash() -> None:
    """Slack refuses a table with an empty cell."""
    message = render_blocks(with_section(grid=Grid(("a", "b"), (("", "\u0007"),))), PHRASES)
    assert strings(only(message, "table")["rows"]).count("-") == 2


def test_wide_characters_keep_columns_aligned() -> None:
    """A Chinese character takes two columns."""
    grid = Grid(("版本", "x"), (("1.0", "y"),))
    reply = replace(REPLY, sections=(Section("h", grid=GRID), Section("h", grid=grid)))
    assert "版本  x\n1.0   y" in strings(render_blocks(reply, PHRASES).blocks)


def test_markdown_table_escapes_its_cells() -> None:
    """A bar does not end a cell, and Slack's tokens are not read."""
    grid = Grid(("a|b",), (("<!channel> *x*",),))
    text = strings(only(render_blocks(with_section(grid=grid), PHRASES, look="markdown"), "markdown"))[1]
    assert "| a\\|b |" in text
    assert "<" not in text
    assert "\\*x\\*" in text


def test_choices_are_buttons() -> None:
    """At most five, numbered, each with its question."""
    choices = tuple(Choice(f"Label {n}", f"ask {n}") for n in range(6))
    elements = only(render_blocks(replace(REPLY, choices=choices), PHRASES), "actions")["elements"]
    assert isinstance(elements, list)
    assert [e["action_id"] for e in elements] == [f"ask:{number}" for number in range(1, 6)]
    assert [e["value"] for e in elements] == [f"ask {number}" for number in range(5)]


def test_share_button_carries_the_question() -> None:
    """Sharing asks again, so the question must be whole."""
    message = render_blocks(REPLY, PHRASES, extras=Extras(share="torch 2.1"))
    assert {"share", "torch 2.1", "Share"} <= set(strings(only(message, "actions")))


@pytest.mark.parametrize("question", ["", "   ", "x" * 2_001])
def test_no_share_button_for_a_question_that_does_not_fit(question: str) -> None:
    """A cut question would share another answer."""
    assert "actions" not in types(render_blocks(REPLY, PHRASES, extras=Extras(share=question)))


def test_shared_answer_names_who_shared_it() -> None:
    """In blocks and in text."""
    message = render_blocks(REPLY, PHRASES, extras=Extras(shared_by="U0ABC"))
    assert "Shared by <@U0ABC>" in strings(message.blocks)
    assert message.text.startswith("Shared by <@U0ABC>")


def test_user_id_that_is_none_is_only_text() -> None:
    """A mention is built from an id alone."""
    assert (
        "<"
        not in render_blocks(with_section(), PHRASES, extras=Extras(shared_by="U1> <!channel")).text.split(
            "\n"
        )[0]
    )


HOSTILE = "<!channel> <!here> <!subteam^S1|@all> <@U1> <#C1|x> <https://evil.example|docs> <script>"


@pytest.mark.parametrize("look", LOOKS)
def test_hostile_text_holds_no_tokens(look: Look) -> None:
    """Nothing a user wrote wakes anybody or hides a link, in no field of no look."""
    section = Section(HOSTILE, (HOSTILE,), Grid((HOSTILE,), ((HOSTILE,),)), HOSTILE, (HOSTILE,))
    reply = replace(REPLY, sections=(section,), citations=(Citation(HOSTILE, HOSTILE, HOSTILE),))
    reply = replace(reply, choices=(Choice(HOSTILE, HOSTILE),))
    message = render_blocks(reply, PHRASES, look=look, extras=Extras(share=HOSTILE))
    for text in (message.text, *strings(message.blocks)):
        for token in ("<!", "<@", "<#", "<https://evil"):
            assert token not in text
    assert "<" not in message.text


def test_each_rendering_is_simpler_and_sent_once() -> None:
    """Without a table there is no use in trying Markdown."""
    assert [m.look for m in renderings(REPLY, PHRASES)] == ["table", "markdown", "monospace", "text"]
    assert [m.look for m in renderings(with_section(grid=None), PHRASES)] == ["table", "monospace", "text"]


def test_simpler_walks_down() -> None:
    """The order of the ladder."""
    assert [simpler(look) for look in LOOKS] == ["markdown", "monospace", "text", None]


def test_same_reply_same_message() -> None:
    """Rendering is deterministic."""
    assert render_blocks(REPLY, PHRASES) == render_blocks(REPLY, PHRASES)
