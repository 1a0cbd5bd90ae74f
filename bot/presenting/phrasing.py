"""Words in one language: phrases, names of products and values, lists of versions, dates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.models import Localized
from bot.knowledge.versions import Constraint, Number
from bot.understanding.question import Given

LISTED_IN_FULL = 8
SIGNS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "!=": "≠ "}


class Phrasing:
    """Fills the phrases of one language."""

    def __init__(self, kb: KnowledgeBase, lang: str) -> None:
        self.kb = kb
        self.lang = lang if lang in kb.wordings else next(iter(kb.wordings))
        self._phrases = kb.wordings[self.lang]

    def say(self, key: str, **slots: object) -> str:
        """The phrase `key` with its placeholders filled."""
        return self._phrases[key].format(**slots)

    def local(self, text: Localized) -> str:
        """A localized text in this language, else in any."""
        return text.get(self.lang) or next(iter(text.values()), "")

    def name(self, column: str) -> str:
        """The display name of a product or attribute."""
        product = self.kb.products.get(column)
        if product is not None:
            return self.local(product.name)
        attribute = self.kb.attributes.get(column)
        return self.local(attribute.name) if attribute else column

    def source(self, slug: str) -> str:
        """A source's title, after the name of the team whose folder cites it."""
        title, folder = self.kb.sources[slug].title, self.kb.source_folders.get(slug)
        return self.say("team.source", folder=self.local(folder), title=title) if folder else title

    def value(self, column: str, value: str) -> str:
        """The display name of an attribute's value."""
        attribute = self.kb.attributes.get(column)
        known = attribute.values.get(value) if attribute else None
        return self.local(known.name) if known else value

    def given(self, given: Given) -> str:
        """A given with its name: `CUDA 10.2`, `PyTorch ≥ 1.8`, `Linux`."""
        if isinstance(given.constraint, str):
            return self.plain(given)
        return self.named(given.column, self.plain(given))

    def step(self, given: Given) -> str:
        """An entry that a join passes, with its column's name: `compute capability 8.6`."""
        return self.named(given.column, self.plain(given))

    def plain(self, given: Given) -> str:
        """A given without its name: `10.2`, `≥ 1.8`, `Linux`."""
        if isinstance(given.constraint, str):
            return self.value(given.column, given.constraint)
        return self.constraint(given.constraint)

    def named(self, column: str, version: str) -> str:
        """A name and a version."""
        return self.say("named", name=self.name(column), version=version)

    def constraint(self, constraint: Constraint) -> str:
        """`10.2`, `≥ 440.33`, `≥ 1.5, ≤ 1.7`."""
        if not constraint.clauses:
            return self.say("requires.any")
        return self.join(SIGNS.get(c.op, "") + c.number.text for c in constraint.clauses)

    def join(self, items: Iterable[str]) -> str:
        """A list in this language."""
        return self.say("list.separator").join(items)

    def versions(self, column: str, values: Sequence[Number]) -> str:
        """A list of versions; a long one goes by series and ranges of neighbouring releases."""
        product = self.kb.products.get(column)
        depth = product.granularity if product else None
        if depth is not None and len(values) > LISTED_IN_FULL:
            values = sorted({value.series(depth) for value in values}, key=Number.rank)
        if len(values) <= LISTED_IN_FULL:
            return self.join(str(value) for value in values)
        runs = _runs(values, self.kb.positions.get(column, {}))
        text = self.join(
            self.say("list.range", first=run[0], last=run[-1]) if len(run) > 1 else str(run[0])
            for run in runs
        )
        return self.say("list.count", values=text, count=len(values))

    def entries(self, column: str, entries: Sequence[Number | str]) -> str:
        """A list of versions, or of an attribute's values."""
        numbers = [entry for entry in entries if isinstance(entry, Number)]
        names = (self.value(column, entry) for entry in entries if isinstance(entry, str))
        return self.versions(column, numbers) if numbers else self.join(names)

    def date(self, day: str) -> str:
        """A year, month or day as people write it."""
        parts = day.split("-")
        if len(parts) == 1:
            return day
        month = self.say("date.months").split(" ")[int(parts[1]) - 1]
        if len(parts) == 2:
            return self.say("date.month", month=month, year=parts[0])
        return self.say("date.day", day=int(parts[2]), month=month, year=parts[0])

    def when(self, day: str) -> str:
        """A date as it stands after a verb: "on 7 December 2018", "in September 2026"."""
        key = "when.day" if day.count("-") == 2 else "when.month"
        return self.say(key, date=self.date(day))

    def dated(self, day: str | None) -> str:
        """ ", released on …", or nothing where no date is recorded."""
        return self.say("release.dated", date=self.when(day)) if day else ""


def _runs(values: Sequence[Number], position: Mapping[Number, int]) -> list[list[Number]]:
    runs: list[list[Number]] = []
    following = None
    for value in values:
        place = position.get(value)
        if place is not None and place == following:
            runs[-1].append(value)
        else:
            runs.append([value])
        following = None if place is None else place + 1
    return runs
