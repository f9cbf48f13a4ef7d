"""Problems in, text out: for people with the source line and a caret, for machines as JSON, for CI as annotations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from publisher.problems.codes import Severity
from publisher.problems.problem import Language, Problem

_SEVERITIES = {("error", "zh"): "错误", ("warning", "zh"): "提醒", ("error", "en"): "error", ("warning", "en"): "warning"}


_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|\d{15,19}[Xx]?)(?![\dXx])")


def hide_numbers(text: str) -> str:
    """Blank out telephone, identity and card numbers: problems end in logs that anyone may read. The length stays."""
    return _PERSONAL.sub(lambda match: re.sub(r"[\dXx]", "*", match[0]), text)


def _said(problem: Problem, words: str) -> str:
    """The words of a problem without personal numbers; credit codes are public and must be seen to be mended."""
    return words if problem.code in ("bad-credit-code", "odd-credit-code") else hide_numbers(words)


def format_text(problems: Sequence[Problem], lang: Language) -> str:
    """Each problem with its place, source line, caret and mend; then how many there are."""
    blocks = [format_problem(problem, lang) for problem in problems]
    return "\n\n".join([*blocks, summary(problems, lang)])


def format_problem(problem: Problem, lang: Language) -> str:
    """One problem as people read it."""
    severity = _SEVERITIES[problem.severity.value, lang]
    lines = [f"{problem.span}: {severity} [{problem.code}] {_said(problem, problem.message(lang))}"]
    source = hide_numbers(problem.source_line.rstrip())
    if source:
        shown, column = _window(source, problem.span.column)
        number = str(problem.span.line)
        lines.append(f"  {number} | {shown}")
        width = sum(_columns(sign) for sign in shown[column - 1 : column - 1 + problem.span.length]) or 1
        lines.append(f"  {' ' * len(number)} | {_blank(shown[: column - 1])}{'^' * width}")
    if mend := _said(problem, problem.mend(lang)):
        lines.append(f"  改法：{mend}" if lang == "zh" else f"  mend: {mend}")
    return "\n".join(lines)


def _window(source: str, column: int, room: int = 60) -> tuple[str, int]:
    """A part of a long line around a column, with the column in it."""
    if len(source) <= 2 * room:
        return source, column
    start = max(0, column - room)
    end = min(len(source), column + room)
    head, tail = ("…" if start else ""), ("…" if end < len(source) else "")
    return f"{head}{source[start:end]}{tail}", column - start + len(head)


def _columns(sign: str) -> int:
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _blank(text: str) -> str:
    return "".join("\t" if sign == "\t" else " " * _columns(sign) for sign in text)


def summary(problems: Sequence[Problem], lang: Language) -> str:
    """How many errors and warnings there are, in one line."""
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if lang == "en":
        return f"{errors} error(s), {warnings} warning(s)"
    return f"共 {errors} 处错误，{warnings} 处提醒" if problems else "没有发现问题"


def to_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as JSON values, with both languages."""
    return [
        {
            "path": problem.span.path,
            "line": problem.span.line,
            "column": problem.span.column,
            "length": problem.span.length,
            "code": problem.code,
            "severity": problem.severity.value,
            "message": {"zh": _said(problem, problem.message("zh")), "en": _said(problem, problem.message("en"))},
            "mend": {"zh": _said(problem, problem.mend("zh")), "en": _said(problem, problem.mend("en"))},
            "source": hide_numbers(problem.source_line),
        }
        for problem in problems
    ]


def format_github(problems: Sequence[Problem], lang: Language) -> str:
    """Workflow commands that draw each problem beside its line in a pull request."""
    rows = []
    for problem in problems:
        span = problem.span
        level = "error" if problem.severity is Severity.ERROR else "warning"
        place = f"file={_property(span.path)},line={span.line},col={span.column},title={_property(problem.code)}"
        rows.append(f"::{level} {place}::{_message(_said(problem, f'{problem.message(lang)} {problem.mend(lang)}'.strip()))}")
    return "\n".join(rows)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
