"""Problems in, lines for people, for CI or for programs out."""

from __future__ import annotations

from publisher.problems import Problem
from publisher.problems.output import format_github, format_text, to_json
from publisher.problems.problem import Language


def print_problems(problems: list[Problem], style: str, lang: Language) -> None:
    """Print problems for people or for CI; JSON is printed by the verbs, which add to it."""
    if style == "github":
        print(format_github(problems, lang)) if problems else None
    else:
        print(format_text(problems, lang))


def problems_json(problems: list[Problem]) -> dict[str, object]:
    """The part of a JSON result that is about problems."""
    errors = sum(problem.is_error for problem in problems)
    return {"errors": errors, "warnings": len(problems) - errors, "problems": to_json(problems)}
