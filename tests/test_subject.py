"""Another subject, in YAML alone: Spark, Scala, Java and glibc, joined over up to three tables."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge

SUBJECT: Final = Path(__file__).resolve().parent / "subjects" / "spark"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The subject with the bundled languages, and nothing of the bundled knowledge."""
    folder = tmp_path_factory.mktemp("subject") / "knowledge"
    shutil.copytree(SUBJECT, folder)
    for name in ("vocabulary", "wording"):
        shutil.copytree(bundled_knowledge() / name, folder / name)
    return Pipeline(load_knowledge([folder]))


@pytest.fixture(scope="module")
def beside() -> Pipeline:
    """The same folder as an overlay over the bundled knowledge."""
    return Pipeline(load_knowledge([bundled_knowledge(), SUBJECT]))


CHECKS: Final = [
    ("does spark 3.0.0 work with scala 2.12", "yes"),
    ("spark 2.4.0 支持 scala 2.13 吗", "no"),
    ("does spark 2.4.0 work with java 7", "yes"),
    ("java 21 能跑 spark 3.0.0 吗", "no"),
    ("does spark 2.4.0 run on glibc 2.12", "yes"),
    ("spark 4.0.0 能用 glibc 2.28 吗", "yes"),
    ("does glibc 2.28 work with spark 3.0.0", "no"),
    ("glibc 2.12 支持 spark 4.0.0 吗", "no"),
]
LOOKUPS: Final = [
    ("which scala for spark 3.2.0", ["2.12", "2.13"]),
    ("哪个 spark 支持 scala 2.11", ["2.4.0"]),
    ("which spark works with java 21", ["3.2.0", "4.0.0"]),
    ("spark 2.4.0 要用哪个 java", ["7", "8", "11", "17"]),
    ("which spark works with glibc 2.28", ["3.2.0", "4.0.0"]),
    ("glibc 2.12 能用哪些 spark", ["2.4.0", "3.0.0", "3.2.0"]),
    ("which glibc for spark 4.0.0", ["2.17", "2.28"]),
    ("spark 2.4.0 对应哪个 glibc", ["2.12", "2.17"]),
]


@pytest.mark.parametrize("over", ["alone", "beside"])
@pytest.mark.parametrize(("text", "verdict"), CHECKS)
def test_two_are_checked_over_one_two_or_three_tables(
    text: str, verdict: str, over: str, request: pytest.FixtureRequest
) -> None:
    """In both languages and both directions; ruled out where every list on the way is complete."""
    pipeline: Pipeline = request.getfixturevalue(over)
    assert pipeline.ask(text).verdict == verdict


@pytest.mark.parametrize("over", ["alone", "beside"])
@pytest.mark.parametrize(("text", "values"), LOOKUPS)
def test_one_is_looked_up_over_one_two_or_three_tables(
    text: str, values: list[str], over: str, request: pytest.FixtureRequest
) -> None:
    """The versions that go with what is given, and no other."""
    pipeline: Pipeline = request.getfixturevalue(over)
    reply = pipeline.ask(text)
    assert (reply.status, reply.intent) == ("answered", "lookup")
    listed = reply.sections[0].headline.replace("：", ": ").rstrip(".。").split(": ")[-1]
    assert listed.replace("、", ", ").split(", ") == values
