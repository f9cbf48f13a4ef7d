"""The quick reader of plain YAML declines a text or gives what the full reader gives: value, order, lines, and no problem.

``make test`` tries a few hundred texts of each sort, always the same; ``PUBLISHER_YAML=100000`` tries as many others.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench import formats
from bench.corpus import Corpus
from bench.liaison_records import demo as demo_records
from publisher.content import decode as decoding
from publisher.content.decode import decode
from publisher.content.model.kinds import MODELS
from publisher.content.model.vocabulary import KIND_OF_FOLDER
from publisher.content.source import Source, split
from publisher.fullyaml import compose, locate, parse_in_full
from publisher.liaison.model import FILES
from publisher.model import Model
from publisher.plainplaces import find_plain, open_plain
from publisher.plainyaml import read_plain
from publisher.strictyaml import parse
from publisher.yamltext import MAX_DEPTH, YamlText

ROOT = Path(__file__).parent.parent
EXAMPLES = int(os.environ.get("PUBLISHER_YAML", "0"))
tried = settings(
    max_examples=EXAMPLES or 300, derandomize=not EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def is_read_alike(text: str) -> bool:
    """Whether the quick reader takes a text; what it then gives must be what the full one gives."""
    plain = read_plain(text)
    if plain is None:
        return False
    full = parse_in_full(YamlText("x.yml", text))
    assert full.problems == []
    assert json.dumps(plain, ensure_ascii=False) == json.dumps((full.value, full.rows), ensure_ascii=False)  # the order of keys counts
    assert_places_are_alike(text, plain.value)
    return True


def _ways(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to all parts of a value, and from each a step astray."""
    yield way
    yield (*way, 0)
    yield (*way, "没有")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from _ways(part, (*way, step))
    if isinstance(value, list):
        yield (*way, len(value))


def assert_places_are_alike(text: str, value: Any) -> None:
    """The places that the lines tell are those of PyYAML; only parts of a flow mapping may be left to it."""
    plain = open_plain(text)
    if plain is None:
        return
    source = YamlText("x.yml", text)
    node = compose(source)[0]
    for way in _ways(value):
        part = find_plain(plain, way, lambda key, step, _: key == step)
        span, _ = locate(source, way, lambda key, step, _: key == step, node)
        if part is None:
            assert "{" in plain.lines[span.line - 1], way
        else:
            assert source.span(part.line, part.column, part.length) == span, (way, part, span)


# --- real texts ------------------------------------------------------------------------------------------------------


def _front(name: str, text: str) -> str | None:
    """The YAML of a file; None when there is none."""
    if not name.endswith(".md"):
        return text
    source = split(text, name)
    return source.front.text if isinstance(source, Source) else None


def _in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".md", ".yml", ".yaml") and (front := _front(path.name, path.read_text(encoding="utf-8"))) is not None:
            yield path.relative_to(folder.parent).as_posix(), front


