"""Words for "does A work with B"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.answering.answers import Check, Finding, Lookup, Truth
from bot.knowledge.cells import Bounds
from bot.knowledge.models import Localized, Table
from bot.knowledge.versions import Constraint, Match
from bot.presenting.commands import say_default, show_command
from bot.presenting.lookups import (
    REQUIREMENT,
    conditional,
    dispute_source,
    dispute_won,
    requirement_note,
    show_evidence,
)
from bot.presenting.phrasing import Phrasing
from bot.presenting.recommended import say_versions

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

KEYS = {
    Truth.SUPPORTED: "yes",
    Truth.CONDITIONAL: "depends",
    Truth.EXCLUDED: "no",
}


MARKS = ("?", "？")


def truth_asked(check: Check) -> Truth:
    """The truth of what is asked: whether something was removed is a yes where it is not there."""
    turned = {Truth.EXCLUDED: Truth.SUPPORTED, Truth.SUPPORTED: Truth.EXCLUDED}
    cues = check.question.cues
    gone = "ended" in cues and cues.isdisjoint({"works", "fails"})
    asks = gone and ("yesno" in cues or check.question.text.rstrip().endswith(MARKS))
    return turned.get(check.truth, check.truth) if asks else check.truth


def say_check(check: Check, words: Phrasing, draft: Draft) -> None:
    """The verdict on all givens, then each pair that bears on it."""
    if check.truth is Truth.NOT_RECORDED:
        _say_unrecorded(check, words, draft)
        return
    draft.headline = _verdict(check, words)
    known = {given.column for given in check.context}
    for finding in check.findings:
        say_finding(finding, known, words, draft)
    _say_limits(check, words, draft)
    if check.builds is not None:
        _say_builds(check.builds, words, draft)
    if check.default is not None:
        say_default(check.default, words, draft)
    if check.fix is not None:
        draft.paragraphs.append(words.say("check.change", set=say_versions(check.fix, words)))
        show_command(check.fix.command, words, draft)
        draft.rest_on((*check.fix.command.rests_on, *(along.evidence for along in check.fix.companions)))
    if check.command is not None:
        show_command(check.command, words, draft)
        draft.rest_on(check.command.rests_on)


def _verdict(check: Check, words: Phrasing) -> str:
    """The headline: yes, no or it depends, of the pairs that decide it."""
    decisive = [f for f in check.findings if f.truth == check.truth]
    decisive = decisive or [f for f in check.findings if f.truth is not Truth.NOT_RECORDED]
    asked = truth_asked(check)
    key = KEYS[asked]
    claims = words.join(dict.fromkeys(claim(finding, words) for finding in decisive))
    if check.context:
        scope = words.join(words.given(given) for given in check.context)
        claims = words.say("scope", text=claims, scope=scope)
    said = "built" if check.built else key
    if asked is not check.truth:
        said = "so" if key == "yes" else "not_so"
    return f"{words.say(f'mark.{key}')} {words.say(f'check.{said}', text=claims)}"


def _say_limits(check: Check, words: Phrasing, draft: Draft) -> None:
    """What of the question the verdict leaves out, or takes for something else."""
    if check.unused:
        names = words.join(words.given(given) for given in check.unused)
        draft.notes.append(words.say("lookup.unused", names=names))
    draft.notes.extend(_stands_for(check, words))
    if check.unbuilt:
        draft.paragraphs.append(words.say("check.unbuilt"))
    if check.beyond:
        given = words.join(words.given(given) for given in check.beyond)
        draft.notes.append(words.say("check.beyond", given=given))
    if check.missing:
        names = words.join(map(words.name, check.missing))
        draft.notes.append(words.say("lookup.unused", names=names))


def _say_unrecorded(check: Check, words: Phrasing, draft: Draft) -> None:
    """That nothing is recorded of pairs, and what each side is listed with."""
    first, *others = (
        words.say("check.unrecorded", left=words.given(f.left), right=words.given(f.right))
        for f in check.findings
    )
    draft.headline = f"{words.say('mark.unknown')} {first}"
    draft.paragraphs.extend(others)
    for finding in check.findings:
        say_apart(finding, words, draft)


def _say_builds(builds: Lookup, words: Phrasing, draft: Draft) -> None:
    for column, held in builds.builds:
        text = words.named(column, words.versions(column, held))
        draft.paragraphs.append(words.say("lookup.builds", builds=text))
    if builds.builds or builds.via is not None:
        draft.rest_on([builds.evidence])
        return
    given = words.join(words.given(item) for item in builds.used if item.column not in words.kb.qualifiers)
    if not given:
        return
    values = words.versions(builds.want, builds.values)
    slots = {"given": given, "name": words.name(builds.want), "values": values}
    draft.paragraphs.append(words.say("check.options", **slots))
    draft.rest_on([builds.evidence])


def _say_required(finding: Finding, words: Phrasing, draft: Draft) -> None:
    """What a package itself asks for, where that rules the other out."""
    for evidence in finding.evidence:
        if evidence.relation.table.relation != REQUIREMENT:
            continue
        own, other = evidence.relation.columns
        given = finding.left if finding.left.column == own else finding.right
        for row in evidence.rows:
            cell, asked = row.cells.get(other), given.constraint
            if isinstance(cell, Bounds) and row.matches(own, asked) is Match.YES:
                slots = {
                    "product": words.name(own),
                    "release": words.plain(given),
                    "other": words.name(other),
                }
                required = words.constraint(cell.constraint)
                text = words.say("requires.required", **slots, required=required)
                draft.paragraphs.append(words.say("sentence", text=text))


def _say_nearest(finding: Finding, words: Phrasing, draft: Draft) -> None:
    """The nearest version on either side of a pair that would fit the other."""
    sides = (
        (finding.left, finding.left_options, finding.right),
        (finding.right, finding.right_options, finding.left),
    )
    ways = []
    for given, options, other in sides:
        exact = given.constraint.exact if isinstance(given.constraint, Constraint) else None
        if exact is None or not options:
            continue
        above = [number for number in options if number > exact]
        near = above[0] if above else options[-1]
        slots = {"name": words.named(given.column, str(near)), "given": words.given(other)}
        ways.append(words.say("check.near", **slots))
    if ways:
        draft.paragraphs.append(words.say("check.nearest", ways=words.say("recommend.separator").join(ways)))


def claim(finding: Finding, words: Phrasing) -> str:
    """The finding as a clause in the table's own words, if it has any, and where it holds."""
    text = _claim(finding, words)
    if finding.place is None:
        return text
    return words.say("scope", text=text, scope=words.given(finding.place))


