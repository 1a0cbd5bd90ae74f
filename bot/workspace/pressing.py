"""Finding the element that a person presses, and the action that Slack makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.workspace.errors import NothingToPress
from bot.workspace.payloads import JsonObject, as_list, as_object, as_objects, as_text

_MULTIPLE = {
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
_SINGLE = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_WITH_OPTIONS = ("static_select", "radio_buttons", "overflow", "external_select")


@dataclass(frozen=True, slots=True)
class Press:
    """What a person pressed: an element by its ids, and what they chose in it.

    Attributes:
        action_id: the element's own id.
        block_id: the block's id; empty when the action_id is enough to tell.
        values: the values chosen: one for a button pair or menu, several for checkboxes.
        state: values of all input elements, by block_id and action_id.
    """

    action_id: str
    block_id: str = ""
    values: tuple[str, ...] = ()
    state: JsonObject = field(default_factory=dict)


def find_element(blocks: list[JsonObject], press: Press) -> tuple[str, JsonObject]:
    """The pressed element and its block's id; raises `NothingToPress`."""
    for block in blocks:
        block_id = as_text(block.get("block_id"))
        if press.block_id in ("", block_id):
            for element in _elements(block):
                if element.get("action_id") == press.action_id:
                    return block_id, element
    raise NothingToPress(f"nothing with the action_id {press.action_id!r} here")


def _elements(block: JsonObject) -> Iterator[JsonObject]:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield as_object(block[name])
    for name in ("elements", "actions", "child_blocks"):
        for inner in as_objects(block.get(name)):
            yield inner
            yield from _elements(inner)


def action_json(block_id: str, element: JsonObject, press: Press, ts: str) -> JsonObject:
    """The entry of `actions` for a pressed element."""
    kind = as_text(element.get("type"))
    action: JsonObject = {"type": kind, "action_id": press.action_id, "block_id": block_id, "action_ts": ts}
    return action | _chosen(kind, element, press.values)


def _chosen(kind: str, element: JsonObject, values: tuple[str, ...]) -> JsonObject:
    first = values[0] if values else None
    if kind == "feedback_buttons":
        return _feedback(element, first)
    if kind in _WITH_OPTIONS:
        return {"selected_option": next(iter(_options(element, values)), None)}
    if kind in ("checkboxes", "multi_static_select"):
        return {"selected_options": _options(element, values)}
    if kind in _MULTIPLE:
        return {_MULTIPLE[kind]: list(values)}
    if kind in _SINGLE:
        return {_SINGLE[kind]: first}
    if kind in ("button", "icon_button"):
        return {name: element[name] for name in ("text", "value", "style", "icon") if name in element}
    return {"value": first}


def _feedback(element: JsonObject, value: str | None) -> JsonObject:
    buttons = [as_object(element.get(name)) for name in ("positive_button", "negative_button")]
    pressed = next((button for button in buttons if button.get("value") == value), buttons[0])
    return {"text": pressed.get("text"), "value": pressed.get("value")}


def _options(element: JsonObject, values: tuple[str, ...]) -> list[JsonObject]:
    groups = as_objects(element.get("option_groups"))
    options = [
        *as_list(element.get("options")),
        *(option for g in groups for option in as_list(g.get("options"))),
    ]
    return [option for option in as_objects(options) if option.get("value") in values]
