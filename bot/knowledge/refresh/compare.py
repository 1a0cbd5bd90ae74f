"""Compares the products that name a package with the user's index, or with a page of wheels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from packaging.utils import canonicalize_name
from packaging.version import Version
from pypi_simple import DistributionPackage

from bot.knowledge.cells import parse_versions
from bot.knowledge.models import Product, Table
from bot.knowledge.refresh.by_requirements import RequirementComparison, lacks_entry, lacks_row
from bot.knowledge.refresh.by_wheels import WheelComparison
from bot.knowledge.refresh.client import CONNECTIONS, IndexClient
from bot.knowledge.refresh.errors import MetadataUnavailable, RefreshError
from bot.knowledge.refresh.findings import Finding, Origin, release_missing, unsettled
from bot.knowledge.refresh.held import Held
from bot.knowledge.refresh.required import Requirements
from bot.knowledge.refresh.shelf import Release, Shelf, missing, read_shelf
from bot.knowledge.refresh.wheels import Wheel, read_wheel
from bot.knowledge.requirements import RELEASE

T = TypeVar("T")
R = TypeVar("R")
Watch = Callable[[str, int, int], None]
STILL_COMING: Final = 2  # days in which wheels of a release may still be uploaded


@dataclass
class Outcome:
    """What a comparison found. `failures` are products that could not be compared."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    compared: int = 0


@dataclass
class Comparison:
    """One run. `everything` looks for older gaps too; `watch` is told (stage, done, of how many)."""

    held: Held
    client: IndexClient
    today: date
    everything: bool = False
    watch: Watch = lambda stage, done, total: None

    def followed(self, names: Sequence[str]) -> list[Product]:
        """The products to compare: those of these slugs, or all, that have a package and list releases.

        Raises:
            RefreshError: a name is none of them.
        """
        products = self.held.kb.products
        followed = {slug: p for slug, p in products.items() if p.package and p.releases}
        for name in names:
            if name not in followed:
                why = "has no `package` with `releases` on its page" if name in products else "is no product"
                raise RefreshError(f"{name!r} {why}: one of {', '.join(followed)}")
        return [followed[name] for name in names] if names else list(followed.values())

    def index(self, names: Sequence[str] = ()) -> Outcome:
        """Compare with the index.

        Raises:
            RefreshError: a name is no product that is followed, or the index cannot be reached.
        """
        products = self.followed(names)
        outcome = Outcome(compared=len(products))
        packages = [product.package or "" for product in products]
        pages = self._each("project pages", packages, self.client.files)
        shelves: list[tuple[Product, Shelf]] = []
        for product, files in zip(products, pages, strict=True):
            if files is None:
                outcome.failures.append(f"{product.product}: no index has the package {product.package!r}")
            else:
                shelves.append((product, read_shelf(files)))
        runs = [_Run(self, product, shelf, outcome) for product, shelf in shelves]
        wanted = [(run, release) for run in runs for release in run.to_be_read()]
        read = self._each("metadata", [release for _, release in wanted], self._requirements)
        for (run, release), requirements in zip(wanted, read, strict=True):
            run.requirements[release.version] = requirements
        for run in runs:
            outcome.findings += run.findings()
        return outcome

    def wheel_page(self, address: str, names: Sequence[str] = ()) -> Outcome:
        """Compare with a page of wheels.

        Raises:
            RefreshError: the page cannot be read.
        """
        outcome = Outcome()
        wheels = [read_wheel(file, by_folder=True) for file in self.client.wheel_page(address)]
        by_project: dict[str, list[Wheel]] = {}
        for wheel in wheels:
            if wheel is not None:
                by_project.setdefault(wheel.project, []).append(wheel)
        if wheels.count(None):
            outcome.notes.append(f"{wheels.count(None)} files are no wheels")
        for product in self.followed(names):
            found = by_project.pop(str(canonicalize_name(product.package or "")), None)
            if found is not None:
                outcome.compared += 1
                outcome.findings += _wheels_of(self.held, product, found, outcome)
        for project, found in by_project.items():
            outcome.notes.append(f"{project}: {len(found)} wheels of a package that is not followed")
        if not outcome.compared:
            raise RefreshError(f"{address}: no wheels of a product that is followed")
        return outcome

    def _requirements(self, release: Release) -> Requirements | str:
        """What a release requires, or why that cannot be told."""
        file = _representative(release)
        try:
            return Requirements.read(self.client.metadata(file))
        except MetadataUnavailable as error:
            return str(error)

    def _each(self, stage: str, items: Sequence[T], work: Callable[[T], R]) -> list[R]:
        """Do the work for each item, a few at a time; the first error ends it all."""
        found: list[R] = []
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            try:
                for result in pool.map(work, items):
                    found.append(result)
                    self.watch(stage, len(found), len(items))
            except RefreshError:
                pool.shutdown(cancel_futures=True)
                raise
        return found


