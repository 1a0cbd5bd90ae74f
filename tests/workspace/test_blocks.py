"""Block Kit's rules: what passes, and what is refused in which words."""

from __future__ import annotations

import pytest

from bot.presenting import limits
from bot.workspace.blocks import BLOCKS, check_message_blocks, check_view, with_ids
from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject, as_objects


def plain(text: str = "x") -> JsonObject:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> JsonObject:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def button(action_id: str = "a") -> JsonObject:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain()}


def table(*rows: list[str]) -> JsonObject:
    """A table of raw text."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]}


FEEDBACK: JsonObject = {
    "type": "feedback_buttons",
    "positive_button": {"text": plain(), "value": "up"},
    "negative_button": {"text": plain(), "value": "down"},
}
MENU: JsonObject = {"type": "static_select", "options": [{"text": plain(), "value": "v"}]}
RICH: JsonObject = {
    "type": "rich_text_section",
    "elements": [{"type": "text", "text": "x", "style": {"bold": True}}],
}
CARD: JsonObject = {"type": "card", "title": mrkdwn()}
GOOD: list[JsonObject] = [
    {"type": "section", "text": mrkdwn(), "accessory": button()},
    {"type": "section", "fields": [plain(), mrkdwn()]},
    {"type": "divider"},
    {"type": "header", "text": plain()},
    {"type": "context", "elements": [mrkdwn(), {"type": "image", "image_url": "https://x", "alt_text": "x"}]},
    {"type": "actions", "elements": [button("a"), MENU]},
    {
        "type": "context_actions",
        "elements": [FEEDBACK, {"type": "icon_button", "icon": "trash", "text": plain()}],
    },
    {"type": "image", "image_url": "https://x", "alt_text": "x", "title": plain()},
    {"type": "input", "label": plain(), "element": {"type": "plain_text_input", "multiline": True}},
    {
        "type": "rich_text",
        "elements": [RICH, {"type": "rich_text_list", "style": "bullet", "elements": [RICH]}],
    },
    {"type": "markdown", "text": "# x"},
    {**table(["a", "b"], ["c", "d"]), "column_settings": [None, {"align": "right"}]},
    {"type": "alert", "text": mrkdwn(), "level": "warning"},
    CARD,
    {"type": "carousel", "elements": [CARD]},
    {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}]},
    {"type": "task_card", "task_id": "t", "title": "x", "status": "pending"},
    {"type": "plan", "title": "x"},
    {"type": "video", "video_url": "https://x"},
    {"type": "call", "call_id": "x"},
    {"type": "auth_provider", "value": "x", "name": plain(), "is_connected": True},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_a_proper_block_passes(block: JsonObject) -> None:
    """Each type passes in its simplest proper form."""
    check_message_blocks([block])


def test_every_type_is_known() -> None:
    """The table holds the types that the SDK knows, and the tests a form of each that can be posted."""
    assert {str(block["type"]) for block in GOOD} == set(BLOCKS) - {"file"}


BAD: list[tuple[str, JsonObject, str]] = [
    ("unknown type", {"type": "nonesuch"}, "unsupported type: nonesuch [json-pointer:/blocks/0/type]"),
    ("no type", {}, "missing required field: type [json-pointer:/blocks/0]"),
    (
        "file posted",
        {"type": "file", "external_id": "x"},
        "unsupported type: file [json-pointer:/blocks/0/type]",
    ),
    ("empty section", {"type": "section"}, "must define one of: text, fields [json-pointer:/blocks/0]"),
    (
        "long section",
        {"type": "section", "text": mrkdwn("x" * (limits.SECTION_TEXT + 1))},
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "empty text",
        {"type": "section", "text": mrkdwn("")},
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "text of no type",
        {"type": "section", "text": {"text": "x"}},
        "missing required field: type [json-pointer:/blocks/0/text]",
    ),
    ("text as string", {"type": "section", "text": "x"}, "must be an object [json-pointer:/blocks/0/text]"),
    (
        "mrkdwn header",
        {"type": "header", "text": mrkdwn()},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (
        "mrkdwn with emoji",
        {"type": "section", "text": {**mrkdwn(), "emoji": True}},
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    ),
    (
        "stray property",
        {"type": "divider", "color": "red"},
        "invalid additional property: color [json-pointer:/blocks/0]",
    ),
    (
        "too many fields",
        {"type": "section", "fields": [plain()] * (limits.SECTION_FIELDS + 1)},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        "too many buttons",
        {"type": "actions", "elements": [button(str(n)) for n in range(limits.ACTIONS_ELEMENTS + 1)]},
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "too much context",
        {"type": "context", "elements": [plain()] * (limits.CONTEXT_ELEMENTS + 1)},
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "text input among actions",
        {"type": "actions", "elements": [{"type": "plain_text_input"}]},
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "long button",
        {"type": "actions", "elements": [{**button(), "text": plain("x" * (limits.BUTTON_TEXT + 1))}]},
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        "button of an unknown style",
        {"type": "actions", "elements": [{**button(), "style": "loud"}]},
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        "menu without options",
        {"type": "actions", "elements": [{"type": "static_select"}]},
        "must define one of: options, option_groups [json-pointer:/blocks/0/elements/0]",
    ),
    (
        "empty cell",
        table(["a", ""]),
        "must be more than 0 characters [json-pointer:/blocks/0/rows/0/1/text]",
    ),
    (
        "too many rows",
        table(*([["a"]] * (limits.TABLE_ROWS + 1))),
        "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
    ),
    (
        "too many columns",
        table(["a"] * (limits.TABLE_COLUMNS + 1)),
        "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ),
    (
        "too many characters in a table",
        table(*([["x" * 1_001]] * 10)),
        "must be less than 10001 characters over all table blocks [json-pointer:/blocks]",
    ),
    (
        "twice the same action_id",
        {"type": "actions", "elements": [button("a"), button("a")]},
        '`action_id` "a" already exists for another action [json-pointer:/blocks/0]',
    ),
    (
        "unknown rich text",
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "blink"}]}]},
        "unsupported type: blink [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    (
        "image without alt_text",
        {"type": "image", "image_url": "https://x"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        "long alert",
        {"type": "alert", "text": plain("x" * 201)},
        "must be less than 201 characters [json-pointer:/blocks/0/text/text]",
    ),
]


@pytest.mark.parametrize(("block", "why"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_an_improper_block_is_refused(block: JsonObject, why: str) -> None:
    """Each refusal says why and where."""
    with pytest.raises(Refused) as refused:
        check_message_blocks([block])
    assert refused.value.error == Refusal.INVALID_BLOCKS
    assert f"[ERROR] {why}" in refused.value.messages


def test_too_many_blocks_are_refused() -> None:
    """A message holds fifty blocks."""
    divider: JsonObject = {"type": "divider"}
    check_message_blocks([divider] * limits.BLOCKS_IN_MESSAGE)
    with pytest.raises(Refused, match="no more than 50 items allowed"):
        check_message_blocks([divider] * (limits.BLOCKS_IN_MESSAGE + 1))


def test_twice_the_same_block_id_is_refused() -> None:
    """A block_id tells one block of a message."""
    with pytest.raises(Refused, match="already exists for another block"):
        check_message_blocks([{"type": "divider", "block_id": "b"}] * 2)


def test_the_same_action_id_in_two_blocks_passes() -> None:
    """An action_id need only be unique in its block."""
    check_message_blocks([{"type": "actions", "elements": [button()]}] * 2)


@pytest.mark.parametrize("place", ["blocks", "attachments"])
def test_two_tables_are_refused(place: str) -> None:
    """A message holds one table, wherever the second is."""
    grid = table(["a"])
    with pytest.raises(Refused, match="only_one_table_allowed") as refused:
        check_message_blocks(*([[grid, grid]] if place == "blocks" else [[grid], [{"blocks": [grid]}]]))
    assert refused.value.error == Refusal.INVALID_ATTACHMENTS


def test_too_much_text_over_all_blocks_is_refused() -> None:
    """Blocks that each pass may be too long together."""
    with pytest.raises(Refused) as refused:
        check_message_blocks([{"type": "section", "text": mrkdwn("x" * 2_700)}] * 5)
    assert refused.value.error == Refusal.MSG_BLOCKS_TOO_LONG


def test_markdown_is_counted_over_the_whole_message() -> None:
    """Two markdown blocks share one limit."""
    with pytest.raises(Refused, match="over all markdown blocks"):
        check_message_blocks([{"type": "markdown", "text": "x" * 6_001}] * 2)


def test_missing_ids_are_filled_in() -> None:
    """Slack gives each block and each interactive element an id; those given are kept."""
    nameless: JsonObject = {"type": "button", "text": plain()}
    blocks = with_ids([{"type": "actions", "elements": [nameless, button("mine")]}])
    first, second = as_objects(blocks[0]["elements"])
    assert blocks[0]["block_id"]
    assert first["action_id"]
    assert second["action_id"] == "mine"


MODAL: JsonObject = {"type": "modal", "title": plain(), "blocks": [{"type": "divider"}]}


def test_a_proper_modal_passes() -> None:
    """A title and blocks are enough."""
    check_view(MODAL)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"type": "window"}, "unsupported type: window [json-pointer:/view/type]"),
        ({"private_metadata": "x" * 3_001}, "must be less than 3001 characters"),
        ({"blocks": [table(["a"])]}, "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        ({"blocks": [GOOD[8]]}, "missing required field: submit [json-pointer:/view]"),
        ({"colour": "red"}, "invalid additional property: colour [json-pointer:/view]"),
    ],
)
def test_an_improper_view_is_refused(change: JsonObject, why: str) -> None:
    """Views have rules of their own, named by pointers under `/view`."""
    with pytest.raises(Refused) as refused:
        check_view({**MODAL, **change})
    assert refused.value.error == Refusal.INVALID_ARGUMENTS
    assert any(why in message for message in refused.value.messages)
