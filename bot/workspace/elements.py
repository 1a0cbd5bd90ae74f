"""The parts inside blocks: text objects, interactive elements and the contents of rich text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.presenting.limits import ACTION_ID, BUTTON_TEXT, BUTTON_VALUE, MESSAGE_TEXT_CUT
from bot.workspace.payloads import JsonObject
from bot.workspace.schema import (
    Check,
    anything,
    array,
    both,
    digits,
    flag,
    number,
    one_of,
    shape,
    string,
    tagged,
    with_one_of,
)

# Limits of elements that no message of this bot comes near, as the SDK's models and the reference give them.
URL: Final = 3_000
ALT_TEXT: Final = 2_000
PLACEHOLDER: Final = 150
OPTIONS: Final = 100
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OVERFLOW_OPTIONS: Final = 5
CHOICES: Final = 10
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
INPUT_TEXT: Final = 3_000
PROMPT: Final = 4_000
RICH_ELEMENTS: Final = 2_000


def text_object(most: int, *kinds: str) -> Check:
    """A text object of `plain_text` and `mrkdwn`, or of the `kinds` alone."""
    body = {"text": string(most)}
    table = {"plain_text": shape(body, {"emoji": flag}), "mrkdwn": shape(body, {"verbatim": flag})}
    return tagged(table, *kinds)


def plain_text(most: int) -> Check:
    """A text object that must be `plain_text`."""
    return text_object(most, "plain_text")


def element(*kinds: str) -> Check:
    """One of the named elements."""
    return tagged(ELEMENTS, *kinds)


def is_interactive(part: JsonObject) -> bool:
    """Whether Slack gives this element an action_id when it has none."""
    return part.get("type") in ELEMENTS and part.get("type") != "image"


_CONFIRM: Final = shape(
    {
        "title": plain_text(CONFIRM_TITLE),
        "text": text_object(CONFIRM_TEXT),
        "confirm": plain_text(CONFIRM_BUTTON),
        "deny": plain_text(CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)
_SLACK_FILE: Final = both(shape({}, {"id": string(URL), "url": string(URL)}), with_one_of("id", "url"))
IMAGE_SOURCE: Final[Mapping[str, Check]] = {"image_url": string(URL), "slack_file": _SLACK_FILE}
_ACTION: Final[Mapping[str, Check]] = {
    "action_id": string(ACTION_ID),
    "confirm": _CONFIRM,
    "focus_on_load": flag,
}
_WITH_PLACEHOLDER: Final[Mapping[str, Check]] = {**_ACTION, "placeholder": plain_text(PLACEHOLDER)}
_OPTION: Final = shape(
    {"text": text_object(OPTION_TEXT), "value": string(OPTION_VALUE)},
    {"description": text_object(OPTION_TEXT), "url": string(URL)},
)
_GROUP: Final = shape({"label": plain_text(OPTION_TEXT), "options": array(_OPTION, OPTIONS)}, {})
_BUTTON: Final = shape(
    {"text": plain_text(BUTTON_TEXT)},
    {
        **_ACTION,
        "url": string(URL),
        "value": string(BUTTON_VALUE),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(BUTTON_TEXT),
        "agent_prompt": string(PROMPT),
        "agent_prompt_display": string(PROMPT),
        "visible_to_user_ids": array(string(ACTION_ID), OPTIONS),
    },
)
_FEEDBACK_BUTTON: Final = shape(
    {"text": plain_text(BUTTON_TEXT), "value": string(BUTTON_VALUE)},
    {"accessibility_label": string(BUTTON_TEXT)},
)
_ICON_BUTTON: Final = shape(
    {"icon": string(ACTION_ID), "text": plain_text(BUTTON_TEXT)},
    {
        **_ACTION,
        "value": string(BUTTON_VALUE),
        "accessibility_label": string(BUTTON_TEXT),
        "visible_to_user_ids": array(string(ACTION_ID), OPTIONS),
    },
)


def _menu(initial: str, **extra: Check) -> Check:
    return shape({}, {**_WITH_PLACEHOLDER, initial: anything, "max_selected_items": number, **extra})


def _static_menu(initial: str) -> Check:
    options: dict[str, Check] = {"options": array(_OPTION, OPTIONS), "option_groups": array(_GROUP, OPTIONS)}
    return both(_menu(initial, **options), with_one_of("options", "option_groups"))


def _choices(initial: str) -> Check:
    return shape({"options": array(_OPTION, CHOICES)}, {**_ACTION, initial: anything})


def _picker(initial: str, **extra: Check) -> Check:
    return shape({}, {**_WITH_PLACEHOLDER, initial: anything, **extra})


def _typed(required: Mapping[str, Check] | None = None, **extra: Check) -> Check:
    lengths: dict[str, Check] = {"initial_value": anything, "min_length": number, "max_length": number}
    return shape(
        required or {}, {**_WITH_PLACEHOLDER, "dispatch_action_config": anything, **lengths, **extra}
    )


_FILTERS: Final[dict[str, Check]] = {
    "filter": anything,
    "default_to_current_conversation": flag,
    "response_url_enabled": flag,
}
ELEMENTS: Final[Mapping[str, Check]] = {
    "button": _BUTTON,
    "icon_button": _ICON_BUTTON,
    "feedback_buttons": shape(
        {"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
        {"action_id": string(ACTION_ID)},
    ),
    "workflow_button": shape(
        {"text": plain_text(BUTTON_TEXT), "workflow": anything}, {**_ACTION, "style": anything}
    ),
    "overflow": shape({"options": array(_OPTION, OVERFLOW_OPTIONS)}, _ACTION),
    "checkboxes": _choices("initial_options"),
    "radio_buttons": _choices("initial_option"),
    "static_select": _static_menu("initial_option"),
    "multi_static_select": _static_menu("initial_options"),
    "external_select": _menu("initial_option", min_query_length=number),
    "multi_external_select": _menu("initial_options", min_query_length=number),
    "users_select": _menu("initial_user"),
    "multi_users_select": _menu("initial_users"),
    "channels_select": _menu("initial_channel", response_url_enabled=flag),
    "multi_channels_select": _menu("initial_channels"),
    "conversations_select": _menu("initial_conversation", **_FILTERS),
    "multi_conversations_select": _menu("initial_conversations", **_FILTERS),
    "datepicker": _picker("initial_date"),
    "timepicker": _picker("initial_time", timezone=anything),
    "datetimepicker": _picker("initial_date_time"),
    "plain_text_input": _typed(multiline=flag),
    "rich_text_input": _typed(),
    "email_text_input": _typed(),
    "url_text_input": _typed(),
    "number_input": _typed({"is_decimal_allowed": flag}, min_value=digits, max_value=digits),
    "file_input": shape({}, {**_ACTION, "filetypes": anything, "max_files": number}),
    "image": both(
        shape({"alt_text": string(ALT_TEXT)}, IMAGE_SOURCE),
        with_one_of(*IMAGE_SOURCE),
    ),
}


# --- rich text -----------------------------------------------------------------------------------------

_STYLE: Final[Mapping[str, Check]] = {"style": anything}
_INLINE: Final = tagged(
    {
        "text": shape({"text": string(MESSAGE_TEXT_CUT)}, _STYLE),
        "link": shape({"url": string(URL)}, {"text": string(MESSAGE_TEXT_CUT, 0), "unsafe": flag, **_STYLE}),
        "user": shape({"user_id": string(ACTION_ID)}, _STYLE),
        "usergroup": shape({"usergroup_id": string(ACTION_ID)}, _STYLE),
        "team": shape({"team_id": string(ACTION_ID)}, _STYLE),
        "channel": shape({"channel_id": string(ACTION_ID)}, _STYLE),
        "emoji": shape({"name": string(ACTION_ID)}, {"unicode": anything, "skin_tone": anything, **_STYLE}),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLE),
        "color": shape({"value": string(ACTION_ID)}, _STYLE),
        "date": shape(
            {"timestamp": number, "format": anything}, {"url": anything, "fallback": anything, **_STYLE}
        ),
    }
)
_INLINES: Final = array(_INLINE, RICH_ELEMENTS, 0)
_SECTION: Final = shape({"elements": _INLINES}, {})
RICH_TEXT: Final[Mapping[str, Check]] = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": shape({"elements": _INLINES}, {"border": anything, "language": anything}),
    "rich_text_quote": shape({"elements": _INLINES}, {"border": anything}),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": array(tagged({"rich_text_section": _SECTION}), RICH_ELEMENTS),
        },
        {"indent": number, "offset": number, "border": anything},
    ),
}
