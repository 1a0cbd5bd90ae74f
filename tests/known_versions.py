"""Which versions the loaded knowledge holds, and which a reply makes up."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from pydantic import BaseModel

from bot.presenting.reply import Reply
from tests.questions.cases import pipeline

SAID: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)+(?![\w])")
WRITTEN: Final = re.compile(r"\d+(?:\.\d+)+")
_HALF_WIDTH: Final = {0xFF0E: ".", **{0xFF10 + digit: str(digit) for digit in range(10)}}


@cache
def known_versions() -> frozenset[str]:
    """Every dotted number of a table, command, fact, error, product or source, and its series."""
    written = {version for page in _pages() for version in WRITTEN.findall(_text(page))}
    return frozenset(series for version in written for series in _series(version))


def _pages() -> Iterator[BaseModel]:
    kb = pipeline().kb
    yield from kb.products.values()
    yield from kb.attributes.values()
    yield from (relation.table for relation in kb.relations.values())
    yield from kb.facts
    yield from kb.errors.values()
    yield from kb.environments.values()
    yield from kb.sources.values()


def _text(page: BaseModel) -> str:
    return json.dumps(page.model_dump(mode="json"), ensure_ascii=False)


def _series(version: str) -> Iterable[str]:
    parts = version.split(".")
    return (".".join(parts[:length]) for length in range(2, len(parts) + 1))


def invented(text: str, reply: Reply) -> set[str]:
    """The versions of a reply that stand neither in the knowledge nor in the question."""
    said = set(SAID.findall(pipeline().plain(reply)))
    written = text.translate(_HALF_WIDTH)
    seen = "".join(c for c in written if unicodedata.category(c) not in ("Cf", "Cc"))  # as it is shown
    return said - known_versions() - set(WRITTEN.findall(written)) - set(WRITTEN.findall(seen))
