"""An error is told by its classes, codes and places, and by nothing that it says."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from slack_sdk.errors import SlackApiError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from bot.traces import MOST_ERRORS, outline, trace

WORDS = "private words"


class CodedError(Exception):
    """An error that carries a code."""

    def __init__(self, code: object) -> None:
        super().__init__(WORDS)
        self.code = code


def caught(cause: BaseException | None = None) -> Exception:
    """A KeyError with a text, raised and caught, from `cause`."""
    try:
        raise KeyError(WORDS) from cause
    except KeyError as error:
        return error


def test_way_through_the_source_is_told() -> None:
    """Class, module, line and function."""
    first, second = trace(caught()).splitlines()
    assert first == "builtins.KeyError"
    assert second.startswith(f"  at {__name__}:")
    assert second.endswith(" caught")


def test_text_is_not_told() -> None:
    """Neither of the error nor of what led to it."""
    error = caught(ValueError(WORDS))
    assert WORDS not in trace(error) + outline(error)


def test_cause_is_told() -> None:
    """`raise … from …`."""
    error = caught(ValueError(WORDS))
    assert outline(error) == "KeyError < ValueError"
    assert "\ncaused by: builtins.ValueError" in trace(error)


def test_error_under_way_is_told() -> None:
    """What was being handled when the next went wrong; nothing of it after `from None`."""
    error = KeyError(WORDS)
    error.__context__ = ValueError(WORDS)
    assert "\nwhile handling: builtins.ValueError" in trace(error)
    error.__suppress_context__ = True
    assert "ValueError" not in trace(error)


def test_members_of_a_group_are_told() -> None:
    """Each with its own cause."""
    group = ExceptionGroup(WORDS, [caught(OSError(WORDS)), ValueError(WORDS)])
    assert outline(group) == "ExceptionGroup < KeyError < OSError < ValueError"
    assert WORDS not in trace(group)


def test_circle_of_errors_ends() -> None:
    """Each error is told once."""
    one, other = ValueError(), KeyError()
    one.__cause__, other.__cause__ = other, one
    assert outline(one) == "ValueError < KeyError"


def test_long_chain_is_cut() -> None:
    """No record grows without bound."""
    error: BaseException = ValueError()
    for _ in range(MOST_ERRORS * 2):
        error = caught(error)
    assert outline(error).count("KeyError") == MOST_ERRORS


def test_deep_recursion_is_cut() -> None:
    """The first and the last calls of a thousand."""

    def dig(deep: int) -> int:
        return dig(deep - 1) if deep else int(WORDS)

    with pytest.raises(ValueError, match=WORDS) as failed:
        dig(300)
    told = trace(failed.value).splitlines()
    assert len(told) == 42
    assert "  … 262 more" in told


def test_statement_is_told_without_its_parameters() -> None:
    """SQLAlchemy's text has the statement and what it was to store; its class and SQLite's code remain."""
    engine = create_engine("sqlite://")
    insert = text("INSERT INTO t VALUES (:x)")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x TEXT PRIMARY KEY)"))
        connection.execute(insert, {"x": WORDS})
        with pytest.raises(IntegrityError) as failed:
            connection.execute(insert, {"x": WORDS})
    engine.dispose()
    assert WORDS in str(failed.value)
    assert WORDS not in trace(failed.value)
    cause = "IntegrityError sqlite_errorname=SQLITE_CONSTRAINT_PRIMARYKEY"
    assert outline(failed.value) == f"IntegrityError code=gkpj < {cause}"


def refusal(code: str) -> Exception:
    """An error of the SDK with what Slack answered."""
    return SlackApiError(WORDS, {"ok": False, "error": code})  # type: ignore[no-untyped-call]  # unannotated


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, WORDS), "OSError errno=ENOSPC"),
        (refusal("invalid_auth"), "SlackApiError error=invalid_auth"),
        (CodedError("is_archived"), "CodedError code=is_archived"),
        (CodedError(503), "CodedError code=503"),
        (CodedError(WORDS), "CodedError"),
        (CodedError("x" * 49), "CodedError"),
        (CodedError(True), "CodedError"),
        (sqlite3.OperationalError(WORDS), "OperationalError"),
    ],
)
def test_codes_are_told(error: Exception, told: str) -> None:
    """What comes from a closed set of words says much, and nothing of anybody."""
    assert outline(error) == told
