"""A plain YAML text and the way to a part of it in, the place of that part out: from the lines alone, without composing.

The text must be one that `publisher.plainyaml` reads, for only then do indents and dashes tell all; `open_plain` sees to it. The places are those that PyYAML's
nodes have, which `publisher.strictyaml.locate` gives for every other text. Parts of a flow mapping are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from publisher.plainyaml import KEY, read_plain

#: What follows a dash when the item is a mapping.
_FIRST_KEY = re.compile(rf"{KEY}:(?: |$)")


class Part(NamedTuple):
    """A node: line and column from 0, its length where it ends on its line, else 1; ``sign`` is ``:`` for a block mapping, ``-`` for a block list."""

    line: int
    column: int
    length: int = 1
    sign: str = ""


class PlainText(NamedTuple):
    """The lines of a plain text, and for each of its keys the lines of the items of its list."""

    lines: list[str]
    rows: dict[str, list[int]]


IsSameKey = Callable[[str, str, tuple[str | int, ...]], bool]


def open_plain(text: str) -> PlainText | None:
    """A text in which places can be found; None for any that is not plain, or whose last line does not end: a block there has a length."""
    plain = read_plain(text) if text.endswith("\n") else None
    return PlainText(text.split("\n"), plain.rows) if plain else None


def find_plain(text: PlainText, steps: tuple[str | int, ...], is_same_key: IsSameKey) -> Part | None:
    """The place of a part by its steps, or of the last part on the way that is there; None when a step leads into a flow mapping.

    ``is_same_key(written, step, way)`` says whether a written key is the step looked for.
    """
    lines = text.lines
    part, begun = _begin(text, steps, is_same_key)
    for depth, step in enumerate(steps[begun:], begun):
        found: Part | None = None
        written = lines[part.line][part.column : part.column + 1] if not part.sign else ""
        if written == "{":
            return None
        if isinstance(step, str):
            if part.sign == ":":
                found = next((_value(lines, line, end, part.column) for line, key, end in _keys(lines, part) if is_same_key(key, step, steps[:depth])), None)
        elif part.sign == "-" or written == "[":
            found = _item(lines, part, step)
        elif step == 0:
            found = part  # one value where a list may stand
        if found is None:
            return part
        part = found
    return part


def _begin(text: PlainText, steps: tuple[str | int, ...], is_same_key: IsSameKey) -> tuple[Part, int]:
    """The item of a block list of the text where the way leads to one, for its line is known, else the text; and how many steps that is."""
    lines = text.lines
    match steps:
        case (str() as name, int() as index, *_):
            rows = next((rows for key, rows in text.rows.items() if is_same_key(key, name, ())), [])
            if index < len(rows) and lines[rows[index]].lstrip(" ").startswith("- "):
                return _dashed(lines[rows[index]], rows[index]), 2
    return Part(next(number for number, line in enumerate(lines) if _indent(line) >= 0), 0, 1, ":"), 0


def _indent(line: str) -> int:
    """By how much a line is indented; -1 when it says nothing."""
    bare = line.lstrip(" ")
    return len(line) - len(bare) if bare and bare[0] != "#" else -1


def _keys(lines: Sequence[str], part: Part) -> Iterator[tuple[int, str, int]]:
    """The keys of a block mapping: their lines, what is written, the columns after their colons."""
    column = part.column
    for number in range(part.line, len(lines)):
        line = lines[number]
        indent = column if number == part.line else _indent(line)
        if 0 <= indent < column:
            break
        if indent == column and line[column] != "-":
            end = line.find(": ", column)
            end = end if end >= 0 else len(line) - 1
            yield number, line[column:end], end + 1


def _value(lines: Sequence[str], number: int, end: int, level: int) -> Part:
    """What stands after a colon, on its line or below."""
    line = lines[number]
    if end < len(line):
        return _written(line, number, end)
    for below in range(number + 1, len(lines)):
        indent = _indent(lines[below])
        if indent >= 0:
            sign = "-" if lines[below][indent] == "-" else ":"
            if indent >= level + (sign == ":"):
                return Part(below, indent, 1, sign)
            break
    return Part(number, end)


def _written(line: str, number: int, start: int) -> Part:
    """A value from a column to the end of its line; of one that goes on below, the sign before it."""
    column = len(line) - len(line[start:].lstrip(" "))
    return Part(number, column, len(line) - column)


def _item(lines: Sequence[str], part: Part, index: int) -> Part | None:
    """One item of a list."""
    if not part.sign:
        return _flow_item(lines[part.line], part, index)
    for number in range(part.line, len(lines)):
        line = lines[number]
        indent = _indent(line)
        if 0 <= indent < part.column or (indent == part.column and line[indent] != "-"):
            break
        if indent == part.column:
            if index == 0:
                return _dashed(line, number)
            index -= 1
    return None


def _dashed(line: str, number: int) -> Part:
    """What stands after the dash with which a line begins."""
    item = _written(line, number, line.index("-") + 1)
    return item._replace(length=1, sign=":") if _FIRST_KEY.match(line, item.column) else item


def _flow_item(line: str, part: Part, index: int) -> Part | None:
    """One item between brackets, in which no comma is quoted."""
    inner = line[part.column + 1 : part.column + part.length - 1]
    items = inner.split(",") if inner.strip(" ") else []
    if index >= len(items):
        return None
    start = part.column + 1 + sum(len(item) + 1 for item in items[:index])
    bare = items[index].strip(" ")
    return Part(part.line, start + len(items[index]) - len(items[index].lstrip(" ")), len(bare))
