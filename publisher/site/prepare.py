"""A root folder and a time in; library, plan and every problem out: the first half of each build, and all of a check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.checks import check_library
from publisher.content.library import Library, load_library
from publisher.problems import Problem, has_errors
from publisher.settings import Settings, load_settings
from publisher.site.artifacts import Artifact
from publisher.site.plan import check_site_links, plan_site


@dataclass(frozen=True)
class Prepared:
    """What a build needs: ``artifacts`` is empty when a problem is an error."""

    settings: Settings
    library: Library
    as_of: datetime
    artifacts: list[Artifact]
    problems: list[Problem]


def prepare(root: Path, as_of: datetime) -> Prepared:
    """Read, check and plan; raises `PublisherError` when the folder cannot be read at all."""
    settings, problems = load_settings(root)
    if settings is None:
        empty = Settings(root=root, site_name="", site_url="https://example.com/")
        return Prepared(empty, Library(), as_of, [], sort_problems(problems))
    library, found = load_library(settings)
    problems += found
    problems += check_library(library, settings, as_of)
    artifacts = plan_site(library, settings, as_of)  # in spite of errors: links to pages of the site are to be told in the same run
    problems += check_site_links(library, artifacts)
    if has_errors(problems):
        artifacts = []
    return Prepared(settings, library, as_of, artifacts, sort_problems(problems))


def sort_problems(problems: list[Problem]) -> list[Problem]:
    """Each problem once, in the order of files, lines and columns."""
    unique = {(problem.span, problem.code, problem.message()): problem for problem in problems}
    return sorted(unique.values(), key=Problem.sort_key)
