"""What was read and what was known in, `News` out: which heads, rows and cells of the content differ, and which ids are taken twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from publisher.content.library import RESERVED
from publisher.content.model.vocabulary import Kind
from publisher.content.synonyms import SYNONYMS_PATH, read_synonyms
from publisher.content.taxonomy import Taxonomy
from publisher.counterparts.matching import match
from publisher.counterparts.offer import Offer
from publisher.engine.ledger import Ledger, SourceRow
from publisher.engine.messages import News, Reading, unpack_edition
from publisher.engine.worker import Worker
from publisher.failure import PublisherError
from publisher.problems import Problem, Span
from publisher.site.catalogue import REACH
from publisher.site.heads import EditionHead, Head, unpack_head
from publisher.site.heads import Order as HeadOrder
from publisher.site.rows import COUNTERPARTS, Rows, changed_cells, make_rows


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
    places: dict[str, tuple[str, HeadOrder] | None] = {}
    offers: dict[str, tuple[Any, ...]] = {}
    for entry_id, data in news.heads.items():
        after = unpack_head(data) if data else None
        places[entry_id], offers[entry_id] = (_place(after), after.offer) if after else (None, ())
    _note_rows(news, before, places, worker)
    if SYNONYMS_PATH in touched or any(offer != (known.offer if (known := before[name]) else ()) for name, offer in offers.items()):
        _note_counterparts(news, offers, worker)
    return news


def _head_cells(entry_id: str, before: Head | None, after: Head | None, is_other: bool) -> set[str]:
    """The cells of a head that differ."""
    if not is_other:
        return set()
    cells = set()
    if (before and before.offer) != (after and after.offer):
        cells.add(f"offer:{entry_id}")
        if before and after and before._replace(offer=after.offer) == after:
            return cells  # nobody but its counterparts asks for its words
    ranks = [head and (head.status.is_live, head.order.published) for head in (before, after)]
    return cells | {f"head:{entry_id}"} | ({f"rank:{entry_id}"} if ranks[0] != ranks[1] else set())


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


def _note_rows(news: News, before: Mapping[str, Head | None], places: Mapping[str, tuple[str, HeadOrder] | None], worker: Worker) -> None:
    """The rows, made anew when anything that decides on them differs."""
    ledger, taxonomy = worker.ledger, worker.taxonomy
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
    old = {name: row for name, row in ledger.rows().items() if not name.startswith(COUNTERPARTS)}
    news.rows.update({name: rows.get(name, ()) for name in old.keys() | rows.keys() if old.get(name, ()) != rows.get(name, ())})
    if ledger.is_open:
        news.cells.update(changed_cells(old, rows, REACH))


def _note_counterparts(news: News, offers: dict[str, tuple[Any, ...]], worker: Worker) -> None:
    """The rows that name the counterparts of listings, made anew: a listing offers something else, or the editors' groups of words are others."""
    ledger = worker.ledger
    every = {name: unpack_head(data).offer for name, data in ledger.heads_of(f"entry:{Kind.LISTING.value}")} | offers
    synonyms = read_synonyms(worker.settings.root)[0]
    found = match({name: Offer(*offer) for name, offer in every.items() if offer}, synonyms)
    rows = {COUNTERPARTS + name: ids for name, ids in found.items()}
    old = ledger.rows(COUNTERPARTS)
    changed = {name: rows.get(name, ()) for name in old.keys() | rows.keys() if old.get(name, ()) != rows.get(name, ())}
    news.rows.update(changed)
    if ledger.is_open:
        news.cells.update(f"row:{name}" for name in changed)


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
