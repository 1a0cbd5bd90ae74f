"""Block Kit's rules: every block type there is, and what holds over a whole message or view."""

from __future__ import annotations

import copy
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.presenting import limits
from bot.workspace.elements import (
    ALT_TEXT,
    IMAGE_SOURCE,
    RICH_ELEMENTS,
    RICH_TEXT,
    element,
    is_interactive,
    plain_text,
    text_object,
)
from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject, as_list, as_object, as_objects, as_text
from bot.workspace.schema import (
    Check,
    anything,
    array,
    both,
    flag,
    number,
    one_of,
    optional_item,
    problem,
    shape,
    string,
    tagged,
    with_one_of,
)

ALERT_TEXT: Final = 200
CARD_TEXT: Final = 200
TITLE_TEXT: Final = 150
LABEL_TEXT: Final = 2_000
GROUPED: Final = 10
CARDS: Final = 10
NOT_POSTED: Final = frozenset({"file"})
MESSAGES_ONLY: Final = frozenset({"context_actions", "markdown", "plan", "table", "task_card"})

_MENUS: Final = tuple(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "channels", "conversations")
)
_PICKERS: Final = ("checkboxes", "datepicker", "radio_buttons", "timepicker")
_TYPED: Final = (
    "plain_text_input",
    "rich_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "file_input",
    "datetimepicker",
)


