"""Joins over three tables, on a subject of its own: apps built with kits, whose code runs on chips."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from bot.answering.answers import Truth
from bot.answering.joins import Joins
from bot.knowledge.loader import load_knowledge
from bot.knowledge.versions import Constraint
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge
from bot.understanding.question import Given

PRODUCT: Final = """
product: {0}
kind: framework
name: {{en: {1}, zh: {1}}}
about: {{en: "{1}.", zh: "{1}。"}}
source: notes
releases: {{{2}}}
"""
ATTRIBUTE: Final = """
attribute: {0}
name: {{en: {0}, zh: {0}}}
{1}
values:
{2}
"""
TABLE: Final = """
table: {0}
says: {{en: "{0} says so", zh: "{0} 如此"}}
columns: [{1}]
source: notes
{2}
rows:
{3}
"""
PRODUCTS: Final = {
    "app": ("App", '"1.0": ~, "2.0": ~, "3.0": ~'),
    "rival": ("Rival", '"5.0": ~'),
    "kit": ("Kit", '"10": ~, "11": ~'),
    "level": ("Level", '"7.0": ~, "8.0": ~, "9.0": ~'),
    "firmware": ("Firmware", '"400": ~, "500": ~'),
}
ATTRIBUTES: Final = {
    "chip": ("", "  red: {name: {en: Red, zh: 红}}\n  blue: {name: {en: Blue, zh: 蓝}}"),
    "code": ("recognized: false", "  c7: {name: {en: c7, zh: c7}}\n  c8: {name: {en: c8, zh: c8}}\n"
             "  any7: {name: {en: any7, zh: any7}}"),
    "place": ("qualifier: true", "  desk: {name: {en: desk, zh: 桌面}}\n"
              "  lab: {name: {en: lab, zh: 实验室}}\n"
              "  small-lab: {name: {en: small lab, zh: 小实验室}, within: lab}"),
}  # fmt: skip
TABLES: Final = {
    "app-kit": ("app, kit, place", "complete_for: app\nends: [kit]", [
        '{app: "1.0", kit: "10", place: desk/lab}',
        '{app: "2.0", kit: "10/11", place: desk/lab}',
        '{app: "3.0", kit: "11", place: small-lab}',
    ]),
    "app-code": ("app, kit, code", "complete_for: app\nends: [kit]\ntells: [code]", [
        '{app: "1.0", kit: "10", code: c7}',
        '{app: "2.0", kit: "10", code: c7}',
        '{app: "2.0", kit: "11", code: c7/c8}',
        '{app: "3.0", kit: "11", code: any7}',
    ]),
    "code-level": ("code, level", "complete_for: code", [
        '{code: c7, level: "7.0"}',
        '{code: c8, level: "8.0/9.0"}',
        '{code: any7, level: "7.0"}',
    ]),
    "code-level-later": ("code, level", "holds: fallback\n"
                         "note: {en: Slow., zh: 慢。}", [
        '{code: any7, level: ">=8.0"}',
    ]),
    "chip-level": ("chip, level", "complete_for: chip", [
        '{chip: red, level: "7.0"}',
        '{chip: blue, level: "9.0"}',
    ]),
    "level-kit": ("level, kit", "complete_for: level\njoined_by: [level]", [
        '{level: "7.0", kit: "<=10"}',
        '{level: "8.0/9.0", kit: ">=11"}',
    ]),
    "kit-firmware": ("kit, firmware", "complete_for: kit", [
        '{kit: "10", firmware: ">=400"}',
        '{kit: "11", firmware: ">=500"}',
    ]),
    "rival-kit": ("rival, kit", "complete_for: rival\nends: [kit]", ['{rival: "5.0", kit: "10"}']),
}  # fmt: skip


@pytest.fixture(scope="session")
def chips(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The program over apps, kits and chips."""
    folder = tmp_path_factory.mktemp("chips") / "knowledge"
    for name in ("vocabulary", "wording"):
        shutil.copytree(bundled_knowledge() / name, folder / name)
    pages = {f"products/{slug}": PRODUCT.format(slug, *rest) for slug, rest in PRODUCTS.items()}
    pages |= {f"attributes/{slug}": ATTRIBUTE.format(slug, *rest) for slug, rest in ATTRIBUTES.items()}
    for slug, (columns, more, rows) in TABLES.items():
        pages[f"tables/{slug}"] = TABLE.format(slug, columns, more, "\n".join(f"  - {row}" for row in rows))
    pages["sources"] = "sources:\n  notes: {title: Notes, checked: 2026-01-02}\n"
    pages["categories"] = (
        "kinds:\n  framework: {name: {en: framework, zh: 框架}, words: {en: [framework], zh: [框架]}}\n"
        "topics: {}\ntraits: {}\n"
    )
    for name, text in pages.items():
        write(folder / f"{name}.yaml", text)
    return Pipeline(load_knowledge([folder]))


