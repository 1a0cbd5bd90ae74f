"""Known errors are found in what people paste, whatever happened to the text on its way."""

from __future__ import annotations

import time
from functools import cache

import pytest

from bot.knowledge.signatures import Signatures, compile_fragment, fold
from tests.questions.cases import pipeline

BIG = 100_000
SECONDS_FOR_BIG = 0.25


@cache
def signatures() -> Signatures:
    """The real errors, compiled once."""
    return Signatures(pipeline().kb.errors.values())


def found(text: str) -> list[str]:
    """The errors in a text by id."""
    return [item.error.id for item in signatures().find(text)]


def figures(text: str) -> list[tuple[str, str, str]]:
    """The figures of the first error."""
    return [(f.column, str(f.version), f.holds) for f in signatures().find(text)[0].figures]


@pytest.mark.parametrize(
    "text",
    [
        "RuntimeError: No CUDA-capable device is detected",
        "no\n  cuda-capable   device is\tdetected",
        "*no CUDA-capable device* is `detected`",
        "\x1b[31mno CUDA-capable\x1b[0m device is detected",
        "│ no CUDA-capable device │\n│ is detected │",
    ],
)
def test_a_message_is_found_however_it_was_dressed(text: str) -> None:
    """Case, white space, quotes, emphasis, colours and boxes do not count."""
    assert found(text) == ["no-device"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "which torch works with CUDA 10.2",
        "ERROR: There is no distribution found for torchvision==0.3",
        "the filesystem not yet initialized",
        "no CUDA-capable devices",
    ],
)
def test_other_text_holds_no_message(text: str) -> None:
    """A message begins and ends where a word does."""
    assert found(text) == []


def test_a_wrapper_loses_to_what_it_wraps() -> None:
    """A generic message is told only where nothing specific stands beside it."""
    wrapper = "Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling"
    inner = "Error 804: forward compatibility was attempted on non supported HW"
    assert found(wrapper) == ["device-count-failed"]
    assert found(f"{wrapper} NumCudaDevices()? {inner}") == ["forward-compatibility"]


def test_an_error_over_another_is_told_alone() -> None:
    """The symbol that torchaudio lacks is torchaudio's trouble, not that of any extension."""
    text = "OSError: /x/torchaudio/lib/libtorchaudio.so: undefined symbol: _ZN3c105ErrorC2E"
    assert found(text) == ["torchaudio-symbol"]


def test_the_longer_of_two_messages_comes_first() -> None:
    """A traceback with two errors tells the more specific one first."""
    lines = "Numpy is not available", "A module that was compiled using NumPy 1.x cannot be run in"
    text = "\n".join((*lines, "invalid device ordinal"))
    assert found(text) == ["numpy-1-module", "device-ordinal"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The NVIDIA driver on your system is too old (found version 11040).", ("cuda", "11.4", "most")),
        (
            "X with CUDA capability sm_120 is not compatible with the current PyTorch installation.",
            ("compute-capability", "12.0", "exact"),
        ),
        ("X which requires CUDA_VERSION &gt;= 11000 to work properly", ("cuda", "11.0", "least")),
        ("No matching distribution found for torch==1.7.0", ("torch", "1.7.0", "exact")),
        ("ImportError: libcudart.so.10.2: cannot open shared object file", ("cuda", "10.2", "exact")),
        ("undefined symbol: __nvJitLinkAddData_12_1, version", ("cuda", "12.1", "exact")),
        ("Dynamo is not supported on Python 3.12+", ("python", "3.12", "exact")),
    ],
)
def test_figures_are_read_from_messages(text: str, expected: tuple[str, str, str]) -> None:
    """A figure in a message is a version of a product, in whatever form it is written there."""
    assert figures(text) == [expected]


@pytest.mark.timed
@pytest.mark.parametrize(
    "text",
    [
        "a" * BIG,
        "undefined symbol: " * (BIG // 18),
        "libcudart.so." * (BIG // 13) + ": cannot open shared object file",
        "version GLIBC_" * (BIG // 14) + " not found",
        "Dynamo is not supported on Python " * (BIG // 34),
        "no CUDA-capable device is detected\n" * (BIG // 35),
    ],
    ids=lambda text: text[:20],
)
def test_a_large_paste_costs_little(text: str) -> None:
    """The search is linear in the text, also where a message nearly matches everywhere."""
    signatures()
    start = time.perf_counter()
    signatures().find(text)
    assert time.perf_counter() - start < SECONDS_FOR_BIG


def test_folding_is_done_once() -> None:
    """A folded text folds to itself."""
    once = fold("Value 'sm_120' is  NOT\ndefined &amp; more")
    assert fold(once) == once == "value sm_120 is not defined & more"


def test_a_form_that_is_none_is_refused() -> None:
    """A placeholder names a form that there is."""
    with pytest.raises(ValueError, match="no form 'roman'"):
        compile_fragment("needs CUDA {cuda:roman} at least")
