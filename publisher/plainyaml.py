"""The plain part of YAML, in which editors write nearly every file, to values: line by line, with few steps for each line.

What it reads means the same to PyYAML, and `publisher.strictyaml` finds nothing wrong with it: block mappings and lists, nested; scalars
plain on one line, quoted without escapes, or literal (``|``); flow lists of scalars, and flow mappings of scalars and such lists, on one
line; comments on lines of their own. At anything else, a mistake above all, it gives None and the text is read in full. It tells no
problems and knows no types.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any, NamedTuple


class Plain(NamedTuple):
    """What a text says; ``rows`` gives for each key of the text the lines, from 0, of the items of its list, or of its one value."""

    value: dict[str, Any]
    rows: dict[str, list[int]]


#: Fewer than `publisher.strictyaml` allows, so that no limit can be passed unseen; a value takes two signs at least.
_MOST_VALUES = 18_000
_MOST_DEPTH = 20

#: Signs that YAML's reader refuses or takes for the end of a line, and the tab; `str.isprintable` knows them faster, and more.
_ODD = "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
KEY = r"\w[\w.()（）·/-]{0,40}"
_HEAD = re.compile(rf"( *)(- +)?({KEY})")
#: What a plain scalar never begins with here: signs that YAML gives a meaning, if only before a space (``-``, ``?``, ``:``).
_NOT_FIRST = frozenset(" -?:,[]{}#&*!|>'\"%@`")
_SCALAR_QUOTED = r"""(?:"[^"\\]*"|'[^']*')"""
#: Between brackets a colon needs a letter after it here; YAML allows a little more.
_FLOW_PLAIN = r"""[^\s\-?:,\[\]{}#&*!|>'"%@`][^:#,?\[\]{}]*(?::[\w/][^:#,?\[\]{}]*)*"""
_QUOTED = re.compile(_SCALAR_QUOTED)
_ITEM = re.compile(rf"{_FLOW_PLAIN}|{_SCALAR_QUOTED}")
#: Nearly all flow lists: plain words with one space after each comma.
_WORDS = re.compile(rf"{_FLOW_PLAIN}(?:, {_FLOW_PLAIN})*")
_PAIR = re.compile(rf" *({KEY}): +({_FLOW_PLAIN}|{_SCALAR_QUOTED}|\[[^\[\]{{}}]*\]) *(?:,|$)")
_PAIRS = re.compile(rf"(?:{_PAIR.pattern})+")


def read_plain(text: str) -> Plain | None:
    """Read a text that is a mapping in plain YAML; None when it is anything else or may be."""
    if not text.replace("\n", "").isprintable() and re.search(_ODD, text):
        return None
    if " \n" in text or text[-1:] == " " or (len(text) > _MOST_VALUES and 2 * text.count("\n") + text.count(",") > _MOST_VALUES):
        return None
    try:
        return _read_lines(text.split("\n"), has_hash=" #" in text)
    except _UndecidedError:
        return None


class _UndecidedError(Exception):
    """The text is not plain, or may not be."""


def _read_lines(lines: list[str], *, has_hash: bool) -> Plain:  # noqa: C901  # a call for each line would take as long as all the rest
    """Read all lines; ``top`` is the innermost open collection, indented by ``level``, ``waiting`` the key of it whose value has not begun."""
    root: dict[str, Any] = {}
    rows: dict[str, list[int]] = {}
    outer: list[tuple[Any, int]] = []
    top: Any = root
    level, waiting, in_list = 0, "", False
    heads, bare_heads, not_first = _HEADS, _BARE_HEADS, _NOT_FIRST
    numbered = enumerate(lines)
    for number, line in numbered:
        written, colon, value = line.partition(": ")
        indent, dash, key = (heads.get(written) if colon else bare_heads.get(written)) or _read_head(written, line)
        if indent != level or dash or waiting or in_list:
            if indent < 0:
                continue
            if waiting and indent >= level + (not dash):
                child: Any = [] if dash else {}
                if not outer:
                    rows[waiting] = [] if dash else [number]
                top[waiting] = child
                outer.append((top, level))
                top, level = child, indent
            else:
                while outer and (level > indent or (level == indent and isinstance(top, list) != bool(dash))):
                    top, level = outer.pop()
            waiting, in_list = "", bool(dash and not key)
            if level != indent or isinstance(top, list) != bool(dash) or len(outer) > _MOST_DEPTH:
                raise _UndecidedError
            if dash:
                if len(outer) == 1:
                    rows[next(reversed(rows))].append(number)
                if in_list:
                    top.append(_read_value(line[indent + dash :], has_hash=has_hash))
                    continue
                outer.append((top, level))
                top.append({})
                top, level = top[-1], indent + dash
        if key in top:
            raise _UndecidedError
        if not value:
            top[key], waiting = None, key
        elif value[0] not in not_first and ": " not in value and value[-1] != ":" and not has_hash:
            top[key] = value
        elif value == "|":
            top[key], taken = _read_literal(lines, number + 1, level)
            next(islice(numbered, taken - 1, taken))
        else:
            top[key] = _read_value(value, has_hash=has_hash)
        if not outer:
            rows[key] = [number] * (len(top[key]) if isinstance(top[key], list) else 1)
    if not root:
        raise _UndecidedError
    return Plain(root, rows)


