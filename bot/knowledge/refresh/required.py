"""Reads what a release requires of another package out of its core metadata."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

# The machine that markers are read for: where most official wheels are for.
LINUX: Final[Mapping[str, str]] = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_release": "",
    "platform_version": "",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "extra": "",
}
ORDER: Final = (">=", ">", "~=", "==", "===", "!=", "<=", "<")
BLURRED_BY_PRERELEASE: Final = frozenset({">", "<=", "==", "===", "!=", "~="})


@dataclass(frozen=True, slots=True)
class Requirements:
    """What the metadata of a release states."""

    distributions: tuple[Requirement, ...]
    python: SpecifierSet | None
    unread: tuple[str, ...] = ()

    @classmethod
    def read(cls, metadata: str) -> Requirements:
        """Read core metadata; requirements that are not well formed are kept apart."""
        raw, _ = parse_email(metadata)
        read, unread = [], []
        for line in raw.get("requires_dist", []):
            try:
                read.append(Requirement(line))
            except InvalidRequirement:
                unread.append(line)
        return cls(tuple(read), specifiers(raw.get("requires_python")), tuple(unread))

    def of(self, patterns: Iterable[str], pythons: Iterable[str]) -> frozenset[SpecifierSet]:
        """The specifiers for packages of these names, on Linux x86-64 with each of the Pythons.

        More than one means that the Pythons differ, or that packages of several names do.
        """
        wanted = tuple(str(canonicalize_name(pattern)) for pattern in patterns)
        named = [
            requirement
            for requirement in self.distributions
            if any(fnmatchcase(canonicalize_name(requirement.name), pattern) for pattern in wanted)
        ]
        found = {merged for python in pythons for merged in _active(named, python)}
        return frozenset(found)


def specifiers(text: str | None) -> SpecifierSet | None:
    """A specifier set, or None where there is none that can be read."""
    try:
        return SpecifierSet(text) if text else None
    except InvalidSpecifier:
        return None


def exact(specifier: SpecifierSet) -> str | None:
    """The one version that is admitted, without its local part; None if there may be more."""
    clauses = list(specifier)
    if len(clauses) != 1 or clauses[0].operator not in ("==", "===") or clauses[0].version.endswith("*"):
        return None
    return Version(clauses[0].version).public


def written(specifier: SpecifierSet) -> str | None:
    """The specifier as a cell, lower bounds first; None where a cell cannot say the same."""
    clauses = sorted(specifier, key=lambda clause: (ORDER.index(clause.operator), clause.version))
    if not clauses or any(_blurred(clause) for clause in clauses):
        return None
    return ",".join(f"{clause.operator}{clause.version}" for clause in clauses)


def _blurred(clause: Specifier) -> bool:
    """Cells know no pre-releases: `>=2.0rc1` is as good as `>=2.0`, `>2.0rc1` is not as good as `>2.0`."""
    if clause.version.endswith("*"):
        return False
    version = Version(clause.version)
    return (version.is_prerelease and clause.operator in BLURRED_BY_PRERELEASE) or version.local is not None


def _active(named: Iterable[Requirement], python: str) -> set[SpecifierSet]:
    environment = {**LINUX, "python_version": python, "python_full_version": f"{python}.0",
                   "implementation_version": f"{python}.0"}  # fmt: skip
    by_name: dict[str, SpecifierSet] = {}
    for requirement in named:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = canonicalize_name(requirement.name)
            by_name[name] = by_name.get(name, SpecifierSet()) & requirement.specifier
    return set(by_name.values())
