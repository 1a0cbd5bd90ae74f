"""Changes of files are noticed, once, when they are complete."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.live import watching
from bot.live.watching import fingerprint, watch_folders


class Seen:
    """Counts changes, and lets a test wait for one."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def __call__(self) -> None:
        self.count += 1
        self._changed.set()

    async def once_more(self) -> None:
        """Wait for the next change."""
        await asyncio.wait_for(self._changed.wait(), 8)
        self._changed.clear()


@asynccontextmanager
async def watched(*folders: Path, poll: float = 5.0) -> AsyncIterator[Seen]:
    """Watch folders in the background."""
    seen, stop = Seen(), asyncio.Event()
    task = asyncio.create_task(watch_folders(folders, seen, stop, settle=0.2, poll=poll))
    await asyncio.sleep(0.3)
    try:
        yield seen
    finally:
        stop.set()
        await asyncio.wait_for(task, 3)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page in a folder of its own."""
    path = tmp_path / "team" / "facts" / "a.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("facts: []\n", "utf-8")
    return path


async def test_an_edit_in_several_steps_is_one_change(page: Path) -> None:
    """As an editor saves: a new file beside, the old one moved away, the new one put in its place."""
    async with watched(page.parents[1]) as seen:
        draft = page.with_suffix(".tmp")
        draft.write_text("facts:\n", "utf-8")
        await asyncio.sleep(0.05)
        page.rename(page.with_suffix(".yaml~"))
        await asyncio.sleep(0.05)
        draft.rename(page)
        await asyncio.sleep(0.05)
        page.write_text("facts: []\n# more\n", "utf-8")
        await seen.once_more()
        await asyncio.sleep(0.6)
        assert seen.count == 1


async def test_a_swap_behind_a_link_is_a_change(tmp_path: Path) -> None:
    """As Kubernetes updates a mounted ConfigMap: `..data` is replaced by a link to another folder."""
    for name in ("..one", "..two"):
        (tmp_path / name / "facts").mkdir(parents=True)
        (tmp_path / name / "facts" / "a.yaml").write_text(f"# {name}\n", "utf-8")
    (tmp_path / "..data").symlink_to("..one")
    (tmp_path / "facts").symlink_to("..data/facts")
    async with watched(tmp_path) as seen:
        (tmp_path / "..data_tmp").symlink_to("..two")
        (tmp_path / "..data_tmp").rename(tmp_path / "..data")
        await seen.once_more()
    assert (tmp_path / "facts" / "a.yaml").read_text("utf-8") == "# ..two\n"


async def test_a_folder_that_is_itself_a_link_is_compared(tmp_path: Path, page: Path) -> None:
    """No notice comes from where it leads to next."""
    other = tmp_path / "other" / "facts"
    other.mkdir(parents=True)
    (other / "b.yaml").touch()
    link = tmp_path / "link"
    link.symlink_to(page.parents[1])
    async with watched(link, poll=0.3) as seen:
        fresh = tmp_path / "fresh"
        fresh.symlink_to(other.parent)
        fresh.rename(link)
        await seen.once_more()


async def test_added_and_deleted_pages_are_changes(page: Path) -> None:
    """And so is a folder that comes with a page."""
    async with watched(page.parents[1]) as seen:
        added = page.parents[1] / "tables" / "t.yaml"
        added.parent.mkdir()
        added.write_text("a: b\n", "utf-8")
        await seen.once_more()
        page.unlink()
        await seen.once_more()
        assert seen.count == 2


async def test_files_that_are_no_pages_change_nothing(page: Path) -> None:
    """An editor's swap file, a note."""
    async with watched(page.parents[1]) as seen:
        (page.parent / ".a.yaml.swp").touch()
        (page.parent / "README.md").touch()
        await asyncio.sleep(0.8)
        assert seen.count == 0


async def test_where_nothing_can_be_watched_files_are_compared(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For example because the system has no more watches to give."""

    def refuse(*_paths: object, **_options: object) -> object:
        raise OSError("no space left for watches")

    monkeypatch.setattr(watching, "awatch", refuse)
    async with watched(page.parents[1], poll=0.2) as seen:
        page.write_text("facts: []\n# more\n", "utf-8")
        await seen.once_more()


def test_the_fingerprint_tells_content_of_the_same_size_apart(page: Path) -> None:
    """By time or inode."""
    before = fingerprint([page.parents[1]])
    other = page.with_name("b.tmp")
    other.write_text("fact5: []\n", "utf-8")
    other.rename(page)
    assert fingerprint([page.parents[1]]) != before
