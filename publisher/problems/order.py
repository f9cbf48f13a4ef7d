"""Problems in, each once and in the order of the files out."""

from __future__ import annotations

from collections.abc import Iterable

from publisher.problems.problem import Problem


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, in the order of files, lines and columns; an unknown folder is told at its first file."""
    unique: dict[object, Problem] = {}
    for problem in sorted(problems, key=Problem.sort_key):
        is_folder = problem.code == "unknown-folder"
        unique.setdefault((problem.code, problem.context["value"]) if is_folder else (problem.span, problem.code, problem.message()), problem)
    return list(unique.values())
