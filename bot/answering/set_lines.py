"""Writes a pasted set anew: the subject kept, everything else as it goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.answering.answers import Command, Truth
from bot.answering.install import Installer
from bot.answering.joins import Joins, as_given
from bot.answering.set_members import Members
from bot.answering.set_outcome import SetConflict, SetRemark
from bot.answering.set_remarks import EXACT, LOCAL, addresses, places_of, written_tag
from bot.answering.set_writing import PIN, Choice, SetWriter
from bot.knowledge.cells import Bounds
from bot.knowledge.versions import Constraint, Number
from bot.understanding.pins import Pin
from bot.understanding.question import Given

MENDED: Final = frozenset({"index", "other_index", "tag", "mixed", "open"})


@dataclass(frozen=True, slots=True)
class Solution:
    """The corrected lines, the command they rest on, and what could not be corrected."""

    lines: tuple[str, ...] = ()
    command: Command | None = None
    remarks: tuple[SetRemark, ...] = ()


class SetCorrector:
    """Chooses for each member what goes with the subject, and writes it in the form that was pasted."""

    def __init__(self, joins: Joins, installer: Installer) -> None:
        self._joins = joins
        self._kb = joins.kb
        self._installer = installer

    def solve(
        self, members: Members, conflicts: Sequence[SetConflict], remarks: Sequence[SetRemark]
    ) -> Solution:
        """The corrected set; empty where nothing is wrong, or no exact release of the subject is pinned."""
        subject = members.subject(self._installer.subjects)
        strange = any(remark.kind == "unknown" for remark in remarks)
        if not (conflicts or strange or any(remark.kind in MENDED for remark in remarks)):
            return Solution()
        if subject is None or not self._joins.known(subject) or members.elsewhere:
            return Solution()
        chosen: dict[str, Choice] = {}
        subject = self._moved(subject, members, conflicts, chosen)
        if subject is None:
            return Solution()
        build = self._built(subject, members)
        command = self._command(subject, build, members)
        if command is not None and build is not None and build.column in dict(command.cells):
            build = self._as_made(build.column, dict(command.cells)[build.column])
        lost = tuple(self._choose_packages(subject, members, conflicts, command, chosen))
        if build is not None and not isinstance(build.constraint, str):
            chosen[build.column] = build.constraint.clauses[0].number
        if members.value(subject.column) != subject and isinstance(subject.constraint, Constraint):
            chosen[subject.column] = subject.constraint.clauses[0].number
        plain = command is not None and not addresses(command)  # a plain line brings just that build
        tag = None if build is None or plain else written_tag(self._kb, build)
        writer = SetWriter(command, tag, subject.column, chosen, self._installer.builds)
        writer.forced = self._is_forced(members, build)
        writer.sign = self._sign(command)
        gone = {remark.given.column for remark in lost}
        pins = [pin for pin in _distinct(members.pins.pins) if pin.column not in gone]
        lines = tuple(self._lines(members, pins, subject, writer))
        if lines == tuple(dict.fromkeys(pin.surface for pin in members.pins.pins if self._is_line(pin))):
            return Solution(remarks=lost)  # nothing better is known
        return Solution(lines, command, lost)

    def _moved(
        self,
        subject: Given,
        members: Members,
        conflicts: Sequence[SetConflict],
        chosen: dict[str, Choice],
    ) -> Given | None:
        """The subject kept, where what it runs on is pinned too; else the nearest that runs on it."""
        for conflict in conflicts:
            finding = conflict.finding
            if conflict.wrong is None:
                subject = self._for_companion(subject, conflict, members, chosen)
            if conflict.wrong is not None or subject not in (finding.left, finding.right):
                continue
            is_left = finding.left == subject
            other = finding.right if is_left else finding.left
            if other.column in self._installer.builds:
                continue  # the build follows the subject
            own, others = (conflict.right, conflict.other) if is_left else (conflict.other, conflict.right)
            if members.is_pinned(other.column):
                number = _nearest(other, others, below=True)
                if number is None:
                    return None
                chosen[other.column] = number
                continue
            farther = not self._joins.routes.direct(subject.column, other.column)
            if farther and self._command(subject, None, members) is not None:
                continue  # another build of it will do
            number = _nearest(subject, own, below=False)
            if number is None:
                return None
            subject = as_given(subject.column, number)
        return subject

    def _for_companion(
        self, subject: Given, conflict: SetConflict, members: Members, chosen: dict[str, Choice]
    ) -> Given:
        """Where a companion does not run on something (a Python): the release of the subject to which the
        nearest one belongs that does, or, where that thing stands on a line of its own, another of it.
        """
        left, right = conflict.finding.left, conflict.finding.right
        companions = self._installer.installs
        sides = ((left, right, conflict.right, conflict.other), (right, left, conflict.other, conflict.right))
        for own, other, options, others in sides:
            if (
                other.column in companions | self._installer.subjects
                or own.column in self._installer.subjects
            ):
                continue
            if own.column not in companions:
                self._settle(own, options, subject, (members, chosen))
                continue
            pin = members.packages.get(other.column)
            if pin is not None and self._is_line(pin):
                number = _nearest(other, others, below=True)
                chosen.update({other.column: number} if number else {})
                return subject
            asked = None if isinstance(own.constraint, str) else own.constraint.clauses[0].number
            above = (as_given(own.column, number) for number in options if asked and number > asked)
            releases = (self._belonging(subject, companion) for companion in above)
            fitting = (r for r in releases if r and self._goes(r, other, members))
            return next(fitting, subject)
        return subject

    def _settle(
        self,
        own: Given,
        options: Sequence[Number],
        subject: Given,
        among: tuple[Members, dict[str, Choice]],
    ) -> None:
        """Choose the release of a library next to the pinned one that takes what is given (a Python) and the
        subject: an earlier one, if there is any.
        """
        members, chosen = among
        if own.column not in members.packages or isinstance(own.constraint, str):
            return
        asked = own.constraint.clauses[0].number
        below = [number for number in options if number < asked]
        for number in (*reversed(below), *(number for number in options if number > asked)):
            if self._goes(subject, as_given(own.column, number), members):
                chosen[own.column] = number
                return

    def _goes(self, subject: Given, other: Given, members: Members) -> bool:
        """Whether a release runs on something that is given, as far as a table tells, where it is given."""
        places = self._told(subject, other, members.places)
        return self._joins.truth(subject, other, places) is not Truth.EXCLUDED

    def _belonging(self, subject: Given, companion: Given) -> Given | None:
        """The newest release of the subject to which a release of a companion belongs."""
        for relation in self._joins.tables(subject.column, companion.column):
            rows, _ = self._joins.rows(relation, (companion,))
            values = self._joins.values(rows, subject.column)
            if values:
                return as_given(subject.column, values[-1])
        return None

    def _built(self, subject: Given, members: Members) -> Given | None:
        """The build that is pinned, or the nearest that the subject has."""
        own = [pin.tag for pin in members.pins.pins if pin.column == subject.column and pin.tag]
        for given in (*own, *members.things, *members.places):
            if given.column not in self._installer.builds:
                continue
            if isinstance(given.constraint, str):
                return given
            places = tuple(p for p in members.places if p.column not in self._installer.builds)
            if self._joins.truth(subject, given, self._told(subject, given, places)) is not Truth.EXCLUDED:
                return given
            found = self._joins.check(subject, given, self._told(subject, given, places))
            number = _nearest(given, found.right_options, below=True)
            return as_given(given.column, number) if number else None
        return None

    def _is_forced(self, members: Members, build: Given | None) -> bool:
        """Whether no line says which build, and it has to be another than what plain lines bring."""
        if build is None or any(pin.tag for pin in members.pins.pins):
            return False
        own = members.value(build.column)
        return own is not None and not members.is_pinned(build.column) and str(own) != str(build)

    def _sign(self, command: Command | None) -> str:
        """What stands before a version where a package had none."""
        tools = [tool for tool in self._kb.tools.values() if tool.channels]
        word = command.text.split()[0] if command else ""
        return "=" if any(word in tool.names for tool in tools) else EXACT

    def _told(self, left: Given, right: Given, places: tuple[Given, ...]) -> tuple[Given, ...]:
        tables = self._joins.routes.direct(left.column, right.column)
        told = {column for relation in tables for column in relation.columns}
        return tuple(given for given in places if given.column in told)

    def _command(self, subject: Given, build: Given | None, members: Members) -> Command | None:
        """The official command for the subject as this build, where and with the tool that is used."""
        places = members.places
        pin = members.packages.get(subject.column)
        if pin is not None and self._is_line(pin):
            places = places_of(self._kb, members, channels="==" not in pin.surface)
        places = tuple(place for place in places if place.column not in self._installer.builds)
        fixed = tuple(given for given in members.things if self._is_fixed(given, subject, members))
        kind = build or next((g for g in members.things if g.column in self._installer.builds), None)
        if kind is None:
            return self._installer.best((subject, *places, *fixed))
        exact = self._installer.best((subject, build, *places, *fixed)) if build else None
        if exact is not None or isinstance(kind.constraint, str):
            return exact
        return self._installer.best((subject, replace(kind, constraint=Constraint()), *places, *fixed))

    def _is_fixed(self, given: Given, subject: Given, members: Members) -> bool:
        """Whether a member is what a machine has, and no package that could be another."""
        packaged = given.column in members.packages and members.is_pinned(given.column)
        return not packaged and given.column not in (subject.column, *self._installer.builds)

    def _as_made(self, column: str, value: str) -> Given:
        return as_given(column, value if column in self._kb.attributes else Number.parse(value))

    def _choose_packages(
        self,
        subject: Given,
        members: Members,
        conflicts: Sequence[SetConflict],
        command: Command | None,
        chosen: dict[str, Choice],
    ) -> Iterator[SetRemark]:
        """Choose for every package that does not go with the subject; tell those for which nothing does."""
        filled = dict(command.filled) if command else {}
        for given in members.things:
            wanted = given.column in members.packages and given.column not in chosen
            if given.column == subject.column or not wanted or given.column in self._installer.builds:
                continue
            fits = self._joins.known(given) and self._joins.truth(subject, given) is not Truth.EXCLUDED
            if fits and not _is_wrong(given, conflicts):
                continue
            if filled.get(given.column):
                chosen[given.column] = Number.parse(filled[given.column])
                continue
            choice = self._option(subject, given, members)
            if choice is None:
                yield SetRemark("none", given, subject)
            else:
                chosen[given.column] = choice

    def _option(self, subject: Given, given: Given, members: Members) -> Choice | None:
        """The newest version that goes with the subject and with what nobody can change, or a bound on it."""
        fixed = [
            other
            for other in members.things
            if other.column not in members.packages and self._joins.routes.direct(given.column, other.column)
        ]
        for relation in self._joins.routes.direct(subject.column, given.column):
            rows = self._joins.rows(relation, (subject,))[0]
            for number in reversed(self._joins.values(rows, given.column)):
                own = as_given(given.column, number)
                if all(self._joins.truth(own, other) is not Truth.EXCLUDED for other in fixed):
                    return number
            cells = (row.cells.get(given.column) for row in rows)
            bound = next((cell.constraint for cell in cells if isinstance(cell, Bounds)), None)
            if bound is not None:
                return bound
        return None

    def _is_line(self, pin: Pin) -> bool:
        """Whether a pin stands on a line of a file, with an operator."""
        match = PIN.match(pin.surface)
        return pin.command is None and bool(match and match["op"])

    def _lines(
        self, members: Members, pins: Sequence[Pin], subject: Given, writer: SetWriter
    ) -> Iterator[str]:
        command = writer.command
        own = [pin for pin in pins if pin.column == subject.column]
        if any(map(self._is_line, own)) and all(pin.command is None for pin in own):
            lines = list(dict.fromkeys(writer.line(pin) for pin in pins if self._is_line(pin)))
            yield from self._index_line(members, command, lines)
            yield from lines
        elif command is not None:
            rest = [writer.argument(p) for p in pins if self._is_extra(p, command, (members, writer.chosen))]
            yield from self._commands(members, command, rest)

    def _commands(self, members: Members, command: Command, rest: list[str]) -> Iterator[str]:
        """The command with the other packages: in it where channels are named, after it where an index is."""
        used = [self._kb.tools[item.manager] for item in members.pins.commands]
        tool = used[0] if used else next(iter(self._kb.tools.values()))
        words = command.text.split()
        if rest and tool.channels and words[:1] == [tool.names[0]]:
            yield " ".join((*words[:2], *rest, *words[2:]))
            return
        yield command.text
        if rest:
            yield " ".join((tool.names[0], tool.verbs[0], *rest))

    def _is_extra(self, pin: Pin, command: Command, among: tuple[Members, dict[str, Choice]]) -> bool:
        """Whether a package is none that the command installs, and none that the subject brings along."""
        members, chosen = among
        known = {column for column, _ in (*command.cells, *command.filled)}
        product = self._kb.products.get(pin.column)
        used = members.pins.commands[pin.command].manager if pin.command is not None else ""
        installs_all = not used or bool(self._kb.tools[used].channels)  # pip has no Python
        asked = product is not None and (product.package or (pin.column in chosen and installs_all))
        return pin.column not in known and bool(asked) and (pin.command is not None or pin.column in chosen)

    def _index_line(self, members: Members, command: Command | None, lines: list[str]) -> Iterator[str]:
        """The option that names the index of the build, where a tag asks for it."""
        found = addresses(command)
        named = [address for item in members.pins.commands for address in item.addresses]
        if not found or not any(LOCAL in line for line in lines):
            return
        tools = [tool for tool in self._kb.tools.values() if tool.addresses]
        words = command.text.split() if command else []
        option = words[words.index(found[0]) - 1]
        for tool in tools:
            if option in tool.index and tool.more_index:
                option = tool.more_index[0]
        if not any(address.startswith(found[0]) for address in named):
            yield f"{option} {found[0]}"


def _distinct(pins: Sequence[Pin]) -> list[Pin]:
    """The first pin of each place: what a build tells of others is no line of its own."""
    return list({pin.start: pin for pin in reversed(pins)}.values())[::-1]


def _is_wrong(given: Given, conflicts: Sequence[SetConflict]) -> bool:
    return any(conflict.wrong == given for conflict in conflicts)


def _nearest(given: Given, options: Sequence[Number], *, below: bool) -> Number | None:
    """The option next to what is given: the greatest below it, or the least above it, before others."""
    if isinstance(given.constraint, str) or not options:
        return None
    asked = given.constraint.clauses[0].number
    smaller = [number for number in options if number < asked]
    greater = [number for number in options if number > asked]
    if below:
        return smaller[-1] if smaller else min(greater, default=None)
    return greater[0] if greater else max(smaller, default=None)
