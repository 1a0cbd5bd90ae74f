"""Pipe tables are found with their lines, and nothing else that looks like one is passed over in silence."""

from __future__ import annotations

from bot.knowledge.importing.markdown import PipeRow, read_markdown

TEXT = """# Builds

| CUDA | **PyTorch** |
| :---: | --- |
| `9.0` | [1.0](https://a.example)<br>1.1 |
| 9.2 | 1.2 | 1.3 |
| 10.0 |
"""


def test_a_table_has_heading_line_and_plain_cells() -> None:
    """Marks go, a line break parts alternatives, what a Markdown reader cuts off is kept."""
    (table,), unread = read_markdown(TEXT)
    assert (table.heading, table.line, table.header) == ("Builds", 3, ("CUDA", "PyTorch"))
    assert table.rows == (
        PipeRow(5, ("9.0", "1.0/1.1")),
        PipeRow(6, ("9.2", "1.2", "1.3")),
        PipeRow(7, ("10.0", "")),
    )
    assert unread == ()


def test_pipes_without_a_line_of_dashes_are_a_mistake() -> None:
    """Each such line by its number."""
    tables, unread = read_markdown("text\n\n| a | b |\n| c | d |\n")
    assert tables == ()
    assert [(item.line, item.mistake) for item in unread] == [(3, True), (4, True)]


def test_pictures_and_html_are_named() -> None:
    """A picture may hold figures; an HTML table surely does."""
    _, unread = read_markdown("![drivers](x.png)\n\n<table><tr><td>1</td></tr></table>\n")
    assert [(item.line, item.text, item.mistake) for item in unread] == [
        (1, "drivers", False),
        (3, "<table><tr><td>1</td></tr></table>", True),
    ]
