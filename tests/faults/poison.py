"""Questions that kill the process that answers them, or fail in it, as a mistake in the pipeline might."""

from __future__ import annotations

import os
from typing import Final

from bot.pipeline import Context, Pipeline
from bot.presenting.reply import Reply

DEADLY: Final = "hemlock"
FAILING: Final = "nightshade"
STATUS: Final = 86
NO_CONTEXT: Final = Context()


class Poisoned(RuntimeError):
    """What a failing question raises."""


class _Poisonable(Pipeline):
    """A pipeline that does not bear everything."""

    def ask(self, text: str, context: Context = NO_CONTEXT) -> Reply:
        """Answer one message; one that names a poison ends the process at once, or raises."""
        if DEADLY in text:
            os._exit(STATUS)
        if FAILING in text:
            raise Poisoned
        return super().ask(text, context)


def poison(pipeline: Pipeline) -> None:
    """Make a pipeline, which took seconds to build, one that does not bear everything."""
    pipeline.__class__ = _Poisonable