def write(path: Path, text: str) -> None:
    """A file and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def given(text: str) -> Given:
    """`app 1.0` or `chip red` as a given."""
    column, _, value = text.partition(" ")
    constraint = value if column in ATTRIBUTES else Constraint.parse(value)
    return Given(column, constraint, value)


def truth(chips: Pipeline, left: str, right: str, *context: str) -> Truth:
    """What the joins say of two givens beside others."""
    return Joins(chips.kb).check(given(left), given(right), tuple(map(given, context))).truth


@pytest.mark.parametrize(
    ("left", "right", "context", "expected"),
    [
        ("app 1.0", "chip red", [], Truth.SUPPORTED),
        ("app 1.0", "chip blue", [], Truth.EXCLUDED),
        ("app 2.0", "chip blue", [], Truth.SUPPORTED),
        ("app 2.0", "chip blue", ["kit 11"], Truth.SUPPORTED),
        ("app 2.0", "chip blue", ["kit 10"], Truth.EXCLUDED),
        ("app 3.0", "chip blue", [], Truth.EXCLUDED),
        ("app 2.0", "chip blue", ["firmware 400"], Truth.EXCLUDED),
        ("app 2.0", "chip red", ["firmware 400"], Truth.SUPPORTED),
        ("kit 11", "chip blue", [], Truth.SUPPORTED),
        ("kit 10", "chip blue", [], Truth.EXCLUDED),
        ("app 1.0", "firmware 400", [], Truth.SUPPORTED),
        ("app 3.0", "firmware 400", [], Truth.EXCLUDED),
    ],
)
def test_truth_over_several_tables(
    chips: Pipeline, left: str, right: str, context: list[str], expected: Truth
) -> None:
    """A chip's level runs some code, which some builds hold; what else is given narrows the builds."""
    assert truth(chips, left, right, *context) is expected
    assert truth(chips, right, left, *context) is expected


@pytest.mark.parametrize(
    ("left", "right"), [("app 1.0", "rival 5.0"), ("firmware 400", "chip red"), ("rival 5.0", "chip red")]
)
def test_joins_end_where_tables_say_so(chips: Pipeline, left: str, right: str) -> None:
    """Two products that bring their own kit are not related by it, nor is a table left by a barred column."""
    assert truth(chips, left, right) is Truth.NOT_RECORDED
    assert not Joins(chips.kb).related(given(left).column, given(right).column)


def test_a_table_tells_only_what_it_is_about(chips: Pipeline) -> None:
    """The list of each build's code has the builds' columns, but is no witness of the builds."""
    finding = Joins(chips.kb).check(given("app 2.0"), given("kit 11"))
    assert [evidence.relation.slug for evidence in finding.evidence] == ["app-kit"]


def test_the_links_of_a_join_lead_from_left_to_right(chips: Pipeline) -> None:
    """Each link's right end is the next one's left, in either direction."""
    for left, right in (("app 2.0", "chip blue"), ("chip blue", "app 2.0")):
        links = Joins(chips.kb).check(given(left), given(right)).links
        ends = [str(link.left) for link in links] + [str(links[-1].right)]
        steps = (
            [left.split()[1], "c8", "9.0", "blue"] if left.startswith("app") else ["blue", "9.0", "c8", "2.0"]
        )
        assert ends == steps


def test_a_kind_of_a_value_is_meant_by_the_wider_value(chips: Pipeline) -> None:
    """What holds in the small lab holds in a lab; what holds in a lab is not said of the small one."""
    assert truth(chips, "app 3.0", "kit 11", "place lab") is Truth.SUPPORTED
    assert truth(chips, "app 2.0", "kit 11", "place small-lab") is Truth.NOT_RECORDED


@pytest.mark.parametrize(
    ("text", "verdict", "said"),
    [
        ("does app 2.0 work with a blue?", "yes", "by way of code c8, Level 9.0"),
        ("does app 1.0 work with a blue?", "no", "App 1.0 has code c7; Blue has Level 9.0"),
        ("does app 3.0 work with a blue?", "no", "Slow."),
        ("app 2.0 with kit 10 on a blue?", "no", "App 2.0 has code c7"),
        ("which app works with a blue?", None, "App that goes with Blue: 2.0."),
        ("which kit works with a blue?", None, "≥ 11"),
        ("app 2.0 能用于 blue 吗", "yes", "经由 code c8"),
    ],
)
def test_replies_over_several_tables(chips: Pipeline, text: str, verdict: str | None, said: str) -> None:
    """The verdict, and the steps that it rests on, in the words of the question's language."""
    reply = chips.ask(text)
    assert reply.verdict == verdict
    assert said in chips.plain(reply)


def test_a_pair_that_others_tell_more_exactly_is_left_out(chips: Pipeline) -> None:
    """Which kits can make code for a chip says nothing of the app that was built with one."""
    plain = chips.plain(chips.ask("does app 2.0 with kit 11 work with a blue?"))
    assert "Kit 11 with Blue" not in plain
    assert "App 2.0 with Blue" in plain
