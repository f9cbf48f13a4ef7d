"""What the disk says and a ledger in, a site on disk and a new ledger out: the one way to build.

Read what has changed; find out which cells of the catalogue that changes; check and then make the units that have read one of
them, in the order in which readers may meet their files; remove what no unit makes any more; commit the ledger. Nothing is
written before everything is checked.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from publisher.content.synonyms import SYNONYMS_PATH, read_synonyms
from publisher.content.taxonomy import read_taxonomy
from publisher.engine.build import Found, Order
from publisher.engine.crew import Crew, make_crew
from publisher.engine.ledger import Changes, FileRow, Ledger, SourceRow
from publisher.engine.messages import ACROSS, CONTENTS, News, Planned, Reading, Standpoint, mark, pack_problems, pack_settings, unpack_problems, unpack_settings
from publisher.engine.news import gather
from publisher.engine.report import BuildReport
from publisher.engine.worker import Worker
from publisher.failure import PublisherError
from publisher.problems import Problem, has_errors
from publisher.problems.order import sort_problems
from publisher.settings import Settings
from publisher.site.artifacts import RANK_INDEX, Artifact
from publisher.site.heads import path_url
from publisher.site.plan import list_units, unit_rank

if TYPE_CHECKING:
    from publisher.engine.shop import Shop

#: The units that the build itself makes, from what the others have made.
THEME, SITEMAP = "theme", "sitemap"
#: Addresses in one sitemap at most (sitemaps.org 0.9).
SITEMAP_LENGTH = 50_000
#: Up to how many cells are looked up one by one in the ledger; for more, all units are gone through once.
_FEW = 12


def rebuild(order: Order, ledger: Ledger, found: Found) -> BuildReport:
    """Build; the ledger is changed only when all went well."""
    settings, problems = _settings(order, ledger, found)
    if settings is None:
        return BuildReport(problems=sort_problems(problems), is_built=False)
    taxonomy, faults = read_taxonomy(settings.root)
    as_of = order.as_of.timestamp()
    paths = found.signatures.keys()
    stale: list[str] = []
    gone: list[str] = []
    if found.is_going_on:
        known = found.known or ledger.signatures()
        stale = [path for path, signature in found.signatures.items() if not signature or known.get(path) != signature]
        stale = sorted({*stale, *(path for path in ledger.out_of_date(as_of) if path in paths)})
        gone = sorted(known.keys() - paths)
    tale = ledger if found.is_going_on else Ledger(order.root / "var", order.out)
    from publisher.engine.shop import Shop, fingerprint_program

    frames = tale.frames()
    shop = Shop(settings, order.out, order.load_shell, str(tale.meta.get("program") or fingerprint_program(settings.templates)), frames)
    worker = Worker(Standpoint(settings, taxonomy, order.as_of, order.shows_drafts), tale, shop)
    todo = stale if found.is_going_on else sorted(paths)
    crew = make_crew(worker, len(todo), order.processes)
    gc.disable()  # what a build makes it keeps to its end: looking through it for cycles again and again takes a tenth of the time
    try:
        readings = crew.read(todo, shop.prepare if not frames else lambda: None)
        news = gather(readings, gone, worker)
        crew.adopt(news)
        return _Rebuild(order, ledger, found, Hands(crew, worker, shop)).run(readings, gone, news, [*problems, *faults])
    finally:
        gc.enable()
        crew.close()


def _settings(order: Order, ledger: Ledger, found: Found) -> tuple[Settings | None, list[Problem]]:
    """The settings as the ledger knows them; they are read anew when the environment is another, of which ``mkdocs.yml`` is a part."""
    if found.is_going_on and (known := unpack_settings(ledger.meta.get("settings"))):
        return known.model_copy(update={"root": order.root}), []
    from publisher.configuration import load_settings

    return load_settings(order.root)


class Hands(NamedTuple):
    """Who does the work: the crew, the worker of this process, and what files are made with."""

    crew: Crew
    worker: Worker
    shop: Shop


class _Rebuild:
    """The second half of a build: what to make, and in which order."""

    def __init__(self, order: Order, ledger: Ledger, found: Found, hands: Hands) -> None:
        self.order, self.ledger, self.found = order, ledger, found
        self.crew, self.worker, self.shop = hands
        self.planned: list[Planned] = []
        self.files: dict[str, FileRow] = {}
        self.written: list[str] = []
        self.remade: frozenset[str] = frozenset()
        self.touched: frozenset[str] = frozenset()
        self.damaged_volumes: frozenset[str] = frozenset()
        self.is_unfinished = ledger.is_unfinished

    def run(self, readings: Sequence[Reading], gone: Sequence[str], news: News, problems: list[Problem]) -> BuildReport:
        self.touched = frozenset((*(reading.path for reading in readings), *gone))
        problems += read_synonyms(self.worker.settings.root)[1] if SYNONYMS_PATH in self.touched else []
        dirty, vanished = self._choose(news)
        owned = {reading.path: reading.problems for reading in readings}
        problems += [problem for found in news.problems.values() for problem in found]  # errors all: no ledger will keep them
        for checked in self.crew.check([unit for unit in dirty if unit.partition(":")[0] in ("check", "entry", "edition")]):
            owned[checked.unit] = checked.problems
            if checked.unit == ACROSS:
                self.planned.append(Planned(ACROSS, checked.reads, []))
        settled = {*owned, *gone, *dirty, *vanished}
        old_warnings = self.ledger.problems() if self.found.is_going_on else {}
        kept = [problem for owner, data in old_warnings.items() if owner not in settled for problem in unpack_problems(data)]
        every = sort_problems([*problems, *kept, *(problem for found in owned.values() for problem in found)])
        if has_errors(every, strict=self.order.is_strict):
            return BuildReport(problems=every, is_built=False)
        self.shop.output.is_packed = self.ledger.packed_marker.exists() or not self.found.has_ledger
        self.shop.output.guard(is_ours=self.order.is_ours or self.found.has_ledger or self.ledger.has_claim)
        self.ledger.claim()
        self.shop.output.is_fresh = not self.order.out.exists() or not any(self.order.out.iterdir())
        self.remade = frozenset((*dirty, *vanished))
        report = BuildReport(problems=every)
        lost = self._make(dirty, vanished, news)
        report.removed = self._prune(lost)
        report.written = sorted(self.written)
        warnings = {owner: pack_problems(found) for owner, found in owned.items() if found}
        changes = self._changes(news, readings, gone)
        if not self.found.is_going_on:
            self.ledger.forget()
        self.ledger.commit(changes._replace(gone_units=vanished, gone_files=report.removed, problems=warnings, settled=settled))
        self.ledger.open()
        report.facts = {"counts": self.ledger.counts(), "next_change": self.ledger.next_change()}
        report.kept = self.ledger.file_count() - len(report.written)
        return report

    def _choose(self, news: News) -> tuple[list[str], list[str]]:
        """The units to plan again, and those that are no more."""
        if not self.found.is_going_on:
            return [ACROSS, *list_units(self.worker.find_row)], []
        cells = {mark(cell) for cell in news.cells}
        wanted = {row.unit for path in self.found.damaged if (row := self.ledger.file_at(path))}
        if self.found.assets != self.ledger.meta.get("assets"):
            wanted.add(THEME)
        self.damaged_volumes = frozenset(unit.removeprefix("volume:") for unit in wanted if unit.startswith("volume:"))
        for volume in self.damaged_volumes:  # what stood in it is not known for sure
            ids = (*self.ledger.row(f"volume:{volume}"), *self.worker.find_row(f"volume:{volume}"))
            wanted.update(f"entry:{name}" for name in ids)
        if len(cells) < _FEW:
            wanted.update(unit for cell in cells for unit in self.ledger.readers(cell))
            if not news.rows:  # no list has another name in it: the units are those of the last build
                return sorted(wanted), []
        before = self.ledger.units()
        if len(cells) >= _FEW:
            wanted.update(unit for unit, reads in before.items() if not cells.isdisjoint(reads[at : at + 4] for at in range(0, len(reads), 4)))
        volumes = [f"volume:{name}" for name in self.worker.find_row("volumes")]
        units = [ACROSS, *list_units(self.worker.find_row), THEME, SITEMAP, *volumes, *([CONTENTS] if self.worker.settings.search else [])]
        return [unit for unit in units if unit in wanted or unit not in before], sorted(before.keys() - set(units))

    def _make(self, dirty: Sequence[str], vanished: Sequence[str], news: News) -> set[str]:
        """Bring the files of the units to what they should be; gives those that no unit makes any more."""
        known: dict[str, list[FileRow]] = defaultdict(list)
        if self.found.is_going_on:
            for unit in (*dirty, *vanished):
                known[unit] = self.ledger.files_of(unit)
        elif self.ledger.is_open:
            for row in self.ledger.files():
                known[row.unit].append(row)
        self.crew.supply(self.shop.frames.pieces)
        if not self.found.is_going_on:
            self.shop.forget_templates()
        if not self.found.is_going_on or THEME in dirty:
            self._make_theme(known)
        by_rank: dict[int, list[str]] = defaultdict(list)
        for unit in dirty:
            if unit not in (ACROSS, THEME, SITEMAP, CONTENTS) and not unit.startswith("volume:"):
                by_rank[unit_rank(unit)].append(unit)
        done = 0
        for rank in sorted(by_rank):
            for planned in self.crew.make(by_rank[rank], known):
                self._take(planned)
            done += len(by_rank[rank])
            self.order.progress(done, len(dirty))
        lost = self._make_search(dirty, news) if self.worker.settings.search else set()
        lost |= {row.path for rows in known.values() for row in rows if row.unit != SITEMAP} - self.files.keys()
        if self._make_sitemap(known, lost, is_damaged=SITEMAP in dirty):
            lost |= {row.path for row in self.ledger.files_of(SITEMAP)} - self.files.keys()
        return lost

    def _take(self, planned: Planned) -> None:
        """Write what a unit has become, and note it."""
        self.planned.append(planned._replace(files=[]))
        for row, data in planned.files:
            if row.path in self.files or (data is not None and self._is_of_another(row)):
                raise PublisherError(f"两处内容要写同一个文件：{row.path}", f"two things would write one file: {row.path}")
            if data is None:
                self.files[row.path] = row
                continue
            size, mtime_ns, is_new = self.shop.output.put(row.path, data)
            self.files[row.path] = row._replace(size=size, mtime_ns=mtime_ns)
            if is_new:
                self.written.append(row.path)

    def _is_of_another(self, row: FileRow) -> bool:
        """Whether a file belongs to a unit that stays as it was."""
        if not self.found.is_going_on:
            return False
        before = self.ledger.file_at(row.path)
        return before is not None and before.unit != row.unit and before.unit not in self.remade

    def _make_theme(self, known: Mapping[str, list[FileRow]]) -> None:
        """The theme's own files."""
        rows = {row.path: row for row in known.get(THEME, ())}
        files = [self.worker.render(THEME, artifact, rows.get(artifact.path)) for artifact in self.shop.shell().assets()]
        self._take(Planned(THEME, b"", files))

    def _make_search(self, dirty: Sequence[str], news: News) -> set[str]:
        """The index of search, after the pages that it leads to; gives its files that are no more."""
        from publisher.engine.indexing import Indexing

        synonyms = read_synonyms(self.worker.settings.root)[0]
        indexing = Indexing(self.crew, self.worker.find_row, self.ledger, self.order.out, synonyms, self._take)
        if not self.found.is_going_on:
            indexing.write_all()
            return set()
        has_other_contents = CONTENTS in dirty or SYNONYMS_PATH in self.touched
        return indexing.update(list(news.rows), self.damaged_volumes, has_other_contents=has_other_contents)

    def _make_sitemap(self, known: Mapping[str, list[FileRow]], lost: Iterable[str], *, is_damaged: bool) -> bool:
        """sitemap.xml (sitemaps.org 0.9) and robots.txt; nothing, and False, when no address and no date in them differs."""
        old = {row.path: row.lastmod for rows in known.values() for row in rows if row.lastmod is not None}
        new = {path: row.lastmod for path, row in self.files.items() if row.lastmod is not None}
        if self.found.is_going_on and old == new and not is_damaged:
            return False
        if self.found.is_going_on:
            new |= {r.path: r.lastmod for r in self.ledger.files() if r.lastmod is not None and r.path not in self.files and r.path not in set(lost)}
        rows = [{"loc": self.worker.settings.absolute(path_url(path.removesuffix("index.html"))), "lastmod": lastmod} for path, lastmod in new.items()]
        rows.sort(key=lambda row: str(row["loc"]))
        before = {row.path: row for row in self.ledger.files_of(SITEMAP)}
        files = [self.worker.render(SITEMAP, artifact, before.get(artifact.path)) for artifact in self._sitemap_artifacts(rows)]
        self._take(Planned(SITEMAP, b"", files))
        return True

    def _sitemap_artifacts(self, rows: Sequence[Mapping[str, object]]) -> Iterator[Artifact]:
        """One sitemap, or parts of at most 50,000 addresses with an index, as sitemaps.org asks; and robots.txt, which names it."""
        absolute = self.worker.settings.absolute
        parts = [rows[at : at + SITEMAP_LENGTH] for at in range(0, len(rows), SITEMAP_LENGTH)] or [rows]
        names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)] if len(parts) > 1 else ["sitemap.xml"]
        for name, part in zip(names, parts, strict=True):
            yield Artifact(name, "template", {"rows": part}, "sitemap.xml", rank=RANK_INDEX)
        if len(parts) > 1:
            yield Artifact("sitemap.xml", "template", {"parts": [absolute(name) for name in names]}, "sitemap-index.xml", rank=RANK_INDEX)
        yield Artifact("robots.txt", "template", {"sitemap": absolute("sitemap.xml")}, "robots.txt", rank=RANK_INDEX)

    def _prune(self, lost: set[str]) -> list[str]:
        """Remove what no unit makes any more: what the ledger knows, or all else in the folder when there are files that it does not know."""
        if self.is_unfinished or not (self.ledger.is_open or self.shop.output.is_fresh):
            kept = {path for path, _, _ in self.ledger.states()} - lost if self.found.is_going_on else set()
            lost = self.shop.output.list_files() - self.files.keys() - kept
        self.shop.output.remove(sorted(lost))
        return sorted(lost)

    def _changes(self, news: News, readings: Sequence[Reading], gone: Sequence[str]) -> Changes:
        """What the ledger is to learn."""
        signatures = self.found.signatures
        sources = [SourceRow(r.path, signatures.get(r.path, ""), r.sort, r.id, r.title, r.fingerprint, r.since, r.until, r.change) for r in readings]
        meta: dict[str, object] = {"environment": self.found.environment, "assets": self.found.assets, "program": self.shop.program}
        meta["settings"] = pack_settings(self.worker.settings)
        if self.shop.frames.is_new or not self.found.is_going_on:
            meta["frames"] = sorted(self.shop.frames.pieces.items())
        return Changes(
            meta=meta,
            sources=sources,
            gone_sources=gone,
            heads=dict.fromkeys(gone) | {row.path: self._head_of(row, news) for row in sources},
            rows=news.rows,
            units={planned.unit: planned.reads for planned in self.planned},
            files=self.files.values(),
        )

    def _head_of(self, row: SourceRow, news: News) -> bytes | None:
        if row.sort.startswith("entry"):
            return news.heads[row.id]
        return news.editions.get(row.id) if row.sort == "edition" else news.images.get(row.path)
