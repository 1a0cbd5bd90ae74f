"""The page of tools that install packages: its form, and what it is checked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from bot.knowledge.document import KeyPath
from bot.knowledge.hints import near
from bot.knowledge.models import Line, Model, Slug

if TYPE_CHECKING:
    from bot.knowledge.loader import Draft

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=30)]
Flag = Annotated[str, StringConstraints(pattern=r"^--?[A-Za-z][A-Za-z-]*$", max_length=30)]


class Tool(Model):
    """A program that installs packages, and how its command lines are written.

    `names` call it, `verbs` make it install. `stands_for` gives values of attributes that using it tells
    (conda: the channel). An address of an index stands after an option of `index` (instead of the usual one),
    of `more_index` (beside it) or of `links`; the name of a channel after one of `channels`, and in a file
    below one of `channel_keys`. `official` are the channels whose builds the tables list, by default all.
    `with_value` are further options that take a value.
    """

    names: tuple[Word, ...] = Field(min_length=1)
    verbs: tuple[Word, ...] = Field(min_length=1)
    stands_for: dict[Slug, Slug] = Field(default_factory=dict)
    index: tuple[Flag, ...] = ()
    more_index: tuple[Flag, ...] = ()
    links: tuple[Flag, ...] = ()
    channels: tuple[Flag, ...] = ()
    channel_keys: tuple[Word, ...] = ()
    official: tuple[Line, ...] = ()
    with_value: tuple[Flag, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The options before an address."""
        return (*self.index, *self.more_index, *self.links)


class Tools(Model):
    """`tools.yaml`: the tools, and the programs of products that run one (`python3.9 -m pip`)."""

    tools: dict[Slug, Tool] = Field(default_factory=dict)
    interpreters: dict[Slug, tuple[Word, ...]] = Field(default_factory=dict)


def verify_tools(draft: Draft) -> None:
    """Add every unknown name, and every word or option that means two things, to the draft."""
    names: dict[str, str] = {}
    for slug, tool in draft.tools.items():
        for index, name in enumerate(tool.names):
            owner = names.setdefault(name, slug)
            if owner != slug:
                draft.problem("tool", slug, ("names", index), f"{name!r} already calls {owner!r}")
        for column, value in tool.stands_for.items():
            attribute = draft.attributes.get(column)
            known = attribute.values if attribute else ()
            if value not in known and not draft.may_lack("attributes", column):
                message = f"no value {value!r} of {column!r}{near(value, known)}"
                draft.problem("tool", slug, ("stands_for", column), message)
        _verify_options(draft, slug, tool)
    for product in draft.interpreters:
        if product not in draft.products and not draft.may_lack("products", product):
            message = f"no product {product!r}{near(product, draft.products)}"
            draft.problem("interpreter", product, (), message)


def _verify_options(draft: Draft, slug: str, tool: Tool) -> None:
    """An option has one meaning."""
    seen: dict[str, str] = {}
    for key, option in _options(tool):
        first = seen.setdefault(option, str(key[0]))
        if first != key[0]:
            draft.problem("tool", slug, key, f"{option!r} already stands under {first!r}")


def _options(tool: Tool) -> Iterator[tuple[KeyPath, str]]:
    for name in ("index", "more_index", "links", "channels", "with_value"):
        for index, option in enumerate(getattr(tool, name)):
            yield (name, index), option
