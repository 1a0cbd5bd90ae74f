"""Words for how an answer came about: as a reply in a conversation, and as lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from bot.presenting.phrasing import Phrasing
from bot.presenting.reply import Citation, Grid, Grounds, Reply, Step

if TYPE_CHECKING:
    from bot.presenting.compose import Draft

STEPS_SHOWN: Final = 30


def say_derivation(grounds: Grounds, told: Sequence[str], words: Phrasing, draft: Draft) -> None:
    """What was understood, what was answered (`told`), and the steps as a table; a line if there are none."""
    if not grounds.steps:
        draft.headline = words.say("derive.nothing")
        return
    draft.headline = words.say("derive.headline")
    draft.paragraphs.extend(words.say("derive.understood", text=text) for text in grounds.understood)
    draft.paragraphs.extend(words.say("derive.answer", text=text) for text in told)
    columns = ("column.entry", "column.says", "surface.source", "column.checked")
    shown = grounds.steps[:STEPS_SHOWN]
    draft.grid = Grid(tuple(map(words.say, columns)), tuple(_cells(step, words) for step in shown))
    if len(grounds.steps) > len(shown):
        draft.notes.append(words.say("derive.more", count=len(grounds.steps) - len(shown)))


def explain_lines(reply: Reply, words: Phrasing) -> Iterator[str]:
    """How a reply came about, line by line: what was understood, the rules that fired, the steps."""
    grounds = reply.grounds()
    yield from (words.say("derive.understood", text=text) for text in grounds.understood)
    yield words.say("derive.rules")
    yield from (f"  {line}" for line in reply.trace if not line.startswith("row "))
    yield words.say("derive.rests" if grounds.steps else "derive.nothing")
    for step in grounds.steps[:STEPS_SHOWN]:
        yield f"  {step.ref}: {step.text}"
        yield from (f"    {_cited(citation, words)}" for citation in step.citations)
    if len(grounds.steps) > STEPS_SHOWN:
        yield words.say("derive.more", count=len(grounds.steps) - STEPS_SHOWN)


def _cells(step: Step, words: Phrasing) -> tuple[str, ...]:
    titles = (words.say("scope", text=c.title, scope=c.mark) if c.mark else c.title for c in step.citations)
    days = dict.fromkeys(citation.checked for citation in step.citations)
    return step.ref, step.text, words.join(titles), words.join(days)


def _cited(citation: Citation, words: Phrasing) -> str:
    checked = words.say("surface.checked", date=citation.checked)
    return " · ".join(part for part in (citation.title, citation.url, checked, citation.mark) if part)
