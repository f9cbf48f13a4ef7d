"""Problems with their places: in a field of an entry, in the words of a field, in the body."""

from __future__ import annotations

from typing import Protocol

from publisher.content.decode import describe, locate_field
from publisher.content.library import Entry
from publisher.model import Model
from publisher.problems import Problem
from publisher.yamltext import Step, YamlText


class Written(Protocol):
    """What stands in a file as YAML: an entry or an edition."""

    @property
    def front(self) -> YamlText:
        """The YAML."""

    @property
    def model_type(self) -> type[Model]:
        """The model it was read as."""


def field_problem(entry: Written, code: str, steps: tuple[Step, ...], /, **context: object) -> Problem:
    """A problem at a field; the nearest place when the field is not written. Adds the field's Chinese name to the context."""
    front = entry.front
    names = [step for step in steps if isinstance(step, str)]
    if "field" not in context and len(names) == 1:
        context["field"] = describe(entry.model_type, names[0])["field"]
    return front.problem(code, locate_field(front, entry.model_type, steps), **context)


def missing_problem(entry: Written, code: str, /, **context: object) -> Problem:
    """A problem about something that is not there: at the top of the entry."""
    front = entry.front
    return front.problem(code, front.span(0, 0), **context)


def words_problem(entry: Written, code: str, steps: tuple[Step, ...], words: str, before: str = "", /, **context: object) -> Problem:
    """A problem at certain words of a field, which may run over several lines; ``before`` is the field's text before them."""
    front = entry.front
    span = locate_field(front, entry.model_type, steps)
    lines = front.text.split("\n")
    needle = words.split("\n", 1)[0]
    skip = before.count(needle) if needle else 0
    for index in range(span.line - front.first_line, len(lines)):
        column = span.column - 2 if index == span.line - front.first_line else -1
        while needle and (column := lines[index].find(needle, column + 1)) >= 0:
            if not skip:
                return front.problem(code, front.span(index, column, len(needle)), **context)
            skip -= 1
    return front.problem(code, span, **context)


def body_problem(entry: Entry, code: str, offset: int, length: int, /, **context: object) -> Problem:
    """A problem at an offset of the body."""
    body = entry.source.body
    line = body.count("\n", 0, offset)
    column = offset - (body.rfind("\n", 0, offset) + 1)
    return entry.source.body_problem(code, line, column, length, **context)
