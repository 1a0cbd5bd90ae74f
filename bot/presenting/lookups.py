"""Words for "which X goes with Y"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from string import Formatter
from typing import TYPE_CHECKING

from bot.answering.answers import Companions, Dispute, Empty, Evidence, Lookup, Truth
from bot.knowledge.cells import Bounds, Names, Versions
from bot.knowledge.rows import Row
from bot.knowledge.versions import Constraint, Match, Number
from bot.presenting.commands import say_default, show_command
from bot.presenting.phrasing import Phrasing
from bot.presenting.proof import cell_text
from bot.presenting.reply import Grid

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

GRID_ROWS = 15
LISTED_BOUNDS = 4
REQUIREMENT = "requirement"


def say_lookup(lookup: Lookup, words: Phrasing, draft: Draft) -> None:
    """The values, the newest with what goes with it, the rows, and where sources differ."""
    draft.headline = _with_verdict(lookup, lookup_headline(lookup, words), words)
    draft.paragraphs.extend(_around(lookup, words))
    for evidence in lookup.conditional:
        draft.paragraphs.extend(conditional(evidence, words))
        draft.notes.extend(filter(None, [words.local(evidence.relation.table.note)]))
    _rest_on(lookup, draft)
    if lookup.command is not None:
        show_command(lookup.command, words, draft)
    known = {given.column for given in lookup.used}
    narrowed = lookup.via is None and not known <= set(lookup.evidence.relation.columns)
    if not narrowed and (lookup.via is None or lookup.way or words.kb.attributes.keys() & known):
        show_evidence(lookup.evidence, (lookup.want, lookup.values), known, words, draft)
    if lookup.default is not None:
        say_default(lookup.default, words, draft)
    if lookup.dispute is not None:
        say_dispute(lookup.dispute, words, draft)
    draft.notes.extend(_reservations(lookup, words))


def _with_verdict(lookup: Lookup, text: str, words: Phrasing) -> str:
    """The headline with what is asked, whether at all: by the newest release, or by older ones only.

    After "doesn't it" a yes could be taken for its contrary.
    """
    if not lookup.question.cues.isdisjoint({"fails", "negative"}):
        return text
    if lookup.verdict is Truth.SUPPORTED:
        return f"{words.say('mark.yes')} {words.say('lookup.whether', text=text)}"
    newest = words.kb.releases.get(lookup.want, ())[-1:]
    if lookup.verdict is Truth.CONDITIONAL and set(newest).isdisjoint(lookup.values):
        return f"{words.say('mark.depends')} {words.say('lookup.older', text=text)}"
    return text


def _around(lookup: Lookup, words: Phrasing) -> Iterator[str]:
    """What goes with the value chosen, the way to it, the builds, and what else it needs."""
    if lookup.chosen is not None and (lookup.companions or len(lookup.values) > 1):
        yield _chosen(lookup, lookup.chosen, words)
    if lookup.via is not None and (lookup.way or _is_technical(lookup.via[0], words)):
        steps = (words.named(lookup.via[0], words.entries(*lookup.via)), *map(words.step, lookup.way))
        yield words.say("lookup.way", steps=words.join(steps))
    for column, values in lookup.builds:
        yield words.say("lookup.builds", builds=words.named(column, words.versions(column, values)))
    yield from (lookup_headline(need, words) for need in lookup.needs)
    if lookup.possible:
        possible = words.named(lookup.want, words.versions(lookup.want, lookup.possible))
        given = words.join(words.name(g.column) for g in lookup.used)
        yield words.say("lookup.possible", values=possible, given=given)


def _reservations(lookup: Lookup, words: Phrasing) -> Iterator[str]:
    """What the rows require, what they leave open, and what of the question they do not speak of."""
    yield from requirement_note(lookup.evidence, words)
    yield from (words.say("lookup.caveat", given=words.given(given)) for given in lookup.caveats)
    if lookup.unused:
        yield words.say("lookup.unused", names=words.join(words.given(given) for given in lookup.unused))


def _rest_on(lookup: Lookup, draft: Draft) -> None:
    """Name the rows: those of the value chosen first, then those of what goes with it."""
    draft.rest_on(_most_telling_first(lookup))
    draft.rest_on(lookup.conditional)
    if not lookup.evidence.rows:
        draft.rest_on_table(lookup.evidence.relation)
    draft.rest_on(need.evidence for need in lookup.needs)
    draft.rest_on(companion.evidence for companion in lookup.companions)
    if lookup.command is not None:
        draft.rest_on(lookup.command.rests_on)
    if lookup.dispute is not None:
        draft.rest_on([lookup.dispute.evidence])


def _most_telling_first(lookup: Lookup) -> Iterator[Evidence]:
    """The rows of the version that was chosen, then all: readers check that one first."""
    relation, rows = lookup.evidence.relation, lookup.evidence.rows
    if lookup.chosen is not None:
        asked = Constraint.series(lookup.chosen)
        cells = {id(cell): row for row in rows if (cell := row.cells.get(lookup.want)) is not None}
        own = {key for key, row in cells.items() if row.matches(lookup.want, asked) is Match.YES}
        yield Evidence(relation, tuple([row for row in rows if id(row.cells.get(lookup.want)) in own]))
    yield lookup.evidence


def lookup_headline(lookup: Lookup, words: Phrasing) -> str:
    """The values of a lookup in a sentence, in the table's own words where it has some."""
    table = lookup.evidence.relation.table
    values = _values(lookup, words)
    scope = [g for g in lookup.used if g.column not in table.headlines]
    if lookup.question.negated and lookup.want in lookup.question.want:
        given = words.join(words.given(g) for g in lookup.used)
        text = words.say("lookup.negated", want=words.name(lookup.want), given=given, values=values)
        scope = []
    elif lookup.want in table.headlines and not lookup.way and _fillable(lookup):
        slots = {g.column: words.plain(g) for g in lookup.used}
        if lookup.via is not None:
            slots[lookup.via[0]] = words.entries(*lookup.via)
        text = words.local(table.headlines[lookup.want]).format(**(slots | {lookup.want: values}))
    else:
        given = words.join(words.given(g) for g in lookup.used)
        text = words.say("lookup.generic", want=words.name(lookup.want), given=given, values=values)
        scope = []
    if scope:
        text = words.say("scope", text=text, scope=words.join(words.given(g) for g in scope))
    return words.say("sentence", text=text)


