"""What answering works with: the pipeline, the store, the words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from bot.pipeline import Ask, Context
from bot.presenting.blocks import NO_EXTRAS, Extras, renderings
from bot.presenting.payload import Message
from bot.presenting.reply import Reply
from bot.presenting.surface import SurfacePhrases
from bot.storage import Store
from bot.understanding.question import Question

PhrasesFor = Callable[[str | None], SurfacePhrases]

LONG_TEXT: Final = 4_000


@dataclass(frozen=True, slots=True)
class Desk:
    """The bot behind its surfaces.

    `phrases_for` gives the surface's words in a language, or in the default one for None.
    """

    ask: Ask
    store: Store
    phrases_for: PhrasesFor

    async def answer(self, text: str, before: Question | None = None) -> Reply:
        """Ask the pipeline; a long text in a thread, so that it holds nothing else up.

        `before` is what the conversation was about so far.
        """
        context = Context(before=before)
        if len(text) > LONG_TEXT:
            return await asyncio.to_thread(self.ask.ask, text, context)
        return self.ask.ask(text, context)

    def render(self, reply: Reply, extras: Extras = NO_EXTRAS) -> Iterator[Message]:
        """The reply for Slack, in ever simpler looks."""
        return renderings(reply, self.phrases_for(reply.lang), extras)
