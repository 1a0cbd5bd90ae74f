"""The built wheel carries the knowledge: installed by itself, it answers in any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, without this checkout on the path."""
    environ = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "KNOWLEDGE_PATH")}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    built = run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, folder=folder
    )
    assert built.returncode == 0, built.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script in an environment that has the wheel and this one's dependencies, but no checkout.

    The dependencies come by a path file. An editable install is not followed through it, so that `bot`
    can only come from the wheel.
    """
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    done = run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        wheel,
        folder=folder,
    )
    assert done.returncode == 0, done.stderr
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "bot"


def test_the_wheel_holds_every_page(wheel: Path) -> None:
    """Each YAML file of the checkout stands in the wheel, and no test does."""
    names = set(zipfile.ZipFile(wheel).namelist())
    pages = {
        f"bot/_knowledge/{path.relative_to(ROOT / 'knowledge')}"
        for path in (ROOT / "knowledge").rglob("*.yaml")
    }
    assert pages <= names
    assert [name for name in names if name.startswith(("tests/", "docs/"))] == []


def test_the_installed_package_is_the_wheels(installed: Path, tmp_path: Path) -> None:
    """The environment does not see this checkout."""
    done = run(installed.with_name("python"), "-c", "import bot; print(bot.__file__)", folder=tmp_path)
    assert Path(done.stdout.strip()).is_relative_to(installed.parent.parent)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("which torch works with CUDA 10.2", "1.5.0–1.12.1"),
        ("哪個 pytorch 版本支援 CUDA 10.2", "1.12.1"),
    ],
)
def test_the_installed_bot_answers_in_an_empty_folder(
    installed: Path, tmp_path: Path, question: str, words: str
) -> None:
    """`bot ask` needs no checkout and no environment."""
    done = run(installed, "ask", question, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert words in done.stdout


def test_the_installed_knowledge_is_checked_too(installed: Path, tmp_path: Path) -> None:
    """`bot knowledge check` finds the pages that came with the wheel."""
    done = run(installed, "knowledge", "check", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