def _is_technical(column: str, words: Phrasing) -> bool:
    """Whether people do not name its values, so that a headline without them is clearer."""
    attribute = words.kb.attributes.get(column)
    return attribute is not None and not attribute.recognized


def _fillable(lookup: Lookup) -> bool:
    """Whether the table's own headline has something to say for each of its columns."""
    known = {lookup.want, *(given.column for given in lookup.used)}
    known |= {lookup.via[0]} if lookup.via is not None else set()
    texts = lookup.evidence.relation.table.headlines[lookup.want].values()
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    return names <= known


def _values(lookup: Lookup, words: Phrasing) -> str:
    if lookup.values:
        return words.versions(lookup.want, lookup.values)
    if lookup.bounds:
        return _bounds(lookup, words)
    if lookup.names:
        return words.join(words.value(lookup.want, name) for name in lookup.names)
    return words.versions(lookup.want, lookup.possible)


def _bounds(lookup: Lookup, words: Phrasing) -> str:
    """The least demanding bound for each set of attribute values (`≥ 440.33 (Linux)`)."""
    if lookup.evidence.relation.table.relation == REQUIREMENT:
        return _required(lookup, words)
    given = {g.column for g in lookup.used}
    least: dict[str, Constraint] = {}
    for constraint, row in lookup.bounds:
        scope = words.join(_scope(lookup, row, given, words))
        known = least.get(scope)
        if known is None or _key(constraint) < _key(known):
            least[scope] = constraint
    return words.join(
        words.say("lookup.bound", bound=words.constraint(c), scope=scope) if scope else words.constraint(c)
        for scope, c in least.items()
    )


def _required(lookup: Lookup, words: Phrasing) -> str:
    """What releases ask for, the newest first, each with its releases unless they are what is given."""
    column = next(c for c in lookup.evidence.relation.columns if c != lookup.want)
    asked: dict[str, list[Row]] = {}
    for constraint, row in reversed(lookup.bounds):
        asked.setdefault(words.constraint(constraint), []).append(row)
    given = next((g.constraint for g in lookup.used if g.column == column), None)
    texts = []
    for bound, rows in asked.items():
        releases = _releases(rows, column, given)
        named = len(asked) == 1 and (not isinstance(given, Constraint) or releases == [given.exact])
        scope = words.versions(column, releases)
        texts.append(bound if named else words.say("lookup.bound", bound=bound, scope=scope))
    text = words.join(texts[:LISTED_BOUNDS])
    return text if len(texts) <= LISTED_BOUNDS else words.say("requires.more", bounds=text)


