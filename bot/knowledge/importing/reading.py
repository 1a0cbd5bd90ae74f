"""Reads headers and cells as people write them into columns and the notation of the tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cells import BadCell, parse_names, parse_versions
from bot.knowledge.models import Comparators

NUMBER: Final = r"\d+(?:\.\d+)*(?:\.[x*])?"
SEPARATORS: Final = re.compile(r"\s*[/、;\n]\s*")
DASHES: Final = ("~", "-", "–", "—", "−", "…", "...")
EMPTY: Final = frozenset({"", "-", "–", "—", "/", "?"})
VERSION_WORDS: Final = "version"
OPERATORS: Final = ("<", ">", "=", "!", "~=")


class Reader:
    """Knows the names, aliases and comparing words of every language of a knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._columns = dict(self._named_columns())
        words = [word for v in kb.vocabularies.values() for word in v.cues.get(VERSION_WORDS, ())]
        self._version_words = _alternatives(words)
        self._compared = [v.comparators for v in kb.vocabularies.values()]
        between = (word for c in self._compared for word in c.between)
        self._between = _alternatives((*between, *DASHES))
        self._either = _alternatives(word for c in self._compared for word in c.either)

    def column(self, header: str) -> str | None:
        """The product or attribute that a header names in any language; None if it is not surely one."""
        text = _folded(header).strip(" :.")
        bare = re.sub(rf"^(?:{self._version_words})\s+|\s*(?:{self._version_words})$", "", text).strip()
        return self._columns.get(text) or self._columns.get(bare)

    def is_column(self, slug: str) -> bool:
        """Whether tables may have such a column: a product with releases, or an attribute."""
        return bool(self._kb.releases.get(slug)) or slug in self._kb.attributes

    def cell(self, column: str, text: str) -> str:
        """A cell in the notation of the tables.

        Raises:
            BadCell: it cannot be read for sure; the message says why.
        """
        folded = _folded(text)
        if folded in EMPTY:
            raise BadCell("empty: every column of a row has a cell")
        if column in self._kb.attributes:
            return self._names(column, folded)
        written = self._versions(column, folded)
        parse_versions(written, self._kb.releases[column])
        return written

    def _named_columns(self) -> Iterator[tuple[str, str]]:
        for slug, product in self._kb.products.items():
            if self._kb.releases.get(slug):
                yield from ((_folded(n), slug) for n in (slug, *product.aliases, *product.name.values()))
        for slug, attribute in self._kb.attributes.items():
            yield from ((_folded(name), slug) for name in (slug, *attribute.name.values()))

    def _names(self, column: str, text: str) -> str:
        values = self._kb.attributes[column].values
        known = {
            _folded(name): slug
            for slug, item in values.items()
            for name in (slug, *item.aliases, *item.name.values())
        }
        parts = SEPARATORS.split(re.sub(rf",|\b(?:{self._either})\b", "/", text))
        found = "/".join(known.get(part.strip(), part.strip()) for part in parts)
        parse_names(found, {slug: item.within for slug, item in values.items()})
        return found

    def _versions(self, column: str, text: str) -> str:
        product = self._kb.products[column]
        names = _alternatives((column, *map(_folded, product.aliases), *map(_folded, product.name.values())))
        text = re.sub(rf"(?<![\w.])(?:(?:{names})\s*)?v?(?={NUMBER})", "", text)
        for comparators in self._compared:
            text = self._bounds(text, comparators)
        text = re.sub(rf"({NUMBER})\s*\+(?!\w)", r">=\1", text)
        text = re.sub(rf"({NUMBER})\s*(?:{self._between})\s*({NUMBER})", r"\1~\2", text)
        text = re.sub(rf"({NUMBER})\s*(?:{self._either})\s*(?={NUMBER})", r"\1/", text)
        text = re.sub(r"\.[x*](?![\w*])", "", SEPARATORS.sub("/", text))
        parts = [re.sub(r"\s+", "", part) for part in text.split(",")]
        if any(re.search(r"\d\s+\d", part) for part in text.split(",")):
            raise BadCell("two versions without anything between them: part them by / or ~")
        bounded = [part.startswith(OPERATORS) for part in parts]
        if any(bounded) and not all(bounded):
            raise BadCell("a bound beside a plain version: give each a row of its own")
        return ("," if all(bounded) else "/").join(parts)

    def _bounds(self, text: str, comparators: Comparators) -> str:
        for operator, words in comparators.after.items():
            text = re.sub(rf"({NUMBER})\s*(?:{_alternatives(words)})", rf"{operator}\1", text)
        for operator, words in comparators.before.items():
            text = re.sub(rf"(?<![<>=])(?:{_alternatives(words)})\s*(?={NUMBER})", operator, text)
        return text


def _folded(text: str) -> str:
    """Full-width characters made narrow, spaces single, letters small."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _alternatives(words: Iterable[str]) -> str:
    """A pattern of literal words, the longest first; one that never matches for none."""
    ordered = sorted({_folded(word) for word in words}, key=len, reverse=True)
    return "|".join(map(re.escape, ordered)) or r"(?!)"
