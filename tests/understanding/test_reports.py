"""What pasted outputs tell, and what in them is passed over."""

from __future__ import annotations

from functools import cache

import pytest

from bot.understanding.reports import ReportReader, blanked
from tests.questions.cases import pipeline

SMI = "| NVIDIA-SMI 470.182.03   Driver Version: 470.182.03   CUDA Version: 11.4 |"
NVCC = "nvcc: NVIDIA (R) Cuda compiler driver\nCuda compilation tools, release 10.1, V10.1.243"
ENVIRONMENT = """\
PyTorch version: 1.7.1
CUDA used to build PyTorch: 11.0
GCC version: (Ubuntu 7.5.0) 7.5.0
CUDA runtime version: 10.1.243
Nvidia driver version: 450.51.06
Python version: 3.8 (64-bit runtime)"""


@cache
def reader() -> ReportReader:
    """Compiled once."""
    return ReportReader(pipeline().kb)


def shown(text: str) -> list[tuple[str, str, str]]:
    """Column, constraint and role of everything that a paste shows."""
    return [(given.column, str(given), given.role) for given in reader().read(text).givens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SMI, {("driver", "470.182.03", ""), ("cuda", "<=11.4", "ceiling")}),
        (NVCC, {("cuda", "10.1", "toolkit")}),
        (
            ENVIRONMENT,
            {
                ("torch", "1.7.1", "build"),
                ("cuda", "11.0", "build"),
                ("cuda", "10.1", "toolkit"),
                ("driver", "450.51.06", ""),
                ("python", "3.8", ""),
            },
        ),
    ],
)
def test_labels_become_givens_in_their_roles(text: str, expected: set[tuple[str, str, str]]) -> None:
    """The most of a driver, the toolkit of a compiler, the build that is running."""
    assert set(shown(text)) == expected


def test_a_label_that_asks_for_another_is_nothing_by_itself() -> None:
    """ "CUDA Version" is the driver's most only on a line of nvidia-smi."""
    assert shown("CUDA Version: 11.4") == []


def test_the_first_figure_of_a_role_counts() -> None:
    """The same label twice gives one version."""
    assert shown("CUDA used to build PyTorch: 11.0\nCUDA used to build PyTorch: 10.2") == [
        ("cuda", "11.0", "build")
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Collecting torch==1.7.1\nwhich torch", "which torch"),
        ("  | Requirement already satisfied: numpy 1.2\nwhich torch", "which torch"),
        ("it is in /srv/someone/torch1.7/lib/x.py", "it is in"),
        (r"it is in C:\tools\cuda10.2\lib\x.dll", "it is in"),
        ("it is in torch/nn/functional.py:123", "it is in"),
        ("undefined symbol: _ZN6caffe28TypeMeta21_typeMetaDataE", "undefined symbol:"),
        ("GCC version: (Ubuntu 7.5.0) 7.5.0\nwhich torch", "which torch"),
    ],
)
def test_what_tells_nothing_is_blanked(text: str, left: str) -> None:
    """Lines of noise, paths, mangled names of C++ and passed-over labels."""
    assert reader().read(text).text.strip() == left


def test_a_word_with_a_slash_is_no_path() -> None:
    """ "and/or" and a list of two names stay."""
    text = "torch and/or torchvision, cuda 10.2/11.0"
    assert reader().read(text).text == text


@pytest.mark.parametrize(
    "text", [SMI, NVCC, ENVIRONMENT, f"İ{SMI}", "Collecting torch\r\n/a/b/c.py\r\nx", ""]
)
def test_the_text_keeps_its_length(text: str) -> None:
    """Offsets hold, whatever is blanked, and even where lower case would be longer."""
    report = reader().read(text)
    assert (report.raw, len(report.text)) == (text, len(text))


def test_what_an_installer_offers_is_listed_and_is_no_given() -> None:
    """All releases of the list, in order."""
    report = reader().read("(from versions: 1.11.0, 1.12.0, 1.13.0)")
    assert (list(map(str, report.listed)), report.givens) == (["1.11.0", "1.12.0", "1.13.0"], ())


def test_the_figure_of_a_message_is_given_and_blanked() -> None:
    """The driver's most, as the message writes it."""
    report = reader().read("The NVIDIA driver on your system is too old (found version 10010).")
    assert [(g.column, str(g), g.role) for g in report.givens] == [("cuda", "<=10.1", "ceiling")]
    assert "10010" not in report.text
    assert report.errors


def test_overlapping_spans_are_blanked_once() -> None:
    """Their union becomes spaces, nothing else changes."""
    assert "".join(blanked("abcdefgh", [(1, 4), (2, 3), (3, 6)])) == "a     gh"


def test_two_versions_of_one_product_keep_their_roles() -> None:
    """The toolkit that was found, and what torch was built for."""
    text = "The detected CUDA version (12.2) mismatches the version that was used to compile\nPyTorch (11.3)."
    assert set(shown(text)) == {("cuda", "12.2", "toolkit"), ("cuda", "11.3", "build")}


def test_what_another_package_is_built_for_is_told_apart() -> None:
    """torch's own CUDA is the build; that of the companion is another's."""
    text = (
        "Detected that PyTorch and torchvision were compiled with different CUDA versions. "
        "PyTorch has CUDA Version=11.7 and torchvision has CUDA Version=11.8."
    )
    assert set(shown(text)) == {("cuda", "11.7", "build"), ("cuda", "11.8", "other")}
