"""Tells what to know of a pasted set beside conflicts: indexes, tags, default builds, unknown releases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.answering.absent import nearest_versions
from bot.answering.answers import Command, Evidence
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.set_members import Members
from bot.answering.set_outcome import RemarkKind, SetRemark
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.cells import Names, Versions
from bot.understanding.pins import Pin
from bot.understanding.question import Given

ADDRESS: Final = "://"
LOCAL: Final = "+"
EXACT: Final = "=="


class SetRemarker:
    """Looks at the pins one by one, and at where they come from."""

    def __init__(self, joins: Joins, installer: Installer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._installer = installer

    def remarks(self, members: Members, *, machine: bool = False) -> Iterator[SetRemark]:
        """What there is to know; where the `machine` is told, also which build plain lines bring."""
        yield from self._unknown(members)
        yield from self._tags(members)
        yield from self._mixed(members)
        yield from (SetRemark("made_for", own, asked) for own, asked in members.clashes)
        subject = members.subject(self._installer.subjects)
        if subject is None or not self._joins.known(subject):
            return
        if members.elsewhere:
            named = (channel for command in members.pins.commands for channel in command.channels)
            yield SetRemark("elsewhere", subject, text=" ".join(dict.fromkeys(named)))
        build = self._build(members, subject)
        if build is not None:
            yield from self._indexes(members, subject, build)
        elif self._is_plain(members, subject, lines=machine):
            found = list(self._defaults(members, subject))
            yield from found or ([SetRemark("open", subject)] if machine else [])

    def _unknown(self, members: Members) -> Iterator[SetRemark]:
        for given in members.things:
            if not self._joins.known(given):
                nearest = nearest_versions(given, self._kb.releases[given.column])
                yield SetRemark("unknown", given, versions=nearest)

    def _tags(self, members: Members) -> Iterator[SetRemark]:
        seen: set[str] = set()
        for pin in members.pins.pins:
            tag = pin.tag
            if tag is None or tag.column in seen or LOCAL + tag.surface not in pin.surface:
                continue
            seen.add(tag.column)
            text = written_tag(self._kb, tag)
            if self._kb.products.get(tag.column) and text != tag.surface.lower():
                yield SetRemark("tag", tag, text=text)

    def _mixed(self, members: Members) -> Iterator[SetRemark]:
        """Packages that are builds for different things."""
        builds: dict[str, Given] = {}
        for pin in members.pins.pins:
            if pin.tag is not None and pin.tag.column in self._installer.builds:
                builds.setdefault(f"{pin.tag.column} {pin.tag}", pin.tag)
        first, *rest = builds.values() or (None,)
        if first is not None and rest:
            yield SetRemark("mixed", first, rest[0])

    def _build(self, members: Members, subject: Given) -> Given | None:
        """The tag that the subject's local version has."""
        for pin in members.pins.pins:
            is_local = pin.tag is not None and LOCAL + pin.tag.surface in pin.surface and "=" in pin.surface
            if pin.column == subject.column and is_local:
                return pin.tag
        return None

    def _indexes(self, members: Members, subject: Given, build: Given) -> Iterator[SetRemark]:
        """Whether the build is on any index that is named."""
        command = self._installer.best((subject, build, *places_of(self._kb, members)))
        official = addresses(command)
        if command is None or not official:
            return
        named = [address for item in members.pins.commands for address in item.addresses]
        indexes = [item.index for item in members.pins.commands if item.index]
        same = any(index.column == build.column and str(index) == str(build) for index in indexes)
        if same or any(_host(a) == _host(official[0]) for a in named if not indexes):
            return
        other = next(iter(indexes), None)
        kind: RemarkKind = "other_index" if other else "index"
        yield SetRemark(kind, build, other, text=official[0], evidence=(command.evidence,))

    def _is_plain(self, members: Members, subject: Given, *, lines: bool) -> bool:
        """Whether the subject is installed without any index, and nothing says which build.

        By a command; with `lines`, a line of a requirements file counts too.
        """
        pin = members.packages.get(subject.column)
        if pin is None or any(p.tag or self._is_build(p) for p in members.pins.pins):
            return False
        if pin.command is None:
            named = any(command.addresses or command.channels for command in members.pins.commands)
            return lines and EXACT in pin.surface and not named
        command = members.pins.commands[pin.command]
        return bool(self._kb.tools[command.manager].addresses) and not command.addresses

    def _is_build(self, pin: Pin) -> bool:
        return pin.column in self._installer.builds

    def _defaults(self, members: Members, subject: Given) -> Iterator[SetRemark]:
        """The build that a plain install brings, by what the tables of defaults say, or a plain command."""
        found = False
        for relation in self._kb.of_kind("default"):
            if subject.column not in relation.columns:
                continue
            for row in self._joins.rows(relation, (subject, *members.places))[0]:
                places = tuple(
                    Given(column, value, value)
                    for column, cell in row.cells.items()
                    if isinstance(cell, Names)
                    for value in cell.values
                )
                for column, cell in row.cells.items():
                    if column != subject.column and isinstance(cell, Versions):
                        found = True
                        other = as_given(column, cell.numbers[-1])
                        evidence = (Evidence(relation, (row,)),)
                        yield SetRemark("default", subject, other, places=places, evidence=evidence)
        if not found:
            yield from self._plain_command(members, subject)

    def _plain_command(self, members: Members, subject: Given) -> Iterator[SetRemark]:
        """Where the platform given has a command without an index: that is what a plain install brings."""
        named = tuple(given for given in members.places if self._kb.attributes[given.column].qualifier)
        command = self._installer.best((subject, *named))
        if command is None or addresses(command) or len(named) < 2:
            return
        for column, value in command.cells:
            if column in self._kb.attributes and column in self._installer.builds:
                other = Given(column, value, value)
                places = tuple(given for given in named if given.column != column)
                yield SetRemark("default", subject, other, places=places, evidence=(command.evidence,))


def written_tag(kb: KnowledgeBase, build: Given) -> str:
    """How a build is written as a local version or as the last part of an index's address."""
    if isinstance(build.constraint, str):
        return build.constraint
    exact = build.constraint.exact
    number = build.constraint.clauses[0].number if exact is None else exact
    product = kb.products[build.column]
    if not product.tags:
        return f"{build.column}{number}"
    return product.tags[0].prefix + "".join(str(part) for part in number.release[: product.granularity])


def addresses(command: Command | None) -> tuple[str, ...]:
    """The addresses of indexes in a command."""
    words = command.text.split() if command else []
    return tuple(word for word in words if ADDRESS in word and not word.endswith(".whl"))


def places_of(kb: KnowledgeBase, members: Members, *, channels: bool = False) -> tuple[Given, ...]:
    """Where the set is installed; if no command says with which tool, one that reads indexes or channels."""
    told = {given.column for given in members.places}
    fitting = (tool for tool in kb.tools.values() if (tool.channels if channels else tool.addresses))
    assumed = (Given(c, v, v) for tool in list(fitting)[:1] for c, v in tool.stands_for.items())
    return (*members.places, *(given for given in assumed if given.column not in told))


def _host(address: str) -> str:
    return address.partition(ADDRESS)[2].partition("/")[0].lower()
