"""One source in, one model out: Chinese and English keys become field names, values become types, mistakes become problems.

What it does not do: compare fields with each other or with other entries (`publisher.checks`).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from publisher.content.model.kinds import MODELS, EntryModel
from publisher.content.model.vocabulary import Kind
from publisher.model import InvalidError, Model, PlacedFault
from publisher.plainplaces import PlainText, find_plain
from publisher.problems import Problem, Span, suggestion
from publisher.strictyaml import parse
from publisher.yamltext import Parsed, Step, Value, YamlText

if TYPE_CHECKING:
    import yaml

_EXPECTED = {"mapping": ("下一级的“键: 值”", "a mapping"), "list": ("列表", "a list"), "text": ("一段文字", "text")}


@cache
def keys_of(model: type[Model]) -> dict[str, str]:
    """The one table of keys: every accepted spelling of every key of a model, to the field's name."""
    table: dict[str, str] = {}
    for name, field in model.model_fields.items():
        for spelling in (name, name.replace("_", "-"), field.title, *field.also):
            table[spelling] = name
    return table


def shape_of(model: type[Model], name: str) -> tuple[bool, type[Model] | None]:
    """Whether a field is a list, and the model of its value or items where that is a mapping."""
    shape = model.model_fields[name].shape
    return shape.is_list, shape.inner


@cache
def internal_fields(model: type[Model]) -> frozenset[str]:
    """The fields of a model that no output may hold."""
    return frozenset(name for name, field in model.model_fields.items() if field.internal)


@cache
def _parts_of(model: type[Model]) -> dict[str, tuple[str, bool, type[Model] | None]]:
    """Every accepted spelling of every key of a model, to the field's name and shape."""
    return {spelling: (name, *shape_of(model, name)) for spelling, name in keys_of(model).items()}


def _sound_fields(value: dict[str, Value], model: type[Model]) -> dict[str, Any] | None:
    """What `_Decoder.fields` gives where nothing is wrong; None where anything is, for only that knows the problems and their places."""
    parts = _parts_of(model)
    out: dict[str, Any] = {}
    for key, part in value.items():
        if key not in parts:
            return None
        name, is_list, inner = parts[key]
        if name in out:
            return None
        if inner is None and isinstance(part, str):
            out[name] = [part] if is_list else part
        elif part is not None:
            items = part if is_list and isinstance(part, list) else [part]
            found = [_sound_item(item, inner) for item in items]
            if None in found:
                return None
            out[name] = found if is_list else found[0]
    return out


def _sound_item(item: Value, inner: type[Model] | None) -> Any:
    if inner is None:
        return "" if item is None else item if isinstance(item, str) else None
    return _sound_fields(item, inner) if isinstance(item, dict) else None


class _Decoder:
    """One pass over one source's value; collects problems with their places."""

    def __init__(self, source: YamlText, root: type[Model], label: str) -> None:
        self.source, self.root, self.label = source, root, label
        self.problems: list[Problem] = []

    def fields(self, value: dict[str, Value], model: type[Model], written: tuple[Step, ...]) -> dict[str, Any]:
        """Rename the keys of a mapping to field names, and of the mappings within."""
        from publisher.fullyaml import locate_key

        table = keys_of(model)
        out: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for key, part in value.items():
            name = table.get(key)
            if name is None:
                self._unknown_key(key, model, (*written, key))
            elif name in out:
                first = locate_key(self.source, (*written, sources[name]))
                self._add("duplicate-key", locate_key(self.source, (*written, key)), value=key, line=first.line)
            elif part is not None:
                sources[name] = key
                out[name] = self._part(part, model, name, (*written, key))
        return out

    def _part(self, part: Value, model: type[Model], name: str, written: tuple[Step, ...]) -> Any:
        is_list, inner = shape_of(model, name)
        if is_list:
            items = part if isinstance(part, list) else [part]
            return [self._mapping(item, model, name, inner, (*written, i) if isinstance(part, list) else written) for i, item in enumerate(items)]
        return self._mapping(part, model, name, inner, written)

    def _mapping(self, part: Value, model: type[Model], name: str, inner: type[Model] | None, written: tuple[Step, ...]) -> Any:
        if inner is None:
            if isinstance(part, dict | list):
                self._wrong_type("text", model, name, written)
                return None
            return part if part is not None else ""
        if isinstance(part, dict):
            return self.fields(part, inner, written)
        from publisher.fullyaml import full_width_colon

        span = self._span(written)
        line = self._line(span.line)
        if isinstance(part, str) and (slip := full_width_colon(self.source, span.line - self.source.first_line, line)):
            self.problems.append(slip)
        else:
            self._wrong_type("mapping", model, name, written)
        return None

    def _span(self, written: tuple[Step, ...]) -> Span:
        from publisher.fullyaml import locate

        return locate(self.source, written, lambda key, step, _: key == step)[0]

    def _line(self, number: int) -> str:
        return self.source.text.split("\n")[number - self.source.first_line]

    def _wrong_type(self, expected: str, model: type[Model], name: str, written: tuple[Step, ...]) -> None:
        span = self._span(written)
        self._add("wrong-type", span, **_expected(expected), **describe(model, name))

    def _unknown_key(self, key: str, model: type[Model], written: tuple[Step, ...]) -> None:
        from publisher.fullyaml import locate_key

        if key.startswith("\u3000"):
            span = locate_key(self.source, written)
            self._add("full-width-indent", span, line=span.line)
            return
        titles = [field.title for field in model.model_fields.values()] + list(keys_of(model))
        kind = f"“{self.label}”"
        self._add("unknown-key", locate_key(self.source, written), value=key, guess=suggestion(key, titles), kind=kind)

    def _add(self, code: str, span: Span, **context: object) -> None:
        self.problems.append(self.source.problem(code, span, **context))