def _releases(rows: Sequence[Row], column: str, given: Constraint | str | None) -> list[Number]:
    """The releases that rows are about, cut to what is given."""
    cells = (row.cells.get(column) for row in rows)
    numbers = sorted({n for cell in cells if isinstance(cell, Versions) for n in cell.numbers})
    return list(given.select(numbers)) if isinstance(given, Constraint) else numbers


def requirement_note(evidence: Evidence, words: Phrasing) -> list[str]:
    """That what a package accepts need not have been tried, unless it names the very version."""
    if evidence.relation.table.relation != REQUIREMENT:
        return []
    cells = (cell for row in evidence.rows for cell in row.cells.values() if isinstance(cell, Bounds))
    loose = any(cell.constraint.exact is None for cell in cells)
    return [words.say("requires.note")] if loose else []


def _scope(lookup: Lookup, row: Row, given: set[str], words: Phrasing) -> Iterator[str]:
    """What a bound holds for: the joining column's series, and attribute values that are not given."""
    if lookup.via is not None and len(lookup.via[1]) > 1:
        cell = row.cells.get(lookup.via[0])
        known = words.kb.products.get(lookup.via[0])
        for number in cell.numbers if isinstance(cell, Versions) else ():
            depth = known.granularity if known and known.granularity else len(number.release)
            yield words.named(lookup.via[0], str(number.series(depth)))
    for column, cell in row.cells.items():
        if isinstance(cell, Names) and column not in given:
            yield from (words.value(column, value) for value in cell.values)


def _key(constraint: Constraint) -> tuple[int, ...]:
    return min(clause.number.release for clause in constraint.clauses)


def _chosen(lookup: Lookup, chosen: Number, words: Phrasing) -> str:
    companions = words.join(companion_text(c, words) for c in lookup.companions)
    with_text = words.say("lookup.with", companions=companions) if companions else ""
    product = words.kb.products.get(lookup.want)
    key = "lookup.oldest" if lookup.question.superlative == "oldest" else "lookup.newest"
    if product and product.more_releases:
        key = f"{key}_listed"
    return words.say(key, name=words.named(lookup.want, str(chosen)), **{"with": with_text})


def companion_text(companion: Companions, words: Phrasing) -> str:
    """What comes along, with its versions."""
    return words.named(companion.product, words.versions(companion.product, companion.values))


