"""Folders over folders: what a later one replaces or extends, and whose a source is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from bot.knowledge.base import KnowledgeBase
from bot.knowledge.files import knowledge_files
from bot.knowledge.folders import is_base, over_base
from bot.knowledge.loader import load_knowledge
from bot.knowledge.problems import KnowledgeError
from bot.settings import bundled_knowledge

EXAMPLE: Final = Path(__file__).resolve().parents[2] / "docs" / "example-overlay"
SOURCE: Final = "sources:\n  wiki: {title: Team wiki, checked: 2026-11-20}\n"
PRODUCT: Final = (
    "product: {slug}\nkind: library\nname: {{en: {name}, zh: {name}}}\naliases: [{aliases}]\n"
    'about: {{en: About., zh: 关于。}}\nreleases: {{"1.0": ~, "1.1": ~}}\nsource: {source}\n'
)

Write = Callable[[str, str], Path]


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A team's empty folder."""
    folder = tmp_path / "team"
    folder.mkdir()
    return folder


@pytest.fixture
def write(team: Path) -> Write:
    """Writes a page of the team's folder."""

    def page(name: str, text: str) -> Path:
        path = team / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return page


def over(*folders: Path) -> KnowledgeBase:
    """The bundled knowledge with folders over it."""
    return load_knowledge([bundled_knowledge(), *folders])


def problems(*folders: Path) -> list[str]:
    """The report of folders over the bundled knowledge."""
    with pytest.raises(KnowledgeError) as caught:
        over(*folders)
    return str(caught.value).splitlines()


def test_the_example_overlay_has_no_mistake() -> None:
    """It adds and replaces nothing."""
    kb = over(EXAMPLE)
    assert kb.overrides == ()
    assert {"tensorkit", "jobrunner"} <= kb.products.keys()


def test_a_later_product_replaces_the_earlier(team: Path, write: Write) -> None:
    """And the override is reported with both places."""
    write("sources.yaml", SOURCE)
    page = PRODUCT.format(slug="torchtext", name="torchtext", aliases="our text", source="wiki")
    releases = "".join(
        f'  "{v}": ~\n' for v in load_knowledge([bundled_knowledge()]).products["torchtext"].releases
    )
    path = write("products/torchtext.yaml", page.replace('{"1.0": ~, "1.1": ~}', f"\n{releases}"))
    kb = over(team)
    (override,) = kb.overrides
    assert kb.products["torchtext"].aliases == ("our text",)
    assert (override.kind, override.name) == ("product", "torchtext")
    assert (override.winner.file, override.winner.line) == (path, 1)
    assert override.loser.file == bundled_knowledge() / "products" / "torchtext.yaml"


def test_the_lines_of_an_override_are_told_from_the_cache_too(
    team: Path, write: Write, tmp_path: Path
) -> None:
    """A parsed file knows few lines; what was replaced is still placed."""
    write("sources.yaml", "# ours\n\nsources:\n  book: {title: Our copy, checked: 2026-11-20}\n")
    folders, cache = [bundled_knowledge(), team], tmp_path / "cache"
    first, second = (load_knowledge(folders, cache).overrides for _ in range(2))
    assert first == second
    assert first[0].winner.line == 4
    assert first[0].loser.line > 1


def test_the_same_name_twice_in_one_folder_is_a_mistake(team: Path, write: Write) -> None:
    """Only a later folder replaces."""
    write("sources.yaml", SOURCE)
    for name in ("a", "b"):
        write(f"products/{name}.yaml", PRODUCT.format(slug="kit", name="kit", aliases="", source="wiki"))
    (line,) = problems(team)
    assert "product 'kit' is already defined at" in line


