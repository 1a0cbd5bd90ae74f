"""Where a program runs, as the paths in a message show it."""

from __future__ import annotations

import pytest

from bot.understanding.places import PlaceReader
from tests.questions.cases import pipeline

READER = PlaceReader(pipeline().kb)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("environment location: d:\\anaconda3", "windows"),
        ('file "c:/users/me/a.py"', "windows"),
        ("https://conda.anaconda.org/pytorch/win-64", "windows"),
        ("/library/frameworks/python.framework/versions/3.11", "macos"),
        ("file /users/me/a.py", "macos"),
        ("/users/me/x and /opt/homebrew/bin/python3", "macos-arm64"),
        ("channels: https://repo.anaconda.com/pkgs/main/osx-64", "macos-x86_64"),
        ("https://conda.anaconda.org/pytorch/linux-aarch64", "linux-aarch64"),
    ],
)
def test_a_path_tells_the_place(text: str, place: str) -> None:
    """The finest that is shown."""
    assert [str(given) for given in READER.read(text)] == [place]


@pytest.mark.parametrize(
    "text",
    [
        "no path at all",
        "see https://download.pytorch.org/whl/cu118",
        "file://x and http://a.b/c",
        "/srv/me/a.py",
        "https://example.org/users/me/",
        "d:\\anaconda3 and /mnt/d/proj",
        "torch/lib/x.so: error:\nnext",
    ],
)
def test_other_text_tells_none(text: str) -> None:
    """Addresses, paths that any system may have, and paths of two systems."""
    assert READER.read(text) == ()
