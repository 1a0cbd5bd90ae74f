"""The one pipeline: every surface calls `Pipeline.ask(text, context)` and shows the reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.answering.answer import Answering
from bot.knowledge.base import KnowledgeBase
from bot.presenting.compose import Composer
from bot.presenting.phrasing import Phrasing
from bot.presenting.plain import render_plain
from bot.presenting.reply import Reply
from bot.understanding.understand import Understanding


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


class Pipeline:
    """Understanding, answering and presenting over one knowledge base."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self._understanding = Understanding(kb)
        self._answering = Answering(kb)
        self._composer = Composer(kb)

    def ask(self, text: str, context: Context = Context()) -> Reply:
        """Answer one message. Pure, in process, about a millisecond; never raises for any text."""
        text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no character
        readings = self._understanding.read(text, context.lang)
        outcomes = [outcome for reading in readings for outcome in self._answering.answer(reading)]
        return self._composer.compose(outcomes)

    def warm(self) -> None:
        """Build now what the first questions would otherwise wait for."""
        self._understanding.warm()

    def words(self, lang: str) -> Phrasing:
        """The phrases of a language."""
        return self._composer.phrasing(lang)

    def plain(self, reply: Reply) -> str:
        """A reply as plain text."""
        return render_plain(reply, self.words(reply.lang))
