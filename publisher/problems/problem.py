"""`Problem`: one mistake in one place of one file. It neither prints nor reads files; `publisher.problems.output` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from publisher.problems.codes import CODES, Severity

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file: a path relative to the root, line and column from 1 (columns in characters), a length in characters."""

    path: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: a code of `CODES`, where it is, the words its message needs, and the source line for the reader's eye."""

    code: str
    span: Span
    context: Mapping[str, Any] = field(default_factory=dict, hash=False)
    source_line: str = ""

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def message(self, lang: Language = "zh") -> str:
        """What is wrong, in one sentence."""
        code = CODES[self.code]
        return (code.zh if lang == "zh" else code.en).format_map(self.context)

    def mend(self, lang: Language = "zh") -> str:
        """How to put it right, empty where nothing general can be said."""
        code = CODES[self.code]
        text = (code.mend_zh if lang == "zh" else code.mend_en).format_map(self.context)
        guess = self.context.get("guess")
        if guess:
            text = (f"是不是“{guess}”？" if lang == "zh" else f"Did you mean “{guess}”? ") + text
        return text.strip()


def has_errors(problems: Iterable[Problem], *, strict: bool = False) -> bool:
    """Whether anything stops a build: an error, or under ``strict`` anything at all."""
    return any(strict or problem.is_error for problem in problems)


def suggestion(word: str, choices: Sequence[str]) -> str:
    """Give the choice an author most likely meant, or an empty string."""
    import difflib  # only mistakes need it

    found = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if found:
        return found[0]
    # Two-character Chinese words share too little for difflib: take a choice with one differing character, or one within the other.
    near = [c for c in choices if len(c) == len(word) > 1 and sum(a != b for a, b in zip(c, word, strict=True)) == 1]
    near += [c for c in choices if len(word) > 1 and (word in c or c in word)]
    return near[0] if near else ""
