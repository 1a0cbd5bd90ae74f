"""Whatever a reply holds, no surface takes any of it for more than text."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from rich.console import Console

from bot.knowledge.unseen import UNSEEN
from bot.presenting.blocks import LOOKS, Extras, render_blocks
from bot.presenting.mrkdwn import link
from bot.presenting.payload import Message
from bot.presenting.reply import Choice, Citation, Grid, Reply, Section
from bot.presenting.terminal import print_reply
from tests.injection.hostile import PAYLOADS, TOKENS, faults, live_in_mrkdwn, replies, texts
from tests.questions.cases import pipeline
from tests.slack.support import ENGLISH

ESCAPES = re.compile("[\x1b\x9b\x07\x08\x00]")


def known(reply: Reply) -> list[str]:
    """The addresses that a reply cites."""
    return [citation.url for citation in reply.citations]


def filled(evil: str) -> Reply:
    """A reply with a hostile text in every place that has text."""
    citation = Citation(evil, "https://docs.example/a", evil, evil)
    section = Section(evil, (evil,), Grid((evil, "b"), ((evil, evil),)), evil, (evil,))
    return Reply("clarify", None, "lookup", "en", (section,), (citation,), (Choice(evil, evil),))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("evil", PAYLOADS)
def test_no_look_has_anything_live_in_it(evil: str, look: str) -> None:
    """Headline, paragraph, cell, code, note, source, choice: all are text in every look."""
    (chosen,) = (name for name in LOOKS if name == look)
    message = render_blocks(
        filled(evil), ENGLISH, look=chosen, extras=Extras(why=evil, share=evil, shared_by=evil)
    )
    assert faults(message, ["https://docs.example/a"]) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(replies)
def test_no_reply_has_anything_live_in_it(reply: Reply) -> None:
    """The same for any mixture; only addresses that the reply cites are links."""
    for look in LOOKS:
        assert faults(render_blocks(reply, ENGLISH, look=look), known(reply)) == []


@given(texts)
def test_no_title_leaves_its_link(title: str) -> None:
    """A title can neither end its link nor begin another."""
    assert live_in_mrkdwn(link(title, "https://docs.example/a", 500), ["https://docs.example/a"]) == []


def test_the_check_sees_what_is_live() -> None:
    """Without escaping, every token would be found."""
    assert [token for token in TOKENS if not faults(Message(token, (), "text"))] == []
    block: dict[str, object] = {"type": "markdown", "text": "[a](https://evil.example)"}
    assert faults(Message("", (block,), "table"))
    assert faults(Message("", ({"type": "raw_text", "text": "a\u202eb <@U1>"},), "table")) == [
        "<",
        "'\\u202e'",
    ]


@pytest.mark.parametrize("evil", PAYLOADS)
@pytest.mark.parametrize("colours", [True, False])
def test_a_terminal_does_nothing_but_show(evil: str, colours: bool) -> None:
    """No escape sequence but rich's own colours, no markup of rich's, nothing that cannot be written."""
    written = io.StringIO()
    console = Console(
        file=written,
        force_terminal=colours,
        width=4_000,
        highlight=False,
        color_system="standard" if colours else None,
    )
    print_reply(filled(evil), pipeline().words("en"), console)
    shown = re.sub("\x1b\\[[0-9;]*m", "", written.getvalue()) if colours else written.getvalue()
    assert UNSEEN.findall(shown) == []
    assert "\x1b[31m" not in written.getvalue()
    assert evil not in ("[red]red[/red]", "[/]") or evil in shown
    written.getvalue().encode()


@given(replies)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_plain_text_can_be_printed_anywhere(reply: Reply) -> None:
    """As `bot ask` prints it, and as `--jsonl` carries it."""
    plain = pipeline().plain(reply)
    assert UNSEEN.findall(plain) == []
    assert ESCAPES.findall(plain) == []
    plain.encode()


def test_a_title_makes_no_line_of_its_own() -> None:
    """A source cannot pretend to be two."""
    reply = Reply(
        "answered", None, "lookup", "en", (Section("a"),), (Citation("x\nSource: evil", "", "y\nz"),)
    )
    assert len(pipeline().plain(reply).splitlines()) == 3


@pytest.mark.parametrize("evil", PAYLOADS)
def test_a_line_of_json_is_one_line_and_the_same_text(evil: str) -> None:
    """To every reader, and whatever the id is."""
    from bot.presenting.jsonl import Lines

    lines = Lines(lambda text, before: filled(text), lambda reply: reply.sections[0].headline)
    answer = lines.answer(json.dumps({"id": evil, "text": evil}), 1)
    assert len(answer.splitlines()) == 1
    assert UNSEEN.findall(answer) == []
    assert json.loads(answer)["id"] == evil