def test_the_last_of_three_folders_wins(tmp_path: Path) -> None:
    """And each replacement is reported."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sources.yaml").write_text(
            f"sources:\n  book: {{title: {name}, checked: 2026-11-20}}\n", encoding="utf-8"
        )
    kb = over(tmp_path / "one", tmp_path / "two")
    assert kb.sources["book"].title == "two"
    assert [override.winner.file.parent.name for override in kb.overrides] == ["one", "two"]


def test_categories_words_and_phrases_extend_the_base(team: Path, write: Write) -> None:
    """What an overlay does not name stays."""
    write(
        "categories.yaml",
        "kinds:\n  robot: {name: {en: robot, zh: 机器人}, words: {en: [robot], zh: [机器人]}}\n",
    )
    write("vocabulary/en.yaml", "language: en\ncues: {newest: [freshest]}\n")
    write("wording/en.yaml", 'language: en\nphrases:\n  none.chat: "Any time."\n')
    base, kb = load_knowledge([bundled_knowledge()]), over(team)
    assert kb.categories.kinds.keys() == {*base.categories.kinds, "robot"}
    assert kb.vocabularies["en"].cues["newest"] == (*base.vocabularies["en"].cues["newest"], "freshest")
    assert kb.wordings["en"] == {**base.wordings["en"], "none.chat": "Any time."}
    assert [(o.kind, o.name) for o in kb.overrides] == [("phrase", "en none.chat")]


def test_a_phrase_that_nothing_says_is_a_mistake(team: Path, write: Write) -> None:
    """A misspelt key would change nothing without a word."""
    path = write("wording/zh.yaml", 'language: zh\nphrases:\n  none.chatt: "好"\n')
    assert f"{path}:3: phrases.none.chatt: no such phrase: correct its spelling" in problems(team)


def test_a_bad_placeholder_of_a_phrase_is_placed_in_the_overlay(team: Path, write: Write) -> None:
    """Not in the page that it extends."""
    path = write("wording/zh.yaml", 'language: zh\nphrases:\n  named: "{naam}"\n')
    assert problems(team) == [f"{path}:3: phrases.named: placeholders differ from those of en"]


def test_alias_pages_add_names(team: Path, write: Write) -> None:
    """To products and to values of attributes, in one page."""
    write("aliases/names.yaml", "aliases: {torch: [corp torch], gpu: {tesla-v100: [dev box card]}}\n")
    kb = over(team)
    assert "corp torch" in kb.products["torch"].aliases
    assert "dev box card" in kb.attributes["gpu"].values["tesla-v100"].aliases
    assert kb.overrides == ()


@pytest.mark.parametrize(
    ("page", "key", "message"),
    [
        ("{torhc: [x]}", "aliases.torhc", "no product 'torhc': did you mean torch"),
        ("{gpu: [x]}", "aliases.gpu", "'gpu' is an attribute: write the names under one of its values"),
        ("{gpuu: {a100: [x]}}", "aliases.gpuu", "no attribute 'gpuu': did you mean gpu"),
        ("{gpu: {a1000000: [x]}}", "aliases.gpu.a1000000", "no value 'a1000000' of 'gpu': did you mean"),
    ],
)
def test_an_alias_of_nothing_is_told(team: Path, write: Write, page: str, key: str, message: str) -> None:
    """With what may have been meant."""
    path = write("aliases/names.yaml", f"aliases: {page}\n")
    (line,) = problems(team)
    assert line.startswith(f"{path}:1: {key}: {message}")


@pytest.mark.parametrize("name", ["pytorch", "Py Torch", "ＰｙＴｏｒｃｈ", "py-torch"])
def test_a_name_that_another_folder_gave_away_is_told_with_both_places(
    team: Path, write: Write, name: str
) -> None:
    """However it is written."""
    write("sources.yaml", SOURCE)
    page = PRODUCT.format(slug="kit", name="kit", aliases=f"kitt, {name}", source="wiki")
    path = write("products/kit.yaml", page)
    torch = bundled_knowledge() / "products" / "torch.yaml"
    (line,) = problems(team)
    assert line.startswith(f"{path}:4: aliases.1: {name.casefold()!r} already names 'torch' at {torch}:")


def test_a_name_shared_across_languages_is_told(team: Path, write: Write) -> None:
    """One thing's Chinese name is no other thing's English alias."""
    write("sources.yaml", SOURCE)
    write(
        "products/a.yaml",
        PRODUCT.format(slug="kit", name="kit", aliases="", source="wiki").replace("zh: kit", "zh: 工具"),
    )
    path = write("aliases/names.yaml", "aliases:\n  torch:\n  - 工具\n")
    (line,) = problems(team)
    assert line == f"{path}:3: aliases.torch.0: '工具' already names 'kit' at {team}/products/a.yaml:3"


def test_sources_of_an_overlay_belong_to_its_folder() -> None:
    """By the name of its page."""
    kb = over(EXAMPLE)
    assert kb.source_folders["cluster-wiki"]["en"] == "Platform team"
    assert "pypi-torch" not in kb.source_folders


def test_a_team_table_that_cites_an_official_source_cites_it_as_the_team(team: Path, write: Write) -> None:
    """So that its figures are never taken for the official ones."""
    shutil.copy(bundled_knowledge() / "tables" / "torch-torchtext.yaml", write("tables/x.yaml", ""))
    kb = over(team)
    (source,) = kb.relations["torch-torchtext"].table.source
    assert kb.source_folders[source] == {"": "team"}
    assert kb.sources[source] == kb.sources["pypi-torchtext"]
    assert all(kb.source_folders[ref] for row in kb.relations["torch-torchtext"].rows for ref in row.sources)
    assert "pypi-torchtext" not in kb.source_folders


def test_an_overlay_without_a_name_in_a_language_is_told(team: Path, write: Write) -> None:
    """Answers in that language would have no word for it."""
    path = write("overlay.yaml", "name: {en: Team}\n")
    assert problems(team) == [f"{path}:1: name: no text in 'zh'"]


def test_an_overlay_alone_is_laid_over_the_bundled_knowledge(team: Path) -> None:
    """A whole base is not."""
    assert over_base([team], bundled_knowledge()) == (bundled_knowledge(), team)
    assert over_base([bundled_knowledge(), team], Path("other")) == (bundled_knowledge(), team)
    assert not is_base(EXAMPLE)


def test_linked_files_are_read_once_and_hidden_ones_not(tmp_path: Path) -> None:
    """As a mounted ConfigMap shows them: links through `..data` to a dated folder."""
    dated = tmp_path / "..2026_01_01"
    (dated / "tables").mkdir(parents=True)
    (dated / "tables" / "a.yaml").touch()
    (tmp_path / "..data").symlink_to(dated.name)
    (tmp_path / "tables").symlink_to("..data/tables")
    assert knowledge_files(tmp_path) == ([tmp_path / "tables" / "a.yaml"], [])


def test_a_link_to_a_folder_above_is_a_mistake(tmp_path: Path) -> None:
    """It is told, and not followed."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "up").symlink_to("..")
    found, (problem,) = knowledge_files(tmp_path)
    assert (found, problem.file) == ([], tmp_path / "tables" / "up")
