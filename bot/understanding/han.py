"""Traditional to simplified Chinese, one character for one, loaded on first use."""

from __future__ import annotations

from collections.abc import Callable


def simplifier() -> Callable[[str], str]:
    """A function that simplifies Han characters and returns any other text unchanged.

    The dictionary is read when the first Han text arrives, so that other text does not pay for it.
    """
    converter: list[Callable[[str], str]] = []

    def simplify(text: str) -> str:
        if text.isascii():
            return text
        if not converter:
            converter.append(_converter())
        simple = converter[0](text)
        return simple if len(simple) == len(text) else text

    return simplify


def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("t2s").convert
    return convert
