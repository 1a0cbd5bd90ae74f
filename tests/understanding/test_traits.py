"""Versions that only tell what a named thing has anyway."""

from __future__ import annotations

from functools import cache

from bot.knowledge.versions import Constraint
from bot.understanding.question import Given
from bot.understanding.traits import LISTED, Traits
from tests.questions.cases import pipeline

CARD = Given("gpu", "geforce-rtx-3090", "3090")
TITAN = Given("gpu", "nvidia-titan-x-pascal", "TITAN X (Pascal)")
LINUX = Given("platform", "linux", "linux")


@cache
def traits() -> Traits:
    """Of the real knowledge; compute capabilities tell of a machine."""
    return Traits(pipeline().kb, frozenset({"compute-capability"}))


def capability(text: str, at: int = -1) -> Given:
    """A compute capability that stands somewhere in a message."""
    return Given("compute-capability", Constraint.parse(text), text, at=at)


def test_the_capability_of_a_named_card_is_implied() -> None:
    """8.6 beside an RTX 3090 says nothing more."""
    assert traits().is_implied(capability("8.6"), (CARD,))


def test_another_capability_is_not_implied() -> None:
    """It is another thing's."""
    assert not traits().is_implied(capability("7.5"), (CARD,))


def test_nothing_is_implied_without_a_thing() -> None:
    """The version is all that is known."""
    assert not traits().is_implied(capability("8.6"), ())


def test_a_version_of_another_product_is_not_implied() -> None:
    """A card has no CUDA of its own."""
    assert not traits().is_implied(Given("cuda", Constraint.parse("8.6"), "8.6"), (CARD,))


def test_a_place_is_no_thing() -> None:
    """Linux only tells where; a thing that is named twice is one."""
    assert traits().things([LINUX, CARD, CARD]) == (CARD,)


def test_the_kind_of_another_thing_is_no_thing() -> None:
    """ "Pascal" only tells which TITAN X is meant; alone it is what is asked about."""
    pascal = Given("gpu-architecture", "pascal", "pascal")
    assert traits().things([TITAN, pascal]) == (TITAN,)
    assert traits().things([pascal]) == (pascal,)


def test_three_capabilities_in_a_row_are_what_a_build_supports() -> None:
    """No machine has them all."""
    row = tuple(capability(text, at) for text, at in (("5.0", 0), ("6.0", 5), ("7.0", 10)))
    assert traits().without_lists((*row, CARD)) == (CARD,)


def test_two_capabilities_are_two_cards() -> None:
    """They stay."""
    pair = (capability("5.0", 0), capability("6.0", 5))
    assert traits().without_lists(pair) == pair


def test_capabilities_far_apart_are_no_list() -> None:
    """They stay as well."""
    apart = tuple(capability(text, n * (LISTED + 1)) for n, text in enumerate(("5.0", "6.0", "7.0")))
    assert traits().without_lists(apart) == apart


def test_a_list_of_what_is_no_hardware_stays() -> None:
    """Three CUDA versions are asked about."""
    row = tuple(
        Given("cuda", Constraint.parse(text), text, at=n) for n, text in enumerate(("10.1", "10.2", "11.0"))
    )
    assert traits().without_lists(row) == row
