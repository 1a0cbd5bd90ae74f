"""The content of a message as a bot sends it: read, checked against Slack's limits, ready to be kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from bot.presenting.limits import METADATA_BYTES
from bot.workspace.blocks import check_message_blocks, with_ids
from bot.workspace.errors import Refusal, Refused
from bot.workspace.payloads import JsonObject, as_list, as_object, as_objects, as_text

ATTACHMENTS_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Content:
    """What a message shows, and the metadata it carries."""

    text: str = ""
    blocks: list[JsonObject] = field(default_factory=list)
    attachments: list[JsonObject] = field(default_factory=list)
    metadata: JsonObject | None = None


def read_content(fields: JsonObject) -> Content:
    """The content in the fields of a request, as chat.postMessage and a response_url take them.

    Raises:
        Refused: there is nothing to show, or Slack would refuse what there is.
    """
    text = as_text(fields.get("text")) or as_text(fields.get("markdown_text"))
    blocks, attachments = parsed(fields.get("blocks")), parsed(fields.get("attachments"))
    if blocks is not None and not isinstance(blocks, list):
        raise Refused(Refusal.INVALID_BLOCKS_FORMAT)
    if not text.strip() and not blocks and not attachments:
        raise Refused(Refusal.NO_TEXT)
    check_message_blocks(as_list(blocks), as_objects(attachments))
    if len(as_list(attachments)) > ATTACHMENTS_AT_MOST:
        raise Refused(Refusal.TOO_MANY_ATTACHMENTS)
    return Content(
        text, with_ids(as_objects(blocks)), as_objects(attachments), _metadata(fields.get("metadata"))
    )


def parsed(value: object) -> object:
    """A field that may come as JSON text (in a form) or as JSON itself.

    Raises:
        Refused: the text is not JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value.strip() else None
    except json.JSONDecodeError as broken:
        raise Refused(Refusal.INVALID_BLOCKS_FORMAT) from broken


def _metadata(value: object) -> JsonObject | None:
    metadata = parsed(value)
    if metadata is None:
        return None
    fields = as_object(metadata)
    if not isinstance(fields.get("event_type"), str) or not isinstance(fields.get("event_payload"), dict):
        raise Refused(Refusal.INVALID_METADATA_FORMAT)
    if len(json.dumps(fields, ensure_ascii=False).encode()) > METADATA_BYTES:
        raise Refused(Refusal.METADATA_TOO_LARGE)
    return fields