def _expected(shape: str) -> dict[str, str]:
    zh, en = _EXPECTED[shape]
    return {"expected": zh, "expected_en": en}


def describe(model: type[Model], name: str) -> dict[str, str]:
    """The words a message needs about a field."""
    field = model.model_fields[name]
    return {"field": field.title, "example": field.example or "…", "doc": field.doc.rstrip("。")}


def locate_field(source: YamlText, model: type[Model], steps: tuple[Step, ...], node: yaml.Node | None = None, plain: PlainText | None = None) -> Span:
    """The place of a field by the steps of names and indexes that a fault has; the nearest place when it is not there.

    ``node`` is the text composed, when many places of it are asked for; ``plain`` is it opened, when it is plain.
    """

    def is_same(written: str, step: Step, way: tuple[Step, ...]) -> bool:
        inner = _model_at(model, way)
        return inner is not None and keys_of(inner).get(written) == step

    if plain and (part := find_plain(plain, steps, is_same)):
        return source.span(part.line, part.column, part.length)
    from publisher.fullyaml import locate

    return locate(source, steps, is_same, node)[0]


@lru_cache(maxsize=4096)
def _model_at(model: type[Model], way: tuple[Step, ...]) -> type[Model] | None:
    current: type[Model] | None = model
    for step in way:
        if current is None:
            return None
        if isinstance(step, str):
            current = shape_of(current, step)[1] if step in current.model_fields else None
    return current


def decode(source: YamlText, model: type[Model], label: str, parsed: Parsed | None = None) -> tuple[Model | None, list[Problem]]:
    """Read a YAML text as a model; ``label`` names it in messages, ``parsed`` is the text when it was parsed before. None when a problem is an error."""
    value, problems, _ = parsed or parse(source)
    if not isinstance(value, dict):
        if not problems:
            first = source.text.lstrip("\n")
            index = source.text[: len(source.text) - len(first)].count("\n")
            from publisher.fullyaml import full_width_colon

            slip = full_width_colon(source, index, first.split("\n", 1)[0]) if isinstance(value, str) else None
            problems.append(slip or source.problem("not-a-mapping", source.span(0, 0)))
        return None, problems
    fields = _sound_fields(value, model)
    faults: list[Problem] = []
    if fields is None:
        decoder = _Decoder(source, model, label)
        fields, faults = decoder.fields(value, model, ()), decoder.problems
    problems += faults
    try:
        result = model.model_validate(fields)
    except InvalidError as error:
        bad_places = {problem.span.line for problem in faults}
        for fault in error.faults:
            problem = _fault_problem(source, model, fault)
            if problem.code != "wrong-type" or problem.span.line not in bad_places:
                problems.append(problem)
        return None, problems
    return (None if any(p.is_error for p in problems) else result), problems


def _fault_problem(source: YamlText, model: type[Model], fault: PlacedFault) -> Problem:
    steps = fault.way
    names = [step for step in steps if isinstance(step, str)]
    owner = _model_at(model, steps[: len(steps) - 1 - list(reversed(steps)).index(names[-1])]) or model
    words: dict[str, object] = dict(describe(owner, names[-1]))
    span = locate_field(source, model, steps)
    if fault.code == "missing":
        span = _opening(source, span, steps)
        return source.problem("missing-field", span, **words)
    if fault.code not in _FIELD_CODES:
        return source.problem("wrong-type", span, **_expected("list" if fault.code == "not-a-list" else "text"), **words)
    context = dict(fault.context)
    value = str(context.get("value", ""))
    choices = [str(choice) for choice in context.pop("choices", ())]
    if choices:
        context["guess"] = "" if choices == ["是", "否"] else suggestion(value, choices)
        context["choices"] = "、".join(choices[:12]) + ("…" if len(choices) > 12 else "")
    if fault.code == "list-separator":
        context["fixed"] = ", ".join(filter(None, re.split(r"[，、；;\s]+", value)))
    if fault.code == "bad-id":
        context["fixed"] = propose_id(value)
    return source.problem(fault.code, span, **words, **context)


def _opening(source: YamlText, span: Span, steps: tuple[Step, ...]) -> Span:
    """A missing field is reported where its mapping begins."""
    return Span(span.path, span.line, span.column, 1) if len(steps) > 1 else source.span(0, 0)


#: The faults of `publisher.content.model.fields` that have messages of their own.
_FIELD_CODES = frozenset(
    (
        *("bad-credit-code", "bad-date", "bad-district", "bad-email", "bad-id", "bad-industry", "bad-month", "bad-number", "bad-phone", "bad-url"),
        *("date-format", "list-separator", "unknown-value"),
    )
)


def propose_id(text: str) -> str:
    """Make a usable id out of any text: what is Latin in it, or ``xin-tiaomu``."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:80].strip("-") or "xin-tiaomu"


def decode_entry(source: YamlText, kind: Kind) -> tuple[EntryModel | None, list[Problem]]:
    """Read the front matter of an entry of a kind."""
    model = MODELS[kind]
    result, problems = decode(source, model, kind.label)
    assert result is None or isinstance(result, EntryModel)
    return result, problems
