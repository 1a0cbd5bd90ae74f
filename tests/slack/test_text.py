"""Slack's text becomes what the person wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text import mentions, plain_text


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("<@U1> which torch", "which torch"),
        ("<@U1|bot> hi <@U2>", "hi"),
        ("in <#C1|ml-help> please", "in ml-help please"),
        ("in <#C1> please", "in  please"),
        ("<!channel> <!here> <!subteam^S1|@team> torch", "torch"),
        ("<!date^1700000000^{date}|Nov 14> torch", "Nov 14 torch"),
        ("see <https://a.example/x?y=1&amp;z=2>", "see https://a.example/x?y=1&z=2"),
        ("<http://torch.cuda|torch.cuda>.is_available()", "torch.cuda.is_available()"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("torch &gt;= 2.0 &amp;&amp; py &lt; 3.9", "torch >= 2.0 && py < 3.9"),
        ("I typed &amp;lt; myself", "I typed &lt; myself"),
        ("File &lt;stdin&gt;, line 1\n  x", "File <stdin>, line 1\n  x"),
        ("python <3.9 and >3.7", "python <3.9 and >3.7"),
        ("typed &lt;!channel&gt;", "typed <!channel>"),
        ("```pip install 'x&gt;=1'```", "```pip install 'x>=1'```"),
        ("", ""),
    ],
)
def test_plain_text(raw: str, plain: str) -> None:
    """Tokens resolve, entities unescape once, everything else stays."""
    assert plain_text(raw) == plain


@given(st.text())
def test_any_text_is_taken(raw: str) -> None:
    """No text raises, and none grows."""
    assert len(plain_text(raw)) <= len(raw)


def test_text_is_cut_at_forty_thousand() -> None:
    """Slack cuts there too."""
    assert len(plain_text("x" * 50_000)) == 40_000


def test_mentions_knows_both_forms() -> None:
    """With and without a name; a longer id is somebody else."""
    assert mentions("hi <@U1>", "U1")
    assert mentions("hi <@U1|bot>", "U1")
    assert not mentions("hi <@U12>", "U1")
    assert not mentions("hi <@U1>", None)
