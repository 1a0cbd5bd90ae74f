"""Words for "everything about one release": a line for each thing that goes with it, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product as combine
from typing import TYPE_CHECKING

from bot.answering.answers import Beside, Command, Overview
from bot.knowledge.cells import Bounds, Cell, Names
from bot.knowledge.models import Fact
from bot.knowledge.versions import Constraint, Number
from bot.presenting.lookups import say_dispute
from bot.presenting.phrasing import Phrasing
from bot.presenting.proof import Page
from bot.presenting.reply import Grid

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

Atom = Number | Constraint | str
"""The smallest part of a cell: a version, a bound, or a name."""

NAMES_SHOWN = 12
FACTS_SHOWN = 6
FACTS_OF_A_PRODUCT = 2


def say_overview(overview: Overview, words: Phrasing, draft: Draft) -> None:
    """What it is, its dates, what goes with it, facts, commands, and what to bear in mind."""
    _say_subject(overview, words, draft)
    _say_facts(overview.facts, FACTS_SHOWN if overview.subject else FACTS_OF_A_PRODUCT, words, draft)
    rows = [line for beside in overview.beside for line in _lines(beside, overview, words)]
    if rows:
        header = tuple(words.say(f"column.{key}") for key in ("name", "goes", "where"))
        draft.grid = Grid(header, tuple(dict.fromkeys(rows)))
    if overview.commands:
        draft.code = "\n".join(_command(item, words) for item in overview.commands)
    _say_notes(overview, words, draft)
    if overview.subject is None:
        for beside in overview.beside:
            draft.rest_on_table(beside.evidence.relation)
    else:
        draft.rest_on(beside.evidence for beside in overview.beside)
    draft.rest_on(evidence for command in overview.commands for evidence in command.rests_on)
    draft.rest_on(beside.dispute.evidence for beside in overview.beside if beside.dispute is not None)


def _say_subject(overview: Overview, words: Phrasing, draft: Draft) -> None:
    product, subject, dated = overview.product, overview.subject, overview.releases
    name = words.given(subject) if subject else words.name(product.product) if product else ""
    day = dated[0][1] if subject and len(dated) == 1 else None
    where = [words.given(g) for g in overview.question.given if g.column in words.kb.qualifiers]
    name = words.say("scope", text=name, scope=words.join(where)) if where else name
    draft.headline = words.say("overview.headline", name=name, date=words.dated(day))
    if product is None:
        return
    draft.rest_on_page(Page(product, dated))
    if subject is None:
        draft.paragraphs.append(words.local(product.about))
    if subject is None and dated:
        (first, _), (last, newest) = dated[0], dated[-1]
        count = words.say("release.several", count=len(dated), product=name, first=first, last=last)
        draft.paragraphs.append(count)
        draft.paragraphs.append(words.say("describe.newest", version=last, date=words.dated(newest)))
    elif len(dated) > 1:
        shown = (words.say("scope", text=n, scope=words.date(d)) if d else str(n) for n, d in dated)
        draft.paragraphs.append(words.say("overview.dates", values=words.join(shown)))


def _say_facts(facts: tuple[Fact, ...], most: int, words: Phrasing, draft: Draft) -> None:
    for fact in facts[:most]:
        draft.paragraphs.append(words.local(fact.text))
        draft.rest_on_page(fact)
    if len(facts) > most:
        draft.notes.append(words.say("overview.more_facts", count=len(facts) - most))


def _lines(beside: Beside, overview: Overview, words: Phrasing) -> Iterator[tuple[str, str, str]]:
    """A line for each group of entries that hold at the same places."""
    column = beside.column
    label = _label(beside, words)
    places = () if overview.subject is None else _places(beside, overview.subject.column)
    found: dict[Atom, dict[tuple[int, ...], None]] = {}
    combined: dict[tuple[int, ...], dict[tuple[Atom, ...], None]] = {}
    for row in beside.evidence.rows:
        cells = row.cells
        key = tuple([id(cells[place]) for place in places])  # equal cells of a table are one
        if key not in combined:
            at = combine(*(_admitted(cells[place], place, overview, words) for place in places))
            combined[key] = dict.fromkeys(at)
        for atom in _atoms(cells[column]):
            if atom in found:
                found[atom][key] = None
            else:
                found[atom] = {key: None}
    held = _united(found, combined)
    groups: dict[frozenset[tuple[Atom, ...]], list[Atom]] = {}
    sets: dict[int, list[Atom]] = {}
    for atom, at_all in held.items():
        same = sets.get(id(at_all))  # joined once for entries of the same rows
        if same is None:
            same = sets[id(at_all)] = groups.setdefault(frozenset(at_all), [])
        same.append(atom)
    for at_these, atoms in groups.items():
        ordered = [place for place in held[atoms[0]] if place in at_these]
        where = words.say("list.clauses").join(_where(places, ordered, words))
        yield label, _text(column, atoms, words), where or words.say("column.none")


def _united(
    found: Mapping[Atom, Mapping[tuple[int, ...], None]],
    combined: Mapping[tuple[int, ...], Mapping[tuple[Atom, ...], None]],
) -> dict[Atom, dict[tuple[Atom, ...], None]]:
    """The places of each entry, in order: joined once for all entries that stand in the same rows."""
    united: dict[tuple[tuple[int, ...], ...], dict[tuple[Atom, ...], None]] = {}
    held: dict[Atom, dict[tuple[Atom, ...], None]] = {}
    for atom, keys in found.items():
        rows = tuple(keys)
        if rows not in united:
            united[rows] = {place: None for key in rows for place in combined[key]}
        held[atom] = united[rows]
    return held


def _label(beside: Beside, words: Phrasing) -> str:
    """The name of what is told, and how a table that is no plain list of pairs relates it to the subject."""
    table, name = beside.evidence.relation.table, words.name(beside.column)
    if table.holds == "conditional":
        return words.say("overview.conditional", name=name)
    if table.relation == "default":
        return words.say("overview.default", name=name)
    if table.relation == "requirement":
        return words.say("overview.accepts" if _accepts(beside) else "overview.requires", name=name)
    return name


def _accepts(beside: Beside) -> bool:
    """Whether what is told is a product whose releases accept the subject."""
    table = beside.evidence.relation.table
    return table.relation == "requirement" and beside.column == table.columns[0]


def _places(beside: Beside, subject: str) -> tuple[str, ...]:
    return tuple(c for c in beside.evidence.relation.columns if c not in (subject, beside.column))


def _atoms(cell: Cell) -> tuple[Atom, ...]:
    if isinstance(cell, Bounds):
        return (cell.constraint,)
    return cell.values if isinstance(cell, Names) else cell.numbers


def _admitted(cell: Cell, column: str, overview: Overview, words: Phrasing) -> tuple[Atom, ...]:
    """The entries of a cell that says where; where a place is given, only it and kinds of it."""
    asked = {given.constraint for given in overview.question.given if given.column == column}
    attribute = words.kb.attributes.get(column)
    if not asked or attribute is None:
        return _atoms(cell)
    values = attribute.values
    return tuple(a for a in _atoms(cell) if isinstance(a, str) and {a, values[a].within} & asked)


def _where(columns: tuple[str, ...], at: Iterable[tuple[Atom, ...]], words: Phrasing) -> Iterator[str]:
    """Combinations of entries in as few clauses as they factor into, column by column."""
    if not columns:
        return
    rests: dict[Atom, list[tuple[Atom, ...]]] = {}
    for first, *rest in at:
        rests.setdefault(first, []).append(tuple(rest))
    groups: dict[frozenset[tuple[Atom, ...]], list[Atom]] = {}
    for atom, found in rests.items():
        groups.setdefault(frozenset(found), []).append(atom)
    for atoms in groups.values():
        text = _text(columns[0], atoms, words)
        text = words.named(columns[0], text) if columns[0] in words.kb.products else text
        further = list(_where(columns[1:], rests[atoms[0]], words))
        yield from (words.say("list.within", text=text, inner=inner) for inner in further)
        if not further:
            yield text


def _text(column: str, atoms: list[Atom], words: Phrasing) -> str:
    """Versions compactly, of many bounds the ends, of many names the first."""
    numbers = sorted([atom for atom in atoms if isinstance(atom, Number)], key=Number.rank)
    bounds = [atom for atom in atoms if isinstance(atom, Constraint)]
    names = [words.value(column, atom) for atom in atoms if isinstance(atom, str)]
    parts = [words.versions(column, numbers)] if numbers else []
    if len(bounds) > 2:
        bounds.sort(key=lambda bound: bound.clauses[0].number)
        ends = (words.constraint(bounds[0]), words.constraint(bounds[-1]))
        parts.append(words.say("overview.bounds", first=ends[0], last=ends[1]))
    else:
        parts += map(words.constraint, bounds)
    parts += names[:NAMES_SHOWN]
    text = words.join(parts)
    rest = len(names) - NAMES_SHOWN
    return words.say("overview.more_names", names=text, count=rest) if rest > 0 else text


def _command(command: Command, words: Phrasing) -> str:
    """A command under a comment that says what it is for."""
    shown = (
        words.value(c, v) if c in words.kb.attributes else words.named(c, v) for c, v in command.cells[1:]
    )
    return f"# {words.join(shown)}\n{command.text}"


def _say_notes(overview: Overview, words: Phrasing, draft: Draft) -> None:
    for beside in overview.beside:
        table = beside.evidence.relation.table
        notes = [words.local(table.note)]
        if overview.subject is not None and any(row.open for row in beside.evidence.rows):
            notes.append(words.say("overview.open", name=words.name(beside.column)))
        draft.notes.extend(note for note in notes if note and note not in draft.notes)
        if beside.dispute is not None:
            say_dispute(beside.dispute, words, draft)
    if overview.subject is not None and any(map(_accepts, overview.beside)):
        draft.notes.append(words.say("overview.recorded"))
    if overview.unused:
        names = words.join(words.given(given) for given in overview.unused)
        draft.notes.append(words.say("lookup.unused", names=names))
