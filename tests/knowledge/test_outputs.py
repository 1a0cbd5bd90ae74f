"""Mistakes on a page of outputs are told with their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.loader import load_knowledge

PAGE = """\
output: gadget-tool
fields:
  - {{label: "Gadget build", column: torch}}
  - {field}
noise: ["Gadget says"]
"""


def write(folder: Path, field: str) -> None:
    """A page with one good field and another."""
    (folder / "outputs" / "zz.yaml").write_text(PAGE.format(field=field), encoding="utf-8")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('{label: "Gadget", column: torhc}', "no product 'torhc': did you mean torch or"),
        ('{label: "Gadget", column: gpu}', "no product 'gpu'"),
        ('{label: "Gadget", column: cuda, role: roof}', "role: must be one of"),
        ('{label: "Gadget", column: cuda, form: roman}', "form: must be one of"),
        ('{label: "Gadget", colunm: cuda}', "did you mean column?"),
    ],
)
def test_a_mistake_in_a_field_is_told(
    folder: Path, report: Callable[[], list[str]], field: str, expected: str
) -> None:
    """One line, with the file and the line of the field."""
    write(folder, field)
    (told,) = report()
    assert told.startswith("outputs/zz.yaml:4: ")
    assert expected in told


def test_a_page_without_mistakes_is_taken(folder: Path) -> None:
    """Its fields are known by their labels."""
    write(folder, '{label: "Gadget", column: cuda, role: toolkit}')
    output = load_knowledge([folder]).outputs["gadget-tool"]
    assert [(field.label, field.column, field.role) for field in output.fields] == [
        ("Gadget build", "torch", ""),
        ("Gadget", "cuda", "toolkit"),
    ]
