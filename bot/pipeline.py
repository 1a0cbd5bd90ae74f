"""The one pipeline: every surface calls `Pipeline.ask(text, context)` and shows the reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.presenting.reply import Reply


@dataclass(frozen=True, slots=True)
class Context:
    """What a surface knows beside the text.

    `lang` is used only where the text itself does not tell its language (an empty mention, an emoji).
    """

    lang: str | None = None


class Ask(Protocol):
    """The shape that surfaces depend on."""

    def ask(self, text: str, context: Context = ...) -> Reply:
        """Answer one message. Pure, in process, about a millisecond; never raises for any text."""
        ...
