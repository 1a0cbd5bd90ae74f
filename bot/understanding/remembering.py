"""A question to and from a small text for storage: columns and versions, none of the message's own words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, cast, get_args

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.versions import BadVersion, Clause, Constraint, Number, Operator
from bot.understanding.question import FactHit, Given, Intent, Question, Role, Superlative

FORM: Final = 1
"""Raised where a text of before could be misread."""
INTENTS: Final = frozenset(get_args(Intent)) - {"why"}
SUPERLATIVES: Final = frozenset(get_args(Superlative))
ROLES: Final = frozenset(get_args(Role))
OPERATORS: Final = frozenset(get_args(Operator))
LONGEST: Final = 8_000

_Data = dict[str, object]


def note(question: Question) -> str:
    """The text that stands for a question. What the message said around names and versions is left out.

    A pasted list of packages is left out as a whole; the question is then `partial`.
    """
    data: _Data = {
        "form": FORM,
        "intent": question.intent,
        "lang": question.lang,
        "want": question.want,
        "given": [_note_given(item) for item in question.given],
        "about": question.about,
        "kinds": question.kinds,
        "topics": question.topics,
        "superlative": question.superlative,
        "negated": question.negated,
        "cues": sorted(question.cues),
        "facts": [[hit.fact, hit.score] for hit in question.facts],
        "environment": question.environment,
        "errors": question.errors,
        "whether": question.whether,
        "listed": [number.text for number in question.listed],
        "partial": question.partial or (question.pins is not None and question.pins.is_set),
    }
    return json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False)


def recall(text: str, kb: KnowledgeBase) -> Question | None:
    """The question that `note` wrote, or None: no such text, or it names what is no longer known."""
    if len(text) > LONGEST:
        return None
    try:
        data = json.loads(text)
        return _read(data, kb) if isinstance(data, dict) else None
    except (ValueError, TypeError, KeyError, BadVersion, RecursionError):
        return None


def _note_given(item: Given) -> _Data:
    data: _Data = {"column": item.column, "inferred": item.inferred, "role": item.role, "origin": item.origin}
    data |= _note_constraint(item.constraint)
    return {key: value for key, value in data.items() if value}


def _note_constraint(constraint: Constraint | str) -> _Data:
    if isinstance(constraint, str):
        return {"value": constraint}
    return {"clauses": [[clause.op, clause.number.text] for clause in constraint.clauses]}


def _read(data: _Data, kb: KnowledgeBase) -> Question:
    """Raises ValueError, TypeError, KeyError or BadVersion where anything is not as `note` writes it."""
    _expect([str(data["form"])], {str(FORM)})
    facts = _items(data, "facts")
    question = Question(
        intent=cast("Intent", _one_of(data, "intent", INTENTS)),
        text="",
        lang=_one_of(data, "lang", kb.wordings),
        want=_names(data, "want", kb.products.keys() | kb.attributes.keys()),
        given=tuple(_read_given(item, kb) for item in _items(data, "given")),
        about=_names(data, "about", kb.products),
        kinds=_names(data, "kinds", kb.categories.kinds),
        topics=_names(data, "topics", kb.categories.topics),
        superlative=cast("Superlative | None", _one_of(data, "superlative", SUPERLATIVES, "") or None),
        negated=data.get("negated") is True,
        cues=frozenset(map(str, _items(data, "cues"))),
        facts=tuple(FactHit(str(fact), float(str(score))) for fact, score in map(_pair, facts)),
        environment=_one_of(data, "environment", kb.environments, ""),
        errors=_names(data, "errors", kb.errors),
        whether=data.get("whether") is True,
        listed=tuple(Number.parse(str(text)) for text in _items(data, "listed")),
        partial=data.get("partial") is True,
    )
    _expect((hit.fact for hit in question.facts), {fact.id for fact in kb.facts})
    return question


def _mapping(item: object) -> _Data:
    if not isinstance(item, dict):
        raise TypeError(item)
    return item


def _read_constraint(item: _Data, kb: KnowledgeBase) -> tuple[str, Constraint | str]:
    """A column and what is admitted of it."""
    column, value = str(item["column"]), item.get("value")
    if value is not None:
        _expect([str(value)], kb.attributes[column].values)
        return column, str(value)
    _expect([column], kb.products)
    return column, Constraint(tuple(_clause(clause) for clause in _items(item, "clauses")))


def _read_given(found: object, kb: KnowledgeBase) -> Given:
    item = _mapping(found)
    column, constraint = _read_constraint(item, kb)
    return Given(
        column,
        constraint,
        surface=str(constraint),
        inferred=item.get("inferred") is True,
        role=cast("Role", _one_of(item, "role", ROLES, "")),
        origin=_one_of(item, "origin", kb.environments, ""),
    )


def _clause(pair: object) -> Clause:
    op, number = map(str, _pair(pair))
    _expect([op], OPERATORS)
    return Clause(cast("Operator", op), Number.parse(number))


def _pair(value: object) -> tuple[object, object]:
    if not isinstance(value, list):
        raise TypeError(value)
    first, second = value
    return first, second


def _items(data: _Data, key: str) -> list[object]:
    found = data.get(key, [])
    if not isinstance(found, list):
        raise TypeError(found)
    return found


def _names(data: _Data, key: str, known: Iterable[str]) -> tuple[str, ...]:
    found = tuple(map(str, _items(data, key)))
    _expect(found, known)
    return found


def _one_of(data: _Data, key: str, known: Iterable[str], default: str | None = None) -> str:
    """The text under a key; where it is missing the default, if there is one."""
    if default is not None and key not in data:
        return default
    found = str(data[key])
    _expect([found], known)
    return found


def _expect(found: Iterable[str], known: Iterable[str]) -> None:
    missing = set(found).difference(known)
    if missing:
        raise ValueError(f"not known: {sorted(missing)}")
