"""Reads the names of wheels: the release, the interpreter, the platform and the build that each is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product as combinations
from typing import Final
from urllib.parse import unquote, urlsplit

from packaging.tags import Tag as WheelTag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version
from pypi_simple import DistributionPackage

from bot.knowledge.models import Attribute, Product, Table, Tag

ABI_FLAGS: Final = "mu"
CPYTHON: Final = "cp"
_PART: Final = re.compile(r"[.+_-]")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel by its name. `build` is the local part of its version (`cu130`), or the folder it lies in."""

    filename: str
    project: str
    version: Version
    build: str
    tags: frozenset[WheelTag]


def read_wheel(file: DistributionPackage, *, by_folder: bool = False) -> Wheel | None:
    """The wheel that a file is; None if it is none, or its name is not well formed.

    `by_folder`: a wheel without a local version is of the build that its folder is named for, as on pages of
    wheels of the time before local versions.
    """
    try:
        name, version, _, tags = parse_wheel_filename(file.filename)
    except InvalidWheelFilename:
        return None
    folder = unquote(urlsplit(file.url).path).split("/")[-2:-1] if by_folder else []
    build = version.local or (folder[0] if folder else "")
    return Wheel(file.filename, canonicalize_name(name), Version(version.public), build, tags)


def read_tag(text: str, tag: Tag) -> str | None:
    """The version that a tag writes: `cu118` is 11.8, `cp312` is 3.12, `rocm6.4` is 6.4."""
    digits = text.removeprefix(tag.prefix)
    if digits == text:
        return None
    if "." in digits and all(part.isdigit() for part in digits.split(".")):
        return digits
    cut = tag.major_digits or len(digits) - (tag.minor_digits or 0)
    major, minor = digits[:cut], digits[cut:]
    return f"{int(major)}.{int(minor)}" if major.isdigit() and minor.isdigit() and cut > 0 else None


def interpreters(wheels: Iterable[Wheel], python: Product) -> set[str]:
    """The minor versions of Python that any of the wheels is for."""
    return {version for wheel in wheels for version in _interpreter_versions(wheel, python)}


def is_interpreter(product: Product) -> bool:
    """Whether the tags of wheels name versions of this product."""
    return any(tag.prefix == CPYTHON for tag in product.tags)


def of_platform(wheel: Wheel, value: str, attribute: Attribute) -> bool:
    """Whether the wheel's tags say that it is for a value of the attribute."""
    return value in _values(wheel, attribute)


@dataclass(frozen=True, slots=True)
class WheelColumns:
    """Reads wheels into the cells of one table."""

    table: Table
    columns: tuple[Product | Attribute, ...]

    def cells(self, wheel: Wheel, version: str) -> Iterator[tuple[str, ...]]:
        """The combinations of cells that the wheel shows; none if any column is not to be told from it."""
        return combinations(*(self._column(wheel, version, column) for column in self.columns))

    def unread(self, wheel: Wheel) -> str | None:
        """The first column that the wheel says nothing of."""
        return next(
            (_slug(column) for column in self.columns if not self._column(wheel, "0", column)),
            None,
        )

    def _column(self, wheel: Wheel, version: str, column: Product | Attribute) -> tuple[str, ...]:
        refresh = self.table.refresh
        slug = _slug(column)
        if refresh is None or slug == refresh.of:
            return (version,)
        fixed = refresh.fixed.get(slug)
        if isinstance(column, Product):
            return (fixed,) if fixed is not None else tuple(sorted(_versions(wheel, column)))
        if fixed is None:
            return _values(wheel, column)
        told = any(value.wheel_tags for value in column.values.values())
        return (fixed,) if not told or fixed in _values(wheel, column) else ()


def _slug(column: Product | Attribute) -> str:
    return column.product if isinstance(column, Product) else column.attribute


def _values(wheel: Wheel, attribute: Attribute) -> tuple[str, ...]:
    told = {part for tag in wheel.tags for part in (tag.abi, tag.platform)}
    return tuple(
        name
        for name, value in attribute.values.items()
        if any(fnmatchcase(part, pattern) for part in told for pattern in value.wheel_tags)
    )


def _versions(wheel: Wheel, product: Product) -> set[str]:
    if is_interpreter(product):
        return _interpreter_versions(wheel, product)
    for text in _shorter(wheel.build):
        for tag in product.tags:
            version = read_tag(text, tag)
            if version is not None:
                return {version}
    return set()


def _interpreter_versions(wheel: Wheel, python: Product) -> set[str]:
    """The versions that the wheel is built for; a free-threaded build or a stable ABI is none of them."""
    found = set()
    for wheel_tag in wheel.tags:
        if wheel_tag.abi.rstrip(ABI_FLAGS) == wheel_tag.interpreter:
            found |= {read_tag(wheel_tag.interpreter, tag) for tag in python.tags}
    return {version for version in found if version is not None}


def _shorter(build: str) -> Iterator[str]:
    """A build's name, then without its last parts: a variant of a CUDA build is a build for that CUDA."""
    yield build
    while cut := [match.start() for match in _PART.finditer(build)]:
        build = build[: cut[-1]]
        yield build
