"""Adds entries to YAML pages without touching what stands there: order, comments and style are kept."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.knowledge.document import KeyPath
from bot.knowledge.refresh.errors import RefreshError


@dataclass(frozen=True, slots=True)
class Insert:
    """An entry to add to the collection at `key`, after its child number `after` (-1: before the first)."""

    path: Path
    key: KeyPath
    after: int
    text: str


@dataclass(frozen=True, slots=True)
class Replace:
    """A plain value to write instead of the one at `key`."""

    path: Path
    key: KeyPath
    text: str


Edit = Insert | Replace


def edited(edits: Iterable[Edit]) -> Mapping[Path, tuple[str, str]]:
    """Each page that the edits change, as it is and as it would be.

    Raises:
        RefreshError: a page cannot be read, or has no such key.
    """
    by_page: dict[Path, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_page.setdefault(edit.path, []).append(edit)
    return {path: _page(path, found) for path, found in by_page.items()}


def unified_diff(pages: Mapping[Path, tuple[str, str]]) -> str:
    """The changes as `diff -u` shows them."""
    lines: list[str] = []
    for path, (old, new) in pages.items():
        lines += difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
        )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _page(path: Path, edits: Iterable[Edit]) -> tuple[str, str]:
    try:
        text = path.read_text("utf-8")
        # The C loader's marks count bytes; the other's count characters.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RefreshError(f"{path}: cannot be read for editing") from error
    changes = [_change(path, text, root, edit) for edit in edits]
    new = text
    # From the end, so that places before a change stay; of one place, the last comes first.
    for _, (start, end, added) in sorted(enumerate(changes), key=lambda c: (c[1][0], c[0]), reverse=True):
        new = new[:start] + added + new[end:]
    return text, new


def _change(path: Path, text: str, root: yaml.Node | None, edit: Edit) -> tuple[int, int, str]:
    node = _at(path, root, edit.key)
    if isinstance(edit, Replace):
        return node.start_mark.index, node.end_mark.index, edit.text
    children = _children(node)
    if not isinstance(node, yaml.CollectionNode) or not (children or node.flow_style):
        raise RefreshError(f"{path}: {'.'.join(map(str, edit.key))}: no list or mapping to add to")
    if node.flow_style:
        return _in_line(node, children, edit)
    return _on_lines(text, node, children, edit)


def _in_line(
    node: yaml.CollectionNode, children: list[tuple[yaml.Node, yaml.Node]], edit: Insert
) -> tuple[int, int, str]:
    if not children:
        place, added = node.end_mark.index - 1, edit.text
    elif edit.after < 0:
        place, added = children[0][0].start_mark.index, f"{edit.text}, "
    else:
        place, added = children[edit.after][1].end_mark.index, f", {edit.text}"
    return place, place, added


def _on_lines(
    text: str, node: yaml.CollectionNode, children: list[tuple[yaml.Node, yaml.Node]], edit: Insert
) -> tuple[int, int, str]:
    column = node.start_mark.column
    dash = "- " if isinstance(node, yaml.SequenceNode) else ""
    line = f"{' ' * column}{dash}{edit.text}\n"
    if edit.after < 0:
        place = text.rfind("\n", 0, children[0][0].start_mark.index) + 1
        return place, place, line
    place = text.find("\n", _end(children[edit.after][1])) + 1
    if not place:  # the file ends without a newline
        return len(text), len(text), f"\n{line.rstrip()}"
    return place, place, line


def _end(node: yaml.Node) -> int:
    """Where the text of a node ends: the mark of one without brackets lies after the comments that follow."""
    children = _children(node)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and children:
        return _end(children[-1][1])
    return int(node.end_mark.index)


def _children(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    """Each child with its key; the children of a list are their own keys."""
    if isinstance(node, yaml.MappingNode):
        return [(key, value) for key, value in node.value]
    return [(child, child) for child in node.value] if isinstance(node, yaml.SequenceNode) else []


def _at(path: Path, node: yaml.Node | None, key: KeyPath) -> yaml.Node:
    for part in key:
        children = _children(node) if node is not None else []
        if isinstance(part, int):
            node = children[part][1] if part < len(children) else None
        else:
            node = next((value for name, value in children if name.value == part), None)
    if node is None:
        raise RefreshError(f"{path}: {'.'.join(map(str, key))}: no such key")
    return node
