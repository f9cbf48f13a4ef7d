"""What a YAML text is and what it says, for those that read one (`publisher.strictyaml`) and those that look for a place in it; it reads nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from publisher.problems import Problem, Span

MAX_VALUES = 20_000
MAX_DEPTH = 24

#: A mapping, list or string; None where nothing was written.
Value = dict[str, "Value"] | list["Value"] | str | None
#: A step from a value to a part of it.
Step = str | int


@dataclass(frozen=True, slots=True)
class YamlText:
    """A YAML text where it stands: ``first_line`` is the line of the file on which the text begins, from 1."""

    path: str
    text: str
    first_line: int = 1

    def span(self, line: int, column: int, length: int = 1) -> Span:
        """Turn a line and a column of the text, from 0, into a place of the file."""
        return Span(self.path, self.first_line + line, column + 1, max(1, length))

    def problem(self, code: str, span: Span, /, **context: object) -> Problem:
        """Make a problem that carries its source line."""
        lines = self.text.split("\n")
        index = span.line - self.first_line
        return Problem(code, span, context, lines[index].rstrip("\r") if 0 <= index < len(lines) else "")


class Parsed(NamedTuple):
    """What a text says: its value, None when it is empty or unreadable; the problems found; the lines of the parts of a mapping.

    ``rows`` gives for each key the lines, from 0 within the text, on which the items of its list begin, or its one value.
    """

    value: Value
    problems: list[Problem]
    rows: dict[str, list[int]]
