"""The one pipeline: every surface calls `Pipeline.ask(text, context)` and shows the reply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.answering.answer import Answering
from bot.answering.answers import Help, Outcome
from bot.knowledge.base import KnowledgeBase
from bot.knowledge.unseen import without_unseen
from bot.presenting.compose import Composer, is_silent
from bot.presenting.derivations import explain_lines
from bot.presenting.phrasing import Phrasing
from bot.presenting.plain import render_plain
from bot.presenting.reply import Reply
from bot.understanding.question import Question, Reading
from bot.understanding.remembering import recall
from bot.understanding.understand import Understanding


@dataclass(frozen=True, slots=True)
class Context:
    """What a surface knows beside the text.

    `lang` is used only where the text itself does not tell its language (an empty mention, an emoji).
    `before` is the question that the thread was about so far: a follow-up builds on it.
    """

    lang: str | None = None
    before: Question | None = None


class Ask(Protocol):
    """The shape that surfaces depend on."""

    def ask(self, text: str, context: Context = ...) -> Reply:
        """Answer one message. Pure, in process, about a millisecond; never raises for any text."""
        ...

    def recall(self, noted: str) -> Question | None:
        """The question that was noted for a thread; None where it cannot be read or names what is gone."""
        ...

    def why(self, question: Question) -> Reply:
        """How the answer to a question comes about, in the question's language."""
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
        text = _whole(text)
        readings = self._understanding.read(text, context.lang, context.before)
        answered = [(reading, self._answering.answer(reading)) for reading in readings]
        outcomes = [outcome for _, found in answered for outcome in found]
        return self._composer.compose(outcomes, _asked(answered))

    def recall(self, noted: str) -> Question | None:
        """The question that `note` wrote down; None where it cannot be read or names what is gone."""
        return recall(noted, self.kb)

    def why(self, question: Question) -> Reply:
        """How the answer to a question comes about, in the question's language."""
        asked = Question("why", "", question.lang, before=question)
        return replace(self._composer.compose(self._answering.answer(Reading((asked,)))), asked=question)

    def explain(self, reply: Reply) -> str:
        """How a reply came about, as plain text: what was understood, the rules that fired, the steps."""
        return without_unseen("\n".join(explain_lines(reply, self.words(reply.lang))))

    def warm(self) -> None:
        """Build now what the first questions would otherwise wait for."""
        self._understanding.warm()

    def words(self, lang: str) -> Phrasing:
        """The phrases of a language."""
        return self._composer.phrasing(lang)

    def plain(self, reply: Reply) -> str:
        """A reply as plain text."""
        return render_plain(reply, self.words(reply.lang))


def _whole(text: str) -> str:
    """A text without halves of surrogate pairs, which are no characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def _asked(answered: Iterable[tuple[Reading, tuple[Outcome, ...]]]) -> Question | None:
    """The last question of a message that was answered or asked back; a follow-up builds on it."""
    asked = None
    for reading, outcomes in answered:
        if any(not is_silent(outcome) and not isinstance(outcome, Help) for outcome in outcomes):
            first = reading.questions[0] if len(reading.questions) == 1 else outcomes[-1].question
            asked = first.before or first
    return asked
