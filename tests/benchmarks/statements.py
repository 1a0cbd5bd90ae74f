"""The knowledge as plain sentences, for peers that search text: rows, facts and errors in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from bot.knowledge.base import KnowledgeBase, Relation
from bot.knowledge.cells import Cell, Names, Versions
from bot.knowledge.rows import Row

_PLACEHOLDER: Final = re.compile(r"\{(\w[\w-]*)\}")


def statements(kb: KnowledgeBase) -> list[str]:
    """Every row, fact and known error as one sentence for each language, none twice."""
    found = (text for lang in kb.wordings for text in _in_language(kb, lang))
    return list(dict.fromkeys(found))


def _in_language(kb: KnowledgeBase, lang: str) -> Iterator[str]:
    for relation in kb.relations.values():
        for row in relation.rows:
            yield from _rows(kb, relation, row, lang)
    yield from (fact.text[lang] for fact in kb.facts)
    for error in kb.errors.values():
        yield " ".join((*error.messages, error.means[lang], error.fix[lang]))


def _rows(kb: KnowledgeBase, relation: Relation, row: Row, lang: str) -> Iterator[str]:
    """What the table says of a row, every version spelt out; a row with a command once for each version."""
    said = relation.table.says[lang]
    for cells in _single(row.cells) if row.command else (row.cells,):
        words = {column: _words(kb, column, cell, lang) for column, cell in cells.items()}
        rest = [text for column, text in words.items() if f"{{{column}}}" not in said]
        yield " · ".join((_filled(said, words), *rest, *_command(row, words)))


def _single(cells: Mapping[str, Cell]) -> Iterator[dict[str, Cell]]:
    """The cells with one version each, in every combination."""
    choices = [
        [Versions((number,)) for number in cell.numbers] if isinstance(cell, Versions) else [cell]
        for cell in cells.values()
    ]
    for chosen in product(*choices):
        yield dict(zip(cells, chosen, strict=True))


def _command(row: Row, words: Mapping[str, str]) -> Iterator[str]:
    """The command without the parts that name versions which the row does not hold."""
    tag = "cu" + "".join(words.get("cuda", "").split(".")[:2])
    held = {**words, "cuda_tag": tag, **(row.extra or {})}
    parts = (row.command or "").split()
    if parts:
        yield " ".join(_filled(p, held) for p in parts if held.keys() >= set(_PLACEHOLDER.findall(p)))


def _filled(template: str, words: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: words.get(match[1], ""), template)


def _words(kb: KnowledgeBase, column: str, cell: Cell, lang: str) -> str:
    if isinstance(cell, Names):
        return ", ".join(kb.attributes[column].values[value].name[lang] for value in cell.values)
    if isinstance(cell, Versions):
        return ", ".join(map(str, cell.numbers))
    return str(cell.constraint)
