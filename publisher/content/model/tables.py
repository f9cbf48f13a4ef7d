"""Models and codes in, Markdown tables for the editors' guide out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.content.decode import describe, shape_of
from publisher.content.model.kinds import EntryModel
from publisher.model import Model, ModelField
from publisher.problems import CODES


def field_tables(model: type[Model]) -> str:
    """One table of a kind's own fields, then one for each mapping within."""
    common = set(EntryModel.model_fields) if issubclass(model, EntryModel) else set()
    own = [(name, field) for name, field in model.model_fields.items() if name not in common or _differs(model, name)]
    return _tables(model, own) if own else "没有自己的项，只有共用的项。\n"


def _tables(model: type[Model], rows: list[tuple[str, ModelField]]) -> str:
    """A table, and one for each different mapping within."""
    parts = [_table(model, rows)]
    seen: dict[type[Model], list[str]] = {}
    for name, inner in _inner_models(model, [name for name, _ in rows]):
        seen.setdefault(inner, []).append(describe(model, name)["field"])
    for inner, names in seen.items():
        parts.append(f"**{'、'.join(names)}** 里面：\n\n" + _table(inner, list(inner.model_fields.items())))
    return "\n".join(parts) + "\n"


def _differs(model: type[Model], name: str) -> bool:
    """Whether a kind declares a common field anew."""
    mine, common = model.model_fields[name], EntryModel.model_fields[name]
    return (mine.title, mine.doc, mine.is_required) != (common.title, common.doc, common.is_required)


def _inner_models(model: type[Model], names: list[str]) -> Iterator[tuple[str, type[Model]]]:
    for name in names:
        inner = shape_of(model, name)[1]
        if inner:
            yield name, inner


def _table(model: type[Model], rows: list[tuple[str, ModelField]]) -> str:
    lines = ["| 中文键 | 英文键 | 必填 | 说明 | 例子 |", "| --- | --- | --- | --- | --- |"]
    for name, field in rows:
        words = describe(model, name)
        example = f"`{_cell(words['example'])}`" if words["example"] != "…" else ""
        needed = "必填" if field.is_required else ""
        note = words["doc"] + ("（不公开）" if field.internal and "公开" not in words["doc"] and "内部" not in words["doc"] else "")
        title = words["field"] + (f"（也可写 {'、'.join(field.also)}）" if field.also else "")
        lines.append(f"| {title} | `{name}` | {needed} | {_cell(note)} | {example} |")
    return "\n".join(lines) + "\n"


def record_tables(model: type[Model]) -> str:
    """The table of a model, and of every mapping within, however deep, under the names that lead to it."""
    return "\n".join(_record_parts(model, ()))


def _record_parts(model: type[Model], way: tuple[str, ...]) -> Iterator[str]:
    title = f"**{' → '.join(way)}** 里面：\n\n" if way else ""
    yield title + _table(model, list(model.model_fields.items()))
    for name, inner in _inner_models(model, list(model.model_fields)):
        yield from _record_parts(inner, (*way, describe(model, name)["field"]))


def common_table() -> str:
    """The fields that every kind has."""
    return _tables(EntryModel, list(EntryModel.model_fields.items()))


def problem_table() -> str:
    """Every code with its severity, message and mend."""
    lines = ["| 代码 | 级别 | 意思 | 改法 |", "| --- | --- | --- | --- |"]
    for code, row in CODES.items():
        level = "错误" if row.severity.value == "error" else "提醒"
        lines.append(f"| `{code}` | {level} | {_words(row.zh)} | {_words(row.mend_zh)} |")
    return "\n".join(lines) + "\n"


def _words(text: str) -> str:
    """A message as words of a cell: what is Markdown in it is shown, not drawn."""
    return _cell(re.sub(r"([\[<*])", r"\\\1", text))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
