"""JSON Schemas of the knowledge pages, generated from the models, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bot.knowledge import models, tools, trouble


def page_schemas() -> Mapping[str, dict[str, Any]]:
    """The schema of each kind of page by the name of its folder or file."""
    pages: dict[str, type[BaseModel]] = {
        "sources": models.Sources,
        "categories": models.Categories,
        "product": models.Product,
        "products": models.Products,
        "attributes": models.Attribute,
        "tables": models.Table,
        "facts": models.Facts,
        "errors": trouble.Errors,
        "vocabulary": models.Vocabulary,
        "wording": models.Wording,
        "aliases": models.Aliases,
        "environments": models.Environment,
        "outputs": trouble.Output,
        "tools": tools.Tools,
        "overlay": models.Overlay,
    }
    return {name: model.model_json_schema() for name, model in pages.items()}
