"""Every mistake in the knowledge is told at once, with file, line and key."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.settings import bundled_knowledge
from tests.knowledge.conftest import Breaking

TABLE = "tables/torch-torchtext.yaml"
FIRST_ROW = '{torch: "1.7.1", torchtext: "0.8.1"}'
PRODUCT = "products/torchtext.yaml"


def line_of(path: Path, text: str) -> int:
    """The number of the one line that holds a text."""
    (number,) = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1) if text in line]
    return number


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        ('{torch: 1.10, torchtext: "0.8.1"}', "rows.6.torch", 'quote the version: "1.10"'),
        (
            '{torch: "1.7.1", torchtext: "0.8.1", torch: "1.7.1"}',
            "rows.6.torch",
            "given twice: keep one",
        ),
        (
            '{torch: "1.7.7", torchtext: "0.8.1"}',
            "rows.6.torch",
            "1.7.7 is no known release: add it to the product's releases or correct it",
        ),
        (
            '{torch: "1.7.1~1.7.0", torchtext: "0.8.1"}',
            "rows.6.torch",
            "the range '1.7.1~1.7.0' is empty: write the lower version first",
        ),
        ('{torch: "1.7.1/1.7.1", torchtext: "0.8.1"}', "rows.6.torch", "'1.7.1/1.7.1' lists a version twice"),
        (
            '{torch: "1.7.1", torchtxt: "0.8.1"}',
            "rows.6.torchtxt",
            "no such column: torch, torchtext",
        ),
        (
            '{torch: "1.7.1", torchtext: "0.8.1", source: nowhere}',
            "rows.6.source",
            "no source 'nowhere'",
        ),
        (
            '{torch: "1.7.1", torchtext: "0.8.1", command: "pip"}',
            "rows.6.command",
            "only in a table with `relation: command`",
        ),
        (
            '{torch: 1, torchtext: "0.8.1"}',
            "rows.6.torch",
            'must be text: put it in quotes, for example "1"',
        ),
    ],
)
def test_a_broken_row_is_located(folder: Path, breaking: Breaking, new: str, key: str, message: str) -> None:
    """A mistake in a row is told with its line, its key and what to do, and nothing else is told."""
    line = line_of(folder / TABLE, FIRST_ROW)
    assert breaking(TABLE, FIRST_ROW, new) == [f"{TABLE}:{line}: {key}: {message}"]


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            TABLE,
            "source: pypi-torchtext\nrows",
            "source: nowhere\nrows",
            "no source 'nowhere'",
        ),
        (TABLE, "complete_for: torchtext", "complete_for: cuda", "'cuda' is no column of this table"),
        (
            TABLE,
            "columns: [torch, torchtext]",
            "columns: [torch, torchtext, nix]",
            "'nix' is neither a product",
        ),
        (PRODUCT, "kind: library", "kind: librari", "no kind 'librari' in categories.yaml"),
        (PRODUCT, "kind: library\n", "", "missing: add this key"),
        (
            PRODUCT,
            "kind: library\n",
            "kind: library\nkindd: x\n",
            "unknown key: correct its spelling or delete it",
        ),
    ],
)
def test_a_broken_page_is_told(breaking: Breaking, name: str, old: str, new: str, expected: str) -> None:
    """A mistake in a page is told for that file."""
    lines = breaking(name, old, new)
    assert any(line.startswith(f"{name}:") and expected in line for line in lines)


def test_a_missing_language_is_told(folder: Path, report: Callable[[], list[str]]) -> None:
    """A fact without one of the languages is located."""
    path = folder / "facts" / "extra.yaml"
    path.write_text(
        "facts:\n  - id: extra\n    about: torch\n    topic: concept\n    text: {en: Words.}\n"
        "    asked: {en: [some words]}\n    source: book\n",
        encoding="utf-8",
    )
    assert report() == [
        "facts/extra.yaml:5: facts.0.text: no text in 'zh'",
        "facts/extra.yaml:6: facts.0.asked: no text in 'zh'",
    ]


def test_a_name_that_two_products_claim_is_told(folder: Path, report: Callable[[], list[str]]) -> None:
    """An alias belongs to one product."""
    path = folder / "products" / "extra.yaml"
    path.write_text(
        "product: extra\nkind: library\nname: {en: Extra, zh: Extra}\naliases: [pytorch]\n"
        "about: {en: About., zh: 关于。}\nsource: book\n",
        encoding="utf-8",
    )
    (line,) = report()
    assert "'pytorch' already names" in line


def test_an_entry_defined_twice_names_the_first_place(folder: Path, report: Callable[[], list[str]]) -> None:
    """A second product of one name tells where the first stands."""
    source = (folder / PRODUCT).read_text(encoding="utf-8")
    (folder / "products" / "zz.yaml").write_text(source, encoding="utf-8")
    assert any("is already defined at" in line and "products/torchtext.yaml:" in line for line in report())


def test_a_file_in_no_known_folder_is_told(folder: Path, report: Callable[[], list[str]]) -> None:
    """A stray file is not silently left out."""
    (folder / "tabels").mkdir()
    (folder / "tabels" / "x.yaml").write_text("a: b\n", encoding="utf-8")
    assert report() == ["tabels/x.yaml:1: (file): 'tabels' is no folder of knowledge: move the file"]


def test_placeholders_of_both_languages_agree(folder: Path, report: Callable[[], list[str]]) -> None:
    """A phrase that lacks a placeholder of the other language is told."""
    path = folder / "wording" / "zh.yaml"
    line = line_of(path, '  clarify.topic: "')
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = '  clarify.topic: "什么？"'
    path.write_text("\n".join(lines), encoding="utf-8")
    assert report() == [
        f"wording/zh.yaml:{line}: phrases.clarify.topic: placeholders differ from those of en"
    ]


def test_every_mistake_in_every_file_is_told_at_once(folder: Path, report: Callable[[], list[str]]) -> None:
    """Mistakes in different files come in one report, in the order of the files."""
    for name, old, new in (
        (TABLE, FIRST_ROW, '{torch: "1.7.7", torchtext: "0.8.1"}'),
        (PRODUCT, "kind: library", "kind: librari"),
    ):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    (folder / "facts" / "bad.yaml").write_bytes(b"\xff\xfe")
    files = [line.split(":")[0] for line in report()]
    assert files == sorted(["facts/bad.yaml", PRODUCT, TABLE])


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """A folder without pages is a mistake, not an empty base."""
    with pytest.raises(KnowledgeError, match=r"no \*\.yaml here: name a knowledge folder"):
        load_knowledge([tmp_path])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A path that does not exist is a mistake."""
    with pytest.raises(KnowledgeError, match="no \\*\\.yaml here"):
        load_knowledge([tmp_path / "none"])


