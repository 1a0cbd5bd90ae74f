"""What every kind of page is checked for: sources that exist, all languages, placeholders."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.knowledge.document import KeyPath
from bot.knowledge.hints import near

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft


def verify_sources(
    draft: Draft, kind: str, slug: str, names: Iterable[str], key: KeyPath = ("source",)
) -> None:
    """Add a problem for each name that no page of sources defines."""
    for name in names:
        if name not in draft.sources and not draft.may_lack("sources", name):
            draft.problem(kind, slug, key, f"no source {name!r}{near(name, draft.sources)}")


def verify_languages(draft: Draft, kind: str, slug: str, key: KeyPath, texts: Iterable[str]) -> None:
    """Add a problem for each language that texts lack; `texts` are keyed by language."""
    present = set(texts)
    for lang in draft.vocabularies:
        if lang not in present:
            draft.problem(kind, slug, key, f"no text in {lang!r}")


def placeholders(text: str) -> set[str]:
    """The names in braces, with whatever form they ask for; the empty one for `{}`.

    A form (`{torch:>999999}`) is no part of any name that may stand there, so it is refused with it.

    Raises:
        ValueError: a brace has no partner.
    """
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    }
