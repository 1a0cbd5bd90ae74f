"""What every listener works with: the pipeline, the store, the words, and whose turn it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

from bot.pipeline import Ask, Context
from bot.presenting.blocks import NO_EXTRAS, Extras, renderings
from bot.presenting.payload import Message
from bot.presenting.reply import Reply
from bot.presenting.surface import SurfacePhrases
from bot.storage import Store
from bot.understanding.question import Question

PhrasesFor = Callable[[str | None], SurfacePhrases]

LONG_TEXT: Final = 4_000


class Turns:
    """One lock per message, so that its edit or deletion waits until its answer is posted and noted."""

    def __init__(self) -> None:
        """No lock is kept longer than somebody holds it."""
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    def of(self, channel: str, ts: str) -> asyncio.Lock:
        """The lock of one message."""
        return self._locks.setdefault((channel, ts), asyncio.Lock())


@dataclass(frozen=True, slots=True)
class Desk:
    """The bot behind the listeners.

    `phrases_for` gives the surface's words in a language, or in the default one for None.
    `answer_external` lets the bot answer in channels that are shared with other organisations.
    """

    ask: Ask
    store: Store
    phrases_for: PhrasesFor
    answer_external: bool = False
    turns: Turns = field(default_factory=Turns)

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