def _claim(finding: Finding, words: Phrasing) -> str:
    table = finding.evidence[0].relation.table if finding.evidence else None
    if isinstance(finding.right.constraint, str) and not _denies_thing(finding, table):
        table = None
    left, right = words.given(finding.left), words.given(finding.right)
    if finding.via is not None or table is None:
        key = "check.generic_no" if finding.truth is Truth.EXCLUDED else "check.generic_yes"
        return words.say(key, left=left, right=right)
    if finding.truth is Truth.CONDITIONAL and all(row.unbounded for row in finding.evidence[0].rows):
        return _unbounded(table, finding, words)
    if finding.truth is Truth.CONDITIONAL and table.holds == "supported":
        return words.say("check.partly", left=left, right=right)
    if finding.truth is Truth.CONDITIONAL:
        return _filled(table, table.says, finding, words)
    if finding.truth is Truth.EXCLUDED and table.denies:
        return _filled(table, table.denies, finding, words)
    if finding.truth is Truth.EXCLUDED:
        return words.say("check.generic_no", left=left, right=right)
    return _filled(table, table.says, finding, words)


def _denies_thing(finding: Finding, table: Table | None) -> bool:
    """Whether a table that is about such things (platforms, channels) has words for a no."""
    told = table is not None and bool(table.denies) and finding.right.column in table.tells
    return told and finding.truth is Truth.EXCLUDED


def _unbounded(table: Table, finding: Finding, words: Phrasing) -> str:
    """That a product asks for another and leaves open which version."""
    own, other = table.columns
    given = finding.left if finding.left.column == own else finding.right
    slots = {"product": words.name(own), "release": words.plain(given), "other": words.name(other)}
    return words.say("requires.unbounded", **slots)


def _filled(table: Table, text: Localized, finding: Finding, words: Phrasing) -> str:
    slots = {column: words.name(column) for column in table.columns}
    for given in (finding.left, finding.right):
        slots[given.column] = words.plain(given)
    return words.local(text).format(**slots)


