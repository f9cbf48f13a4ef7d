"""Problems in, each once and in the order of the files out."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from publisher.problems.problem import Problem, Span


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, in the order of files, lines and columns; an unknown folder is told at its first file."""
    unique: list[Problem] = []
    folders: set[object] = set()
    for (_, code), group in groupby(sorted(problems, key=_place), key=_place):
        same = list(group)
        if len(same) > 1:  # a message is written out only where problems share a place: there may be a hundred thousand
            same = sorted({problem.message(): problem for problem in reversed(same)}.values(), key=Problem.message)
        if code == "unknown-folder":
            same = [problem for problem in same if problem.context["value"] not in folders]
            folders |= {problem.context["value"] for problem in same}
        unique += same
    return unique


def _place(problem: Problem) -> tuple[Span, str]:
    return problem.span, problem.code
