"""What the disk says and a ledger in, a site on disk and a new ledger out: the one way to build.

Read what has changed; find out which cells of the catalogue that changes; check and then make the units that have read one of
them, in the order in which readers may meet their files; remove what no unit makes any more; commit the ledger. Nothing is
written before everything is checked.
"""

from __future__ import annotations

import gc
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from publisher.content.library import RESERVED
from publisher.content.model.vocabulary import Kind
from publisher.content.source import decode, read_bytes
from publisher.content.taxonomy import TAXONOMY_PATH, Taxonomy, load_taxonomy
from publisher.engine.build import Found, Order
from publisher.engine.crew import Crew, make_crew
from publisher.engine.ledger import Changes, FileRow, Ledger, SourceRow
from publisher.engine.report import BuildReport
from publisher.engine.worker import ACROSS, News, Planned, Reading, Standpoint, Worker, mark, pack_problems, unpack_edition, unpack_problems
from publisher.failure import PublisherError
from publisher.problems import Problem, Span, has_errors
from publisher.problems.order import sort_problems
from publisher.settings import Settings, load_settings
from publisher.site.artifacts import RANK_ASSET, RANK_INDEX, Artifact
from publisher.site.catalogue import REACH
from publisher.site.heads import EditionHead, Head, path_url, unpack_head
from publisher.site.heads import Order as HeadOrder
from publisher.site.plan import list_units, unit_rank
from publisher.site.rows import Rows, changed_cells, make_rows
from publisher.strictyaml import YamlText

if TYPE_CHECKING:
    from publisher.engine.shop import Shop

#: The units that the build itself makes, from what the others have made.
THEME, SITEMAP = "theme", "sitemap"


def rebuild(order: Order, ledger: Ledger, found: Found) -> BuildReport:
    """Build; the ledger is changed only when all went well."""
    settings, problems = load_settings(order.root)
    if settings is None:
        return BuildReport(problems=sort_problems(problems), is_built=False)
    taxonomy, faults = read_taxonomy(settings)
    as_of = order.as_of.timestamp()
    paths = found.signatures.keys()
    stale: list[str] = []
    gone: list[str] = []
    if found.is_going_on:
        known = ledger.signatures()
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


def read_taxonomy(settings: Settings) -> tuple[Taxonomy, list[Problem]]:
    """Read the table of tags; what cannot be read of it is told where the file is read with all others."""
    path = settings.root / TAXONOMY_PATH
    if not path.is_file():
        return Taxonomy(), []
    data = read_bytes(path, TAXONOMY_PATH)
    text, faults = ("", []) if isinstance(data, Problem) else decode(data, TAXONOMY_PATH)
    return load_taxonomy(YamlText(TAXONOMY_PATH, text)) if text and not faults else (Taxonomy(), [])


def gather(readings: Sequence[Reading], gone: Sequence[str], worker: Worker) -> News:
    """Put what was read beside what was known: which heads, rows and cells differ, and which ids are taken twice."""
    ledger = worker.ledger
    news = News({}, {}, {}, {}, {}, frozenset(name for reading in readings for name in reading.unread), set(), {})
    touched = {reading.path for reading in readings} | set(gone)
    old = {path: row for path in touched if (row := ledger.source(path))} if ledger.is_open else {}
    new = {reading.path: reading for reading in readings}
    owners: dict[str, list[str]] = defaultdict(list)
    for reading in readings:
        if reading.sort.startswith("entry"):
            owners[reading.id].append(reading.path)
    affected = [*owners, *(row.id for row in old.values() if row.sort.startswith("entry") and row.id not in owners)]
    before: dict[str, Head | None] = {}
    for entry_id in dict.fromkeys(affected):
        path = ledger.path_of("entry", entry_id)
        data = ledger.head(path) if path else None
        candidates = sorted({*owners.get(entry_id, ()), *([path] if path and path not in touched else [])})
        is_reserved = entry_id in RESERVED and any(new[name].sort == f"entry:{Kind.PAGE.value}" for name in candidates if name in new)
        first = candidates[0] if candidates and not is_reserved else None
        for loser in candidates if is_reserved else candidates[1:]:
            news.problems[loser] = worker.duplicate(entry_id, loser, first)
        head = new[first].head if first in new else data if first else None
        before[entry_id] = unpack_head(data) if data else None
        news.heads[entry_id] = head
        if ledger.is_open:
            news.cells.update(_head_cells(entry_id, before[entry_id], unpack_head(head) if head else None, data != head))
            row = ledger.source(path) if path else None
            now = (first, new[first].fingerprint, new[first].since, new[first].until) if first in new else None
            if now and (row is None or (row.path, row.fingerprint, row.since, row.until) != now):
                news.cells.add(f"body:{entry_id}")
        for candidate in candidates[1:]:
            news.ids[candidate] = None
    for path in touched:
        _note_path(path, old.get(path), new.get(path), news, ledger)
    _note_editions(old, new, news, ledger)
    _note_rows(news, before, worker)
    return news


