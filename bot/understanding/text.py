"""Normalises a message and cuts it into tokens that remember where they stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

MAX_CHARACTERS: Final = 40_000
LONGEST_NUMBER: Final = 32
LONGEST_PART: Final = 8

_SLACK_MARKUP: Final = re.compile(
    r"<(?:[@!][^<>\s]*|#[^<>|\s]*(?:\|(?P<channel>[^<>]*))?|(?:https?|mailto):[^<>|\s]*(?:\|(?P<link>[^<>]*))?)>"
)
_LINK: Final = re.compile(r"https?://[^\s<>|]+")
_EMOJI: Final = re.compile(r"(?<![\w:])(?::(?:[a-z][a-z0-9_+-]*+|[+-]1|100|1234):)++(?![\w:])")
_TERMINAL: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TAG: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9]*\s*/?>")
_EXTRAS: Final = re.compile(r"(?<=[\w.-])\[[\w, -]{1,60}\](?=\s?[=<>~!])")  # of a requirement
_IDEOGRAPHIC_STOPS: Final = re.compile(r"(?<![0-9.])[0-9]{1,4}(?:\u3002[0-9]{1,4}){1,3}(?![0-9.\u3002])")
# "2x 3090": how many there are of a device
_COUNT: Final = re.compile(r"(?<![\w.])[0-9]{1,2}\s?[xX\u00d7*]\s?(?=(?:[A-Za-z]{1,8}[- ]?)?[0-9]{3,4})")
_NOISE: Final = (
    ("://", _LINK),
    ("\x1b", _TERMINAL),
    ("<", _TAG),
    ("[", _EXTRAS),
    ("", _COUNT),
    (":", _EMOJI),
)
"""What is blanked, in order, each with what every match of it holds."""
_ENTITY: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_TOKEN: Final = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)*(?:\.post[0-9]+(?![a-z0-9]))?)(?:\.[x*](?![a-z0-9]))?"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])"
    r"|(?P<word>[^\W\d_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+)"
)


class Token(NamedTuple):
    """A number, a word of letters, one Han character, or digits too long for a version (`noise`).

    `start` and `end` are offsets into the message as it came in; `gap` is the normalised text between
    the token before and this one, where operators and separators stand. A tuple, for one is made quickly.
    """

    text: str
    kind: str
    start: int
    end: int
    gap: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message cut into tokens. `tail` is the text after the last token."""

    raw: str
    tokens: tuple[Token, ...]
    tail: str

    def gap_after(self, index: int) -> str:
        """The text between token `index` and the next, or the tail."""
        return self.tokens[index + 1].gap if index + 1 < len(self.tokens) else self.tail


def tokenize(raw: str, simplify: Callable[[str], str]) -> Utterance:
    """Cut a message into tokens. `simplify` maps traditional Han characters one to one."""
    raw = raw[:MAX_CHARACTERS]
    text, offsets = _fold(_blank_markup(raw))
    return _cut(raw, simplify(text), offsets)


def tokenize_phrase(phrase: str) -> Utterance:
    """Cut a text of the knowledge: it holds no markup, and its Han characters are simplified already."""
    return _cut(phrase, *_fold(phrase))


def token_texts(phrase: str) -> tuple[str, ...]:
    """The texts of the tokens that a text of the knowledge is cut into: of thousands, at each start."""
    text = phrase.lower() if phrase.isascii() else "".join(map(_fold_character, phrase))
    return tuple([number or han or word for number, han, word in _TOKEN.findall(text)])


def _cut(raw: str, text: str, offsets: list[int]) -> Utterance:
    tokens: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        found = text[start:end]
        if kind == "number" and not _is_sane(found):
            kind = "noise"
        tokens.append(Token(found, kind, offsets[start], offsets[end - 1] + 1, text[last:start]))
        last = match.end()
    return Utterance(raw, tuple(tokens), text[last:])


def _is_sane(number: str) -> bool:
    """Whether digits and dots may be a version at all; what is longer is noise, and costly to read."""
    if len(number) <= LONGEST_PART:
        return True
    return len(number) <= LONGEST_NUMBER and all(len(p) <= LONGEST_PART for p in number.split("."))


def _blank_markup(raw: str) -> str:
    """Blank out mentions, links, emoji codes, tags and colours, keeping every offset; labels stay."""
    text = _SLACK_MARKUP.sub(_keep_label, raw) if "<" in raw else raw
    for mark, noise in _NOISE:
        if mark in text:  # most messages have no markup
            text = noise.sub(_blank, text)
    if "\u3002" in text:
        text = _IDEOGRAPHIC_STOPS.sub(
            lambda match: match[0].replace("\u3002", "."), text
        )  # of an input method
    for entity, plain in _ENTITY.items() if "&" in text else ():
        text = text.replace(entity, " " * (len(entity) - len(plain)) + plain)
    return text


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _keep_label(match: re.Match[str]) -> str:
    label = match["channel"] or match["link"] or ""
    if not label or "://" in label:
        return _blank(match)
    before = match[0].index(label)
    return " " * before + label + " " * (len(match[0]) - before - len(label))


def _fold(text: str) -> tuple[str, list[int]]:
    """NFKC and case folding, character by character, with the offset each result came from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    out = list(map(_fold_character, text))
    whole = "".join(out)
    if len(whole) == len(text) and "" not in out:  # one for one
        return whole, list(range(len(text)))
    return whole, [index for index, folded in enumerate(out) for _ in folded]


@lru_cache(maxsize=8_192)
def _fold_character(character: str) -> str:
    if unicodedata.category(character) in ("Cf", "Cc") and not character.isspace():
        return ""
    if character.isdigit() and not character.isdecimal():
        return " "  # a superscript is a footnote, not a digit of the number before it
    return unicodedata.normalize("NFKC", character).casefold()
