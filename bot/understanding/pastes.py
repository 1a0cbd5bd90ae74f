"""Makes the questions of what a message pastes: an error that is shown, packages that are pinned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.knowledge.base import KnowledgeBase
from bot.understanding.binding import Spanned
from bot.understanding.han import Simplifier
from bot.understanding.lexicon import Lexicon
from bot.understanding.pins import PinReader, Pins
from bot.understanding.question import Given, Question
from bot.understanding.reports import Report, blanked
from bot.understanding.retrieval import FactIndex
from bot.understanding.rules import SURE_FACT
from bot.understanding.slots import Beside, SlotReader
from bot.understanding.symptoms import find_symptoms
from bot.understanding.text import tokenize

TAGGED: Final = "+"
PINNED: Final = "=="
WISHES: Final = ("install", "need", "works", "compare")
"""Cues by which a build is asked for or weighed, not found."""
WONDERS: Final = ("why", "fails", "trouble", "negative")
"""Cues by which a question is about something that goes wrong."""


class PasteReader:
    """Looks at a message as a whole, before it is cut into questions."""

    def __init__(
        self,
        kb: KnowledgeBase,
        lexicon: Lexicon,
        simplify: Simplifier,
        slots: SlotReader,
        facts: Callable[[], FactIndex],
    ) -> None:
        self._kb = kb
        self._lexicon = lexicon
        self._simplify = simplify
        self._slots = slots
        self._facts = facts
        self._pins = PinReader(kb, lexicon)

    def read(self, report: Report, whole: Spanned, lang: str) -> Question | None:
        """The question that a known error, a symptom or a list of packages asks; None where there is none."""
        symptoms = find_symptoms(whole.utterance, self._lexicon)
        if not (report.errors or symptoms):
            symptoms = self._misbuilt(report, whole)
        if report.errors or symptoms:
            return self._diagnosed(report, whole, symptoms, lang)
        return self._pinned(report, lang)

    def _misbuilt(self, report: Report, whole: Spanned) -> tuple[str, ...]:
        """The error that a build without a device is (2.1.0+cpu), found on a machine that has one."""
        if TAGGED not in report.text:
            return ()
        slots, _ = self._slots.read(whole, Beside(shown=report.givens, places=report.places))
        error = next((error for v in slots.values if v.role == "build" and (error := self._wrong(v))), "")
        if not error or slots.has(*WISHES) or (slots.has("yesno") and not slots.has(*WONDERS)):
            return ()
        if any(PINNED in pin.surface for pin in self._pins.read(report.raw).pins):
            return ()  # a build that is to be installed, not one that was found
        told = any(v.column in self._slots.builds and "." in v.surface for v in slots.versions)
        return (error,) if told or slots.devices else ()

    def _wrong(self, build: Given) -> str | None:
        return self._kb.attributes[build.column].values[str(build.constraint)].wrong_beside_device

    def _pinned(self, report: Report, lang: str) -> Question | None:
        """Whether packages that are pinned fit together; None where a fact tells what is asked instead."""
        pins = self._pins.read(report.raw)
        if not (pins.pins or pins.commands):
            return None
        index = self._index_of(pins, report)
        if index is not None:
            subjects = tuple(sorted(self._slots.installable))
            return Question("install", report.text, lang, given=(index,), about=subjects[:1])
        if not pins.is_set or self._is_open(pins) or not any(pin.column for pin in pins.pins):
            return None
        utterance = tokenize("".join(blanked(report.text, pins.spans)), self._simplify)
        text = Spanned(utterance, self._lexicon, self._kb)
        slots, asked = self._slots.read(text, Beside(shown=report.givens, places=report.places))
        facts = self._facts().rank(asked)
        if (facts and facts[0].score >= SURE_FACT) or slots.has("compare", "describe"):
            return None
        if slots.bare and len({(pin.column, str(pin.constraint)) for pin in pins.pins}) == 1:
            return None  # what goes with the one that is pinned
        if slots.code and slots.has("yesno") and not slots.has("works", "fails"):
            return None  # whether a release has a function
        return Question(
            intent="check",
            text=report.text,
            lang=lang,
            given=slots.versions + slots.values,
            about=slots.bare,
            cues=slots.cues,
            pins=pins,
            trace=tuple(f"pin {pin.surface}" for pin in pins.pins),
        )

    def _index_of(self, pins: Pins, report: Report) -> Given | None:
        """The build that an index is named for, where no release is asked for and nothing beside the command.

        Where there is no such build, that is the answer to whatever is asked beside.
        """
        exact = any(p.column in self._slots.installable and p.constraint.clauses for p in pins.pins)
        asked = any(pin.column in self._slots.installable for pin in pins.pins)
        for command in pins.commands if asked and not exact else ():
            index = command.index
            if index is None or isinstance(index.constraint, str) or index.constraint.exact is None:
                continue
            lists = [r for r in self._kb.of_kind("command") if index.column in r.columns]
            there = any(r.select(index.column, index.constraint) for r in lists)
            if not there or not "".join(blanked(report.raw, pins.spans)).strip(" ?？\n`"):
                return replace(index, role="")
        return None

    def _is_open(self, pins: Pins) -> bool:
        """Whether only what is beside the subject has one version, and the subject has none or several."""
        subject = [pin for pin in pins.pins if pin.column in self._slots.installable]
        versions = {(pin.column, str(pin.constraint)) for pin in pins.pins if pin.constraint.clauses}
        columns = {column for column, _ in versions}
        if not pins.commands and any(sum(c == column for c, _ in versions) > 1 for column in columns):
            return True  # versions side by side are compared, not installed together
        if len(columns) > 1:
            return False
        if columns and pins.unknown and not columns.isdisjoint(self._slots.installable):
            return True  # a package that no table has is what is asked about
        if not subject:
            return False
        return len(versions) > 1 or columns.isdisjoint(self._slots.installable)

    def _diagnosed(self, report: Report, whole: Spanned, symptoms: tuple[str, ...], lang: str) -> Question:
        """What is wrong, and what helps."""
        slots, asked = self._slots.read(whole, Beside(places=report.places))
        shown = {given.column for given in report.givens if given.role != "ceiling"}
        told = (given for given in (*slots.versions, *slots.values) if given.column not in shown)
        names = dict.fromkeys((*(error.id for error in report.errors), *symptoms))
        return Question(
            intent="diagnose",
            text=report.text,
            lang=lang,
            given=(*report.givens, *told),
            about=slots.bare,
            cues=slots.cues,
            facts=self._facts().of_names(report.identifiers, asked)
            if report.identifiers
            else self._facts().rank(asked),
            errors=tuple(names),
            listed=report.listed,
            identifiers=report.identifiers,
            pins=self._pins.read(report.raw),
            trace=tuple(f"error {name}" for name in names),
        )
