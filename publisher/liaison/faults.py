"""`Fault`: what is wrong with a record, as a check tells it; and faults with their exact places, as problems."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from publisher.content import source as sources
from publisher.content.decode import locate_field, shape_of
from publisher.liaison.model import FILES
from publisher.liaison.reading import FOLDER
from publisher.liaison.records import Place
from publisher.problems import Problem, Span
from publisher.strictyaml import Step, YamlText, compose


class Fault(NamedTuple):
    """A code of the table, the record, the way from the record to the field, and the words of the message; ``words`` are looked for within the field."""

    code: str
    place: Place
    steps: tuple[Step, ...]
    context: dict[str, Any]
    words: str = ""


def fault(code: str, place: Place, *steps: Step, words: str = "", **context: object) -> Fault:
    """Write down a fault."""
    return Fault(code, place, steps, context, words)


def place_faults(faults: Iterable[Fault], root: Path) -> list[Problem]:
    """The faults as problems: each file that has one is read again, for line, column and the line itself."""
    problems = []
    for path, group in groupby(sorted(faults, key=lambda one: one.place.path), key=lambda one: one.place.path):
        data = sources.read_bytes(root / path, path) if path.endswith((".yml", ".yaml")) else b""
        source = YamlText(path, "" if isinstance(data, Problem) else sources.decode(data, path)[0])
        node: yaml.Node | None = None
        for one in group:
            if node is None and _is_within(one) and source.text:
                node = compose(source)[0]
            problems.append(_place(one, source, node))
    return problems


def _is_within(one: Fault) -> bool:
    """Whether a fault is about a part of its file, not the file."""
    return bool(one.place.part or one.steps)


def _place(one: Fault, source: YamlText, node: yaml.Node | None) -> Problem:
    if not source.text:
        return Problem(one.code, Span(one.place.path), one.context)
    if not _is_within(one):
        return source.problem(one.code, source.span(0, 0), **one.context)
    model = FILES[one.place.path.removeprefix(f"{FOLDER}/").split("/")[0]][0]
    way: tuple[Step, ...] = (one.place.part,) if one.place.part else ()
    if way and shape_of(model, one.place.part)[0]:
        way = (one.place.part, one.place.item)
    span = locate_field(source, model, (*way, *one.steps), node)
    if not one.steps:
        span = Span(span.path, span.line, span.column, 1)
    if one.words:
        span = _find_words(source, span, one.words)
    return source.problem(one.code, span, **one.context)


def _find_words(source: YamlText, span: Span, words: str) -> Span:
    """The place of words within a field, which may run over several lines."""
    lines = source.text.split("\n")
    for index in range(span.line - 1, min(len(lines), span.line + 20)):
        column = lines[index].find(words, span.column - 1 if index == span.line - 1 else 0)
        if column >= 0:
            return source.span(index, column, len(words))
    return span
