"""A root folder and a time in; everything read and checked, in memory: what a check needs, and what plans a digest."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from publisher.configuration import load_settings
from publisher.content.images import ImageFile
from publisher.content.library import Library, require_content
from publisher.content.synonyms import read_synonyms
from publisher.content.taxonomy import Taxonomy, read_taxonomy
from publisher.engine.ledger import Ledger
from publisher.engine.messages import ACROSS, Standpoint
from publisher.engine.news import gather
from publisher.engine.scan import scan_content
from publisher.engine.worker import Worker
from publisher.problems import Problem, has_errors
from publisher.problems.order import sort_problems
from publisher.settings import Settings
from publisher.site.artifacts import Artifact
from publisher.site.plan import list_units, plan_unit


class _Parts(NamedTuple):
    settings: Settings
    worker: Worker | None
    library: Library
    as_of: datetime
    problems: list[Problem]


class Prepared(_Parts):
    """The content of a root folder at a moment, with every problem."""

    @cached_property
    def artifacts(self) -> list[Artifact]:
        """The plan of the whole site but for the theme and the sitemap; empty when a problem is an error."""
        if self.worker is None or has_errors(self.problems):
            return []
        worker = self.worker
        return [artifact for unit in list_units(worker.find_row) for artifact in plan_unit(worker.viewer, unit)]


def prepare(root: Path, as_of: datetime) -> Prepared:
    """Read and check everything; raises `PublisherError` when the folder cannot be read at all."""
    settings, problems = load_settings(root)
    if settings is None:
        empty = Settings(root=root, site_name="", site_url="https://example.com/")
        return Prepared(empty, None, Library(), as_of, sort_problems(problems))
    require_content(settings)
    taxonomy, faults = read_taxonomy(settings.root)
    worker = Worker(Standpoint(settings, taxonomy, as_of), Ledger(root / "var", root / "site"), keeps_text=True)
    readings = worker.read(list(scan_content(settings.content)))
    news = gather(readings, (), worker)
    worker.adopt(news)
    problems += [*faults, *read_synonyms(settings.root)[1], *(problem for reading in readings for problem in reading.problems)]
    problems += [problem for found in news.problems.values() for problem in found]
    units = [ACROSS, *(unit for unit in list_units(worker.find_row) if unit.startswith(("entry:", "edition:")))]
    problems += [problem for checked in worker.check(units) for problem in checked.problems]
    return Prepared(settings, worker, _library(worker, taxonomy), as_of, sort_problems(problems))


def _library(worker: Worker, taxonomy: Taxonomy) -> Library:
    """Everything that was read, for those who want it whole."""
    entries, editions = worker.things
    heads = [head for name in entries if (head := worker.find_head(name))]
    ordered = [worker.load_entry(head.id) for head in sorted(heads, key=lambda head: head.path)]
    images: dict[str, ImageFile] = {name: image for name, image in worker.images.items() if image}
    every = tuple(editions[name] for name in worker.find_row("every-edition"))
    return Library(tuple(ordered), every, taxonomy, images, worker.unread)
