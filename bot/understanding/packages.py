"""Tells what packages are called, which versions their specifiers mean, and what tags and builds say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.knowledge.aliases import fold_name
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Product
from bot.knowledge.versions import BadVersion, Clause, Constraint, Number
from bot.understanding.lexicon import Lexicon
from bot.understanding.mentions import decode_tag
from bot.understanding.question import Given

COMPONENTS: Final = 3
WHEEL: Final = ".whl"
LONGEST: Final = 200
REMEMBERED: Final = 4_096
SURE: Final = ("==", "===")
# One clause or several, as a pattern; conda has a single sign.
SPECIFIERS: Final = (
    r"[=<>!~]=?=?[ \t]*\d[\w.*+!-]{0,60}(?:[ \t]*,[ \t]*[=<>!~]=?=?[ \t]*\d[\w.*+!-]{0,60}){0,5}"
)
_CLAUSE: Final = re.compile(
    r"(?P<op>[=<>!~]=?=?)[ \t]*(?P<version>\d{1,9}(?:\.\d{1,9}){0,5}(?:\.post\d{1,4})?)(?P<any>\.\*)?"
    r"(?:\+(?P<tag>[\w.]{1,40}))?",
    re.ASCII,
)
_TAG: Final = re.compile(r"(?P<name>[a-z]{1,20})(?P<digits>\d[\d.]{0,20})?", re.ASCII)


class Written(NamedTuple):
    """A package as a message has it, at `start` to `end`; `build` and `platform` are tags of its file."""

    name: str
    spec: str
    start: int
    end: int
    build: str = ""
    platform: str = ""


def read_wheel(text: str, at: int = 0) -> Written | None:
    """The package of a wheel's name or address, which ends in `.whl`; `at` is where the text stands."""
    end = text.find(WHEEL)
    if end < 0:
        return None
    name = re.split(r"[\s/\\\"'`<(=]", text[max(0, end - LONGEST) : end])[-1]
    parts = name.replace("%2B", "+").replace("%2b", "+").split("-")
    if len(parts) not in (5, 6) or not parts[0].isascii() or not parts[1][:1].isdigit():
        return None
    start = at + end - len(name)
    return Written(parts[0], f"=={parts[1]}", start, at + end + len(WHEEL), parts[-3], parts[-1])


