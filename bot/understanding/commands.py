"""Finds install commands in a message, and the lines of files that say where packages come from."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.tools import Tool
from bot.knowledge.versions import Number
from bot.understanding.lexicon import Lexicon
from bot.understanding.packages import SPECIFIERS, Packages, Written, read_wheel
from bot.understanding.question import Given

LOOK_BACK: Final = 60
LONGEST_COMMAND: Final = 4_000
_END: Final = re.compile(r"&&|\|\||[;|`]|(?<=\s)#|(?<!\\)(?<!\\\r)\n")
_WORD: Final = re.compile(
    r"\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[\w.-]{1,80}[ \t]{1,4}[=<>]=[ \t]{0,4}\d[\w.+]{0,60}|[^\s\\]\S*",
    re.ASCII,
)
_PACKAGE: Final = re.compile(
    r"(?:[\w.-]{1,40}::)?(?P<name>[A-Za-z][\w.-]{0,79}?)(?P<extra>\[[^\]\s]{0,120}\])?"
    rf"(?P<spec>[ \t]*{SPECIFIERS})?"
    r"(?:=(?P<build>[\w.]{1,80}))?(?P<end>[.?!:)]*,*)$",
    re.ASCII,
)
_PREFIX: Final = re.compile(r"(?P<head>[\x21-\x7e]{1,160})[^\x21-\x7e]")
_QUOTES: Final = "\"'`"


@dataclass(slots=True)
class Found:
    """A command, or a line of options, with the packages that are its arguments.

    `index` is what the address of an index tells, `addresses` are all of them.
    """

    manager: str
    start: int
    end: int
    python: Number | None = None
    index: Given | None = None
    channels: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    packages: list[Written] = field(default_factory=list)


class CommandReader:
    """Knows the tools' names, verbs and options; built once for a knowledge base."""

    def __init__(self, kb: KnowledgeBase, lexicon: Lexicon, packages: Packages) -> None:
        """Compile the tools of the knowledge."""
        self._tools = kb.tools
        self._packages = packages
        self._prose = lexicon.ignored | lexicon.ordinary
        self._by_name = {name: slug for slug, tool in kb.tools.items() for name in tool.names}
        self._pattern = _commands(kb.tools)
        self.channel_keys = {key: slug for slug, t in kb.tools.items() for key in t.channel_keys}
        programs = [name for names in kb.interpreters.values() for name in names]
        self._interpreter = re.compile(
            rf"(?:{_alternatives(programs)})[ -]{{0,2}}(?P<version>\d{{1,2}}(?:\.\d{{1,3}})?)?"
            r"(?:\.exe)?[ \t]+-m[ \t]+$"
        )
        self._addresses = {option: slug for slug, t in kb.tools.items() for option in t.addresses}
        self._line = re.compile(
            rf"^[ \t]*(?P<option>{_alternatives(self._addresses)})[ \t=]+(?P<address>[^\s\"']{{4,300}})",
            re.MULTILINE,
        )

    def may_stand_in(self, text: str) -> bool:
        """A cheap test: whether any tool is named at all."""
        return bool([name for name in self._by_name if name in text])

    def find(self, text: str) -> Iterator[Found]:
        """The commands in a text, then the lines of options outside them. Offsets are into the text."""
        ends: list[tuple[int, int]] = []
        stops = [match.start() for match in _END.finditer(text)]
        for match in self._pattern.finditer(text) if self._by_name else ():
            if ends and match.start() < ends[-1][1]:
                continue
            found = self._command(text, match, stops)
            ends.append((found.start, found.end))
            yield found
        for match in self._line.finditer(text) if self._addresses else ():
            if not any(start <= match.start() < end for start, end in ends):
                line = Found(self._addresses[match["option"]], match.start(), match.end())
                self._take_address(line, match["address"])
                yield line

    def _command(self, text: str, match: re.Match[str], stops: list[int]) -> Found:
        found = Found(self._by_name[match["tool"]], match.start(), match.end())
        version = match["version"]
        before = self._interpreter.search(text[max(0, match.start() - LOOK_BACK) : match.start()])
        if before is not None:
            found.start -= before.end() - before.start()
            version = before["version"] or version
        if version and "." in version:
            found.python = Number.parse(version)
        most = min(len(text), match.end() + LONGEST_COMMAND)
        stop = bisect_left(stops, match.end())
        self._arguments(found, text, match.end(), min(most, *stops[stop : stop + 1], most))
        return found

    def _arguments(self, found: Found, text: str, start: int, end: int) -> None:
        """Take the words of a command up to the first that can be none of its arguments."""
        tool = self._tools[found.manager]
        option = ""
        for match in _WORD.finditer(text, start, end):
            word, at = match[0], match.start()
            if option:
                self._take_value(found, tool, option, word.strip(_QUOTES))
                option = ""
            elif word.startswith("-"):
                name, equals, value = word.partition("=")
                option = name if _takes_value(tool, name) else ""
                if option and equals:
                    self._take_value(found, tool, option, value.strip(_QUOTES))
                    option = ""
            elif not self._take_package(found, word, at):
                return
            found.end = match.end()
            if word.endswith((".", "?", "!", ":")) or not word.isascii():
                return

    def _take_value(self, found: Found, tool: Tool, option: str, value: str) -> None:
        if option in tool.addresses:
            self._take_address(found, value)
        elif option in tool.channels:
            found.channels += (value.rstrip(",.;:"),)

    def _take_address(self, found: Found, address: str) -> None:
        found.addresses += (address.strip("<>").rstrip("/.,"),)
        self._take_folder(found, found.addresses[-1].split("/")[3:])

    def _take_folder(self, found: Found, parts: Sequence[str]) -> None:
        """What the last of the folders of an address tells that is named like a build."""
        for part in reversed(parts):
            given = self._packages.tag(part)
            if given is not None:
                found.index = given
                return

    def _take_package(self, found: Found, word: str, at: int) -> bool:
        """Whether a word is a package, an address or a path; prose after a command is none of these."""
        if not word.isascii():
            head = _PREFIX.match(word)
            word = head["head"] if head else ""
        wheel = read_wheel(word, at)
        if wheel is not None:
            found.packages.append(wheel)
            self._take_folder(found, word.split("/")[3:-1])
            return True
        bare = word.strip(_QUOTES)
        match = _PACKAGE.match(bare)
        if match is None:
            return "/" in word or word == "."
        name, spec = match["name"], match["spec"] or ""
        is_known = self._packages.column(name) is not None or self._packages.stands_for(name) is not None
        if not spec and not is_known and name.lower() in self._prose:
            return False
        begin = at + word.index(bare)
        end = begin + len(bare[: match.start("end")].rstrip(".!"))
        found.packages.append(Written(name, spec.strip(" \t.!"), begin, end, match["build"] or ""))
        return True


def _takes_value(tool: Tool, option: str) -> bool:
    return option in (*tool.addresses, *tool.channels, *tool.with_value)


def _commands(tools: Mapping[str, Tool]) -> re.Pattern[str]:
    """A tool's name, perhaps with a version (`pip3.9`), options, and one of the verbs."""
    names = _alternatives(name for tool in tools.values() for name in tool.names)
    verbs = _alternatives(verb for tool in tools.values() for verb in tool.verbs)
    return re.compile(
        rf"(?<![\w./-])(?P<tool>{names})(?P<version>\d{{1,2}}(?:\.\d{{1,3}})?)?(?:\.exe)?"
        rf"(?:[ \t]+-[\w-]{{1,30}}(?:=[^\s]{{1,80}})?){{0,4}}[ \t]+(?P<verb>{verbs})(?=\s)",
        re.ASCII,
    )


def _alternatives(words: Iterable[str]) -> str:
    """A pattern for any of the words, longer ones first; one that never matches where there are none."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) or r"(?!)"
