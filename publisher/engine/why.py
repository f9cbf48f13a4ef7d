"""A file of the site in, what it was made from out: the unit's own record of what it read, put into words by the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from publisher.configuration import load_settings
from publisher.content.taxonomy import read_taxonomy
from publisher.engine.ledger import Ledger, SourceRow
from publisher.engine.messages import CONTENTS, Standpoint
from publisher.engine.rebuild import SITEMAP, THEME
from publisher.engine.worker import Worker
from publisher.failure import PublisherError
from publisher.site.plan import plan_unit


class Reason(NamedTuple):
    """Why a file is there and as it is.

    ``sources`` are the content files whose text is in it, ``cells`` the catalogue's names for all it depends on, ``template``
    the template of its page, ``until`` the moment (seconds since 1970) at which time alone makes it again, if any.
    """

    path: str
    unit: str
    template: str
    sources: tuple[str, ...]
    cells: tuple[str, ...]
    titles: dict[str, tuple[str, str]]
    until: float | None


def explain(root: Path, out: Path, asked: str, as_of: datetime) -> Reason | None:
    """Look a file up by its path in the site, with or without ``index.html``; None when the last build made no such file."""
    ledger = Ledger(root / "var", out)
    if not ledger.open():
        raise PublisherError(f"{out} 还没有生成过，先运行 publisher build", f"{out} has not been built yet; run publisher build first")
    try:
        row = next((row for path in _spellings(asked, out) if (row := ledger.file_at(path))), None)
        if row is None:
            return None
        if row.unit in (THEME, SITEMAP, CONTENTS) or row.unit.startswith("volume:"):
            return Reason(row.path, row.unit, "", (), (), {}, None)
        settings, _ = load_settings(root)
        if settings is None:
            raise PublisherError("mkdocs.yml 有错，先运行 publisher check", "mkdocs.yml has errors; run publisher check first")
        worker = Worker(Standpoint(settings, read_taxonomy(settings.root)[0], as_of), ledger)
        with worker.catalogue.reading() as cells:
            artifact = next((artifact for artifact in plan_unit(worker.viewer, row.unit) if artifact.path == row.path), None)
        names = sorted(cells)
        rows = {cell: found for cell in names if (found := _source_of(cell, ledger))}
        times = [found.until for cell, found in rows.items() if cell.startswith(("body:", "head:", "edition:")) and found.until < 9e99]
        titles = {cell: (found.path, found.title) for cell, found in rows.items()}
        template = artifact.template if artifact and artifact.recipe in ("page", "template") else ""
        return Reason(row.path, row.unit, template, artifact.sources if artifact else (), tuple(names), titles, min(times, default=None))
    finally:
        ledger.close()


def _spellings(asked: str, out: Path) -> Sequence[str]:
    """The paths that somebody may mean: relative to the site, with the site's folder before it, as an address, with a page's name left out."""
    path = asked.split("#", 1)[0].split("?", 1)[0]
    for prefix in (f"{out}/", f"{out.name}/", "./", "/"):
        path = path.removeprefix(prefix)
    path = path.rstrip("/") if path.endswith("/") else path
    return [path, f"{path}/index.html" if path else "index.html"]


def _source_of(cell: str, ledger: Ledger) -> SourceRow | None:
    """The content file that a cell is about."""
    sort, _, name = cell.partition(":")
    if sort in ("at", "image"):
        return ledger.source(name)
    if sort == "near":
        name = name.rpartition(":")[2]
    path = None
    if sort in ("head", "body", "rank", "near"):
        path = ledger.path_of("entry", name)
    elif sort in ("edition", "edition-body"):
        path = ledger.path_of("edition", name)
    return ledger.source(path) if path else None
