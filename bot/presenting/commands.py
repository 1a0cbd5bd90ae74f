"""Words for a command: the line itself, what it is fixed to, leaves out or would be elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answering.answers import Command, Default
from bot.presenting.phrasing import Phrasing
from bot.presenting.proof import cell_text

if TYPE_CHECKING:
    from bot.presenting.compose import Draft


def show_command(command: Command, words: Phrasing, draft: Draft) -> None:
    """The command, what it is fixed to beyond its table's columns, and what to know where it installs."""
    draft.code = command.text
    for column, value in command.cells:
        attribute = words.kb.attributes.get(column)
        note = words.local(attribute.values[value].note) if attribute else ""
        draft.notes.extend([note] if note and note not in draft.notes else [])
    columns = command.evidence.relation.columns
    fixed = [words.named(column, value) for column, value in command.cells if column not in columns]
    if fixed:
        draft.notes.append(words.say("install.fixed", names=words.join(fixed)))
    say_elsewhere(command, words, draft)
    say_left_out(command, words, draft)


def say_elsewhere(command: Command, words: Phrasing, draft: Draft) -> None:
    """The line for another place, where nobody told the place and the command does not hold there."""
    if command.elsewhere is not None:
        place, other = command.elsewhere
        draft.notes.append(words.say("install.elsewhere", place=words.plain(place), line=other.text))
        draft.rest_on([other.evidence])


def say_left_out(command: Command, words: Phrasing, draft: Draft) -> None:
    """Which companions of the official line are not in a command, and for what there is none."""
    if command.left_out:
        names = words.join(dict.fromkeys(words.given(finding.left) for finding in command.left_out))
        given = words.join(dict.fromkeys(words.given(finding.right) for finding in command.left_out))
        draft.notes.append(words.say("install.left_out", names=names, given=given))
        for finding in command.left_out:
            draft.rest_on(finding.evidence)


def say_default(default: Default, words: Phrasing, draft: Draft) -> None:
    """What a plain install brings, by the table that tells it."""
    relation = default.evidence.relation
    for row in default.evidence.rows:
        cells = {column: cell_text(row, column, words) for column in relation.columns}
        cells[default.subject.column] = words.plain(default.subject)
        text = words.local(relation.table.says).format(**cells)
        places = [cells[c] for c in relation.columns if c in words.kb.qualifiers]
        text = words.say("scope", text=text, scope=words.join(places)) if places else text
        draft.notes.append(words.say("sentence", text=text[:1].upper() + text[1:]))
    draft.rest_on([default.evidence])