def conditional(evidence: Evidence, words: Phrasing) -> list[str]:
    """What a conditional table says: one sentence for each set of versions, with the bounds of its rows."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in evidence.rows:
        key = tuple(cell_text(row, c, words) for c, cell in row.cells.items() if isinstance(cell, Versions))
        groups.setdefault(key, []).append(row)
    return [_conditional(evidence, rows, words) for rows in groups.values()]


def _conditional(evidence: Evidence, rows: list[Row], words: Phrasing) -> str:
    cells = {column: cell_text(rows[0], column, words) for column in evidence.relation.columns}
    for column in evidence.relation.columns:
        if isinstance(rows[0].cells.get(column), Bounds) and len(rows) > 1:
            cells[column] = words.join(_placed(row, column, words) for row in rows)
    text = words.local(evidence.relation.table.says).format(**cells)
    return words.say("sentence", text=text[:1].upper() + text[1:])


def _placed(row: Row, column: str, words: Phrasing) -> str:
    names = [
        words.value(other, value)
        for other, cell in row.cells.items()
        if isinstance(cell, Names)
        for value in cell.values
    ]
    text = cell_text(row, column, words)
    return words.say("lookup.bound", bound=text, scope=words.join(names)) if names else text


def say_dispute(dispute: Dispute, words: Phrasing, draft: Draft) -> None:
    """A line on what a losing source lists instead, and one on which source won and why."""
    source = dispute_source(dispute, words)
    for key, values in (("extra", dispute.extra), ("lacking", dispute.lacking)):
        if values:
            text = words.named(dispute.column, words.versions(dispute.column, values))
            draft.notes.append(words.say(f"dispute.{key}", source=source, values=text))
    draft.notes.append(dispute_won(dispute, words))


def dispute_source(dispute: Dispute, words: Phrasing) -> str:
    """The titles of the losing source."""
    return words.join(dict.fromkeys(words.source(s) for row in dispute.evidence.rows for s in row.sources))


def dispute_won(dispute: Dispute, words: Phrasing) -> str:
    """Which source won, and why, where its table says so."""
    table = dispute.evidence.relation.table
    winner = words.kb.relations[table.yields_to or ""].table
    titles = words.join(map(words.source, winner.source))
    because = words.local(table.yields_because)
    return words.say("dispute.because", winner=titles, because=because).rstrip(" :：")


def show_evidence(
    evidence: Evidence, shown: tuple[str, Sequence[Number]], known: set[str], words: Phrasing, draft: Draft
) -> None:
    """The rows that tell of `shown`, a column and its versions.

    By platform and the like where they differ in that, else as they stand in the table.
    """
    column, values = shown
    places = [c for c in evidence.relation.columns if c in words.kb.qualifiers and c not in known]
    limits = any(isinstance(row.cells.get(column), Bounds) for row in evidence.rows)
    if not places or limits:
        show_rows(evidence, words, draft)
        return
    rows = tuple(_by_place(evidence, places, column, set(values), words))
    if len(rows) > 1:
        header = (*(words.name(place) for place in places), words.name(column))
        draft.grid = Grid(header, rows)


def _by_place(
    evidence: Evidence, places: Sequence[str], column: str, wanted: set[Number], words: Phrasing
) -> Iterator[tuple[str, ...]]:
    """For each combination of attribute values, which of the wanted versions its rows list."""
    found: dict[tuple[str, ...], set[Number]] = defaultdict(set)
    told: dict[int, set[Number]] = {}
    for row in evidence.rows:
        cell = row.cells.get(column)
        if id(cell) not in told:  # equal cells of a table are one
            told[id(cell)] = wanted.intersection(cell.numbers) if isinstance(cell, Versions) else set()
        held = told[id(cell)]
        for combination in product(*(_values_at(row, place) for place in places)) if held else ():
            found[combination] |= held
    order = [list(words.kb.attributes[place].values) for place in places]
    for combination in sorted(found, key=lambda c: [o.index(v) for o, v in zip(order, c, strict=True)]):
        named = (words.value(place, value) for place, value in zip(places, combination, strict=True))
        yield (*named, words.versions(column, sorted(found[combination])))


def _values_at(row: Row, place: str) -> Sequence[str]:
    cell = row.cells.get(place)
    return cell.values if isinstance(cell, Names) else ()


def show_rows(evidence: Evidence, words: Phrasing, draft: Draft) -> None:
    """The rows as a table, newest first, and how many had no room; nothing for a single row."""
    columns = evidence.relation.columns
    cells = (tuple(cell_text(row, column, words) for column in columns) for row in reversed(evidence.rows))
    rows = tuple(dict.fromkeys(cells))
    if len(rows) < 2:
        return
    draft.grid = Grid(tuple(words.name(column) for column in columns), rows[:GRID_ROWS])
    if len(rows) > GRID_ROWS:
        draft.notes.append(words.say("surface.more_rows", count=len(rows) - GRID_ROWS))


def say_empty(empty: Empty, words: Phrasing, draft: Draft) -> None:
    """That a complete list has nothing, and what its neighbours have."""
    given = words.given(empty.given)
    text = words.say("empty.headline", want=words.name(empty.want), given=given)
    unsure = empty.open or empty.sample
    draft.headline = f"{words.say('mark.unknown' if unsure else 'mark.no')} {text}"
    for near in (empty.below, empty.above):
        if near is not None:
            draft.paragraphs.append(_near(empty, *near, words))
    if empty.open:
        values = words.named(empty.want, words.versions(empty.want, empty.open))
        draft.notes.append(words.say("empty.open", values=values))
    if empty.sample:
        draft.notes.append(words.say("empty.sample", want=words.name(empty.want)))
    draft.notes.extend(filter(None, [words.local(empty.evidence.relation.table.excluded_note)]))
    relation = empty.evidence.relation
    draft.rest_on_table(relation)
    for near in filter(None, (empty.below, empty.above)):
        found = sorted(relation.candidates(empty.given.column, Constraint.series(near[0])))
        draft.rest_on([Evidence(relation, tuple(relation.rows[number] for number in found))])


def _near(empty: Empty, version: Number, values: Sequence[Number], words: Phrasing) -> str:
    return words.say(
        "empty.nearest",
        given=words.named(empty.given.column, str(version)),
        want=words.name(empty.want),
        values=words.versions(empty.want, values),
    )
