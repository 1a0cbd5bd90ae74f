"""The page at the end of an installation: one sentence, and nothing that runs or is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Final

CONTENT_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address holds a code
    "X-Content-Type-Options": "nosniff",
}


def render_page(lang: str, title: str, sentence: str) -> str:
    """The page as HTML."""
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<h1>{escape(title)}</h1>\n<p>{escape(sentence)}</p>\n</html>\n"
    )


def read_language(accepted: str) -> str:
    """The first language of an Accept-Language header, without its region."""
    return re.split("[,;-]", accepted, maxsplit=1)[0].strip().lower()