def say_finding(finding: Finding, known: set[str], words: Phrasing, draft: Draft) -> None:
    """What tells a finding: the way of a join, what would go instead, and the rows."""
    left, right = words.given(finding.left), words.given(finding.right)
    if finding.truth is Truth.NOT_RECORDED:
        draft.paragraphs.append(words.say("check.unrecorded", left=left, right=right))
        return
    if finding.via is not None:
        draft.paragraphs.append(way(finding, words))
    if finding.truth is not Truth.SUPPORTED:
        _say_options(finding, words, draft)
    if finding.truth is Truth.EXCLUDED and finding.via is None:
        _say_required(finding, words, draft)
        _say_nearest(finding, words, draft)
    _say_evidence(finding, known, words, draft)


def way(finding: Finding, words: Phrasing) -> str:
    """The steps of a join: what leads from one given to the other, or what keeps them apart."""
    left, right = words.given(finding.left), words.given(finding.right)
    if finding.via is None:
        return words.say("sentence", text=words.say("check.generic_yes", left=left, right=right))
    column, entries = finding.via
    ends = {finding.left.column, finding.right.column, column}
    passed = [given for link in finding.links for given in (link.left, link.right)]
    middle = {given.column: given for given in passed if given.column not in ends}
    steps = [words.step(given) for given in middle.values()]
    near = words.named(column, words.entries(column, entries))
    if finding.via_of == "right":
        left, right = right, left
        steps.reverse()
    if finding.truth is not Truth.EXCLUDED:
        return words.say("check.via", left=left, right=right, steps=words.join((near, *steps)))
    if steps:
        return words.say("check.apart", left=left, near=near, right=right, far=words.join(steps))
    return words.say("check.none", left=left, near=near, right=right)


def _stands_for(check: Check, words: Phrasing) -> Iterator[str]:
    """That a driver was not said but is one on record for the ceiling that was."""
    sides = dict.fromkeys(given for f in check.findings for given in (f.left, f.right) if given.inferred)
    for given in sides:
        product = words.kb.products.get(given.column)
        if product is not None and product.more_releases:
            yield words.say("check.stands", given=words.given(given))


def say_apart(finding: Finding, words: Phrasing, draft: Draft) -> None:
    """What each of two is listed with, where nothing is recorded of the pair."""
    _say_options(finding, words, draft)
    draft.rest_on(finding.around)


def _say_options(finding: Finding, words: Phrasing, draft: Draft) -> None:
    pairs = (
        (finding.left, finding.right.column, finding.right_options),
        (finding.right, finding.left.column, finding.left_options),
    )
    for given, column, values in pairs:
        if values:
            draft.paragraphs.append(
                words.say(
                    "check.options",
                    given=words.given(given),
                    name=words.name(column),
                    values=words.versions(column, values),
                )
            )


def _say_evidence(finding: Finding, known: set[str], words: Phrasing, draft: Draft) -> None:
    for evidence in finding.evidence:
        table = evidence.relation.table
        if table.holds == "conditional" and finding.truth is Truth.CONDITIONAL:
            draft.paragraphs.extend(conditional(evidence, words))
        own = finding.via is None and {finding.left.column, finding.right.column} <= set(table.columns)
        note = table.note
        if finding.truth is Truth.EXCLUDED and table.holds != "fallback":
            note = table.excluded_note if own else {}
        told = [words.local(note)]
        if finding.truth is not Truth.EXCLUDED and own:
            told.extend(requirement_note(evidence, words))
        draft.notes.extend(text for text in told if text and text not in draft.notes)
        if draft.grid is None and finding.truth is not Truth.SUPPORTED and finding.via is None:
            shown = (finding.right.column, finding.right_options)
            show_evidence(evidence, shown, known | {finding.left.column}, words, draft)
    if finding.dispute is not None:
        key = "dispute.without" if finding.dispute.lacking else "dispute.only"
        draft.notes.append(words.say(key, source=dispute_source(finding.dispute, words)))
        draft.notes.append(dispute_won(finding.dispute, words))
    draft.rest_on((*finding.evidence, *finding.around))
    if finding.dispute is not None:
        draft.rest_on([finding.dispute.evidence])
