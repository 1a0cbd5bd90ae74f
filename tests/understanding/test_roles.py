"""What a version of CUDA is told to be, and which of several counts."""

from __future__ import annotations

import pytest

from bot.knowledge.versions import Constraint
from bot.understanding.question import Given, Role
from bot.understanding.roles import count_roles, with_shown, without_roles
from tests.understanding.support import question


def version(text: str, role: Role = "", column: str = "cuda") -> Given:
    """A version in a role."""
    return Given(column, Constraint.parse(text), text, role=role)


PLAIN, MOST = version("11.3"), version("<=11.4", "ceiling")
TOOLKIT, BUILD = version("10.2", "toolkit"), version("11.0", "build")


def roles(text: str) -> list[tuple[str, str]]:
    """The versions of CUDA that a message gives, with their roles."""
    return [(str(given), given.role) for given in question(text).given if given.column == "cuda"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my nvidia-smi shows cuda 11.4, which torch", [("<=11.4", "ceiling")]),
        ("nvcc shows cuda 10.1, which torch", [("10.1", "toolkit")]),
        (
            "nvidia-smi shows cuda 11.4 and nvcc shows cuda 10.2, which torch",
            [("<=11.4", "ceiling"), ("10.2", "toolkit")],
        ),
        ("which torch works with cuda 10.2", [("10.2", "")]),
    ],
)
def test_a_version_beside_a_tool_is_what_the_tool_prints(text: str, expected: list[tuple[str, str]]) -> None:
    """The most that a driver supports, or a toolkit; without a tool neither."""
    assert roles(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "which torch with cuda 11.3 where the default is 10.2",
        "cuda 11.3 and cuda 10.2 (default) with torch 1.10?",
    ],
)
def test_the_default_is_dropped_beside_another(text: str) -> None:
    """What is said to be the default is not what is asked about."""
    assert roles(text) == [("11.3", "")]


def test_a_default_alone_is_what_is_asked_about() -> None:
    """There is nothing else to ask about."""
    assert roles("does torch 1.10 work with the default cuda 10.2?") == [("10.2", "")]


def test_what_an_output_shows_is_added() -> None:
    """Behind what the question gives itself, unless it gives the same role."""
    assert with_shown((PLAIN,), (BUILD,)) == (PLAIN, BUILD)
    assert with_shown((TOOLKIT,), (version("9.0", "toolkit"),)) == (TOOLKIT,)


def test_a_ceiling_gives_way_to_the_output_of_the_tool() -> None:
    """What was read as the most is an ordinary version where the output itself shows the most."""
    own, shown = with_shown((version("<=10.2", "ceiling"),), (MOST,))
    assert (str(own), own.role, shown) == ("10.2", "", MOST)


def test_roles_of_one_product_are_counted() -> None:
    """The same role twice counts once, another product's apart, none not at all."""
    other = version("470.82", "build", "torch")
    assert count_roles([PLAIN]) == 0
    assert count_roles([MOST, MOST, TOOLKIT, other]) == 2
    assert count_roles([PLAIN, MOST, TOOLKIT, BUILD]) == 3


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ((PLAIN, MOST, TOOLKIT), (PLAIN,)),
        ((MOST, TOOLKIT), (MOST,)),
        ((TOOLKIT, BUILD), (BUILD,)),
        ((TOOLKIT,), (TOOLKIT,)),
    ],
)
def test_one_version_counts_where_one_is_asked_about(
    given: tuple[Given, ...], left: tuple[Given, ...]
) -> None:
    """A plain one before what tools show, a toolkit last."""
    assert without_roles(given) == left