def _in_cases() -> Iterator[tuple[str, str]]:
    """The files of the cases of all problems: nearly every one has a mistake."""
    for case in sorted((ROOT / "tests" / "problems").glob("*.case")):
        for name, text in re.findall(r"^=== (\S+\.(?:md|ya?ml))\n(.*?)(?=^=== )", case.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            if (front := _front(name, text)) is not None:
                yield name, front


@cache
def demo() -> tuple[tuple[str, str], ...]:
    return tuple(_in_folder(ROOT / "content"))


@cache
def known() -> tuple[tuple[str, str], ...]:
    """The demo's texts and those with mistakes."""
    return (*demo(), *_in_cases())


def test_nearly_all_files_of_the_demo_are_plain() -> None:
    declined = [name for name, text in demo() if not is_read_alike(text)]
    assert len(demo()) > 300
    assert len(declined) * 10 <= len(demo()), declined


def test_files_with_mistakes_are_read_alike_or_in_full() -> None:
    assert {is_read_alike(text) for _, text in _in_cases()} == {True, False}


def test_files_of_the_benchmarks_are_plain() -> None:
    entries = [formats.ours(entry) for entry in Corpus(200)]
    fronts = [_front(name, text) for name, text in entries]
    records = [text for _, text in demo_records().files()]
    assert all(is_read_alike(text) for text in [*filter(None, fronts), *records])


def test_other_yaml_of_the_repository_is_read_alike_or_in_full() -> None:
    paths = [*(ROOT / "publisher").rglob("*.yaml"), *(ROOT / "bench" / "data").glob("*.yml"), ROOT / "mkdocs.yml"]
    assert {is_read_alike(path.read_text(encoding="utf-8")) for path in paths} == {True, False}


# --- texts that are plain --------------------------------------------------------------------------------------------

KEYS = st.sampled_from(["标题", "摘要", "AI生成", "first-review", "谁能享受", "条", "a", "x.y", "名称（全称）", "2026", "_"])
_FIRST = "街区税收ABc019，。“”（）/.~=+;$"
_REST = _FIRST + " ：、-%!&*|>@'\"[]{}\u3000😀"
PLAIN_WORDS = st.builds(lambda first, rest: first + rest.rstrip(" "), st.sampled_from(_FIRST), st.text(_REST, max_size=10))
FLOW_WORDS = st.builds(lambda first, rest: first + rest.rstrip(" "), st.sampled_from(_FIRST), st.text("街AB01 -：、/.'\"!", max_size=6))
QUOTED = st.text("街区AB 01，：#[]{}|>-!&*", max_size=8).map('"{}"'.format) | st.text('街AB: #"', max_size=5).map("'{}'".format)
ITEMS = FLOW_WORDS | st.text("街区AB 01：、-!&*", max_size=8).map('"{}"'.format)
FLOW_LISTS = st.lists(ITEMS, max_size=4).map(lambda row: f"[{', '.join(row)}]")
FLOW_MAPPINGS = st.dictionaries(KEYS, ITEMS | FLOW_LISTS, min_size=1, max_size=3).map(
    lambda row: "{" + ", ".join(f"{key}: {item}" for key, item in row.items()) + "}"
)
SCALARS = PLAIN_WORDS | QUOTED | FLOW_LISTS | FLOW_MAPPINGS
#: A literal scalar is a list of its lines here, and a list a tuple.
LITERALS = st.lists(st.text("街区AB: #-|1. ", max_size=10).map(str.strip), max_size=4).map(lambda lines: ["字", *lines, "末"])
MAPPINGS = st.recursive(
    st.dictionaries(KEYS, SCALARS | LITERALS | st.none(), min_size=1, max_size=4),
    lambda inner: st.dictionaries(KEYS, inner | st.lists(inner | SCALARS, min_size=1, max_size=4).map(tuple), min_size=1, max_size=4),
    max_leaves=12,
)


def block(value: Any, indent: int, step: int, *, is_flat: bool, has_gaps: bool) -> Iterator[str]:
    """A value as lines of block YAML, the first without its indent: what stands behind the key or the dash; lists below a key are indented or flat."""
    space = " " * indent
    if isinstance(value, str):
        yield f" {value}"
    elif isinstance(value, list):
        yield " |"
        yield from (f"{space}{line}" if line else "" for line in value)
    elif isinstance(value, dict):
        yield ""
        for key, part in value.items():
            first, *rest = block(part, indent + (0 if is_flat and isinstance(part, tuple) else step), step, is_flat=is_flat, has_gaps=has_gaps)
            yield f"{space}{key}:{first}"
            yield from rest
            yield from [f"{space}# {key}: 说明", ""] if has_gaps else []
    elif isinstance(value, tuple):
        yield ""
        for item in value:
            first, *rest = block(item, indent + 2, step, is_flat=is_flat, has_gaps=has_gaps)
            yield f"{space}-{first or ' ' + rest[0].lstrip(' ')}"
            yield from rest if first else rest[1:]
    else:
        yield ""


@tried
@given(MAPPINGS, st.sampled_from([2, 3, 4]), st.booleans(), st.booleans())
def test_what_editors_write_is_plain(value: dict[str, Any], step: int, is_flat: bool, has_gaps: bool) -> None:
    text = "\n".join([*block(value, 0, step, is_flat=is_flat, has_gaps=has_gaps)][1:]) + "\n"
    assert is_read_alike(text), text


# --- texts that are not ----------------------------------------------------------------------------------------------

# A lone surrogate is not among them: no file can hold one, and PyYAML refuses it with an exception.
SIGNS = "\t\r\n \u3000\ufeff\x85\u2028\u2029\x00\x7f\u200b'\"\\#!&*|>-?:,[]{}%@`~=<：，"
PIECES = (
    ": § #§- §---§--- §...§\n---\n§? §<<: §*a§&a §!!int §!x §%YAML 1.1§|-§|+§|2§ |§\n\n§\n §  §    §[a, b]§[a,b,]§[a , b ]§[a, [b]]§[]§{}§{a: b}§{a: b,}§"
    "{a: b , c: 'd' }§{a: [b, c], d: e}§{a: [b, [c]]}§{a}§{a: }§\"x§'x'§\"a\\tb\"§''''§a: b: c§a:b§https://x.y/z§键：值§- - a§a:\n- b\n§a: |\n  b\n c\n§"
    "重复: 1\n重复: 2\n§  - §# 说明§标题§010§null"
).split("§")
HOSTILE = st.sampled_from((*SIGNS, *PIECES))
SMALL = st.sampled_from(["a", "b", "a: ", "b:", "c: |", "\n", "\n  ", "\n    ", "\n- ", "\n  - "])
ANYTHING = st.lists(HOSTILE | SMALL | SMALL, max_size=24).map("".join)


@st.composite
def spoilt(draw: st.DrawFn) -> tuple[str, str]:
    """The name and the text of a real file with a few changes."""
    name, text = draw(st.sampled_from(known()))
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        at, row, other = draw(st.integers(0, len(text))), draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        piece, size = draw(HOSTILE), draw(st.sampled_from([0, 0, 1, 2, 8]))
        line = lines[row]
        rows = [[], [line, lines[other]], [lines[other], line], *([one] for one in (f" {line}", f"  {line}", line[1:], line.strip(), line + piece))]
        texts = [text[:at] + piece + text[at + size :], *("\n".join([*lines[:row], *more, *lines[row + 1 :]]) for more in rows)]
        text = draw(st.sampled_from(texts))
    return name, text


@tried
@given(ANYTHING)
def test_anything_is_read_alike_or_in_full(text: str) -> None:
    is_read_alike(text)


@tried
@given(spoilt())
def test_spoilt_files_are_read_alike_or_in_full(file: tuple[str, str]) -> None:
    is_read_alike(file[1])


def _model_of(name: str) -> type[Model] | None:
    parts = name.removeprefix("content/").split("/")
    if parts[0] == "liaison":
        return FILES[parts[1]][0] if len(parts) > 2 and parts[1] in FILES else None
    return MODELS[KIND_OF_FOLDER[parts[0]]] if parts[0] in KIND_OF_FOLDER else None


@tried
@given(spoilt().filter(lambda file: _model_of(file[0]) is not None))
def test_models_and_problems_are_those_of_the_full_reader(file: tuple[str, str]) -> None:
    """All the way to the model: the quick ways and the full ones give equal models and equal problems with equal places."""
    name, text = file
    model, source = _model_of(name), YamlText(name, text, 2)
    assert model
    quick = decode(source, model, "条目")
    with patch.object(decoding, "_sound_fields", lambda value, model: None):
        assert decode(source, model, "条目", parse_in_full(source)) == quick


DECLINED = (
    "§\n§# 说明\n§- a\n§a\n§ a: b\n§a: b\n c: d\n§a: b\na: c\n§a: b # c\n§a: 'b' c\n§a: b: c\n§a: b:\n§a : b\n§a: b\n  c\n§a:\n  - b\n c: d\n§a: |\n§"
    'a: |\n\n  b\n§a: |\n    b\n  c\n§a: |\n  b§a: *b\n§a: !!int 1\n§a: &x b\n§a:\tb\n§a: {b}\n§a: >\n  b\n§a: {b: c, b: d}\n§a: [b, [c]]\n§"a": b\n§'
    "a: \"\\n\"\n§a: ''''\n§---\na: b\n§a: b\n---\n§a: b\n...\n§标题：甲\n§a:\n  - - b\n§\ufeffa: b\n§a: b\x85c: d\n§a: b\u2028c\n§a: b\r\n§a: \x00\n§"
    "a: \ud800\n§a: -b\n§a: @b\n§a: [b, c\n§a: ]\n§? a\n: b\n§<<: a\n"
).split("§")


@pytest.mark.parametrize("text", DECLINED, ids=range(len(DECLINED)))  # the texts themselves are no names that can be printed
def test_what_is_not_plain_or_not_sure_is_declined(text: str) -> None:
    assert read_plain(text) is None


def test_limits_are_seen_by_the_full_reader() -> None:
    deep = "".join(f"{' ' * depth}a:\n" for depth in range(MAX_DEPTH + 2)) + " " * 40 + "a: b\n"
    many, wide = "a:\n" + "  - b\n" * 20_000, "a: [" + ", ".join(["b"] * 20_000) + "]\n"
    found = [problem.code for text in (deep, many, wide) for problem in parse(YamlText("x.yml", text)).problems]
    assert found == ["too-deep", "alias-bomb", "alias-bomb"]
