"""Listing and opening the files of a folder: what is no ordinary page is refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.knowledge import files
from bot.knowledge.files import MAX_BYTES, knowledge_files, read_bytes
from bot.knowledge.problems import Problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one page."""
    inside = tmp_path / "team"
    (inside / "facts").mkdir(parents=True)
    (inside / "facts" / "a.yaml").write_text("a: b\n")
    return inside


def listed(folder: Path) -> tuple[list[str], list[str]]:
    """The names of the pages, and what is refused."""
    found, problems = knowledge_files(folder)
    told = [f"{p.file.relative_to(folder)}: {p.key}: {p.message}" for p in problems]
    return [str(path.relative_to(folder)) for path in found], told


def refusal(path: Path) -> str:
    """Why a file is not read."""
    found = read_bytes(path)
    assert isinstance(found, Problem)
    assert (found.file, found.line, found.key) == (path, 1, "(file)")
    return found.message


def test_pages_are_listed_in_order_without_hidden_ones(folder: Path) -> None:
    """Hidden names and other kinds of files are left out."""
    for name in ("b.yaml", "A.yaml", ".hidden.yaml", "notes.md", "rows.csv"):
        (folder / name).write_text("a: b\n")
    assert listed(folder) == (["A.yaml", "b.yaml", "facts/a.yaml"], [])


@pytest.mark.parametrize("name", ["b.yml", "b.YAML"])
def test_another_ending_is_told(folder: Path, name: str) -> None:
    """A page that would be left out in silence is a mistake."""
    (folder / name).write_text("a: b\n")
    assert listed(folder) == (["facts/a.yaml"], [f"{name}: (file): not read: rename it to b.yaml"])


@pytest.mark.parametrize("target", [".", "..", "../facts"])
def test_a_link_to_a_folder_that_is_read_anyway_is_told(folder: Path, target: str) -> None:
    """A loop is not walked, and nothing is read twice."""
    (folder / "facts" / "link").symlink_to(target)
    message = "facts/link: (folder): a link to a folder that is read anyway: delete the link"
    assert listed(folder) == (["facts/a.yaml"], [message])


def test_two_folders_that_link_to_each_other_are_walked_once(folder: Path) -> None:
    """A loop through a hidden folder ends."""
    (folder / ".data").mkdir()
    (folder / ".data" / "b.yaml").write_text("a: b\n")
    (folder / ".data" / "back").symlink_to("../.data")
    (folder / "link").symlink_to(".data")
    assert listed(folder) == (["facts/a.yaml", "link/b.yaml"], [])


def test_the_links_of_a_mounted_config_map_are_followed(folder: Path) -> None:
    """A ConfigMap shows the files of a hidden folder through links."""
    (folder / "..2026" / "tables").mkdir(parents=True)
    (folder / "..2026" / "b.yaml").write_text("a: b\n")
    (folder / "..data").symlink_to("..2026")
    (folder / "b.yaml").symlink_to("..data/b.yaml")
    (folder / "tables").symlink_to("..data/tables")
    assert listed(folder) == (["b.yaml", "facts/a.yaml"], [])


def test_a_link_out_of_the_folder_is_refused(folder: Path) -> None:
    """What stands elsewhere is no part of the folder: a folder elsewhere is named as one more."""
    (folder.parent / "other").mkdir()
    (folder.parent / "other.yaml").write_text("a: b\n")
    (folder / "other").symlink_to("../other")
    (folder / "x.yaml").symlink_to("../other.yaml")
    found, told = listed(folder)
    assert found == ["facts/a.yaml"]
    assert told == [
        "other: (folder): a link out of the folder: name that folder as one more",
        "x.yaml: (file): a link out of the folder: copy the file here, or name its folder as one more",
    ]


def test_a_folder_may_itself_be_a_link(folder: Path) -> None:
    """The folder that is named may be reached through a link."""
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert listed(link) == (["facts/a.yaml"], [])


def test_too_many_pages_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is no knowledge folder is not read to its end."""
    monkeypatch.setattr(files, "MAX_FILES", 3)
    for number in range(10):
        (folder / f"{number}.yaml").write_text("a: b\n")
    found, told = listed(folder)
    assert (len(found), told) == (4, [".: (folder): more than 3 pages: name a knowledge folder"])


def test_a_file_is_read(folder: Path) -> None:
    """An ordinary file gives its content."""
    assert read_bytes(folder / "facts" / "a.yaml") == b"a: b\n"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    """A pipe without a writer would block for ever."""
    os.mkfifo(folder / "x.yaml")
    assert refusal(folder / "x.yaml") == "no regular file (a pipe, socket or device): delete it"


def test_a_device_is_refused(folder: Path) -> None:
    """A device gives bytes without end."""
    assert refusal(Path("/dev/zero")) == "no regular file (a pipe, socket or device): delete it"


@pytest.mark.parametrize("name", ["x.yaml", "tables"])
def test_a_link_to_itself_is_refused(folder: Path, name: str) -> None:
    """A loop is named, whether it was meant as a file or as a folder."""
    (folder / name).symlink_to(name)
    assert listed(folder) == (
        ["facts/a.yaml"],
        [f"{name}: (file): a link that leads back to itself: delete it"],
    )
    assert refusal(folder / name) == "a link that leads back to itself: delete it"


def test_a_link_to_nothing_is_refused(folder: Path) -> None:
    """What a link should have shown would be missed in silence."""
    (folder / "tables").symlink_to("none")
    message = "tables: (file): gone, or a link to nothing: delete the link, or put the file back"
    assert listed(folder) == (["facts/a.yaml"], [message])


def test_a_file_that_vanished_after_it_was_listed_is_told(folder: Path) -> None:
    """Between listing and reading a file may go."""
    (path,), _ = knowledge_files(folder)
    path.unlink()
    assert refusal(path).startswith("gone, or a link to nothing")


def test_a_file_that_may_not_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the permission to read there is a message, not a crash."""

    def denied(path: Path, _flags: int) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "open", denied)
    assert refusal(folder / "facts" / "a.yaml") == "may not be read: let the bot's user read it"


def test_a_folder_that_may_not_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be opened is named."""

    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", denied)
    assert listed(folder) == ([], [".: (folder): may not be read: let the bot's user read it"])


def test_a_file_of_fifty_megabytes_is_refused_unread(folder: Path) -> None:
    """A file over the limit is not opened to its end."""
    with (folder / "x.yaml").open("wb") as file:
        file.truncate(50_000_000)
    assert refusal(folder / "x.yaml") == f"larger than {MAX_BYTES:,} bytes: split the file"
