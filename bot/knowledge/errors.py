"""Checks of known errors: causes, placeholders, and messages that say the same or hold one another."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from bot.knowledge.document import KeyPath
from bot.knowledge.hints import near
from bot.knowledge.signatures import Fragment, compile_fragment
from bot.knowledge.trouble import KnownError

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

LEAST_LITERAL: Final = 12
LEAST_START: Final = 6

_Compiled = tuple[KnownError, int, Fragment]


def verify_errors(draft: Draft) -> None:
    """Add every mistake in the known errors to the draft."""
    compiled: list[_Compiled] = []
    for slug, error in draft.errors.items():
        _verify_references(draft, slug, error)
        for key, text in _texts(error):
            fragment = _fragment(draft, slug, key, text)
            if fragment is not None and key[0] == "messages":
                compiled.append((error, int(key[1]), fragment))
    _verify_distinct(draft, compiled)
    for cause, name in draft.causes.items():
        for lang in draft.vocabularies.keys() - name.keys():
            draft.problem("cause", cause, (), f"no text in {lang!r}")


def _verify_references(draft: Draft, slug: str, error: KnownError) -> None:
    if error.cause not in draft.causes:
        message = (
            f"no cause {error.cause!r}{near(error.cause, draft.causes)}: name it under `causes` of a page"
        )
        draft.problem("error", slug, ("cause",), message)
    for name in error.source:
        if name not in draft.sources and not draft.may_lack("sources", name):
            draft.problem("error", slug, ("source",), f"no source {name!r}{near(name, draft.sources)}")
    for name in error.over:
        if name not in draft.errors:
            draft.problem("error", slug, ("over",), f"no error {name!r}{near(name, draft.errors)}")
    _verify_becomes(draft, slug, error)
    for lang in draft.vocabularies:
        for key, text in (("means", error.means), ("fix", error.fix)):
            if lang not in text:
                draft.problem("error", slug, (key,), f"no text in {lang!r}")
        if error.symptoms and lang not in error.symptoms:
            draft.problem("error", slug, ("symptoms",), f"no phrases in {lang!r}")
    if error.leads_to is not None:
        leads = error.leads_to
        for key, names in (("want", leads.want), ("given", leads.given), ("without", leads.without)):
            for name in names:
                _verify_column(draft, slug, ("leads_to", key), name)


def _verify_becomes(draft: Draft, slug: str, error: KnownError) -> None:
    for column, others in error.becomes.items():
        values = draft.attributes[column].values if column in draft.attributes else {}
        for value, name in others.items():
            if value not in values or name not in draft.errors:
                message = f"{column}: {value}: {name} is no attribute, value of it and error"
                draft.problem("error", slug, ("becomes",), message)


def _verify_column(draft: Draft, slug: str, key: KeyPath, name: str) -> None:
    known = [*draft.products, *draft.attributes]
    if name not in known and not draft.may_lack("products", name):
        draft.problem(
            "error", slug, key, f"{name!r} is neither a product nor an attribute{near(name, known)}"
        )


def _texts(error: KnownError) -> Iterator[tuple[KeyPath, str]]:
    for index, message in enumerate(error.messages):
        yield ("messages", index), message
    for index, read in enumerate(error.reads):
        yield ("reads", index, "text"), read.text


def _fragment(draft: Draft, slug: str, key: KeyPath, text: str) -> Fragment | None:
    """A message compiled, unless it cannot be; what makes it unsafe to look for is a problem."""
    try:
        fragment = compile_fragment(text)
    except ValueError as error:
        draft.problem("error", slug, key, f"a placeholder is wrong: {error}")
        return None
    for slot in fragment.slots:
        if slot is not None:
            _verify_column(draft, slug, key, slot.column)
    if key[0] == "reads":
        if not any(slot is not None for slot in fragment.slots):
            draft.problem("error", slug, key, "reads nothing: name a product in braces")
    elif max(map(len, fragment.parts), default=0) < LEAST_LITERAL:
        draft.problem("error", slug, key, f"too short to be a message: at least {LEAST_LITERAL} characters")
        return None
    if fragment.slots and (not fragment.parts or len(text.partition("{")[0]) < LEAST_START):
        draft.problem("error", slug, key, "begins with a placeholder: begin with text of the message")
    return fragment


def _verify_distinct(draft: Draft, compiled: list[_Compiled]) -> None:
    """No message stands twice, and none holds one of another cause without saying which wins."""
    seen: dict[str, tuple[str, int]] = {}
    for error, index, fragment in compiled:
        owner = seen.setdefault("{}".join(fragment.parts), (error.id, index))
        if owner != (error.id, index):
            draft.problem("error", error.id, ("messages", index), f"already a message of {owner[0]!r}")
    for (error, index, fragment), (other, _, inner) in _holding(compiled):
        told = other.cause == error.cause or other.id in error.over or error.id in other.over
        told |= other.generic and not error.generic  # it loses to every other
        if inner.parts != fragment.parts and not told:
            message = f"holds a message of {other.id!r}, of another cause: say which wins by `over`"
            draft.problem("error", error.id, ("messages", index), message)


def _holding(compiled: list[_Compiled]) -> list[tuple[_Compiled, _Compiled]]:
    """The messages that hold another whole, each with that one: looked for in all of them at once."""
    starts: list[int] = []
    text = ""
    for _, _, fragment in compiled:
        starts.append(len(text))
        text += "\0".join(fragment.parts) + "\0\0"
    found: dict[tuple[int, int], None] = {}
    for number, (_, _, inner) in enumerate(compiled):
        at = text.find(inner.parts[0]) if len(inner.parts) == 1 else -1
        while at >= 0:
            found[bisect_right(starts, at) - 1, number] = None
            at = text.find(inner.parts[0], at + 1)
    return [(compiled[holder], compiled[held]) for holder, held in sorted(found)]
