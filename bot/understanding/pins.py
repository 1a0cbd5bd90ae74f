"""Reads lists of packages and install commands in a message: what is pinned to which versions."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import Constraint, Number
from bot.understanding.commands import CommandReader, Found
from bot.understanding.lexicon import Lexicon
from bot.understanding.packages import SPECIFIERS, WHEEL, Packages, Written, read_wheel
from bot.understanding.question import Given

ANY: Final = Constraint()
BLANK: Final = "\0"
SHORTEST: Final = 3
MOST_PINS: Final = 1_000
MARKS: Final = ("=", "<", ">", ".whl", "  ", "_", "\t", "\n")
_LINE: Final = re.compile(
    r"^(?P<lead>[ \t]*(?:(?:[-*\u2022]|\[[a-z]{1,12}[0-9]?\])[ \t]+)?[\"'`]{0,3})(?:[\w.-]{1,40}::)?"
    r"(?P<name>[A-Za-z][\w.-]{0,79})(?:\[[^\]\n]{0,120}\])?(?P<gap>[ \t]{0,80})(?P<rest>[^\n]{0,300})$",
    re.ASCII | re.MULTILINE,
)
_SPECIFIER: Final = re.compile(
    rf"(?P<spec>{SPECIFIERS})(?:=(?P<build>[\w.]{{1,80}}))?[ \t]{{0,20}}"
    r"(?:[;#\\][^\n]*|[\"'`,)]{1,4}[ \t]*)?\r?$",
    re.ASCII,
)
_COLUMNS: Final = re.compile(
    r"(?P<version>\d[\w.+!-]{0,60})(?:[ \t]+(?P<build>\S{1,80}))?(?:[ \t]+\S{1,120})?[ \t\r]*$", re.ASCII
)
_EQUALS: Final = re.compile(r"=[0-9]")
_INLINE: Final = re.compile(
    r"(?<![\w./=+-])(?P<name>[A-Za-z][\w.-]{0,79})(?:\[[^\]\s]{0,120}\])?(?P<spec>={1,3}\d[\w.*+!-]{0,60})",
    re.ASCII,
)
_WIDE: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {
    ord(wide): plain for wide, plain in zip("\u3000\u00a0\u201c\u201d\u2018\u2019", "  \"\"''", strict=True)
}


@dataclass(frozen=True, slots=True)
class Pin:
    """A package that is a product, with the versions that are admitted (an empty constraint: any).

    `tag` is what its local version or its build tells (`+cu118`); a pin of an attribute (a wheel's platform)
    has its value there. `surface` stands at `start` to `end` of the message, on `line` (from 0). `command` is
    the number of the install command that it is an argument of.
    """

    column: str
    constraint: Constraint
    tag: Given | None
    surface: str
    start: int
    end: int
    line: int
    command: int | None = None


@dataclass(frozen=True, slots=True)
class InstallCommand:
    """A command that installs, or a line of a file that says from where.

    `manager` is the tool, `python` the one that it runs under, `index` what the address of an index names (a
    CUDA, the CPU), `addresses` those addresses, `channels` where conda looks. `start` to `end` is where it
    stands in the message.
    """

    manager: str
    python: Number | None
    index: Given | None
    channels: tuple[str, ...]
    start: int
    end: int
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pins:
    """All pins in order, the commands, the packages that are no product, and where all that stands."""

    pins: tuple[Pin, ...] = ()
    commands: tuple[InstallCommand, ...] = ()
    unknown: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether versions are pinned that can be checked: of two packages, or in a command that installs."""
        bound = [pin for pin in self.pins if pin.constraint.clauses]
        return len({pin.column for pin in bound}) > 1 or any(pin.command is not None for pin in bound)


class PinReader:
    """Compiled once for a knowledge base; `read` is pure, and linear in the length of the message."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon) -> None:
        """Compile the names of packages and tools."""
        self._packages = Packages(kb, lexicon)
        self._commands = CommandReader(kb, lexicon, self._packages)
        self._interpreted = frozenset(kb.interpreters)

    def read(self, text: str) -> Pins:
        """The packages that lists and commands in a message pin."""
        plain = text if text.isascii() else text.translate(_WIDE)
        if not [mark for mark in MARKS if mark in plain] and not self._commands.may_stand_in(plain):
            return Pins()
        return _Reading(text, plain, self._packages, self._commands, self._interpreted).result()


class _Reading:
    """One message under way: first its commands, then the lines that are left."""

    def __init__(
        self,
        text: str,
        plain: str,
        packages: Packages,
        commands: CommandReader,
        interpreted: frozenset[str],
    ) -> None:
        self.text = text
        self.packages = packages
        self.interpreted = interpreted
        self.found = list(commands.find(plain))
        self.rest = _without(plain, [(item.start, item.end) for item in self.found])
        self.starts = [match.end() for match in re.finditer("\n", plain)]
        self.channel_keys = commands.channel_keys
        self.unknown: list[str] = []
        self.pins: list[Pin] = []
        self.spans = [(item.start, item.end) for item in self.found]

    def result(self) -> Pins:
        """Everything found, in the order of the message."""
        for number, command in enumerate(self.found):
            for written in command.packages:
                self._take(written, number)
        self._take_lines()
        self.pins.sort(key=lambda pin: pin.start)
        commands = (
            InstallCommand(f.manager, f.python, f.index, f.channels, f.start, f.end, f.addresses)
            for f in self.found
        )
        unknown, spans = dict.fromkeys(self.unknown), sorted(set(self.spans))
        return Pins(tuple(self.pins), tuple(commands), tuple(unknown), tuple(spans))

    def _take(self, written: Written, command: int | None = None) -> None:
        """Add the pins that a package makes; of one that is no product, or no release, its name."""
        if len(self.pins) >= MOST_PINS:
            return
        column = self.packages.column(written.name)
        read = self.packages.constraint(column, written.spec) if column and written.spec else (ANY, None)
        if column is None or read is None:
            value = self.packages.stands_for(written.name)
            if value is not None:
                self._add(written, command, value)
            else:
                self.unknown.append(written.name)
            return
        constraint, tag = read
        told = list(self.packages.builds(written.build)) if written.build else []
        own = [given for given in told if given.column not in self.interpreted]
        self._add(written, command, Given(column, constraint, ""), tag or next(iter(own), None))
        platform = self.packages.platform(written.platform) if written.platform else None
        for given in (*(given for given in told if given not in own), *filter(None, [platform])):
            self._add(written, command, given)

    def _add(self, written: Written, command: int | None, given: Given, tag: Given | None = None) -> None:
        named = isinstance(given.constraint, str)
        constraint = ANY if isinstance(given.constraint, str) else given.constraint
        start, end = written.start, written.end
        line = bisect_right(self.starts, start)
        surface = self.text[start:end]
        pin = Pin(given.column, constraint, given if named else tag, surface, start, end, line, command)
        self.pins.append(pin)

    def _take_lines(self) -> None:
        """The packages of lines, with those that count only beside others once it is known which do."""
        weak: list[tuple[int, Written]] = []
        strong: set[int] = set()
        channels: Found | None = None
        start = 0
        for line, text in enumerate(self.rest.split("\n")):
            at, start = start, start + len(text) + 1
            bare = text.strip()
            if len(self.pins) + len(weak) >= MOST_PINS:
                break
            if len(bare) < SHORTEST:
                continue
            if bare.endswith(":"):
                channels = self._channels(bare.lower(), at)
            elif channels is not None and bare.startswith("- "):
                channels.channels += (bare[2:].strip("\"' "),)
                channels.end = at + len(text.rstrip())
            else:
                self._take_line(line, text, at, strong, weak)
        lines = strong | {line for line, _ in weak}
        for line, written in weak:
            if {line - 1, line + 1} & lines:
                self._take(written)
                self.spans.append((written.start, written.end))

    def _channels(self, key: str, at: int) -> Found | None:
        """A key of a file below which channels stand."""
        manager = self.channel_keys.get(key.removesuffix(":"))
        if manager is None:
            return None
        self.found.append(Found(manager, at, at + len(key)))
        return self.found[-1]

    def _take_line(
        self, line: int, text: str, at: int, strong: set[int], weak: list[tuple[int, Written]]
    ) -> None:
        match = None if WHEEL in text else _LINE.match(text)
        found = self._written(match, at) if match else None
        if found is None:
            self._take_inline(text, at)
        elif found[1]:
            strong.add(line)
            self._take(found[0])
            self.spans.append((found[0].start, found[0].end))
        elif self.packages.column(found[0].name) in self.packages.indexed:
            weak.append((line, found[0]))

    def _written(self, match: re.Match[str], at: int) -> tuple[Written, bool] | None:
        """The package of a whole line, and whether nothing else can be meant; None for prose."""
        rest, name = match["rest"], match["name"]
        start, after = at + match.start("name"), at + match.start("rest")
        if not rest or rest[0] in "\"'`,#\r":
            return (Written(name, "", start, at + match.end("name")), False) if not match["gap"] else None
        if rest[0] in "=<>!~":
            spec = _SPECIFIER.match(rest)
            if spec is None:
                return None
            end = after + max(spec.end("spec"), spec.end("build"))
            return Written(name, spec["spec"], start, end, spec["build"] or ""), True
        columns = _COLUMNS.match(rest) if match["gap"] and rest[0].isdigit() else None
        if columns is None:
            return None
        build = columns["build"] or ""
        wide = len(match["gap"]) > 1 or "\t" in match["gap"] or "[" in match["lead"]
        if not wide and build and "_" not in build:
            return None
        end = after + max(columns.end("version"), columns.end("build"))
        written = Written(name, "==" + columns["version"], start, end, build if "_" in build else "")
        return written, wide or bool(build)

    def _take_inline(self, text: str, at: int) -> None:
        """What stands in prose and can be nothing else: `name==version` and names of wheels."""
        for match in _INLINE.finditer(text) if _EQUALS.search(text) else ():
            column = self.packages.column(match["name"])
            if column is not None or match["spec"].startswith("=="):
                spec = match["spec"].rstrip(".-!+")
                end = at + match.start("spec") + len(spec)
                self._take(Written(match["name"], spec, at + match.start("name"), end))
                self.spans.append((at + match.start(), end))
        begin = 0
        while (end := text.find(WHEEL, begin)) >= 0:
            wheel = read_wheel(text[begin : end + len(WHEEL)], at + begin)
            if wheel is not None:
                self._take(wheel)
                self.spans.append((wheel.start, wheel.end))
            begin = end + len(WHEEL)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these spans blanked, line breaks kept, so that every offset stays."""
    parts, last = [], 0
    for start, end in sorted(spans):
        gap = text[start:end]
        parts += [text[last:start], "\n".join(BLANK * len(piece) for piece in gap.split("\n"))]
        last = end
    return "".join((*parts, text[last:]))
