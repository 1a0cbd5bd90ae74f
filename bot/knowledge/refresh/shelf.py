"""The releases of a package as an index lists them, and which of them the knowledge lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from packaging.version import InvalidVersion, Version
from pypi_simple import DistributionPackage

from bot.knowledge.models import Product
from bot.knowledge.refresh.wheels import Wheel, read_wheel


@dataclass(frozen=True, slots=True)
class Release:
    """A final release with the files that are not yanked."""

    version: Version
    files: tuple[DistributionPackage, ...]

    @property
    def day(self) -> date | None:
        """The day (UTC) of the first upload, where the index tells."""
        times = [file.upload_time for file in self.files if file.upload_time is not None]
        return min(times).date() if times else None

    @property
    def wheels(self) -> tuple[tuple[DistributionPackage, Wheel], ...]:
        """The files that are wheels, with their names read."""
        read = ((file, read_wheel(file)) for file in self.files)
        return tuple((file, wheel) for file, wheel in read if wheel is not None)

    @property
    def requires_python(self) -> str | None:
        """What the index says of the Python required, if all files say the same."""
        told = {file.requires_python for file in self.files}
        return told.pop() if len(told) == 1 else None


Shelf = Mapping[Version, Release]


def read_shelf(files: Iterable[DistributionPackage]) -> Shelf:
    """Final releases by version, ascending: no pre-releases, no local builds, nothing that is yanked."""
    found: dict[Version, list[DistributionPackage]] = {}
    for file in files:
        version = _version(file)
        if version is not None and not (version.is_prerelease or version.local or file.is_yanked):
            found.setdefault(version, []).append(file)
    return {version: Release(version, tuple(found[version])) for version in sorted(found)}


def missing(product: Product, shelf: Shelf, *, everything: bool) -> list[Release]:
    """The releases that the product's page lacks, ascending.

    A release counts if its version is above the newest known, or if it was uploaded after that one (a mended
    older series); with `everything`, older gaps count too. A post-release is a new upload of its release, and
    counts only where the page lists post-releases or the index has no other. Of a page that lists a sample
    (`more_releases`), only the last release of each series that is newer counts.
    """
    known = {Version(text): day for text, day in product.releases.items()}
    newest = max(known)
    has_posts = any(version.is_postrelease for version in known)
    found = []
    for version, release in shelf.items():
        base = Version(version.base_version)
        reissued = version.is_postrelease and not has_posts and (base in known or base in shelf)
        later = version > newest or _after(release.day, known[newest])
        if version not in known and not reissued and (everything or later):
            found.append(release)
    return found if everything or not product.more_releases else _last_of_series(found)


def _last_of_series(releases: Iterable[Release]) -> list[Release]:
    return list({release.version.release[:2]: release for release in releases}.values())


def _after(day: date | None, known: str | None) -> bool:
    """Whether a day surely lies after a known one, which may be a month or a year."""
    return day is not None and known is not None and day.isoformat()[: len(known)] > known


def _version(file: DistributionPackage) -> Version | None:
    try:
        return Version(file.version or "")
    except InvalidVersion:
        return None