#: The indent of a line (-1 when it says nothing), how long its dash is, its key or nothing.
_Head = tuple[int, int, str]
_NOTHING: _Head = (-1, 0, "")
#: What was read of the heads of lines, which repeat from file to file: of those before a value, and of lines without one.
_HEADS: dict[str, _Head] = {}
_BARE_HEADS: dict[str, _Head] = {}
_MOST_HEADS = 4096


def _read_head(written: str, line: str) -> _Head:
    """Read what stands before the first ``: `` of a line, which is all of it where there is none."""
    bare = line.lstrip(" ")
    if bare[:1] in ("", "#"):
        return _NOTHING
    has_value = len(written) < len(line)
    match = _HEAD.fullmatch(written if has_value else written.removesuffix(":"))
    if match and (has_value or bare[-1] == ":"):
        heads = _HEADS if has_value else _BARE_HEADS
        if len(heads) >= _MOST_HEADS:
            heads.clear()
        head = heads[written] = (match.end(1), len(match[2] or ""), match[3])
        return head
    if bare[:2] == "- ":
        return len(line) - len(bare), len(bare) - len(bare[1:].lstrip(" ")), ""
    raise _UndecidedError


def _read_value(written: str, *, has_hash: bool) -> Any:
    """A value that stands on the line of its key or dash."""
    written = written.lstrip(" ")
    first = written[:1]
    if first not in _NOT_FIRST:
        if ": " in written or written[-1:] in ("", ":") or (has_hash and " #" in written):
            raise _UndecidedError
        return written
    if _QUOTED.fullmatch(written):
        return written[1:-1]
    inner = written[1:-1]
    if first == "[" and written[-1] == "]":
        if _WORDS.fullmatch(inner) and " ," not in inner and inner[-1] != " ":
            return inner.split(", ")
        return [_read_item(part.strip(" ")) for part in inner.split(",")] if inner.strip(" ") else []
    if first == "{" and written[-1] == "}":
        pairs = _PAIR.findall(inner)
        value = {key: _read_value(item.rstrip(" "), has_hash=has_hash) for key, item in pairs}
        if _PAIRS.fullmatch(inner) and len(value) == len(pairs):
            return value
    raise _UndecidedError


def _read_item(written: str) -> str:
    """A scalar, plain or quoted, as it may stand between brackets."""
    if not _ITEM.fullmatch(written):
        raise _UndecidedError
    return written[1:-1] if written[0] in "\"'" else written


def _read_literal(lines: list[str], start: int, level: int) -> tuple[str, int]:
    """The words of a literal scalar whose first line has the index ``start``, and how many lines it takes."""
    first = lines[start] if start < len(lines) else ""
    margin = len(first) - len(first.lstrip(" "))
    if not first or margin <= level or lines[-1]:
        raise _UndecidedError
    space, end = " " * margin, start + 1
    while end < len(lines) and (lines[end].startswith(space) or not lines[end]):
        end += 1
    if end < len(lines) and lines[end][: level + 1].isspace():
        raise _UndecidedError  # indented, but by less than the first line
    taken = "\n".join(lines[start:end])[margin:].replace("\n" + space, "\n")
    return taken.rstrip("\n") + "\n", end - start
