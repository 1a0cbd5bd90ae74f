"""Checks a table's page against the rest: what it names, its texts in every language, its commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.knowledge.document import KeyPath
from bot.knowledge.hints import near
from bot.knowledge.models import Localized, Table
from bot.knowledge.naming import placeholders, verify_languages, verify_sources

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft


def verify_table(draft: Draft, slug: str, table: Table) -> None:
    """Add every problem of a table's page, apart from its cells, to the draft."""
    verify_sources(draft, "table", slug, table.source)
    named: list[tuple[KeyPath, str]] = [(("headlines", name), name) for name in table.headlines]
    named += [(("prefer", name), name) for name in table.prefer]
    named += [(("complete_for",), table.complete_for)] if table.complete_for else []
    for part, names in (
        ("ends", table.ends),
        ("tells", table.tells),
        ("joined_by", table.joined_by),
        ("drops", table.drops),
    ):
        named += [((part, index), name) for index, name in enumerate(names)]
    for key, name in named:
        if name not in table.columns:
            _say(draft, slug, key, f"{name!r} is no column of this table{near(name, table.columns)}")
    if len(set(table.columns)) < len(table.columns):
        _say(draft, slug, ("columns",), "a column stands there twice")
    _verify_winner(draft, slug, table)
    _verify_preferences(draft, slug, table)
    _verify_refresh(draft, slug, table)
    _verify_texts(draft, slug, table)
    _verify_commands(draft, slug, table)


def _verify_winner(draft: Draft, slug: str, table: Table) -> None:
    winner = table.yields_to
    if winner == slug:
        _say(draft, slug, ("yields_to",), "a table cannot yield to itself: name the one that wins")
    elif winner is not None and winner not in draft.tables and not draft.may_lack("tables", winner):
        _say(draft, slug, ("yields_to",), f"no table {winner!r}{near(winner, draft.tables)}")
    for key in ("yields_because", "covers") if winner is None else ():
        if getattr(table, key):
            _say(draft, slug, (key,), "only in a table with `yields_to`")
    for column in table.covers:
        if column not in table.columns or column not in draft.products:
            message = f"{column!r} is no column of versions of this table{near(column, table.columns)}"
            _say(draft, slug, ("covers", column), message)


def _verify_preferences(draft: Draft, slug: str, table: Table) -> None:
    for column, values in table.prefer.items():
        attribute = draft.attributes.get(column)
        for index, value in enumerate(values if attribute else ()):
            if attribute and value not in attribute.values:
                message = f"no value {value!r} of {column!r}{near(value, attribute.values)}"
                _say(draft, slug, ("prefer", column, index), message)


def _verify_refresh(draft: Draft, slug: str, table: Table) -> None:
    refresh = table.refresh
    if refresh is None:
        return
    if refresh.of not in table.columns:
        _say(draft, slug, ("refresh", "of"), f"{refresh.of!r} is no column of this table")
    for column, value in refresh.fixed.items():
        attribute = draft.attributes.get(column)
        if column not in table.columns or (attribute is not None and value not in attribute.values):
            _say(draft, slug, ("refresh", "fixed", column), f"no column {column!r} with {value!r}")
    if refresh.source is not None:
        verify_sources(draft, "table", slug, [refresh.source], ("refresh", "source"))


def _verify_texts(draft: Draft, slug: str, table: Table) -> None:
    texts: dict[KeyPath, Localized] = {
        ("says",): table.says,
        ("denies",): table.denies,
        ("yields_because",): table.yields_because,
        ("note",): table.note,
        ("excluded_note",): table.excluded_note,
    }
    texts |= {("headlines", column): text for column, text in table.headlines.items()}
    for key, localized in texts.items():
        if localized or key == ("says",):
            verify_languages(draft, "table", slug, key, localized)
        for lang, text in localized.items():
            _verify_braces(draft, slug, (*key, lang), text, table.columns)


def _verify_braces(draft: Draft, slug: str, key: KeyPath, text: str, known: Iterable[str]) -> None:
    try:
        unknown = placeholders(text) - set(known)
    except ValueError as error:
        _say(draft, slug, key, f"a brace is wrong: {error}")
        return
    for name in sorted(unknown):
        _say(draft, slug, key, f"{{{name}}} is no column of this table{near(name, known)}")


def _verify_commands(draft: Draft, slug: str, table: Table) -> None:
    """Each placeholder of a command is a cell, its tag, a value of `with`, or a product with a table."""
    if table.relation != "command":
        return
    tagged = {f"{c}_tag" for c in table.columns if c in draft.products and draft.products[c].tags}
    joined = {
        c for other in draft.tables.values() if table.columns[0] in other.columns for c in other.columns
    }
    for index, row in enumerate(table.rows):
        command, extra = row.get("command"), row.get("with")
        known = {*table.columns, *tagged, *joined, *(extra if isinstance(extra, dict) else ())}
        try:
            unknown = placeholders(command) - known if isinstance(command, str) else set()
        except ValueError as error:
            draft.row_problem(slug, index, ("command",), f"a brace is wrong: {error}")
            continue
        for name in sorted(unknown):
            draft.row_problem(slug, index, ("command",), f"nothing fills {{{name}}}{near(name, known)}")


def _say(draft: Draft, slug: str, key: KeyPath, message: str) -> None:
    draft.problem("table", slug, key, message)
