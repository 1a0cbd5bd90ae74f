"""Words for a diagnosis and for a recommended set: the cause, what tells it, what to install and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.answering.advice import Diagnosis, Recommendation, Upgrade
from bot.answering.answers import (
    Finding,
    Lookup,
    NoAnswer,
)
from bot.presenting.checks import claim, say_apart, say_finding, way
from bot.presenting.commands import show_command
from bot.presenting.lookups import lookup_headline
from bot.presenting.phrasing import Phrasing
from bot.presenting.recommended import say_versions
from bot.presenting.sets import say_remark
from bot.understanding.question import Given

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

TOLD_APART = ("toolkit", "build", "other")


def say_diagnosis(found: Diagnosis, words: Phrasing, draft: Draft) -> None:
    """The cause in the headline, then what tells it, what it means, and the fix."""
    draft.headline = _headline(found, words)
    if found.question.given:
        names = words.join(dict.fromkeys(_read(given, found, words) for given in found.question.given))
        draft.paragraphs.append(words.say("diagnose.read", names=names))
    for missing in found.missing:
        draft.paragraphs.extend(_missing(missing, words))
    _say_list(found, words, draft)
    for remark in found.remarks:
        text = say_remark(remark, words)
        draft.paragraphs.extend([text] if not draft.headline.endswith(text) else ())
        draft.rest_on(remark.evidence)
    for conflict in found.conflicts:
        draft.paragraphs.append(words.say("sentence", text=claim(conflict, words)))
        say_finding(conflict, set(), words, draft)
    for finding in found.apart:
        say_apart(finding, words, draft)
    if found.holds:
        ways = words.join(dict.fromkeys(way(finding, words).rstrip(".。") for finding in found.holds))
        doubted = found.error is not None and found.error.device == "doubted"
        draft.paragraphs.append(words.say("diagnose.holds" if doubted else "diagnose.together", ways=ways))
        for finding in found.holds:
            draft.rest_on(finding.evidence)
    if found.others is not None:
        _say_others(found.others, words, draft)
    _say_error(found, words, draft)
    for reach in found.reach:
        draft.paragraphs.extend(_reach(reach, words))
        draft.rest_on([reach.evidence])
    if found.fix is not None:
        say_reasons(found.fix, words, draft)
        key = "recommend.no_device" if found.fix.fallback else "diagnose.install"
        draft.paragraphs.append(words.say(key, set=say_versions(found.fix, words)))
    draft.grid = None


def _read(given: Given, found: Diagnosis, words: Phrasing) -> str:
    """A given, with what it is one of where another of its product is one of something else."""
    roles = {item.role for item in found.question.given if item.column == given.column}
    if len(roles) < 2 or given.role not in TOLD_APART:
        return words.given(given)
    return words.say(f"diagnose.role.{given.role}", given=words.given(given))


def _say_others(others: Lookup, words: Phrasing, draft: Draft) -> None:
    """Which builds of the release run on the device that the installed one does not."""
    release = words.join(words.given(g) for g in others.question.given if g.column == others.want)
    builds = words.join(words.named(column, words.versions(column, held)) for column, held in others.builds)
    draft.paragraphs.append(words.say("diagnose.other_builds", given=release, builds=builds))
    draft.rest_on([others.evidence])


def _say_list(found: Diagnosis, words: Phrasing, draft: Draft) -> None:
    """What the list of an installer tells of the interpreter and of the platform."""
    if found.inferred is not None:
        slots = {"first": str(min(found.offered)), "given": words.given(found.inferred)}
        draft.paragraphs.append(words.say("diagnose.inferred", **slots))
    if found.ends is not None:
        slots = {"last": str(max(found.offered)), "place": words.given(found.ends)}
        draft.paragraphs.append(words.say("diagnose.ends", **slots))


def _headline(found: Diagnosis, words: Phrasing) -> str:
    """What the conflicts say where only symptoms are told; else the cause of the error."""
    told = found.error is not None and bool(found.error.messages) and not found.error.vague
    if found.remarks and not found.conflicts:
        return say_remark(found.remarks[0], words)
    if found.conflicts and not told:
        claims = words.join(dict.fromkeys(claim(finding, words) for finding in found.conflicts))
        return f"{words.say('mark.no')} {words.say('diagnose.conflict', text=claims)}"
    cause = words.local(words.kb.causes[found.error.cause]) if found.error else ""
    return words.say("sentence", text=cause)


def _say_error(found: Diagnosis, words: Phrasing, draft: Draft) -> None:
    if found.error is None:
        return
    asks = found.error.leads_to is not None and found.error.leads_to.intent == "history"
    if found.facts and asks:  # what came or went is the answer, and comes first
        draft.headline = words.local(found.facts[0].text)
    draft.paragraphs.append(words.local(found.error.means))
    for fact in found.facts:
        text = words.local(fact.text)
        draft.paragraphs.extend([text] if text != draft.headline else [])
        draft.rest_on_page(fact)
    draft.paragraphs.append(words.say("diagnose.fix", text=words.local(found.error.fix)))
    draft.rest_on_page(found.error)


def _missing(missing: NoAnswer, words: Phrasing) -> Iterator[str]:
    if missing.given is None:
        return
    yield words.say("diagnose.missing", given=words.given(missing.given))
    if missing.nearest:
        named = (words.named(missing.given.column, str(number)) for number in missing.nearest)
        yield words.say("none.nearest", values=words.join(named))


def _reach(reach: Lookup, words: Phrasing) -> Iterator[str]:
    yield lookup_headline(reach, words)
    for column, values in reach.builds:
        yield words.say("lookup.builds", builds=words.named(column, words.versions(column, values)))


def say_recommendation(found: Recommendation, words: Phrasing, draft: Draft) -> None:
    """The set in the headline, its command, the reasons, and what would allow a newer one."""
    key = "recommend.no_device" if found.fallback else "recommend.headline"
    draft.headline = words.say(key, set=say_versions(found, words))
    if found.question.intent == "install" and found.changed:
        names = words.join(words.given(given) for given in found.changed)
        draft.paragraphs.append(words.say("recommend.changed", names=names))
    say_reasons(found, words, draft)


def say_reasons(found: Recommendation, words: Phrasing, draft: Draft) -> None:
    """Why the set is as it is, its command, what it needs and what else was left out of account."""
    show_command(found.command, words, draft)
    draft.rest_on(found.command.rests_on)
    if found.findings:
        reasons = words.say("recommend.separator").join(_reason(f, words) for f in found.findings)
        draft.paragraphs.append(words.say("recommend.because", reasons=reasons))
        for finding in found.findings:
            draft.rest_on(finding.evidence)
    for need in found.needs:
        draft.paragraphs.append(lookup_headline(need, words))
        draft.rest_on([need.evidence])
    if found.upgrades:
        ways = words.join(_upgrade(upgrade, words) for upgrade in found.upgrades)
        draft.paragraphs.append(words.say("recommend.newer", ways=ways))
    for companion in found.companions:
        draft.rest_on([companion.evidence])
    _say_notes(found, words, draft)


def _say_notes(found: Recommendation, words: Phrasing, draft: Draft) -> None:
    given = {item.column for item in found.question.given} - {item.column for item in found.changed}
    assumed = [column for column, _ in found.command.cells if column in words.kb.qualifiers - given]
    if assumed:
        cells = dict(found.command.cells)
        names = words.join(words.value(column, cells[column]) for column in assumed)
        draft.notes.append(words.say("install.assumed", names=names))
    conditional = {
        words.local(e.relation.table.note)
        for finding in found.findings
        for e in finding.evidence
        if e.relation.table.holds == "conditional" and e.relation.table.note
    }
    draft.notes.extend(sorted(conditional))
    if found.unused:
        draft.notes.append(words.say("lookup.unused", names=words.join(map(words.given, found.unused))))


def _reason(finding: Finding, words: Phrasing) -> str:
    return way(finding, words).rstrip(".。") if finding.via is not None else claim(finding, words)


def _upgrade(upgrade: Upgrade, words: Phrasing) -> str:
    cells = words.join(words.named(column, version) for column, version in upgrade.cells)
    least = words.named(upgrade.given.column, str(upgrade.least))
    return words.say("recommend.upgrade", least=least, set=cells)
