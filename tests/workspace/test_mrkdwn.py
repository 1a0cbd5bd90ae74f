"""Typed text as Slack stores it."""

from __future__ import annotations

import pytest

from bot.workspace.mrkdwn import encode_typed, rich_text_of
from bot.workspace.payloads import as_objects

USERS = {"torchdesk": "U1"}
CHANNELS = {"general": "C1"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("@torchdesk hi", "<@U1> hi"),
        ("@Torchdesk, hi", "<@U1>, hi"),
        ("hi <@U1>", "hi <@U1>"),
        ("hi <@U9>", "hi &lt;@U9&gt;"),
        ("mail a@torchdesk now", "mail a@torchdesk now"),
        ("@nobody hi", "@nobody hi"),
        ("see #general and #nowhere", "see <#C1|general> and #nowhere"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("see https://example.com/a?b=c&d=e.", "see <https://example.com/a?b=c&amp;d=e>."),
        ("see example.com/a", "see <http://example.com/a|example.com/a>"),
        ("torch.cuda and setup.cfg", "torch.cuda and setup.cfg"),
        ("`@torchdesk <b>`", "`@torchdesk &lt;b&gt;`"),
        ("```\n#general https://example.com\n```", "```\n#general https://example.com\n```"),
    ],
)
def test_typed_text_is_stored_as_slack_does(typed: str, stored: str) -> None:
    """Mentions, channels and addresses become links outside code; the rest is escaped."""
    assert encode_typed(typed, USERS, CHANNELS) == stored


def test_rich_text_holds_mentions_links_and_code() -> None:
    """The block that Slack adds to a person's message."""
    block = rich_text_of("<@U1> see <http://a.com|a.com> &lt;\n```x &amp; y```", "b1")
    section, code = as_objects(block["elements"])
    assert [part["type"] for part in as_objects(section["elements"])] == ["user", "text", "link", "text"]
    assert as_objects(code["elements"]) == [{"type": "text", "text": "x & y"}]
