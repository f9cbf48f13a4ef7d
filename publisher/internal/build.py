"""A root folder and a time in, the office's internal site on disk out: everything anew each time, and put in place when it is whole.

What is public is planned by the site's own planners from the opened content; the records' pages come beside it. There are no
feeds, no calendars, no mail, no search, no sitemap and nothing for sharing. Docs: docs/adr/0014.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from publisher.configuration import load_settings
from publisher.content.library import require_content
from publisher.content.model.vocabulary import Kind
from publisher.content.synonyms import read_synonyms
from publisher.content.taxonomy import read_taxonomy
from publisher.engine.ledger import Ledger
from publisher.engine.lock import hold
from publisher.engine.messages import ACROSS, Standpoint
from publisher.engine.news import gather
from publisher.engine.scan import scan_content
from publisher.internal.folder import Draft, refuse
from publisher.internal.frame import OfficeShell, make_renderer, unlink
from publisher.internal.office import Office
from publisher.internal.opened import MARK, OpenWorker
from publisher.internal.pages import Part, office_page, plan_lists, plan_office, plan_parts
from publisher.liaison.checks import check_liaison
from publisher.liaison.months import Month
from publisher.liaison.reading import load_register
from publisher.problems import Problem, has_errors
from publisher.problems.order import sort_problems
from publisher.settings import Settings
from publisher.site.artifacts import Artifact
from publisher.site.pages import LISTED_KINDS
from publisher.site.plan import list_units, plan_unit

#: What of the public plan the office does not need: pages about feeds and search, and a home page that is not its own.
_LEFT_OUT = frozenset({"home", "search", "not-found", "feed-page", "feed", "enterprise-feed", "feed-list", "calendars"})
#: Lists of the public site beside those of the kinds.
_MORE = (("简报", "editions/"), ("标签", "tags/"), ("行业", "industries/"), ("往期", "archive/"), ("政策自查", "check/"))
#: From so many enterprises on more processes pay for their start.
_MANY = 300
_RECIPES = frozenset({"page", "copy", "style", "json"})


class InternalReport(NamedTuple):
    """What an internal build did; nothing was written when a problem is an error."""

    problems: list[Problem]
    is_built: bool
    files: int = 0
    enterprises: int = 0
    internal: int = 0


def build_internal(root: Path, out: Path, as_of: datetime, *, is_strict: bool = False, processes: int | None = None) -> InternalReport:
    """Build; raises `PublisherError` for a folder that is no place for it, and when the disk or a template fails."""
    refuse(root, out)
    settings, problems = load_settings(root)
    if settings is None:
        return InternalReport(sort_problems(problems), is_built=False)
    with hold(Ledger(root / "var", out).lock_file):
        worker, faults = _read(settings, as_of)
        problems += faults
        office, faults = _read_records(root, settings, as_of)
        problems = sort_problems([*problems, *faults])
        if has_errors(problems, strict=is_strict):
            return InternalReport(problems, is_built=False)
        shell = OfficeShell(root)
        public = [*_plan_public(worker), *_plan_front(worker, office), *shell.assets()]
        with Draft(out) as draft:
            press = Press(shell, worker.settings, frozenset(artifact.path for artifact in public), draft)
            count = press.make(chain(public, plan_office(office)))
            count += _make_parts(office, press, processes)
            draft.take_place()
    opened = sum(head.order.title.startswith(MARK) for name in worker.find_row("public") if (head := worker.find_head(name)))
    return InternalReport(problems, True, count, len(office.register.enterprises), opened)


def _read(settings: Settings, as_of: datetime) -> tuple[OpenWorker, list[Problem]]:
    """Read and check all content, and open it."""
    require_content(settings)
    settings = settings.model_copy(update={"search": False, "share_cards": False})
    taxonomy, problems = read_taxonomy(settings.root)
    worker = OpenWorker(Standpoint(settings, taxonomy, as_of), Ledger(settings.root / "var", settings.root / "site"))
    readings = worker.read(list(scan_content(settings.content)))
    news = gather(readings, (), worker)
    worker.adopt(news)
    problems += read_synonyms(settings.root)[1]
    problems += [problem for reading in readings for problem in reading.problems]
    problems += [problem for found in news.problems.values() for problem in found]
    units = [ACROSS, *(unit for unit in list_units(worker.find_row) if unit.startswith(("entry:", "edition:")))]
    return worker, problems + [problem for checked in worker.check(units) for problem in checked.problems]


def _read_records(root: Path, settings: Settings, as_of: datetime) -> tuple[Office, list[Problem]]:
    """Read the records and check them; of what is to come nothing."""
    present = Month.of(as_of.date())

    def is_begun(month: Month) -> bool:
        return month <= present

    register, problems = load_register(root, is_begun)
    return Office(register, settings.liaison, as_of.date()), problems + check_liaison(root, settings.liaison, as_of.date(), is_begun)


def _plan_public(worker: OpenWorker) -> Iterator[Artifact]:
    """What the public site has, from the opened content."""
    for unit in list_units(worker.find_row):
        if unit.partition(":")[0] in _LEFT_OUT:
            continue
        for artifact in plan_unit(worker.viewer, unit):
            if artifact.recipe in _RECIPES:
                yield _plain(artifact)


def _plain(artifact: Artifact) -> Artifact:
    """A page that offers no feeds and no calendar, and says nothing to machines."""
    if artifact.frame is None:
        return artifact
    inputs = {**artifact.inputs, **{name: empty for name, empty in (("feed", None), ("calendar", "")) if name in artifact.inputs}}
    return replace(artifact, inputs=inputs, frame=replace(artifact.frame, feeds=(), image=None, nodes=(), named=(), published="", modified=""))


def _plan_front(worker: OpenWorker, office: Office) -> Iterator[Artifact]:
    """The first page, and the page that leads to everything of the public site."""
    catalogue = worker.catalogue
    kinds = [{"title": kind.label, "url": f"{kind.folder}/", "count": len(catalogue.row(f"kind:{kind.value}"))} for kind in LISTED_KINDS]
    more = [{"title": title, "url": url} for title, url in _MORE]
    pages = [_link(worker, name) for name in catalogue.ids(Kind.PAGE) if (head := catalogue.head(name)) and head.is_public]
    opened = [catalogue.known(name).card for name in catalogue.row("public") if catalogue.known(name).order.title.startswith(MARK)]
    yield office_page("content/", "网站内容", "content.html", {"kinds": kinds, "more": more, "pages": pages, "opened": opened})
    scope = office.scopes[office.months[0]]
    late = [*(one for one in scope.issues if scope.is_late(one)), *(one for one in scope.cases if scope.is_late(one))]
    view = {
        "site": worker.settings.site_name,
        "day": office.day.isoformat(),
        "month": office.months[0].label,
        "report": f"liaison/months/{office.months[0]}/",
        "services": len(scope.services),
        "enterprises": len(scope.duties),
        "short": sum(bool(scope.lacks(row)) for row in scope.duties),
        "late": len(late),
        "owed": sum(map(len, office.reminders.values())),
        "opened": len(opened),
        "notes": office.calendar.notes,
    }
    yield replace(office_page("", "内部首页", "home.html", view), path="index.html")


def _link(worker: OpenWorker, name: str) -> dict[str, str]:
    head = worker.catalogue.known(name)
    return {"title": head.title, "url": head.url}


class Press:
    """Makes files from artifacts and puts them into the draft; ``known`` are the files beside those of the records."""

    def __init__(self, shell: OfficeShell, settings: Settings, known: frozenset[str], draft: Draft) -> None:
        self._renderer, self._known, self._draft = make_renderer(settings, shell), known, draft

    def make(self, artifacts: Iterable[Artifact]) -> int:
        """Make and put files, one by one, for thousands of enterprises are much at once; gives how many."""
        count = 0
        for artifact in artifacts:
            data = self._renderer.render(artifact)
            if artifact.recipe == "page":
                data = unlink(data.decode(), artifact.path, self._known).encode()
            self._draft.put(artifact.path, data)
            count += 1
        return count


#: What a process that was forked works with, without its being sent.
_given: list[tuple[list[Part], Press]] = []


def _make_parts(office: Office, press: Press, processes: int | None) -> int:
    """Make the pages that grow in number with the records, of many records in several processes, and then the lists that lead to them."""
    office.sort_all()
    parts = plan_parts(office)
    count = processes or (len(os.sched_getaffinity(0)) if sys.platform == "linux" and len(office.register.enterprises) >= _MANY else 1)
    if count > 1:
        with ProcessPoolExecutor(count, mp_context=get_context("fork"), initializer=_given.append, initargs=((parts, press),)) as pool:
            done = list(pool.map(_make_given, range(len(parts))))
    else:
        done = [_make_part(part, press) for part in parts]
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part, found in zip(parts, done, strict=True):
        rows[part.list] += found
    return sum(map(len, done)) + press.make(plan_lists(office, rows))


def _make_given(number: int) -> list[dict[str, Any]]:
    parts, press = _given[0]
    return _make_part(parts[number], press)


def _make_part(part: Part, press: Press) -> list[dict[str, Any]]:
    """Make the pages of a part; gives what their list says of each."""
    rows = []
    for artifact, row in part.plan():
        press.make([artifact])
        rows.append(row)
    return rows