def _block(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return shape(required, {"block_id": string(limits.BLOCK_ID), **(optional or {})})


_CONTEXT_ELEMENT: Final = tagged(
    {
        "image": element("image"),
        "plain_text": text_object(limits.SECTION_TEXT),
        "mrkdwn": text_object(limits.SECTION_TEXT),
    }
)
_CELL: Final = tagged(
    {
        "raw_text": shape({"text": string(limits.TABLE_CHARACTERS)}, {}),
        "raw_number": shape({"value": number, "text": string(limits.TABLE_CHARACTERS)}, {}),
        "rich_text": _block({"elements": array(tagged(RICH_TEXT), RICH_ELEMENTS)}),
    }
)
_COLUMN: Final = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})
_CARD: Final = _block(
    {},
    {
        "hero_image": element("image"),
        "icon": element("image"),
        "title": text_object(TITLE_TEXT),
        "subtitle": text_object(TITLE_TEXT),
        "body": text_object(CARD_TEXT),
        "actions": array(element("button", "icon_button", "overflow"), limits.ACTIONS_ELEMENTS),
    },
)
_TASK: Final = _block(
    {
        "task_id": string(limits.BLOCK_ID),
        "title": string(LABEL_TEXT),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {"details": anything, "output": anything, "sources": anything},
)


def _inner_block(value: object, pointer: str) -> Iterator[str]:
    return tagged(BLOCKS)(value, pointer)


BLOCKS: Final[Mapping[str, Check]] = {
    "section": both(
        _block(
            {},
            {
                "text": text_object(limits.SECTION_TEXT),
                "fields": array(text_object(limits.SECTION_FIELD_TEXT), limits.SECTION_FIELDS),
                "accessory": element("button", "image", "overflow", "workflow_button", *_PICKERS, *_MENUS),
                "expand": flag,
            },
        ),
        with_one_of("text", "fields"),
    ),
    "divider": _block({}),
    "header": _block({"text": plain_text(limits.HEADER_TEXT)}, {"level": number}),
    "context": _block({"elements": array(_CONTEXT_ELEMENT, limits.CONTEXT_ELEMENTS)}),
    "actions": _block(
        {
            "elements": array(
                element("button", "overflow", "workflow_button", "datetimepicker", *_PICKERS, *_MENUS),
                limits.ACTIONS_ELEMENTS,
            )
        }
    ),
    "context_actions": _block(
        {"elements": array(element("feedback_buttons", "icon_button"), limits.CONTEXT_ACTIONS_ELEMENTS)}
    ),
    "image": both(
        _block({"alt_text": string(ALT_TEXT)}, {**IMAGE_SOURCE, "title": plain_text(LABEL_TEXT)}),
        with_one_of(*IMAGE_SOURCE),
    ),
    "input": _block(
        {"label": plain_text(LABEL_TEXT), "element": element(*_TYPED, *_PICKERS, *_MENUS)},
        {"hint": plain_text(LABEL_TEXT), "optional": flag, "dispatch_action": flag},
    ),
    "rich_text": _block({"elements": array(tagged(RICH_TEXT), RICH_ELEMENTS)}),
    "markdown": _block({"text": string(limits.MARKDOWN_TEXT)}),
    "table": _block(
        {"rows": array(array(_CELL, limits.TABLE_COLUMNS), limits.TABLE_ROWS)},
        {"column_settings": array(optional_item(_COLUMN), limits.TABLE_COLUMNS, 0)},
    ),
    "alert": _block(
        {"text": text_object(ALERT_TEXT)}, {"level": one_of("default", "info", "warning", "error", "success")}
    ),
    "card": both(_CARD, with_one_of("hero_image", "title", "actions", "body")),
    "carousel": _block({"elements": array(tagged({"card": _CARD}), CARDS)}),
    "container": both(
        _block(
            {"child_blocks": array(_inner_block, GROUPED)},
            {
                "title": plain_text(TITLE_TEXT),
                "rich_text_title": anything,
                "subtitle": text_object(TITLE_TEXT),
                "width": one_of("narrow", "standard", "wide", "full"),
                "icon": element("image"),
                "is_collapsible": flag,
                "default_collapsed": flag,
                "has_header_divider": flag,
            },
        ),
        with_one_of("title", "rich_text_title"),
    ),
    "task_card": _TASK,
    "plan": _block({"title": string(LABEL_TEXT)}, {"tasks": array(_TASK, limits.BLOCKS_IN_MESSAGE)}),
    "video": with_one_of("video_url"),
    "call": with_one_of("call_id"),
    "auth_provider": with_one_of("value"),
    "file": with_one_of("external_id"),
}


def check_message_blocks(blocks: Sequence[object], attachments: Sequence[JsonObject] = ()) -> None:
    """Raise what Slack would refuse of a message with these blocks, and those inside its attachments."""
    problems = [*_problems(blocks, "/blocks", NOT_POSTED, limits.BLOCKS_IN_MESSAGE)]
    every = list(blocks)
    for index, attachment in enumerate(attachments):
        inner, pointer = as_list(attachment.get("blocks")), f"/attachments/{index}/blocks"
        problems += _problems(inner, pointer, NOT_POSTED, limits.BLOCKS_IN_MESSAGE)
        every += inner
    problems += _size_problems(as_objects(every))
    if problems:
        raise Refused(Refusal.INVALID_BLOCKS, *problems)
    if sum(as_object(block).get("type") == "table" for block in every) > limits.TABLES_IN_MESSAGE:
        raise Refused(Refusal.INVALID_ATTACHMENTS, problem("only_one_table_allowed", "/blocks"))
    if characters(every) > limits.BLOCKS_CHARACTERS:
        raise Refused(Refusal.MSG_BLOCKS_TOO_LONG)


def check_view(view: JsonObject) -> None:
    """Raise `invalid_arguments` with all that Slack would refuse of a modal or a home tab."""
    kind = as_text(view.get("type"))
    problems = [*_VIEW.get(kind, _no_view)(view, "/view")]
    blocks = as_list(view.get("blocks"))
    problems += _problems(blocks, "/view/blocks", NOT_POSTED | MESSAGES_ONLY, limits.BLOCKS_IN_VIEW)
    asks = any(block.get("type") == "input" for block in as_objects(blocks))
    if kind == "modal" and asks and not view.get("submit"):
        problems.append(problem("missing required field: submit", "/view"))
    if problems:
        raise Refused(Refusal.INVALID_ARGUMENTS, *problems)


def _no_view(view: object, pointer: str) -> Iterator[str]:
    yield problem(f"unsupported type: {as_object(view).get('type')}", f"{pointer}/type")


_OF_VIEWS: Final[dict[str, Check]] = {
    "callback_id": string(limits.BLOCK_ID, 0),
    "external_id": string(limits.BLOCK_ID, 0),
    "private_metadata": string(limits.PRIVATE_METADATA, 0),
}
_VIEW: Final[Mapping[str, Check]] = {
    "home": shape({"blocks": anything}, _OF_VIEWS),
    "modal": shape(
        {"title": plain_text(limits.MODAL_TITLE), "blocks": anything},
        {
            **_OF_VIEWS,
            "submit": optional_item(plain_text(limits.MODAL_TITLE)),
            "close": optional_item(plain_text(limits.MODAL_TITLE)),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
    ),
}


def characters(part: object) -> int:
    """How many characters of text a block, or any part of one, shows."""
    if isinstance(part, dict):
        own = len(as_text(part.get("text")))
        return own + sum(characters(inner) for inner in part.values())
    return sum(characters(inner) for inner in as_list(part))


def with_ids(blocks: Sequence[JsonObject]) -> list[JsonObject]:
    """A copy of the blocks in which each has a block_id, and each interactive element an action_id."""
    complete = copy.deepcopy(list(blocks))
    for block in complete:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for part in _parts(block):
            if is_interactive(part):
                part.setdefault("action_id", secrets.token_urlsafe(4))
    return complete


def _parts(block: JsonObject) -> list[JsonObject]:
    named = [as_object(block[name]) for name in ("accessory", "element") if name in block]
    return [*named, *as_objects(block.get("elements")), *as_objects(block.get("actions"))]


def _problems(blocks: Sequence[object], pointer: str, refused: frozenset[str], most: int) -> Iterator[str]:
    yield from array(tagged(BLOCKS), most, 0)(list(blocks), pointer)
    for index, block in enumerate(blocks):
        kind = as_text(as_object(block).get("type"))
        if kind in refused:
            yield problem(f"unsupported type: {kind}", f"{pointer}/{index}/type")
        for name in _repeated([as_text(part.get("action_id")) for part in _parts(as_object(block))]):
            yield problem(f'`action_id` "{name}" already exists for another action', f"{pointer}/{index}")
    for name in _repeated([as_text(block.get("block_id")) for block in as_objects(list(blocks))]):
        yield problem(f'`block_id` "{name}" already exists for another block', pointer)


def _repeated(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if name and count > 1]


def _size_problems(blocks: list[JsonObject]) -> Iterator[str]:
    most = {"table": limits.TABLE_CHARACTERS, "markdown": limits.MARKDOWN_TEXT}
    for kind, limit in most.items():
        if sum(characters(block) for block in blocks if block.get("type") == kind) > limit:
            yield problem(f"must be less than {limit + 1} characters over all {kind} blocks", "/blocks")
