"""Which version belongs to which product, and what bounds the words around it make."""

from __future__ import annotations

import pytest

from tests.understanding.support import given, question, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("torch 1.7.0 cuda 11.0", {"torch": ["1.7.0"], "cuda": ["11.0"]}),
        ("1.7.0 torch with 11.0 cuda", {"torch": ["1.7.0"], "cuda": ["11.0"]}),
        ("torch version 1.7.0", {"torch": ["1.7.0"]}),
        ("torch==1.7.0+cu110", {"torch": ["1.7.0"], "cuda": ["11.0"]}),
        ("torch-1.7.0", {"torch": ["1.7.0"]}),
        ("torch (1.7.0)", {"torch": ["1.7.0"]}),
        ("torch=1.7.0", {"torch": ["1.7.0"]}),
        ("torch: 1.7.0", {"torch": ["1.7.0"]}),
        ("torch @ 1.7.0", {"torch": ["1.7.0"]}),
        ("my torch is 1.7.0", {"torch": ["1.7.0"]}),
        ("CUDA_12.1 torch_2.1", {"cuda": ["12.1"], "torch": ["2.1"]}),
        ("torch 2.1, GLIBCXX_3.4.20 not found", {"torch": ["2.1"]}),
        ("cu102", {"cuda": ["10.2"]}),
        ("cu118", {"cuda": ["11.8"]}),
        ("cuda92", {"cuda": ["9.2"]}),
        ("py38", {"python": ["3.8"]}),
        ("py310", {"python": ["3.10"]}),
        ("cp312", {"python": ["3.12"]}),
        ("python3.8", {"python": ["3.8"]}),
        ("驱动 450.80.02", {"driver": ["450.80.02"]}),
        ("CUDA版本是10.2", {"cuda": ["10.2"]}),
        ("torch1.7.0和cuda11.0", {"torch": ["1.7.0"], "cuda": ["11.0"]}),
        ("torchvision 0.8.1 torch 1.7.0", {"torchvision": ["0.8.1"], "torch": ["1.7.0"]}),
        ("torch 2.0.1 torchaudio 2.0.2", {"torch": ["2.0.1"], "torchaudio": ["2.0.2"]}),
        ("torch 1.10.0.post2", {"torch": ["1.10.0"]}),
        ('python3 -c "import torch" with cuda 11.8', {"cuda": ["11.8"]}),
        ("mmcv 2.1.0 with torch 1.13", {"mmcv": ["2.1.0"], "torch": ["1.13"]}),
        ("numpy <2 needed, or does numpy >=2 go with torch 2.1", {"numpy": [">=2"], "torch": ["2.1"]}),
    ],
)
def test_a_version_is_bound_to_its_product(text: str, expected: dict[str, list[str]]) -> None:
    """By its tag or by its neighbour, in any order and dress."""
    assert given(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("which cuda for torch >= 1.7", [">=1.7"]),
        ("which cuda for torch &gt;= 1.7", [">=1.7"]),
        ("which cuda for torch ≥ 1.7", [">=1.7"]),
        ("which cuda for torch < 1.7", ["<1.7"]),
        ("which cuda for torch 1.7 or newer", [">=1.7"]),
        ("which cuda for torch 1.7+", [">=1.7"]),
        ("which cuda for torch newer than 1.7", [">1.7"]),
        ("which cuda for torch at least 1.7", [">=1.7"]),
        ("which cuda for torch older than 1.7", ["<1.7"]),
        ("which cuda for torch up to 1.7", ["<=1.7"]),
        ("torch 1.7 以上支持哪些 cuda", [">=1.7"]),
        ("torch 1.7 及以上支持哪些 cuda", [">=1.7"]),
        ("torch 1.7 以下支持哪些 cuda", ["<=1.7"]),
        ("torch 高于 1.7 支持哪些 cuda", [">1.7"]),
        ("which cuda for torch 1.5 to 1.7", [">=1.5, <=1.7"]),
        ("which cuda for torch 1.5-1.7", [">=1.5, <=1.7"]),
        ("which cuda for torch 1.5~1.7", [">=1.5, <=1.7"]),
        ("which cuda for torch between 1.5 and 1.7", [">=1.5, <=1.7"]),
        ("which cuda for torch from 1.5 to 1.7", [">=1.5, <=1.7"]),
        ("torch 1.5 到 1.7 支持哪些 cuda", [">=1.5, <=1.7"]),
        ("torch 1.5 至 1.7 支持哪些 cuda", [">=1.5, <=1.7"]),
        ("which cuda for torch 1.5, 1.6", ["1.5", "1.6"]),
        ("which cuda for torch 1.5/1.6", ["1.5", "1.6"]),
        ("which cuda for torch 1.5 and 1.6", ["1.5", "1.6"]),
        ("torch 1.5 和 1.6 支持哪些 cuda", ["1.5", "1.6"]),
    ],
)
def test_bounds(text: str, expected: list[str]) -> None:
    """Signs and words around a version make it a bound, a range or a list."""
    assert given(text)["torch"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "does tensorflow 2.4 work with cuda 11.0",
        "jax 0.4.1 cuda 11.8",
        "keras 2.4 and cuda 11.0",
        "does numpy 1.7 work with cuda 11.0",
        "scipy 1.7.0 cuda 11.0",
        "java 1.8 cuda 11.0",
    ],
)
def test_a_version_of_something_else_is_never_torchs(text: str) -> None:
    """A version that stands at another name is not given to a product that was not named."""
    assert "torch" not in given(text)


@pytest.mark.parametrize("text", ["gcc 7.5 cuda 10.2", "cudnn 8.0.5 with cuda 11.0"])
def test_a_product_that_has_its_version_takes_no_other(text: str) -> None:
    """The version of an unknown name before a product is not the product's."""
    assert len(given(text)["cuda"]) == 1


@pytest.mark.parametrize(
    "text", ["2024-05-01", "192.168.1.10", "42", "12:30", "+1 555 0100", "$1,000", "100%"]
)
def test_a_number_alone_is_no_version(text: str) -> None:
    """Dates, addresses and amounts are bound to nothing."""
    assert given(text) == {}


def test_a_bare_version_goes_to_the_one_product_that_has_it() -> None:
    """A version that one product only has needs no name, and is marked as inferred."""
    (item,) = question("1.7.0").given
    assert (item.column, item.inferred) == ("torch", True)


def test_a_bare_version_of_several_products_has_rivals() -> None:
    """A version that several products have is read once for each."""
    columns = [{item.column for item in rival.given} for rival in read("2.2.0 3.8")[0].questions]
    assert columns
    assert all(columns)


def test_a_given_remembers_how_it_was_written() -> None:
    """The surface is the text of the message."""
    item = question("does torch v1.7.0 work with CUDA １１．０").value("cuda")
    assert item is not None
    assert item.surface == "１１．０"
