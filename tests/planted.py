"""A project with a secret in every internal field: the models are walked, so that a field added to them is planted without anybody thinking of it.

Planted are words, numbers and codes; dates, flags and members of vocabularies are too common to be looked for. `Planter.secrets` tells each
with the field it stands in. Of the entries, the examples of the editors' guide are used, one of each kind, and a copy of each for the house.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import get_annotations
from typing import Any

import yaml

import publisher.content.model.vocabulary as public_words
import publisher.liaison.vocabulary as liaison_words
from publisher.content.decode import internal_fields, keys_of, shape_of
from publisher.content.model.kinds import MODELS
from publisher.content.model.vocabulary import KIND_OF_FOLDER, Vocabulary
from publisher.liaison.model import FILES
from publisher.model import Model
from tests.liaison_tree import TREE
from tests.project import ROOT, Project

EXAMPLE = re.compile(r"文件：`(content/[^`]+)`\n\n```\w+\n(.*?)\n```\n", re.DOTALL)
#: Types whose values are words of everybody: they are not planted.
_COMMON = frozenset({"Day", "Moment", "End", "Flag", "MonthName", "IndustryCode", "DistrictCode", "Url", "Term", "Validity"})
#: References to what is public, which may be left out.
_PUBLIC_IDS = frozenset({"policies", "guide"})
_CODES = {"qy-001": "qy-mm-dianming", "gb-001": "gb-mm-ganbu", "ld-01": "ld-mm-lingdao", "wt-1": "wt-mm-wenti", "db-1": "db-mm-daiban", "pb-1": "pb-mm-peiban"}
_CREDIT_CODE = "92990000MA0DA00380"


def type_of(model: type[Model], name: str) -> str:
    """The name of a field's scalar type, as it is written in the model."""
    for owner in model.__mro__:
        if written := get_annotations(owner).get(name):
            return str(re.findall(r"[A-Z]\w+", str(written))[0])
    raise LookupError(name)


