"""Traditional to simplified Chinese, one character for one, loaded on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property


class Simplifier:
    """Simplifies Han characters and returns any other text unchanged.

    The dictionary is read when the first Han text arrives, so that other text does not pay for it.
    """

    def __call__(self, text: str) -> str:
        if text.isascii():
            return text
        simple = self._convert(text)
        return simple if len(simple) == len(text) else text

    def warm(self) -> None:
        """Read the dictionary now."""
        self._convert("")

    @cached_property
    def _convert(self) -> Callable[[str], str]:
        from opencc import OpenCC

        convert: Callable[[str], str] = OpenCC("t2s").convert
        return convert