def _head_cells(entry_id: str, before: Head | None, after: Head | None, is_other: bool) -> set[str]:
    """The cells of a head that differ."""
    if not is_other:
        return set()
    ranks = [head and (head.status.is_live, head.order.published) for head in (before, after)]
    return {f"head:{entry_id}"} | ({f"rank:{entry_id}"} if ranks[0] != ranks[1] else set())


def _note_path(path: str, old: SourceRow | None, new: Reading | None, news: News, ledger: Ledger) -> None:
    """What a path now leads to."""
    sort, name = (new.sort, new.id) if new else ("", "")
    old_sort, old_name = (old.sort, old.id) if old else ("", "")
    if sort.startswith("entry"):
        news.ids.setdefault(path, name)
    elif old_sort.startswith("entry") or not ledger.is_open:
        news.ids[path] = None
    if (sort.startswith("entry"), name) != (old_sort.startswith("entry"), old_name):
        news.cells.add(f"at:{path}")
    head = new.head if new else None
    if "image" in (sort, old_sort):
        news.images[path] = head if sort == "image" else None
        if not old or not new or (old_sort, old.fingerprint) != (sort, new.fingerprint):
            news.cells.add(f"image:{path}")


def _note_editions(old: Mapping[str, SourceRow], new: Mapping[str, Reading], news: News, ledger: Ledger) -> None:
    """The editions; of two files with one name, such as ``2026-W47.yml`` and ``2026-W47.yaml``, the first is the edition."""
    owners: dict[str, list[str]] = defaultdict(list)
    for path, reading in new.items():
        if reading.sort == "edition":
            owners[reading.id].append(path)
    for edition_id in sorted({*owners, *(row.id for row in old.values() if row.sort == "edition")}):
        known = ledger.path_of("edition", edition_id)
        paths = sorted({*owners[edition_id], *([known] if known and known not in old else [])})
        first = paths[0] if paths else None
        head = new[first].head if first and first in new else ledger.head(first) if first else None
        news.editions[edition_id] = head
        is_same = known is not None and ledger.head(known) == head
        news.cells.update({f"edition-body:{edition_id}"} | (set() if is_same else {f"edition:{edition_id}"}))
        for loser in paths[1:]:
            news.problems[loser] = [Problem("duplicate-id", Span(loser), {"value": edition_id, "other": first})]


def _note_rows(news: News, before: Mapping[str, Head | None], worker: Worker) -> None:
    """The rows, made anew when anything that decides on them differs."""
    ledger, taxonomy = worker.ledger, worker.taxonomy
    places = {entry_id: _place(unpack_head(data)) if data else None for entry_id, data in news.heads.items()}
    is_moved = not ledger.is_open or bool(news.editions) or any(place != ((b := before[name]) and _place(b)) for name, place in places.items())
    if not is_moved:
        return
    ordered = [(place[0], entry_id, place[1]) for entry_id, place in places.items() if place]
    editions: dict[str, EditionHead] = {name: unpack_edition(data) for name, data in news.editions.items() if data}
    if ledger.is_open:
        sources = ledger.sources()
        for path, data in ledger.heads().items():
            row = sources[path]
            if row.sort.startswith("entry") and row.id not in news.heads:
                ordered.append((path, row.id, unpack_head(data).order))
            elif row.sort == "edition" and row.id not in news.editions:
                editions[row.id] = unpack_edition(data)
    pairs = [(entry_id, order) for _, entry_id, order in sorted(ordered)]
    rows = make_rows(pairs, editions.values(), taxonomy, worker.settings, worker.as_of)
    _refuse_shared_addresses(rows, taxonomy)
    old = ledger.rows()
    news.rows.update({name: rows.get(name, ()) for name in old.keys() | rows.keys() if old.get(name, ()) != rows.get(name, ())})
    if ledger.is_open:
        news.cells.update(changed_cells(old, rows, REACH))


def _place(head: Head) -> tuple[str, HeadOrder]:
    """What of a head decides on rows; the rest is let go at once, for at a hundred thousand entries it is much."""
    return head.path, head.order


