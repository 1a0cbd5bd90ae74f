"""Words for what an environment has, and for answers that take it into account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answering.answers import Check, Command, Inventory, Lookup, NoAnswer, Outcome
from bot.knowledge.models import Environment
from bot.presenting.phrasing import Phrasing
from bot.understanding.question import Given

if TYPE_CHECKING:
    from bot.presenting.compose import Draft


def say_inventory(inventory: Inventory, words: Phrasing, draft: Draft) -> None:
    """What was asked for in a sentence; everything else follows, as with any answer about an environment."""
    environment = inventory.environment
    if inventory.asked:
        values = words.join(_value(environment, column, words) for column in inventory.asked)
        draft.headline = words.say("team.has", name=words.local(environment.name), values=values)
    else:
        draft.headline = _all(environment, words)
        draft.rest_on_page(environment)


def say_environment(outcome: Outcome, words: Phrasing, draft: Draft) -> None:
    """What the environment that the question names has, and what the question says instead of it."""
    question = outcome.question
    environment = words.kb.environments.get(question.environment)
    if environment is None or _says_all(outcome):
        return
    draft.paragraphs.insert(0, _all(environment, words))
    given = question.given if question.intent != "environment" else ()
    draft.paragraphs[1:1] = [
        words.say("team.instead", given=words.given(item), own=_value(environment, item.column, words))
        for item in given
        if not item.origin and item.column in environment.has
    ]
    command = outcome.command if isinstance(outcome, Lookup | Check) else None
    if command is not None:
        draft.notes.extend(_build(command, question.given, question.want, words))
    draft.rest_on_page(environment)


def _says_all(outcome: Outcome) -> bool:
    """Whether an outcome says itself what the environment has, or nothing was understood."""
    if isinstance(outcome, NoAnswer):
        return outcome.reason in ("nothing", "chat")
    return isinstance(outcome, Inventory) and not outcome.asked


def _all(environment: Environment, words: Phrasing) -> str:
    values = words.join(_value(environment, column, words) for column in environment.has)
    return words.say("team.environment", name=words.local(environment.name), values=values)


def _value(environment: Environment, column: str, words: Phrasing) -> str:
    values = environment.has[column]
    if column in words.kb.attributes:
        return words.join(words.value(column, value) for value in values)
    return words.named(column, words.join(values))


def _build(command: Command, given: Sequence[Given], want: Sequence[str], words: Phrasing) -> list[str]:
    """Of a command, what the environment decided: the versions that the question does not name."""
    known = {item.column for item in given} | set(want)
    chosen = [
        words.named(column, value)
        for column, value in command.cells
        if column not in known and column not in words.kb.attributes
    ]
    return [words.say("team.build", names=words.join(chosen))] if chosen else []
