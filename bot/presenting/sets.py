"""Words for the check of a pasted set: the verdict, each conflict with its way out, the corrected lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from bot.answering.answers import Finding, Truth
from bot.answering.checking import is_apart
from bot.answering.set_outcome import SetCheck, SetConflict, SetRemark
from bot.knowledge.versions import Constraint
from bot.presenting.checks import KEYS, claim, say_apart, say_finding
from bot.presenting.phrasing import Phrasing
from bot.presenting.proof import Page
from bot.presenting.recommended import say_versions
from bot.understanding.question import Given

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

LISTED: Final = 8
TOLD_IN_FULL: Final = 3
MISLEADING: Final = frozenset({"other_index", "mixed", "made_for"})
RULING_OUT: Final = ("made_for", "mixed")
REWRITTEN: Final = frozenset({"index", "other_index", "tag"})


def say_set_check(check: SetCheck, words: Phrasing, draft: Draft) -> None:
    """The verdict, a line for each conflict and remark, and the corrected set."""
    remarks = [say_remark(remark, words) for remark in check.remarks]
    draft.headline = _headline(check, remarks, words)
    for conflict in check.conflicts:
        draft.paragraphs.extend(_conflict(conflict, words, alone=len(check.conflicts) == 1))
        _note(conflict, words, draft)
    draft.paragraphs.extend(text for text in remarks if not draft.headline.endswith(text))
    bounded = [remark.given for remark in check.remarks if remark.kind == "within"]
    partly = [
        finding
        for finding in check.findings
        if finding.truth is Truth.CONDITIONAL and not any(given in bounded for given in _sides(finding))
    ]
    for finding in partly[:TOLD_IN_FULL]:
        say_finding(finding, set(), words, draft)
    draft.paragraphs.extend(_unrecorded(check.findings, words))
    if check.troubled and check.truth is Truth.SUPPORTED:
        draft.paragraphs.append(words.say("sets.troubled"))
    if check.fix is not None:
        draft.paragraphs.append(words.say("check.change", set=say_versions(check.fix, words)))
    for finding in check.findings:
        if is_apart(finding):
            say_apart(finding, words, draft)
    if check.lines:
        draft.code = "\n".join(check.lines)
        if check.unknown and check.conflicts:
            draft.notes.append(words.say("sets.others"))
    _rest_on(check, words, draft)


def _headline(check: SetCheck, remarks: list[str], words: Phrasing) -> str:
    if check.truth is Truth.NOT_RECORDED:
        if remarks:
            strange = check.remarks[0].kind == "unknown"
            return f"{words.say('mark.unknown')} {remarks[0]}" if strange else remarks[0]
        return f"{words.say('mark.unknown')} {words.say('sets.nothing', names=_names(check.members, words))}"
    key = "depends" if is_misled(check) else KEYS[check.truth]
    return f"{words.say(f'mark.{key}')} {words.say(f'check.{key}', text=_text(check, words))}"


def is_misled(check: SetCheck) -> bool:
    """Whether all versions go together, and the index that is named has not the build that is asked of it."""
    named = any(remark.kind in MISLEADING for remark in check.remarks)
    return named and check.truth is Truth.SUPPORTED


def _text(check: SetCheck, words: Phrasing) -> str:
    """What the verdict is about: the pairs that decide it, or all that goes together."""
    decisive = [finding for finding in check.findings if finding.truth is check.truth]
    ruled_out = [remark for remark in check.remarks if remark.kind in RULING_OUT]
    if check.truth is Truth.EXCLUDED and not decisive and ruled_out:
        return say_remark(ruled_out[0], words).rstrip(".\u3002")
    if check.truth is Truth.SUPPORTED or not decisive:
        told = {
            given.column for f in check.findings if f.truth is not Truth.NOT_RECORDED for given in _sides(f)
        }
        names = _names((given for given in check.members if given.column in told), words)
        key = "sets.together" if check.truth is Truth.SUPPORTED else "sets.recorded"
        if check.truth is Truth.SUPPORTED and any(remark.kind in REWRITTEN for remark in check.remarks):
            key = "sets.rewrite"
        return words.say(key, names=names)
    if len(decisive) > 1 and check.truth is Truth.EXCLUDED:
        return words.say("sets.several", count=len(decisive))
    if check.conflicts:
        return _claim(check.conflicts[0], words)
    return words.join(dict.fromkeys(claim(finding, words) for finding in decisive))


def _claim(conflict: SetConflict, words: Phrasing) -> str:
    """That two do not go together, and of which build that is told."""
    text = claim(conflict.finding, words)
    return words.say("scope", text=text, scope=words.given(conflict.scope)) if conflict.scope else text


def _sides(finding: Finding) -> tuple[Given, Given]:
    return finding.left, finding.right


def _names(members: Iterable[Given], words: Phrasing) -> str:
    return words.join(dict.fromkeys(words.given(given) for given in members))


def _conflict(conflict: SetConflict, words: Phrasing, *, alone: bool) -> Iterator[str]:
    """Why two do not go together (unless the headline says it), and what to write instead."""
    told = "" if alone else words.say("sentence", text=_claim(conflict, words))
    ways = _way_out(conflict, words)
    text = " ".join(filter(None, (told, ways)))
    if text:
        yield text


def _way_out(conflict: SetConflict, words: Phrasing) -> str:
    left, right = _sides(conflict.finding)
    wrong = conflict.wrong
    if wrong is None:
        ways = ((left, conflict.right), (right, conflict.other))
        named = [words.named(g.column, words.versions(g.column, found)) for g, found in ways if found]
        return words.say("sets.either", ways=words.say("sets.or").join(named)) if named else ""
    kept = words.given(right if wrong == left else left)
    if conflict.bound is not None:
        return words.say(
            "sets.should", name=words.name(wrong.column), right=words.constraint(conflict.bound), kept=kept
        )
    if not conflict.right:
        return ""
    values = words.versions(wrong.column, conflict.right)
    text = words.say("sets.should", name=words.name(wrong.column), right=values, kept=kept)
    return " ".join(filter(None, (text, _belongs_to(conflict.finding, wrong, words))))


def _belongs_to(finding: Finding, wrong: Given, words: Phrasing) -> str:
    """What the wrong one would go with."""
    is_left = wrong.column == finding.left.column
    other = finding.right if is_left else finding.left
    options = finding.right_options if is_left else finding.left_options
    if not options or not isinstance(wrong.constraint, Constraint) or wrong.constraint.exact is None:
        return ""
    values = words.versions(other.column, options)
    return words.say("check.options", given=words.given(wrong), name=words.name(other.column), values=values)


def _note(conflict: SetConflict, words: Phrasing, draft: Draft) -> None:
    """What a table adds to its no; of a build that was pinned, what drivers print is beside the point."""
    if conflict.wrong is not None and conflict.wrong.role == "build":
        return
    for evidence in conflict.finding.evidence:
        text = words.local(evidence.relation.table.excluded_note)
        if text and text not in draft.notes:
            draft.notes.append(text)


def say_remark(remark: SetRemark, words: Phrasing) -> str:
    """What there is to know of a set, in a sentence; of a release never made also the nearest."""
    given = words.given(remark.given)
    other = words.given(remark.other) if remark.other else ""
    slots = {
        "given": given,
        "name": words.name(remark.given.column),
        "written": remark.given.surface,
        "other": other,
        "text": remark.text,
        "places": words.join(words.given(place) for place in remark.places),
        "versions": words.versions(remark.given.column, remark.versions),
    }
    text = words.say(f"sets.{remark.kind}", **slots)
    if remark.kind == "unknown" and remark.versions:
        text = f"{text} {words.say('none.nearest', values=slots['versions'])}"
    return text


def _unrecorded(findings: Iterable[Finding], words: Phrasing) -> Iterator[str]:
    """The pairs of which nothing is recorded, one line for each left side."""
    silent: dict[str, list[str]] = {}
    for finding in findings:
        if finding.truth is Truth.NOT_RECORDED:
            silent.setdefault(words.given(finding.left), []).append(words.given(finding.right))
    for left, others in silent.items():
        yield words.say("check.unrecorded", left=left, right=words.join(others[:LISTED]))


def _rest_on(check: SetCheck, words: Phrasing, draft: Draft) -> None:
    for finding in sorted(check.findings, key=lambda found: found.truth):
        draft.rest_on(finding.evidence)
    for remark in check.remarks:
        draft.rest_on(remark.evidence)
        product = words.kb.products.get(remark.given.column)
        if remark.kind == "unknown" and product is not None:
            draft.rest_on_page(Page(product))
    if check.command is not None and check.lines:
        draft.rest_on(check.command.rests_on)
