"""Takes out of a text what nobody needs for an answer and nobody should keep: secrets, people, machines.

What people paste (tracebacks, environments, shell lines) carries tokens, home folders and host names. They go
before a text is stored. Every pattern is bounded, so that a long text takes no more than its length in time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SECRET: Final = "[secret]"  # noqa: S105  # what is put in a secret's place
PERSON: Final = "user"


@dataclass(frozen=True, slots=True)
class _Rule:
    """`pattern` becomes `instead`, where one of `signs` stands in the text's lower case."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str

    def apply(self, text: str, lower: str) -> str:
        return self.pattern.sub(self.instead, text) if any(sign in lower for sign in self.signs) else text


_TOKENS: Final = _Rule(
    ("-", "_", "akia", "asia", "aiza", "ya29", "eyj"),
    re.compile(
        r"\b(?:(?:xox[a-z]|xapp|gh[opsu]|github_pat|glpat|hf|sk|pk|rk|pypi|npm)[-_]|AKIA|ASIA|AIza|ya29\.|eyJ)"
        r"[\w.-]{16,}"
    ),
    SECRET,
)
"""Tokens by the prefixes that their issuers give them."""

_LOGINS: Final = _Rule(("://",), re.compile(r"(?<=://)[^/\s@]{1,200}@"), "")
_NAMED: Final = _Rule(
    ("key", "token", "secret", "passw", "pwd"),
    re.compile(
        r"((?:api[_-]?key|access[_-]?key|token|secret|password|passwd|pwd)['\"]?\s{0,4}[=:]\s{0,4}['\"]?)"
        r"[^\s'\"]{4,500}",
        re.IGNORECASE,
    ),
    rf"\1{SECRET}",
)
"""What is said to be secret."""

_HOMES: Final = _Rule(
    ("/home/", "/users/", "\\users\\"),
    re.compile(r"((?:/home|/Users)/|\\Users\\)[^/\\\s:'\"]{1,100}"),
    rf"\1{PERSON}",
)
_PROMPTS: Final = _Rule(("@",), re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,100}(?=:[~/])"), "user@host")
_MAIL: Final = _Rule(
    ("@",), re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,100}\.[A-Za-z][\w.-]{1,100}"), "user@host"
)
_MACHINES: Final = _Rule(
    ("hostname", "nodename"),
    re.compile(r"((?:host|node)name\s{0,4}[=:]\s{0,4})[\w.-]{1,255}", re.IGNORECASE),
    r"\1host",
)
_RULES: Final = (_TOKENS, _LOGINS, _NAMED, _HOMES, _PROMPTS, _MAIL, _MACHINES)


def redact(text: str) -> str:
    """The text without tokens, passwords, names of users in paths and addresses, and names of machines."""
    lower = text.lower()
    for rule in _RULES:
        text = rule.apply(text, lower)
    return text
