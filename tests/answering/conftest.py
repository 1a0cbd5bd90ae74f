"""A small knowledge folder on another subject: Spark, Scala, Java and a connector."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.loader import load_knowledge
from bot.pipeline import Pipeline
from bot.settings import bundled_knowledge

SOURCES: Final = """
sources:
  spark-docs: {title: Spark documentation, url: "https://spark.example/docs", checked: 2026-01-02}
  handbook: {title: A handbook, checked: 2026-01-03}
"""
CATEGORIES: Final = """
kinds:
  framework: {name: {en: framework, zh: 框架}, words: {en: [framework], zh: [框架]}}
topics: {}
traits: {}
"""
PRODUCT: Final = """
product: {slug}
kind: framework
name: {{en: {name}, zh: {name}}}
aliases: [{slug}]
about: {{en: "{name} is a product.", zh: "{name} 是一个产品。"}}
source: spark-docs
releases: {{{releases}}}
{more}
"""
TABLE: Final = """
table: {table}
says: {{en: "{says}", zh: "{says}"}}
columns: [{columns}]
{more}
source: {source}
rows:
{rows}
"""
OPEN_ROW: Final = '  - {spark: "4.0.0", scala: "2.13", open: true}'
SPARK_SCALA: Final = [
    '  - {spark: "2.4.0", scala: "2.11/2.12"}',
    '  - {spark: "3.0.0~3.1.0", scala: "2.12"}',
    '  - {spark: "3.2.0", scala: "2.12/2.13"}',
    OPEN_ROW,
]
SCALA_JAVA: Final = [
    '  - {scala: "2.11", java: "<=8"}',
    '  - {scala: "2.12", java: ">=8,<=17"}',
    '  - {scala: "2.13", java: ">=8"}',
]
TABLES: Final = {
    "spark-scala": (
        "Spark {spark} runs on Scala {scala}",
        "spark, scala",
        "complete_for: spark",
        "spark-docs",
        SPARK_SCALA,
    ),
    "scala-java": (
        "Scala {scala} needs Java {java}",
        "scala, java",
        "complete_for: scala\nrelation: minimum",
        "spark-docs",
        SCALA_JAVA,
    ),
    "spark-connector": (
        "Connector {connector} is tried with Spark {spark}",
        "spark, connector",
        "holds: conditional\nnote: {en: Tried once., zh: 试过一次。}",
        "spark-docs",
        ['  - {spark: "3.0.0", connector: "1.0"}'],
    ),
    "spark-scala-handbook": (
        "the handbook lists Spark {spark} on Scala {scala}",
        "spark, scala",
        "yields_to: spark-scala",
        "handbook",
        ['  - {spark: "2.4.0", scala: "2.11/2.12/2.13"}', '  - {spark: "3.0.0", scala: "2.12"}'],
    ),
}


def quoted(*versions: str) -> str:
    """Releases without dates, as YAML."""
    return ", ".join(f'"{version}": ~' for version in versions)


@pytest.fixture(scope="session")
def spark_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; vocabulary and wording are the real ones, all knowledge is new."""
    folder = tmp_path_factory.mktemp("spark") / "knowledge"
    for name in ("vocabulary", "wording"):
        shutil.copytree(bundled_knowledge() / name, folder / name)
    for name in ("products", "tables", "facts"):
        (folder / name).mkdir()
    products = {
        "spark": ("Spark", quoted("2.4.0", "3.0.0", "3.1.0", "3.2.0", "4.0.0"), "implicit: true"),
        "scala": ("Scala", quoted("2.11", "2.12", "2.13"), ""),
        "java": ("Java", quoted("7", "8", "11", "17", "21"), ""),
        "connector": ("Connector", quoted("1.0", "2.0"), ""),
    }
    for slug, (name, releases, more) in products.items():
        page = PRODUCT.format(slug=slug, name=name, releases=releases, more=more)
        (folder / "products" / f"{slug}.yaml").write_text(page, encoding="utf-8")
    for table, (says, columns, more, source, rows) in TABLES.items():
        page = TABLE.format(
            table=table, says=says, columns=columns, more=more, source=source, rows="\n".join(rows)
        )
        (folder / "tables" / f"{table}.yaml").write_text(page, encoding="utf-8")
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "categories.yaml").write_text(CATEGORIES, encoding="utf-8")
    (folder / "facts" / "spark.yaml").write_text(
        "facts:\n  - id: origin\n    about: spark\n    topic: origin\n"
        "    text: {en: Spark came out of a laboratory at Berkeley., zh: Spark 出自伯克利的一个实验室。}\n"
        "    asked: {en: [origin of spark], zh: [spark 的起源]}\n    source: handbook\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def spark(spark_folder: Path) -> Pipeline:
    """The same program over the other subject."""
    return Pipeline(load_knowledge([spark_folder]))
