"""The pipeline that surfaces hold on to while another takes its place behind it."""

from __future__ import annotations

from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.pipeline import Context, Pipeline
from bot.presenting.reply import Reply
from bot.understanding.question import Question

NO_CONTEXT: Final = Context()


class LivePipeline:
    """Answers from the pipeline it holds. `swap` replaces that for every question that comes after.

    A question under way is answered to its end by the pipeline that it began with. Safe in threads: a
    question takes the pipeline once, and taking and replacing it are single steps.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        """Begin with a pipeline."""
        self._current = pipeline

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge that answers come from now."""
        return self._current.kb

    def ask(self, text: str, context: Context = NO_CONTEXT) -> Reply:
        """Answer one message. Pure, in process, about a millisecond; never raises for any text."""
        return self._current.ask(text, context)

    def recall(self, noted: str) -> Question | None:
        """The question that was noted for a thread; None where it cannot be read or names what is gone."""
        return self._current.recall(noted)

    def why(self, question: Question) -> Reply:
        """How the answer to a question comes about, in the question's language."""
        return self._current.why(question)

    def swap(self, pipeline: Pipeline) -> None:
        """Answer from another pipeline from now on."""
        self._current = pipeline
