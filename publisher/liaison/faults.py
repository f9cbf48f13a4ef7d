"""`Fault`: what is wrong with a record, as a check tells it; and faults with their exact places, as problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from publisher.content import source as sources
from publisher.content.decode import locate_field, shape_of
from publisher.fullyaml import compose
from publisher.liaison.model import FILES
from publisher.liaison.reading import FOLDER
from publisher.liaison.records import Place
from publisher.plainplaces import PlainText, open_plain
from publisher.problems import Problem, Span
from publisher.yamltext import Step, YamlText


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
        data = sources.read_bytes(f"{root}/{path}", path) if path.endswith((".yml", ".yaml")) else b""
        text = YamlText(path, "" if isinstance(data, Problem) else sources.decode(data, path)[0])
        written = _Written(text, text.text.split("\n"))
        problems += [_place(one, written) for one in group]
    return problems


@dataclass
class _Written:
    """A file that is read again; ``plain`` where its lines tell all places, ``node`` where they do not."""

    text: YamlText
    lines: list[str]

    @cached_property
    def plain(self) -> PlainText | None:
        return open_plain(self.text.text)

    @cached_property
    def node(self) -> yaml.Node | None:
        return compose(self.text)[0]


def _is_within(one: Fault) -> bool:
    """Whether a fault is about a part of its file, not the file."""
    return bool(one.place.part or one.steps)


def _place(one: Fault, written: _Written) -> Problem:
    source = written.text
    if not source.text:
        return Problem(one.code, Span(one.place.path), one.context)
    span = source.span(0, 0)
    if _is_within(one):
        model = FILES[one.place.path.removeprefix(f"{FOLDER}/").split("/")[0]][0]
        way: tuple[Step, ...] = (one.place.part,) if one.place.part else ()
        if way and shape_of(model, one.place.part)[0]:
            way = (one.place.part, one.place.item)
        steps = (*way, *one.steps)
        span = locate_field(source, model, steps, plain=written.plain) if written.plain else locate_field(source, model, steps, written.node)
        if not one.steps:
            span = Span(span.path, span.line, span.column, 1)
        if one.words:
            span = _find_words(written, span, one.words)
    return Problem(one.code, span, one.context, written.lines[span.line - 1].rstrip("\r"))


def _find_words(written: _Written, span: Span, words: str) -> Span:
    """The place of words within a field, which may run over several lines."""
    lines = written.lines
    for index in range(span.line - 1, min(len(lines), span.line + 20)):
        column = lines[index].find(words, span.column - 1 if index == span.line - 1 else 0)
        if column >= 0:
            return written.text.span(index, column, len(words))
    return span
