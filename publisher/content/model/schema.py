"""A model in, its JSON Schema (2020-12) out, for the editors' own tools: every spelling of every key that a build accepts, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from publisher.content.decode import keys_of
from publisher.model import Model, ModelField


def json_schema(model: type[Model]) -> dict[str, Any]:
    """The schema of a kind's front matter, with a definition for each mapping within."""
    inner = {found.__name__: found for found in _models_in(model)}
    definitions = {name: _mapping(found) for name, found in sorted(inner.items())}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_mapping(model), "$defs": definitions}


def _models_in(model: type[Model]) -> Iterator[type[Model]]:
    for field in model.model_fields.values():
        if field.shape.inner:
            yield field.shape.inner
            yield from _models_in(field.shape.inner)


def _mapping(model: type[Model]) -> dict[str, Any]:
    spellings = keys_of(model)
    needed = [_one_of(spelling for spelling, name in spellings.items() if name == field.name) for field in model.model_fields.values() if field.is_required]
    return {
        "title": model.__name__,
        "description": (model.__doc__ or "").strip(),
        "type": "object",
        "properties": {spelling: _field(model.model_fields[name]) for spelling, name in spellings.items()},
        "additionalProperties": False,
        **({"allOf": needed} if needed else {}),
    }


def _one_of(spellings: Iterable[str]) -> dict[str, Any]:
    """A key that must be there, in any of its spellings."""
    return {"anyOf": [{"required": [spelling]} for spelling in spellings]}


def _field(field: ModelField) -> dict[str, Any]:
    shape = field.shape
    value: dict[str, Any]
    if shape.inner:
        value = {"$ref": f"#/$defs/{shape.inner.__name__}"}
    else:
        assert shape.scalar is not None
        # YAML tells 3 and true from words; a build reads what is written
        value = {**shape.scalar.schema, "type": ["string", "number", "boolean"]}
    if shape.is_list:
        value = {"anyOf": [{"type": "array", "items": value}, value]}  # one item may stand without its list
    told = {"title": field.title, "description": field.doc, **({"examples": [field.example]} if field.example else {})}
    return {**value, **told}
