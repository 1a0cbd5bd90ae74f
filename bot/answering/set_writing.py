"""Writes the members of a set in the form in which they were pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.answering.answers import Command
from bot.answering.set_remarks import EXACT, LOCAL
from bot.knowledge.versions import Constraint, Number
from bot.understanding.pins import Pin

PIN: Final = re.compile(
    r"(?P<name>(?:[\w.-]{1,40}::)?[\w.-]{1,80}(?:\[[^\]]{0,120}\])?)[ \t]{0,80}(?P<op>[=<>!~]{1,3})?",
    re.ASCII,
)

Choice = Number | Constraint


class SetWriter:
    """Writes a pin with the version that was chosen for it."""

    def __init__(
        self,
        command: Command | None,
        tag: str | None,
        subject: str,
        chosen: dict[str, Choice],
        builds: Sequence[str],
    ) -> None:
        self.command = command
        self.words = command.text.split() if command else []
        self.tag = tag
        self.subject = subject
        self.chosen = chosen
        self.builds = builds
        self.forced = False
        self.sign = EXACT

    def line(self, pin: Pin) -> str:
        """The pin as a line of a file."""
        match = PIN.match(pin.surface)
        choice = self.chosen.get(pin.column)
        if match is None or (choice is None and not self._is_local(pin, match["name"])):
            return pin.surface
        if isinstance(choice, Constraint):
            return f"{match['name']}{_specifier(choice)}"
        number = choice or pin.constraint.exact
        if number is None:
            return pin.surface
        own = next((word for word in self.words if word.endswith(f"={number}")), "")
        if pin.column in self.builds and match["op"] == "=" and own:
            return own
        op = match["op"] if match["op"] in ("=", EXACT, "===") else self.sign if not match["op"] else EXACT
        return f"{match['name']}{op}{number}{self._local(pin, match['name'])}"

    def argument(self, pin: Pin) -> str:
        """The pin as an argument of a command."""
        text = self.line(pin)
        return f'"{text}"' if "<" in text or ">" in text else text

    def _local(self, pin: Pin, name: str) -> str:
        """The tag, where the pin had one and such a build of it is made."""
        if self.tag is None or not self._is_local(pin, name):
            return ""
        own = self._word(name)
        if LOCAL in own or (own and LOCAL not in self._word(self.subject)):
            return LOCAL + self.tag
        return ""

    def _is_local(self, pin: Pin, name: str) -> bool:
        """Whether a tag belongs on a pin: it had one, or only a tag brings the right build of it."""
        return LOCAL in pin.surface or (self.forced and bool(self._word(name)))

    def _word(self, name: str) -> str:
        """How the command writes a package."""
        return next((word for word in self.words if word.startswith(f"{name}==")), "")


def _specifier(constraint: Constraint) -> str:
    return ",".join(
        f"{'==' if clause.op == 'in' else clause.op}{clause.number}" for clause in constraint.clauses
    )
