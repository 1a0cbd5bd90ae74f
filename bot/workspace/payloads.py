"""JSON as it comes off the wire: one type for an object, and readers that narrow its values."""

from __future__ import annotations

from typing import TypeAlias

JsonObject: TypeAlias = dict[str, object]


def as_object(value: object) -> JsonObject:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """`value` if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else []


def as_objects(value: object) -> list[JsonObject]:
    """The objects among the items of a JSON array."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def as_text(value: object, default: str = "") -> str:
    """`value` if it is a string, else `default`."""
    return value if isinstance(value, str) else default


def without_nulls(fields: JsonObject) -> JsonObject:
    """`fields` less those whose value is null: Slack leaves a field out rather than send null."""
    return {name: value for name, value in fields.items() if value is not None}