class _Run:
    """The comparison of one product."""

    def __init__(self, comparison: Comparison, product: Product, shelf: Shelf, outcome: Outcome) -> None:
        self.held = comparison.held
        self.everything = comparison.everything
        self.today = comparison.today
        self.product = product
        self.outcome = outcome
        self.new = missing(product, shelf, everything=self.everything)
        known = {Version(text) for text in product.releases} | {release.version for release in self.new}
        self.releases = [release for version, release in shelf.items() if version in known]
        self.requirements: dict[Version, Requirements | str] = {}
        self.origin = Origin(*self.held.source_checked(product, self.today))

    def to_be_read(self) -> list[Release]:
        """The releases whose metadata is needed."""
        tables = list(self.held.tables_of(self.product, "requirements"))
        return [
            release
            for release in self.releases
            if self._wants_entry(release) or any(self._wants_row(table, release) for table in tables)
        ]

    def findings(self) -> Iterator[Finding]:
        """All that is missing for this product."""
        for release in self.new:
            yield from self._new_release(release)
        for table in self.held.tables_of(self.product, "wheels"):
            yield from self._by_wheels(table)
        for release in self.releases:
            yield from self._by_requirements(release)

    def _new_release(self, release: Release) -> Iterator[Finding]:
        name, day = f"{self.product.product} {release.version}", release.day
        found = release_missing(
            self.held, self.product, str(release.version), day.isoformat() if day else None
        )
        yield Finding(found.problem, (*found.edits, *self.origin.touched))
        if not release.wheels:
            self.outcome.notes.append(f"{name} has no wheel on the index")
        if day is not None and (self.today - day).days < STILL_COMING:
            self.outcome.notes.append(f"{name} is of {day}: wheels may still be coming, refresh again")
        tables = [t.table for t in self.held.draft.tables.values() if self._is_by_hand(t)]
        if tables:
            self.outcome.notes.append(f"{name}: still to be written by hand: {', '.join(tables)}")

    def _is_by_hand(self, table: Table) -> bool:
        is_derived = table.table in self.held.draft.row_keys
        return table.columns[0] == self.product.product and table.refresh is None and not is_derived

    def _by_wheels(self, table: Table) -> Iterator[Finding]:
        of = self.product.product
        newest = self.held.newest(self.held.kb.relations[table.table], of)
        compared = WheelComparison(self.held, table, self.origin)
        for release in self.releases:
            number = self.held.number(of, str(release.version))
            if self.everything or newest is None or number is None or number >= newest:
                wheels = [wheel for _, wheel in release.wheels]
                yield from compared.findings(release.version, wheels, mark_open=False)

    def _by_requirements(self, release: Release) -> Iterator[Finding]:
        requirements = self.requirements.get(release.version)
        if requirements is None:
            return
        tables = [
            table
            for table in self.held.tables_of(self.product, "requirements")
            if self._wants_row(table, release)
        ]
        if isinstance(requirements, str):
            message = (
                f"{self.product.product} {release.version}: what it requires is not known: {requirements}"
            )
            for table in tables:
                yield unsettled(self.held, "table", table.table, "rows", message)
            if self._wants_entry(release):
                yield unsettled(self.held, "product", self.product.product, "requires", message)
            return
        compared = RequirementComparison(self.held, self.product, release, requirements, self.origin)
        for table in tables:
            yield from compared.row(table)
        if self._wants_entry(release):
            yield from compared.entry()

    def _wants_row(self, table: Table, release: Release) -> bool:
        newest = self.held.newest(self.held.kb.relations[table.table], self.product.product)
        later = newest is None or Version(str(newest)) < release.version or release in self.new
        return (self.everything or later) and lacks_row(self.held, table, release.version)

    def _wants_entry(self, release: Release) -> bool:
        if not self.product.requires:
            return False
        known = self.held.kb.releases[self.product.product]
        cells = [parse_versions(str(entry[RELEASE]), known) for entry in self.product.requires]
        numbers = [n for c in cells for n in self.held.cell_values(self.product.product, c)]
        newest = max((Version(str(number)) for number in numbers), default=None)
        later = newest is None or newest < release.version or release in self.new
        return (self.everything or later) and lacks_entry(self.held, self.product, release.version)


def _wheels_of(held: Held, product: Product, wheels: Iterable[Wheel], outcome: Outcome) -> Iterator[Finding]:
    """What a page of wheels shows of one product, over all tables that are read from wheels."""
    final: dict[Version, list[Wheel]] = {}
    left_out: Counter[str] = Counter()
    for wheel in wheels:
        if wheel.version.is_prerelease:
            left_out["of pre-releases"] += 1
        elif held.number(product.product, str(wheel.version)) is None:
            left_out[f"of {wheel.version}, which the product's page does not list"] += 1
        else:
            final.setdefault(wheel.version, []).append(wheel)
    outcome.notes += [f"{product.product}: {count} wheels {what}" for what, count in left_out.items()]
    for table in held.tables_of(product, "wheels"):
        source = table.refresh.source if table.refresh is not None else None
        if source is None:
            outcome.notes.append(
                f"{table.table}: `refresh` names no `source`, so pages of wheels are not read into it"
            )
            continue
        compared = WheelComparison(held, table, Origin(source))
        for version in sorted(final):
            yield from compared.findings(version, final[version], mark_open=table.complete_for is not None)
        outcome.notes += [f"{count} wheels say nothing for {what}" for what, count in compared.unread.items()]


def _representative(release: Release) -> DistributionPackage:
    """The file whose metadata stands for a release: if possible a Linux x86-64 wheel of the oldest Python."""

    def rank(item: tuple[DistributionPackage, Wheel]) -> tuple[bool, bool, list[int]]:
        _, wheel = item
        tags = [tag for tag in wheel.tags if "linux" in tag.platform and tag.platform.endswith("_x86_64")]
        free_threaded = any(tag.abi.endswith("t") for tag in wheel.tags)
        digits = sorted(int("".join(filter(str.isdigit, tag.interpreter)) or 0) for tag in wheel.tags)
        return not tags, free_threaded, digits

    wheels = sorted(release.wheels, key=rank)
    return wheels[0][0] if wheels else release.files[0]