class Packages:
    """The names of packages and what is written after them; built once for a knowledge base."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon) -> None:
        """Collect the names of products, and of the values that a package may stand for."""
        self._kb = kb
        self._tags = lexicon.tags
        self._names: dict[str, str] = {}
        for slug, product in kb.products.items():
            for name in (*product.aliases, *product.name.values(), slug):
                self._names.setdefault(fold_name(name), slug)
        for slug, product in kb.products.items():
            for name in filter(None, (product.package, *product.required_as)):
                self._names[fold_name(name)] = slug
        self.indexed = frozenset(slug for slug, product in kb.products.items() if product.package)
        self._open = {name: slug for slug, name in _open_names(kb.products)}
        self._values = _values(kb)
        self._meanings: dict[str, tuple[str | None, Given | None]] = {}
        self._constraints: dict[tuple[str, str], tuple[Constraint, Given | None] | None] = {}

    def column(self, name: str) -> str | None:
        """The product that a package brings, if it is one."""
        return self._meaning(name)[0]

    def stands_for(self, name: str) -> Given | None:
        """What a package tells that is no product (`cpuonly`), or has its version in its name (`cuda100`)."""
        return self._meaning(name)[1]

    def _meaning(self, name: str) -> tuple[str | None, Given | None]:
        """The product or else what the name tells, remembered: lists name the same packages often."""
        found = self._meanings.get(name)
        if found is None:
            if len(self._meanings) >= REMEMBERED:
                self._meanings.clear()
            column = self._product(name.lower())
            found = (column, None if column else self._told(name))
            self._meanings[name] = found
        return found

    def _product(self, name: str) -> str | None:
        found = self._names.get(fold_name(name))
        if found is not None:
            return found
        return next((slug for start, slug in self._open.items() if name.startswith(start)), None)

    def _told(self, name: str) -> Given | None:
        value = self._values.get(fold_name(name))
        if value is not None:
            return Given(*value, name)
        match = _TAG.fullmatch(name.lower())
        if match is None or not match["digits"] or self._names.get(match["name"]) is None:
            return None
        given = self._decoded(match["name"], match["digits"], name)
        return given if given is not None and self._is_known(given) else None

    def tag(self, text: str) -> Given | None:
        """What a local version tells: `cu118`, `cpu`, `rocm5.6`; also one that is written wrongly."""
        match = _TAG.fullmatch(text.lower())
        if match is None:
            return None
        name, digits = match["name"], match["digits"]
        if not digits:
            value = self._values.get(name)
            return Given(*value, text, role="build") if value else None
        decoded = self._decoded(name, digits, text)
        slug = self._names.get(name)
        if decoded is None and slug is not None:
            decoded = self._number(slug, digits, text)
        return decoded

    def _decoded(self, prefix: str, digits: str, surface: str) -> Given | None:
        """A version after the prefix of a product's tags, with or without dots."""
        for slug, tag in self._tags.get(prefix, ()):
            if "." in digits or self._kb.knows(slug, Constraint.series(Number.parse(digits))):
                return self._number(slug, digits, surface)
            numbers = [Constraint.series(number) for number in decode_tag(digits, tag)]
            if numbers:  # the likeliest, unless only another one is known
                known = (number for number in numbers if self._kb.knows(slug, number))
                return Given(slug, next(known, numbers[0]), surface, role="build")
        return None

    def _number(self, slug: str, text: str, surface: str) -> Given | None:
        try:
            number = Number.parse(text.rstrip("."))
        except BadVersion:
            return None
        return Given(slug, Constraint.series(number), surface, role="build")

    def _is_known(self, given: Given) -> bool:
        return not isinstance(given.constraint, str) and self._kb.knows(given.column, given.constraint)

    def builds(self, text: str) -> Iterator[Given]:
        """What the parts of a conda build, or the tags of a wheel, tell: `py39_cuda113_0`, `cp313`."""
        for part in text.replace("-", "_").split("_")[:8]:
            match = _TAG.fullmatch(part.lower())
            if match is None or (match["digits"] and match["name"] not in self._tags):
                continue
            given = self.tag(part)
            if given is not None and (isinstance(given.constraint, str) or self._is_known(given)):
                yield given

    def platform(self, tag: str) -> Given | None:
        """The value whose wheels bear a platform tag."""
        for slug, attribute in self._kb.attributes.items():
            for name, value in attribute.values.items():
                for pattern in value.wheel_tags:
                    start, _, end = pattern.partition("*")
                    if tag == pattern or ("*" in pattern and tag.startswith(start) and tag.endswith(end)):
                        return Given(slug, name, tag)
        return None

    def constraint(self, column: str, text: str) -> tuple[Constraint, Given | None] | None:
        """The versions that a specifier admits, and the tag in it; None for what is no release.

        One version is that version: `==1.8` of a product whose releases have three parts is its 1.8.0, while
        one `=` (conda) or `.*` means the series.
        """
        key = (column, text)
        if key not in self._constraints:
            if len(self._constraints) >= REMEMBERED:
                self._constraints.clear()
            self._constraints[key] = self._read(column, text)
        return self._constraints[key]

    def _read(self, column: str, text: str) -> tuple[Constraint, Given | None] | None:
        parts = [part.strip() for part in text.split(",")]
        matches = [_CLAUSE.fullmatch(part) for part in parts if part]
        found = [match for match in matches if match]
        if not found or len(found) < len(matches):
            return None
        tags = (self.tag(match["tag"]) for match in found if match["tag"])
        try:
            return self._admitted(column, found), next((given for given in tags if given), None)
        except BadVersion:
            return None

    def _admitted(self, column: str, found: list[re.Match[str]]) -> Constraint:
        first = found[0]
        if len(found) == 1 and first["op"] in (*SURE, "="):
            exact = first["op"] in SURE and not first["any"]
            return Constraint((Clause("in", self._release(column, first["version"], exact=exact)),))
        return Constraint.requirement(",".join(_as_requirement(match) for match in found))

    def _release(self, column: str, text: str, *, exact: bool) -> Number:
        number = Number.parse(text)
        product = self._kb.products[column]
        missing = COMPONENTS - len(number.release)
        if exact and missing > 0 and number.post < 0 and product.releases and product.granularity is None:
            number = Number.parse(text + ".0" * missing)
        return self._kb.listed(column, number)


def _as_requirement(match: re.Match[str]) -> str:
    """A clause as packages write it; one `=` of conda is a series."""
    fuzzy = match["any"] or (".*" if match["op"] == "=" else "")
    op = "==" if match["op"] in (*SURE, "=") else match["op"]
    return f"{op}{match['version']}{fuzzy}"


def _open_names(products: Mapping[str, Product]) -> Iterator[tuple[str, str]]:
    """The beginnings of the names of packages that end in anything (`nvidia-cudnn-cu*`)."""
    for slug, product in products.items():
        for name in product.required_as:
            if name.endswith("*"):
                yield slug, name.removesuffix("*")


def _values(kb: KnowledgeBase) -> dict[str, tuple[str, str]]:
    """The values of qualifiers by their names, but for what only tells which tool is used."""
    used = {column for tool in kb.tools.values() for column in tool.stands_for}
    return {
        fold_name(name): (column, value)
        for column in kb.qualifiers - used
        for value, item in kb.attributes[column].values.items()
        for name in (value, *item.aliases)
    }
