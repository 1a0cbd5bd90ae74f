"""Text for Slack's fields: what may pass, what must be escaped, how long it may be.

Slack reads three kinds of text. *Literal* text (rich_text elements, plain_text objects, table cells) shows
every character as it is. *mrkdwn* text (section and context text, a message's `text`) reads `& < >` as
control characters and `* _ ~` and backticks as formatting. *Markdown* text (markdown blocks) is Markdown that
also reads Slack's `<...>` tokens. The renderers keep to literal text wherever Slack offers it, so that
`__init__`, `*.whl` and `>=` are shown and copied as they are written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from bot.knowledge.unseen import UNSEEN, without_unseen

ELLIPSIS: Final = "…"

_UNITS: Final = "utf-16-le"
_WORD_JOINER: Final = "\u2060"
_CUT_ENTITY: Final = re.compile("&[a-z]{0,3}$")
_TOKEN_START: Final = re.compile("<(?=[!@#]|https?:|mailto:)", re.IGNORECASE)
_MARKDOWN_SPECIAL: Final = re.compile(r"([\\`*_~|\[\]])")
_BARE_ADDRESS: Final = re.compile(r"(:)(?=//)|(?<=\bwww)(\.)", re.IGNORECASE)
_IN_URL: Final = re.compile(r"[\s<>|\"\\`]")


def size(text: str) -> int:
    """The length of a text as Slack may count it: UTF-16 units, of which an emoji takes two."""
    return len(text) if text.isascii() else len(text.encode(_UNITS, "surrogatepass")) // 2


def clip(text: str, limit: int) -> str:
    """The text within `limit` UTF-16 units; what is cut ends in an ellipsis."""
    if size(text) <= limit:
        return text
    if limit <= 0:
        return ""
    kept = text[:limit].encode(_UNITS, "surrogatepass")[: 2 * (limit - 1)]
    return kept.decode(_UNITS, "ignore") + ELLIPSIS


def literal(text: str) -> str:
    """Text for a field that shows it as it is.

    Characters that are not seen go (`bot.knowledge.unseen`). A word joiner parts `<` from what
    would make it a token (`!`, `@`, `#`, a link): Slack reads no tokens in such a field, but whoever passes
    the text on might.
    """
    return _TOKEN_START.sub("<" + _WORD_JOINER, without_unseen(text))


def one_line(text: str) -> str:
    """Literal text on one line, without runs of spaces."""
    return " ".join(literal(text).split())


def escape(text: str, limit: int | None = None) -> str:
    """Text for a mrkdwn field: `& < >` as entities; within `limit` units, never cut inside an entity."""
    text = literal(text)
    if limit is None:
        return _with_entities(text)
    if limit <= 0:
        return ""
    whole = _with_entities(text[: limit + 1])
    if size(whole) <= limit:
        return whole
    kept = clip(whole, limit).removesuffix(ELLIPSIS)
    return _CUT_ENTITY.sub("", kept) + ELLIPSIS


def escape_markdown(text: str) -> str:
    """Text for a cell of a Markdown table: one line, no sign is markup and no address a link."""
    marked = _BARE_ADDRESS.sub(r"\\\g<0>", _MARKDOWN_SPECIAL.sub(r"\\\1", one_line(text)))
    return marked.replace("<", "&lt;").replace(">", "&gt;")


def link(title: str, url: str, limit: int) -> str:
    """A mrkdwn link, or the title alone where the address is not plain http or does not fit."""
    shown = one_line(title)
    address = url.strip()
    if not _is_web_address(address):
        return escape(shown or address, limit)
    target = address.replace("&", "&amp;")
    left = limit - size(target) - len("<|>")
    if left < 1:
        return escape(shown, limit)
    return f"<{target}|{escape(shown or address, left)}>"


def width(text: str) -> int:
    """Columns that a text takes in a monospaced font: an East Asian wide character takes two."""
    wide = sum(1 for character in text if unicodedata.east_asian_width(character) in "WF")
    return len(text) + wide


def _with_entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _is_web_address(url: str) -> bool:
    if _IN_URL.search(url) or UNSEEN.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
