"""A YAML file or front matter and new values of its keys in, the same text with those lines changed out; every other byte stays.

Only keys of the first level whose values stand on their own line are changed; what is not there yet is put below a named line. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from publisher.content.decode import keys_of
from publisher.model import Model

_KEY = re.compile(r"([^\s:#'\"\[{-][^:#]*?)\s*:(?:\s|$)")


class AmendError(ValueError):
    """A value stands over several lines, or is not where it was looked for: a person must change it. The message is Chinese."""


def amend(text: str, model: type[Model], values: Mapping[str, str], below: str) -> str:
    """Give the text with fields set to values as they are written; a field that has no line gets one below that of the field ``below``.

    Raises `AmendError`. The quotes and the comment of a value that is replaced stay.
    """
    lines = text.splitlines(keepends=True)
    first, last = _front(lines)
    names = keys_of(model)
    for field, value in values.items():
        places = {names[match[1]]: at for at in range(first, last) if (match := _KEY.match(lines[at])) and match[1] in names}
        if below not in places:
            raise AmendError(f"没有找到“{_word(model, below)}”一行")
        if field not in places:
            anchor = lines[places[below]]
            _refuse_block(lines, places[below], last, _word(model, below))
            is_english = anchor.isascii()
            ending = "\r\n" if anchor.endswith("\r\n") else "\n"
            key = field.replace("_", "-") if is_english else _word(model, field)
            if not anchor.endswith("\n"):
                lines[places[below]] = anchor + ending
            lines.insert(places[below] + 1, f"{key}: {value}{ending}")
            last += 1
            continue
        at = places[field]
        _refuse_block(lines, at, last, _word(model, field))
        found = re.fullmatch(r"([^:]*:\s*)(\"[^\"]*\"|'[^']*'|[^#\r\n]*?)(\s+#[^\r\n]*|\s*?)(\r?\n)?", lines[at])
        if found is None:
            raise AmendError(f"“{_word(model, field)}”一行的写法认不出来")
        head = found[1] if found[1][-1] in " \t" else found[1] + " "
        quote = found[2][:1] if found[2][:1] in ("'", '"') and value[:1] not in "{'\"" else ""
        lines[at] = f"{head}{quote}{value}{quote}{found[3]}{found[4] or ''}"
    return "".join(lines)


def _front(lines: list[str]) -> tuple[int, int]:
    """The lines that are YAML: those between the marks of a Markdown file, or all."""
    if not lines or lines[0].lstrip("\ufeff").rstrip() != "---":
        return 0, len(lines)
    end = next((at for at in range(1, len(lines)) if lines[at].rstrip() == "---"), len(lines))
    return 1, end


def _refuse_block(lines: list[str], at: int, last: int, word: str) -> None:
    """A value that goes on below its line is no matter of one line."""
    following = next((lines[n] for n in range(at + 1, last) if lines[n].strip()), "")
    opened = lines[at].partition(":")[2].strip()
    if (following[:1] in " \t" and following.strip()) or following.startswith("- ") or opened[:1] in ("{", "[", "|", ">", "&"):
        raise AmendError(f"“{word}”不止一行，请手工改")


def _word(model: type[Model], field: str) -> str:
    return model.model_fields[field].title
