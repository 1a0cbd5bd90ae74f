"""Words for what several versions of one thing are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.answering.advice import Roles
from bot.answering.answers import Truth
from bot.presenting.checks import claim
from bot.presenting.phrasing import Phrasing

if TYPE_CHECKING:
    from bot.presenting.compose import Draft


def say_roles(roles: Roles, words: Phrasing, draft: Draft) -> None:
    """That they are different things, what each is, and whether the build runs."""
    draft.headline = words.say("roles.headline", names=words.join(map(words.given, roles.versions)))
    for given in roles.versions:
        draft.paragraphs.append(words.say(f"roles.{given.role}", given=words.given(given)))
    for finding in roles.findings:
        key = "roles.runs" if finding.truth >= Truth.CONDITIONAL else "roles.runs_not"
        draft.paragraphs.append(words.say(key, text=claim(finding, words)))
        draft.rest_on(finding.evidence)
    draft.notes.append(words.say("roles.note"))
