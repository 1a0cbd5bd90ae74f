"""`bot knowledge refresh` against an index on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.knowledge.refresh.conftest import Index

Refresh = Callable[..., subprocess.CompletedProcess[str]]
WHEEL = "torchvision-9.0.0-cp313-cp313-manylinux_2_28_x86_64.whl"
REQUIRES = "Metadata-Version: 2.1\nName: torchvision\nVersion: 9.0.0\nRequires-Dist: torch (=={0})\n"


@pytest.fixture
def refresh(folder: Path, index: Index, tmp_path: Path) -> Refresh:
    """The command as a process, over a copy of the knowledge and the test's index."""

    def run(*options: str, url: str = "") -> subprocess.CompletedProcess[str]:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        environ |= {"KNOWLEDGE_PATH": str(folder), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "bot", "knowledge", "refresh", "--index-url", url or index.url]
        return subprocess.run(
            [*command, *options], env=environ, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_a_new_release_is_missing(index: Index, refresh: Refresh) -> None:
    """`--check` names the page, the line and the release, and exits with 1."""
    index.add("numpy", "numpy-9.1.0-cp313-cp313-manylinux_2_28_x86_64.whl")
    done = refresh("--check", "numpy")
    assert done.returncode == 1, done.stderr
    assert re.search(r"runtime\.yaml:\d+: .*releases: numpy 9\.1\.0 \(2027-01-02\) is missing", done.stdout)


def test_pre_releases_and_yanked_files_are_no_releases(index: Index, refresh: Refresh) -> None:
    """What nobody should install is not proposed."""
    index.add("numpy", "numpy-9.1.0rc1-cp313-cp313-manylinux_2_28_x86_64.whl")
    index.add("numpy", "numpy-9.0.0-cp313-cp313-manylinux_2_28_x86_64.whl", yanked="broken")
    done = refresh("--check", "numpy")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_pinned_companion_becomes_a_row(folder: Path, index: Index, refresh: Refresh) -> None:
    """`--write` adds lines and changes no other, and afterwards nothing is missing."""
    index.add("torchvision", WHEEL, metadata=REQUIRES.format("2.15.0"))
    pages = {p: p.read_text("utf-8") for p in folder.rglob("*.yaml")}
    done = refresh("--write", "torchvision")
    assert done.returncode == 0, done.stdout + done.stderr
    table = (folder / "tables" / "torch-torchvision.yaml").read_text("utf-8")
    assert re.search(r'torch: "2\.15\.0", torchvision: "9\.0\.0"', table)
    for path, old in pages.items():
        new = path.read_text("utf-8")
        lines = list(unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[2:]
        removed = [line for line in lines if line.startswith("-") and "checked:" not in line]
        assert removed == [], path.name
    assert refresh("--check", "torchvision").returncode == 0


def test_what_is_no_pin_is_left_to_a_person(folder: Path, index: Index, refresh: Refresh) -> None:
    """`torch>=2.14.0` is no one release: it is told, and no row is made up."""
    index.add("torchvision", WHEEL, metadata=REQUIRES.format("2.15.0").replace("==", ">="))
    before = (folder / "tables" / "torch-torchvision.yaml").read_text("utf-8")
    done = refresh("--write", "torchvision")
    assert done.returncode == 1
    assert "which is no one release (by hand)" in done.stdout
    assert (folder / "tables" / "torch-torchvision.yaml").read_text("utf-8") == before


def test_metadata_of_a_wrong_hash_is_not_believed(index: Index, refresh: Refresh) -> None:
    """What was tampered with on the way becomes no row."""
    index.add("torchvision", WHEEL, metadata=REQUIRES.format("2.15.0"))
    index.metadata[WHEEL] = REQUIRES.format("2.14.0")
    done = refresh("torchvision")
    assert '"9.0.0"}' not in done.stdout.split("torch-torchvision.yaml")[-1]
    assert done.returncode == 2 or "not known" in done.stderr


def test_a_page_in_html_is_read_too(index: Index, refresh: Refresh) -> None:
    """PEP 503, without dates."""
    index.html = True
    index.add("numpy", "numpy-9.1.0-cp313-cp313-manylinux_2_28_x86_64.whl")
    done = refresh("--check", "numpy")
    assert done.returncode == 1, done.stderr
    assert "numpy 9.1.0" in done.stdout


def test_a_busy_index_is_asked_again(index: Index, refresh: Refresh) -> None:
    """A 503 is no answer."""
    index.refusals = 1
    index.add("numpy", "numpy-9.1.0-cp313-cp313-manylinux_2_28_x86_64.whl")
    assert refresh("--check", "numpy").returncode == 1
    assert len(index.asked) == 2


def test_what_was_read_is_not_asked_for_again(index: Index, refresh: Refresh) -> None:
    """A run that broke off goes on from what is kept; `--fresh` asks again."""
    index.add("torchvision", WHEEL, metadata=REQUIRES.format("2.15.0"))
    refresh("--check", "torchvision")
    asked = len(index.asked)
    refresh("--check", "torchvision")
    assert len(index.asked) == asked
    refresh("--check", "--fresh", "torchvision")
    assert len(index.asked) > asked


def test_an_index_that_is_not_there_is_told_in_a_line(refresh: Refresh) -> None:
    """Exit code 2, apart from being behind."""
    done = refresh("--check", "numpy", url="http://127.0.0.1:9/simple")
    assert done.returncode == 2
    assert done.stderr.startswith("bot: ")
    assert "Traceback" not in done.stderr


def test_a_package_that_no_index_has_is_told(refresh: Refresh) -> None:
    """That is a failure, not a level."""
    done = refresh("--check", "numpy")
    assert done.returncode == 2
    assert "no index has the package 'numpy'" in done.stderr


def test_check_and_write_exclude_each_other(refresh: Refresh) -> None:
    """One changes nothing, the other does."""
    assert refresh("--check", "--write").returncode == 2


def test_a_page_of_wheels_shows_builds(folder: Path, tmp_path: Path, refresh: Refresh) -> None:
    """A file in the form of a wheel index page; what maps to nothing is counted."""
    page = tmp_path / "torch.html"
    names = [
        "torch-2.14.1+cu130-cp313-cp313-manylinux_2_28_x86_64.whl",
        "torch-2.14.1+cu126-cp313-cp313-win_amd64.whl",
        "torch-2.14.1+cu999-cp313-cp313-manylinux_2_28_x86_64.whl",
        "torch-2.14.1+xpu-cp313-cp313-manylinux_2_28_x86_64.whl",
        "torch-2.14.1.dev20260101+cu130-cp313-cp313-win_amd64.whl",
    ]
    links = "".join(f'<a href="/whl/{name}">{name}</a>\n' for name in names)
    page.write_text(f"<!DOCTYPE html><html><body>{links}</body></html>", encoding="utf-8")
    done = refresh("--check", "--wheels", str(page), "torch")
    assert "99.9" in done.stdout
    assert "pre-releases" in done.stderr
    assert "13.0" not in done.stdout