def _refuse_shared_addresses(rows: Rows, taxonomy: Taxonomy) -> None:
    """Two tags with one address would overwrite each other at every build."""
    seen: dict[str, str] = {}
    for tag in rows.get("tags", ()):
        other = seen.setdefault(taxonomy.slug(tag).lower(), tag)
        if other != tag:
            names = f"{other} / {tag}"
            raise PublisherError(f"两个标签要用同一个网址：{names}；检查标签的“网址名”", f"two tags would be written to one file: {names}")


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
        self.is_fresh = False
        self.is_unfinished = ledger.is_unfinished

    def run(self, readings: Sequence[Reading], gone: Sequence[str], news: News, problems: list[Problem]) -> BuildReport:
        units = [ACROSS, *list_units(self.worker.find_row)]
        dirty, vanished = self._choose(units, news)
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
        self.shop.output.guard(is_ours=self.order.is_ours or self.found.has_ledger or self.ledger.has_claim)
        self.ledger.claim()
        self.is_fresh = not self.order.out.exists() or not any(self.order.out.iterdir())
        self.remade = frozenset((*dirty, *vanished))
        report = BuildReport(problems=every)
        lost = self._make(dirty, vanished)
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

    def _choose(self, units: Sequence[str], news: News) -> tuple[list[str], list[str]]:
        """The units to plan again, and those that are no more."""
        if not self.found.is_going_on:
            return list(units), []
        before = self.ledger.units()
        known = before.keys() - {THEME, SITEMAP}
        wanted = {unit for unit in units if unit not in known}
        cells = {mark(cell) for cell in news.cells}
        if len(cells) < 12:
            wanted.update(unit for cell in cells for unit in self.ledger.readers(cell))
        else:
            wanted.update(unit for unit, reads in before.items() if not cells.isdisjoint(reads[at : at + 4] for at in range(0, len(reads), 4)))
        wanted.update(row.unit for path in self.found.damaged if (row := self.ledger.file_at(path)))
        return [unit for unit in units if unit in wanted] + [unit for unit in (THEME, SITEMAP) if unit in wanted], sorted(known - set(units))

    def _make(self, dirty: Sequence[str], vanished: Sequence[str]) -> set[str]:
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
            if unit not in (ACROSS, THEME, SITEMAP):
                by_rank[unit_rank(unit)].append(unit)
        done = 0
        for rank in sorted(by_rank):
            for planned in self.crew.make(by_rank[rank], known):
                self._take(planned)
            done += len(by_rank[rank])
            self.order.progress(done, len(dirty))
        lost = {row.path for rows in known.values() for row in rows if row.unit != SITEMAP} - self.files.keys()
        self._make_sitemap(known, lost, is_damaged=SITEMAP in dirty)
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
        files = []
        for name, path in sorted(self.shop.shell().assets().items()):
            digest = hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
            artifact = Artifact(name, "copy", {"source": str(path), "fingerprint": digest}, rank=RANK_ASSET)
            files.append(self.worker.render(THEME, artifact, rows.get(name)))
        self._take(Planned(THEME, b"", files))

    def _make_sitemap(self, known: Mapping[str, list[FileRow]], lost: Iterable[str], *, is_damaged: bool) -> None:
        """sitemap.xml (sitemaps.org 0.9) and robots.txt; nothing when no address and no date in them differs."""
        old = {row.path: row.lastmod for rows in known.values() for row in rows if row.lastmod is not None}
        new = {path: row.lastmod for path, row in self.files.items() if row.lastmod is not None}
        if self.found.is_going_on and old == new and not is_damaged:
            return
        if self.found.is_going_on:
            new |= {r.path: r.lastmod for r in self.ledger.files() if r.lastmod is not None and r.path not in self.files and r.path not in set(lost)}
        rows = [{"loc": self.worker.settings.absolute(path_url(path.removesuffix("index.html"))), "lastmod": lastmod} for path, lastmod in new.items()]
        rows.sort(key=lambda row: str(row["loc"]))
        before = {row.path: row for row in self.ledger.files_of(SITEMAP)}
        files = []
        for artifact in (
            Artifact("sitemap.xml", "template", {"rows": rows}, "sitemap.xml", rank=RANK_INDEX),
            Artifact("robots.txt", "template", {"sitemap": self.worker.settings.absolute("sitemap.xml")}, "robots.txt", rank=RANK_INDEX),
        ):
            files.append(self.worker.render(SITEMAP, artifact, before.get(artifact.path)))
        self._take(Planned(SITEMAP, b"", files))

    def _prune(self, lost: set[str]) -> list[str]:
        """Remove what no unit makes any more: what the ledger knows, or all else in the folder when there are files that it does not know."""
        if self.is_unfinished or not (self.ledger.is_open or self.is_fresh):
            kept = {path for path, _, _ in self.ledger.states()} - lost if self.found.is_going_on else set()
            lost = self.shop.output.list_files() - self.files.keys() - kept
        self.shop.output.remove(sorted(lost))
        return sorted(lost)

    def _changes(self, news: News, readings: Sequence[Reading], gone: Sequence[str]) -> Changes:
        """What the ledger is to learn."""
        signatures = self.found.signatures
        sources = [SourceRow(r.path, signatures.get(r.path, ""), r.sort, r.id, r.title, r.fingerprint, r.since, r.until, r.change) for r in readings]
        meta: dict[str, object] = {"environment": self.found.environment, "program": self.shop.program}
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
