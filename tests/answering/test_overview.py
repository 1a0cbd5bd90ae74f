"""Everything about one release, over another subject: what is gathered, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.pipeline import Pipeline
from bot.presenting import limits, payload
from bot.presenting.blocks import renderings
from bot.presenting.reply import Grid, Reply
from bot.presenting.surface import SurfacePhrases
from tests.questions.cases import pipeline


def grid(reply: Reply) -> Grid:
    """The table of a reply."""
    shown = reply.sections[0].grid
    assert shown is not None
    return shown


def test_every_table_that_has_the_product_tells_its_part(spark: Pipeline) -> None:
    """Pairs, what holds under a condition, and where a second opinion differs."""
    reply = spark.ask("everything about spark 3.0.0")
    assert (reply.intent, reply.status) == ("overview", "answered")
    assert grid(reply).rows == (("Scala", "2.12", "–"), ("Connector (under a condition)", "1.0", "–"))
    assert "Tried once." in reply.sections[0].notes


def test_a_second_opinion_that_differs_is_told(spark: Pipeline) -> None:
    """The winner's list stands in the table, the loser's difference in a note."""
    reply = spark.ask("show spark 2.4.0")
    assert grid(reply).rows[0] == ("Scala", "2.11, 2.12", "–")
    assert any("2.13" in note and "handbook" in note for note in reply.sections[0].notes)
    assert {citation.title for citation in reply.citations} == {"Spark documentation", "A handbook"}


def test_an_open_row_is_no_complete_list(spark: Pipeline) -> None:
    """The note names what more of there may be."""
    assert "Scala: the list is not complete." in spark.ask("show spark 4.0.0").sections[0].notes


def test_bounds_are_told_from_both_sides(spark: Pipeline) -> None:
    """A Scala has bounds on Java; a Java has the Scalas that admit it."""
    assert ("Java", "≥ 8, ≤ 17", "–") in grid(spark.ask("show scala 2.12")).rows
    assert ("Scala", "2.12, 2.13", "–") in grid(spark.ask("show java 11")).rows


@pytest.mark.parametrize("text", ["show spark", "everything about spark", "spark 的全部信息"])
def test_a_product_alone_has_no_places_and_no_commands(spark: Pipeline, text: str) -> None:
    """What its tables tell over all its releases."""
    reply = spark.ask(text)
    assert reply.intent == "overview"
    assert reply.sections[0].code is None
    assert grid(reply).rows[0] == ("Scala", "2.11、2.12、2.13" if "的" in text else "2.11, 2.12, 2.13", "–")


def test_a_release_of_which_nothing_is_known(spark: Pipeline) -> None:
    """Not recorded, with the nearest."""
    reply = spark.ask("show spark 3.1.5")
    assert reply.status == "unknown"
    assert "3.1.0" in " ".join(reply.sections[0].paragraphs)


def test_two_things_are_no_overview(spark: Pipeline) -> None:
    """They are asked about together."""
    assert spark.ask("show spark 3.0.0 scala 2.12").intent == "check"


def test_every_command_says_what_it_is_for() -> None:
    """A comment above each, the command of choice first; each can be copied."""
    code = pipeline().ask("show torch 1.7.0").sections[0].code or ""
    comments, commands = code.splitlines()[::2], code.splitlines()[1::2]
    assert comments[0] == "# CUDA 10.2, Linux, pip"
    assert all(line.startswith("# ") for line in comments)
    assert all("1.7.0" in line for line in commands)
    assert len(set(commands)) == len(commands)


def test_an_overview_fits_into_a_message() -> None:
    """Slack's limits hold in every look, also for the release with most to tell."""
    kb = pipeline().kb
    phrases = SurfacePhrases("Why?", "Share", "{title}", "{day}", "{user}", "{count}", "{count}", *[""] * 5)
    for release in kb.products["torch"].releases:
        reply = replace(pipeline().ask(f"everything about torch {release}"), choices=())
        for message in renderings(reply, phrases):
            assert payload.characters(message.blocks) <= limits.BLOCKS_CHARACTERS
            assert len(message.blocks) <= limits.BLOCKS_IN_MESSAGE


@pytest.mark.parametrize("release", list(pipeline().kb.products["torch"].releases))
def test_every_release_has_an_overview(release: str) -> None:
    """Of every torch on record something is told, with its source."""
    reply = pipeline().ask(f"show torch {release}")
    assert (reply.intent, reply.status) == ("overview", "answered")
    assert reply.citations
