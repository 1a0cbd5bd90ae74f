"""Checks of JSON made from small parts; a check yields problems in the words of Slack's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.workspace.payloads import as_text

Check = Callable[[object, str], Iterator[str]]


def problem(why: str, pointer: str) -> str:
    """One entry of `response_metadata.messages`."""
    return f"[ERROR] {why} [json-pointer:{pointer}]"


def anything(_value: object, _pointer: str) -> Iterator[str]:
    """No problem, whatever the value."""
    return iter(())


def string(most: int, least: int = 1) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must be a string", pointer)
        elif len(value) < least:
            yield problem(f"must be more than {least - 1} characters", pointer)
        elif len(value) > most:
            yield problem(f"must be less than {most + 1} characters", pointer)

    return check


def instance_of(kind: type | tuple[type, ...], name: str) -> Check:
    """A value of a Python type; `name` is what JSON calls it."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, kind):
            yield problem(f"must be a {name}", pointer)

    return check


flag: Check = instance_of(bool, "boolean")
number: Check = instance_of((int, float), "number")
digits: Check = instance_of((int, float, str), "number")


def one_of(*values: str) -> Check:
    """One of a few words."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value not in values:
            yield problem("must be a valid enum value", pointer)

    return check


def array(item: Check, most: int, least: int = 1) -> Check:
    """An array of `least` to `most` items that each pass `item`."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must be an array", pointer)
            return
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", pointer)
        if len(value) > most:
            yield problem(f"no more than {most} items allowed", pointer)
        for index, inner in enumerate(value):
            yield from item(inner, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields, and no others. `type` is checked by who chose the shape."""
    known = {**optional, **required}

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        for name in required:
            if name not in value:
                yield problem(f"missing required field: {name}", pointer)
        for name, inner in value.items():
            if name in known:
                yield from known[name](inner, f"{pointer}/{name}")
            elif name != "type":
                yield problem(f"invalid additional property: {name}", pointer)

    return check


def tagged(table: Mapping[str, Check], *allowed: str) -> Check:
    """An object whose `type` picks its check out of `table`; all of it, or the `allowed` types alone."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must be an object", pointer)
            return
        kind = as_text(value.get("type"))
        if not kind:
            yield problem("missing required field: type", pointer)
        elif kind not in (allowed or table):
            yield problem(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from table[kind](value, pointer)

    return check


def both(*checks: Check) -> Check:
    """All of several checks."""

    def check(value: object, pointer: str) -> Iterator[str]:
        for part in checks:
            yield from part(value, pointer)

    return check


def with_one_of(*names: str) -> Check:
    """An object that has at least one of these fields."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            yield problem(f"must define one of: {', '.join(names)}", pointer)

    return check


def optional_item(item: Check) -> Check:
    """`null`, or what passes `item`."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value is not None:
            yield from item(value, pointer)

    return check