def test_an_overlay_adds_to_the_base(folder: Path, tmp_path: Path) -> None:
    """A second folder of the same form adds its entries."""
    overlay = tmp_path / "overlay"
    (overlay / "facts").mkdir(parents=True)
    (overlay / "facts" / "team.yaml").write_text(
        "facts:\n  - id: team-note\n    about: torch\n    topic: community\n"
        "    text: {en: Our own note., zh: 我们的说明。}\n    asked: {en: [team note], zh: [团队说明]}\n"
        "    source: book\n",
        encoding="utf-8",
    )
    assert "team-note" in {fact.id for fact in load_knowledge([folder, overlay]).facts}


@pytest.mark.parametrize(
    ("name", "old", "new", "key"),
    [
        (TABLE, FIRST_ROW, '{torch: "1.7.1"}', "rows.6"),
        (TABLE, FIRST_ROW, '{torch: "1.7.1", torchtext: "0.8.1", with: x}', "rows.6.with"),
        (TABLE, FIRST_ROW, '{torch: "1.7.1", torchtext: "0.8.1", open: "yes"}', "rows.6.open"),
        (TABLE, FIRST_ROW, '{torch: "1.7.1", torchtext: "0.8.1", source: []}', "rows.6.source"),
        (TABLE, '"torchtext {torchtext} does not', '"torchtext {torchtext does not', "denies.en"),
        (TABLE, '"torchtext {torchtext} does not', '"torchtext {} does not', "denies.en"),
        ("wording/en.yaml", '"What about {name}?"', '"What about {name?"', "phrases.clarify.topic"),
        ("wording/en.yaml", '"What about {name}?"', '"What about }"', "phrases.clarify.topic"),
        (
            "products/cuda.yaml",
            "- {prefix: cu, minor_digits: 1, means: wheel-suffix}",
            "- {prefix: cu}",
            "tags.0",
        ),
        ("products/cuda.yaml", "means: wheel-suffix", "means: wheel-sufix", "tags.0.means"),
        ("products/torch.yaml", '"0.1.1": "2016-09-01"', '"0.1.1": "2016-19-41"', "releases.0.1.1"),
        ("tables/torch-install.yaml", "channel: [pip, conda]\nsource", "chanel: [pip]\nsource", "prefer"),
        ("tables/torch-install.yaml", "torch-{torch}.post22-", "torch-{nix}.post22-", "rows.0.command"),
        ("tables/torch-install.yaml", "torch-{torch}.post22-", "torch-{torch.post22-", "rows.0.command"),
    ],
)
def test_a_subtle_mistake_is_told(breaking: Breaking, name: str, old: str, new: str, key: str) -> None:
    """What would only fail while answering is refused at the start, at its key."""
    lines = breaking(name, old, new)
    assert any(line.startswith(f"{name}:") and f": {key}" in line for line in lines)


def test_several_mistakes_of_one_page_are_told_at_once(tmp_path: Path) -> None:
    """An unquoted version hides neither the other rows' mistakes nor makes new ones elsewhere."""
    folder = tmp_path / "knowledge"
    shutil.copytree(bundled_knowledge(), folder)
    page = folder / "tables" / "torch-cuda.yaml"
    text = page.read_text("utf-8")
    for right, wrong in (
        ('cuda: "7.5/8.0"', "cuda: 7.5"),
        ('torch: "0.3.0"', 'torch: "0.3.99"'),
        ("source: wheel-index-copy", "source: nope"),
        ('"1.3.0~1.4.0"', '"1.4.0~1.3.0"'),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    page.write_text(text, "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge([folder])
    told = [problem.message for problem in caught.value.problems]
    assert len(told) == 4
    assert {problem.file.name for problem in caught.value.problems} == {"torch-cuda.yaml"}
