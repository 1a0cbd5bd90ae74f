"""Reads a document as a model; what does not fit is told in words a maintainer can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from bot.knowledge import models
from bot.knowledge.document import Document, KeyPath
from bot.knowledge.hints import near
from bot.knowledge.problems import Problem

M = TypeVar("M", bound=BaseModel)

_NOT_A_DAY: Final = "not a day: write YYYY-MM-DD"
_SAYINGS: Final[Mapping[str, str]] = {
    "missing": "missing: add this key",
    "string_type": 'must be text: put it in quotes, for example "1.10"',
    "string_too_short": "empty: write it, or delete the key",
    "bool_type": "must be true or false, without quotes",
    "bool_parsing": "must be true or false, without quotes",
    "int_type": "must be a number without quotes",
    "int_parsing": "must be a number without quotes",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must have keys, each with a value",
    "model_type": "must have keys, each with a value",
    "date_type": _NOT_A_DAY,
    "date_parsing": _NOT_A_DAY,
    "date_from_datetime_parsing": _NOT_A_DAY,
    "date_from_datetime_inexact": _NOT_A_DAY,
    "too_short": "too few: name at least {min_length}",
    "string_too_long": "longer than {max_length} characters: shorten it",
    "literal_error": "must be one of {expected}",
    "value_error": "{error}",
}

_FORMS: Final[Mapping[str, str]] = {
    models.SLUG: "not a name: lower-case letters, digits, dots, hyphens",
    models.LANGUAGE: "not a language: two lower-case letters",
    models.DAY: "not a day: YYYY-MM-DD, or a month or year alone",
    models.VERSION: "not a version: numbers with dots between them",
}


def read_as(document: Document, model: type[M]) -> tuple[M | None, list[Problem]]:
    """The document as `model`, or every reason why it is none."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, list(_problems(document, model, error))


def _problems(document: Document, model: type[BaseModel], error: ValidationError) -> Iterator[Problem]:
    for item in error.errors(include_url=False):
        key: KeyPath = tuple(part for part in item["loc"] if part != "[key]")
        yield document.problem(key, _message(item["type"], item["msg"], item.get("ctx", {}), model, key))


def _message(
    kind: str, message: str, context: Mapping[str, Any], model: type[BaseModel], key: KeyPath
) -> str:
    if kind == "extra_forbidden":
        return f"unknown key: correct its spelling or delete it{near(str(key[-1]), _fields(model, key[:-1]))}"
    if kind == "string_pattern_mismatch":
        return _FORMS.get(str(context.get("pattern")), message)
    saying = _SAYINGS.get(kind)
    return message if saying is None else saying.format_map(context)


def _fields(model: type[BaseModel], key: KeyPath) -> list[str]:
    """The keys that may stand where `key` leads to."""
    kinds: list[type[BaseModel]] = [model]
    for part in key:
        if isinstance(part, str):
            found = [kind.model_fields[part].annotation for kind in kinds if part in kind.model_fields]
            kinds = [inner for annotation in found for inner in _models(annotation)] or kinds
    return [field for kind in kinds for field in kind.model_fields]


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