class Planter:
    """Makes secrets, each different, and remembers the field of each."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def plant(self, kind: str, way: str, given: str = "") -> str | None:
        """A value for a field of a type, which holds a secret; None for what cannot be one."""
        number = len(self.secrets) + 1
        made = {
            "Text": f"密语{number:03d}字",
            "Markdown": f"密语{number:03d}字",
            "Mobile": f"139{86000000 + number}",
            "Landline": f"029-8{6000000 + number}",
            "Email": f"mima{number:03d}@neibu.example",
            "Count": str(7310000 + number),
            "Amount": str(8640000 + number),
            "CreditCode": _CREDIT_CODE,
        }
        if kind in _COMMON:
            return None
        value = made[kind]
        self.secrets[value] = way
        return f"{value}{given}" if kind in ("Text", "Markdown") else value

    def fill(self, model: type[Model], given: Mapping[str, Any], way: str) -> dict[str, Any]:
        """A mapping of the records with a secret in every field; what the mapping says of states, days and codes stays."""
        table = keys_of(model)
        rows = {table[key]: value for key, value in given.items()}
        found: dict[str, Any] = {}
        for name, field in model.model_fields.items():
            place, is_list, inner, kind = f"{way}.{name}", *shape_of(model, name), type_of(model, name)
            value = rows.get(name)
            if inner is not None:
                items = value if isinstance(value, list) else [value or {}]
                if value or (field.is_required or kind in ("PromiseModel", "SituationModel")):
                    made = [self.fill(inner, item, place) for item in items]
                    value = made if is_list else made[0]
            elif kind == "Id":
                assert value or name in (*_PUBLIC_IDS, "issue", "issues"), place
            elif not _is_vocabulary(model, name):
                value = self._written(kind, place, value, is_list=is_list) or value or ("2026-11-03" if field.is_required else None)
            if value is not None:
                found[field.title] = value
        return found

    def _written(self, kind: str, place: str, given: Any, *, is_list: bool) -> Any:
        if kind == "Count" and place.endswith(".days"):
            return given  # a limit of thousands of years
        made = self.plant(kind, place, str(given or ""))
        return [made] if made and is_list else made

    def plant_internal(self, model: type[Model], given: dict[str, Any], way: str) -> None:
        """A secret in every internal field of an entry, in place."""
        hidden, table = internal_fields(model), keys_of(model)
        rows = {table[key]: key for key in given}
        for name, field in model.model_fields.items():
            place, (_, inner) = f"{way}.{name}", shape_of(model, name)
            key = rows.get(name, field.title)
            if name in hidden and inner is not None:
                given[key] = {f.title: self.plant(type_of(inner, n), f"{place}.{n}") or "2026-11-19" for n, f in inner.model_fields.items()}
            elif name in hidden:
                given[key] = self.plant(type_of(model, name), place)
            elif inner is not None and internal_fields(inner):
                part = given.setdefault(key, _least(inner))
                self.plant_internal(inner, part, place)


def _is_vocabulary(model: type[Model], name: str) -> bool:
    kind = type_of(model, name)
    found = getattr(liaison_words, kind, None) or getattr(public_words, kind, None)
    return isinstance(found, type) and issubclass(found, Vocabulary)


def _least(model: type[Model]) -> dict[str, str]:
    """The required public fields of a mapping."""
    hidden = internal_fields(model)
    names = [name for name, field in model.model_fields.items() if field.is_required and name not in hidden]
    return {model.model_fields[name].title: "2026-11-01" if type_of(model, name) == "Day" else "张先生" for name in names}


def plant_records(project: Project, planter: Planter) -> None:
    """The small sound set of records, every field of which holds a secret."""
    for name, text in (tuple(map(_coded, item)) for item in TREE.items()):
        folder = name.split("/")[0]
        given = yaml.load(text, yaml.BaseLoader)  # scalars as strings
        filled = planter.fill(FILES[folder][0], given, f"liaison/{folder}")
        project.write(f"content/liaison/{name}", yaml.safe_dump(filled, allow_unicode=True, sort_keys=False, default_style='"'))
    holidays = planter.fill(FILES["holidays"][0], {"来源": "", "放假": ["2027-01-01"]}, "liaison/holidays")
    project.write("content/liaison/holidays/2027.yml", yaml.safe_dump(holidays, allow_unicode=True, sort_keys=False, default_style='"'))
    planter.secrets |= dict.fromkeys(_CODES.values(), "liaison: an id")


def _coded(text: str) -> str:
    """A text of the tree with codes that are secrets."""
    for old, new in _CODES.items():
        text = re.sub(rf"{old}\b", new, text)
    return text


def plant_entries(project: Project, planter: Planter) -> None:
    """One entry of each kind with a secret in every internal field, and one of each for the house whose own words are secret."""
    project.write("content/taxonomy/tags.yml", (ROOT / "content/taxonomy/tags.yml").read_bytes())
    project.write("content/news/images/street.png", (ROOT / "content/news/images/street.png").read_bytes())
    seen = set()
    for path, text in EXAMPLE.findall((ROOT / "docs/editors.md").read_text(encoding="utf-8")):
        kind = KIND_OF_FOLDER[path.split("/")[1]]
        if kind in seen:
            continue
        seen.add(kind)
        front, body = (text.split("---\n", 2)[1:]) if path.endswith(".md") else (text, "")
        given = yaml.load(front, yaml.BaseLoader)
        planter.plant_internal(MODELS[kind], given, kind.value)
        _write(project, path, given, body)
        titles = [key for key in given if keys_of(MODELS[kind])[key] in ("title", "summary")]
        hidden = given | {key: planter.plant("Text", f"internal {kind.value}") for key in titles} | {"可见范围": "内部"}
        hidden |= {"月份": "2026-09"} if "月份" in given else {}
        words = planter.plant("Text", f"internal {kind.value} body")
        stem, _, suffix = path.rpartition(".")
        _write(project, f"{stem}-nb.{suffix}", hidden, f"\n{words}\n" if body else "")
        if not body:
            planter.secrets.pop(str(words))
    assert seen == set(MODELS)


def _write(project: Project, path: str, front: Mapping[str, Any], body: str) -> None:
    written = yaml.safe_dump(dict(front), allow_unicode=True, sort_keys=False, default_style='"', width=1000)
    project.write(path, f"---\n{written}---\n{body}" if path.endswith(".md") else written)
