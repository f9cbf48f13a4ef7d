"""Paths in, readings out; units in, files out: the work of a build, done in this process or in one of several.

A worker reads sources, keeps what it read, answers the catalogue's questions from memory and else from the ledger, checks,
plans, renders and writes. What to do and in which order is told by `publisher.engine.build`.
"""

from __future__ import annotations

import hashlib
import marshal
import math
import mmap
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from zlib import crc32

from publisher.checks import check_across, check_alone, check_edition, check_references
from publisher.content.images import ImageFile
from publisher.content.library import Edition, Entry, duplicate_id, read_file
from publisher.content.taxonomy import Taxonomy
from publisher.engine.ledger import FileRow, Ledger
from publisher.failure import PublisherError
from publisher.lifecycle import changes
from publisher.problems import Problem
from publisher.settings import Settings
from publisher.site.addresses import check_addresses
from publisher.site.artifacts import Artifact
from publisher.site.catalogue import Catalogue
from publisher.site.heads import EditionHead, Head, make_edition_head, make_head, unpack_head
from publisher.site.plan import plan_unit
from publisher.site.views import Viewer

if TYPE_CHECKING:
    from publisher.engine.shop import Shop
    from publisher.site.frames import Layout

T = TypeVar("T")
#: How many heads stand unpacked in memory: unpacked they take three times the room, and unpacking one takes 5 µs.
_LIVE_HEADS = 2_048

#: Units that are only checked; their names and the rules that belong to no single entry.
ACROSS = "check:across"


class Reading(NamedTuple):
    """What became of one source: plain values and bytes, cheap to send from one process to another."""

    path: str
    sort: str
    id: str
    title: str
    fingerprint: str
    head: bytes | None
    since: float
    until: float
    change: float
    problems: list[Problem]
    unread: tuple[str, ...]


class News(NamedTuple):
    """What has changed in the content as a whole: packed heads by id, images by path, ids by path, rows by name; None for what is gone.

    ``cells`` are the catalogue's names for all of it, ``problems`` those of ids that are taken twice, by path.
    """

    heads: dict[str, bytes | None]
    editions: dict[str, bytes | None]
    images: dict[str, bytes | None]
    ids: dict[str, str | None]
    rows: dict[str, tuple[str, ...]]
    unread: frozenset[str]
    cells: set[str]
    problems: dict[str, list[Problem]]


class Standpoint(NamedTuple):
    """From where the content is looked at."""

    settings: Settings
    taxonomy: Taxonomy
    as_of: datetime
    shows_drafts: bool = False


class Checked(NamedTuple):
    """The problems of one unit, and the marks of the cells it read."""

    unit: str
    problems: list[Problem]
    reads: bytes


class Made(NamedTuple):
    """What became of one file: its bytes, or None when the one that lies there was made from the same; its row lacks size and time then."""

    row: FileRow
    data: bytes | None


class Planned(NamedTuple):
    """What became of one unit: the marks of the cells it read, and its files."""

    unit: str
    reads: bytes
    files: list[Made]


def marks(cells: Iterable[str]) -> bytes:
    """Four bytes for each cell. Two cells may share a mark: then a unit is planned in vain, and its files are found to be right."""
    return b"".join([mark(cell) for cell in sorted(cells)])


def mark(cell: str) -> bytes:
    """The mark of one cell."""
    return crc32(cell.encode()).to_bytes(4, "big")


class Worker:
    """One process's share of a build, and its view of the whole content."""

    def __init__(self, standpoint: Standpoint, ledger: Ledger, shop: Shop | None = None, *, keeps_text: bool = False) -> None:
        self.settings, self.taxonomy, self.as_of, self._shows_drafts = standpoint
        self.ledger = ledger
        self.catalogue = Catalogue(self, self.taxonomy, self.settings, self.as_of)
        self.viewer = Viewer(self.catalogue)
        self.unread: frozenset[str] = frozenset()
        self._shop, self._keeps_text, self._needs_text = shop, keeps_text, False
        self._entries: dict[str, Entry] = {}
        self._editions: dict[str, Edition] = {}
        self._heads: dict[str, bytes | tuple[int, int] | None] = {}
        self._live: dict[str, Head | None] = {}
        self._shelf: mmap.mmap | None = None
        self._edition_heads: dict[str, EditionHead | None] = {}
        self._ids: dict[str, str | None] = {}
        self._rows: dict[str, tuple[str, ...]] = {}
        self.images: dict[str, ImageFile | None] = {}
        self._checked: dict[str, set[str]] = {}

    @property
    def shop(self) -> Shop:
        """What files are made with."""
        assert self._shop is not None, "this worker only reads and checks"
        return self._shop

    @property
    def things(self) -> tuple[dict[str, Entry], dict[str, Edition]]:
        """The entries and editions read so far, by id."""
        return self._entries, self._editions

    @cached_property
    def _fed(self) -> frozenset[str]:
        """The entries whose text stands in a feed."""
        return frozenset(name for key in self.find_row("feeds") for name in self.find_row(f"feed:{key}"))

    # What the catalogue asks.

    def find_head(self, entry_id: str) -> Head | None:
        """The head of an entry."""
        if entry_id in self._live:
            return self._live[entry_id]
        if entry_id in self._heads:
            packed = self._heads[entry_id]
            if isinstance(packed, tuple):
                assert self._shelf is not None
                packed = self._shelf[packed[0] : packed[0] + packed[1]]
        else:
            path = self.ledger.path_of("entry", entry_id)
            packed = self._heads[entry_id] = self.ledger.head(path) if path else None
        if len(self._live) == _LIVE_HEADS:
            self._live.clear()
        head = self._live[entry_id] = unpack_head(packed) if packed else None
        return head

    def find_id(self, path: str) -> str | None:
        """The entry in a file."""
        if path not in self._ids:
            row = self.ledger.source(path)
            self._ids[path] = row.id if row and row.sort.startswith("entry") else None
        return self._ids[path]

    def find_row(self, name: str) -> tuple[str, ...]:
        """A row of ids."""
        if name not in self._rows:
            self._rows[name] = self.ledger.row(name)
        return self._rows[name]

    def find_image(self, name: str) -> ImageFile | None:
        """An image of the content folder."""
        if name not in self.images:
            row = self.ledger.source(name)
            data = self.ledger.head(name) if row and row.sort == "image" else None
            self.images[name] = unpack_image(self.settings.root, data) if data else None
        return self.images[name]

    def find_edition(self, edition_id: str) -> EditionHead | None:
        """The head of an edition."""
        if edition_id not in self._edition_heads:
            path = self.ledger.path_of("edition", edition_id)
            data = self.ledger.head(path) if path else None
            self._edition_heads[edition_id] = unpack_edition(data) if data else None
        return self._edition_heads[edition_id]

    def load_entry(self, entry_id: str) -> Entry:
        """An entry with its text, read again if need be; where two files have one id, that of the file which keeps it."""
        head, entry = self.find_head(entry_id), self._entries.get(entry_id)
        assert head is not None, entry_id
        if entry is None or entry.path != head.path or (self._needs_text and not entry.source.has_text):
            entry = self._entries[entry_id] = self._load(head.path, Entry)
        return entry

    def load_edition(self, edition_id: str) -> Edition:
        """An edition with its text, read again if need be; where two files have one name, that of the file which keeps it."""
        head, edition = self.find_edition(edition_id), self._editions.get(edition_id)
        assert head is not None, edition_id
        if edition is None or edition.path != head.path:
            edition = self._editions[edition_id] = self._load(head.path, Edition)
        return edition

    def _load(self, path: str, sort: type[T]) -> T:
        """Read one source again; raises `PublisherError` when it has become something else meanwhile."""
        thing = read_file(path, self.settings.root / path, self.settings.content).thing
        if not isinstance(thing, sort):
            raise PublisherError(f"{path} 在生成过程中变了，请再生成一次", f"{path} has changed while the site was built; build again")
        return thing

    # What a build tells.

    def read(self, paths: Sequence[str]) -> list[Reading]:
        """Read sources, apply the rules that need no other, and make their heads."""
        return [self._read(path) for path in paths]

    def _read(self, path: str) -> Reading:
        file = self.settings.root / path
        found = read_file(path, file, self.settings.content)
        thing = found.thing
        problems = found.problems
        reading = Reading(path, "", "", "", "", None, -math.inf, math.inf, math.inf, problems, found.unread)
        if isinstance(thing, Entry):
            problems += check_alone(thing, self.taxonomy, self.settings, self.as_of)
            head = make_head(thing, self.taxonomy, self.settings, self.as_of, shows_drafts=self._shows_drafts)
            # Only problems need the text, and those that it has by itself have been told.
            self._entries[thing.id] = thing if self._keeps_text else replace(thing, source=thing.source.without_text())
            moments = (moment.timestamp() for moment in changes(thing, self.settings.closing_days))
            change = min((moment for moment in moments if moment > self.as_of.timestamp()), default=math.inf)
            reading = reading._replace(sort=f"entry:{thing.kind.value}", id=thing.id, fingerprint=_fingerprint(thing), head=head.pack())
            return reading._replace(title=head.title, since=head.since, until=head.until, change=change)
        if isinstance(thing, Edition):
            edition_head = make_edition_head(thing)
            end = edition_head.end
            is_over = end <= self.as_of.timestamp()
            self._editions[thing.id] = thing
            packed = marshal.dumps(tuple(edition_head))
            return reading._replace(sort="edition", id=thing.id, fingerprint=_digest(thing.source.text), head=packed)._replace(
                since=end if is_over else -math.inf, until=math.inf if is_over else end
            )
        if isinstance(thing, ImageFile):
            return reading._replace(sort="image", fingerprint=thing.fingerprint, head=pack_image(thing))
        return reading

    def adopt(self, news: News) -> None:
        """Learn what has changed in the whole content; the rest stands in the ledger."""
        self._heads |= news.heads
        self._live.clear()
        self._edition_heads |= {name: unpack_edition(data) if data else None for name, data in news.editions.items()}
        self.images |= {name: unpack_image(self.settings.root, data) if data else None for name, data in news.images.items()}
        self._ids |= news.ids
        self._rows |= news.rows
        self.unread = news.unread

    def adopt_shelf(self, file: str, shelf: Mapping[str, tuple[int, int] | None], news: News) -> None:
        """Learn of heads from a file: where in it each stands, by id."""
        with open(file, "rb") as opened:  # noqa: PTH123
            self._shelf = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) if any(shelf.values()) else None
        self._heads.update(shelf)
        self.adopt(news)

    def check(self, units: Sequence[str]) -> list[Checked]:
        """Apply the rules that need other entries, unit by unit; gives those with problems, and the one that makes no files."""
        found = []
        for unit in units:
            with self.catalogue.reading() as cells:
                problems = list(self._check(unit))
            self._checked[unit] = cells
            if problems or unit == ACROSS:
                found.append(Checked(unit, problems, marks(cells)))
        return found

    def _check(self, unit: str) -> Iterable[Problem]:
        sort, _, name = unit.partition(":")
        if unit == ACROSS:
            self._needs_text = True  # it opens an entry only to say where a problem is
            yield from check_across(self.catalogue)
            self._needs_text = False
        elif sort == "entry":
            entry = self.catalogue.entry(name)
            problems = list(self._check_entry(entry))
            if problems and not entry.source.has_text:  # to say where, the text is needed after all
                problems = list(self._check_entry(self._load(entry.path, Entry)))
            yield from problems
        elif sort == "edition":
            edition = self.catalogue.edition(name)
            yield from check_edition(edition, self.catalogue, self.settings, self.as_of)
            yield from check_addresses(edition, self.catalogue)

    def _check_entry(self, entry: Entry) -> Iterable[Problem]:
        yield from check_references(entry, self.catalogue, is_public=self.catalogue.known(entry.id).is_public)
        yield from check_addresses(entry, self.catalogue)

    def duplicate(self, entry_id: str, path: str, other: str | None) -> list[Problem]:
        """Why the entry in a file cannot have its id."""
        thing = read_file(path, self.settings.root / path, self.settings.content).thing
        first = read_file(other, self.settings.root / other, self.settings.content).thing if other else None
        assert isinstance(thing, Entry), entry_id
        fault = duplicate_id(thing, first if isinstance(first, Entry) else None)
        return [fault] if fault else []

    def supply(self, pieces: Mapping[Layout, list[str]]) -> None:
        """Take over the frames that were cut for all."""
        self.shop.supply(pieces)

    def reopen_ledger(self) -> None:
        """Read the ledger through a connection of one's own, as a process must that was forked."""
        self.ledger.reopen()

    def make(self, units: Sequence[str], known: Mapping[str, list[FileRow]]) -> Iterator[Planned]:
        """Plan units and render their files; ``known`` are the files as the last build left them, by unit."""
        for unit in units:
            with self.catalogue.reading() as cells:
                artifacts = list(plan_unit(self.viewer, unit))
            cells |= self._checked.pop(unit, set())
            rows = {row.path: row for row in known.get(unit, ())}
            yield Planned(unit, marks(cells), [self.render(unit, artifact, rows.get(artifact.path)) for artifact in artifacts])
            sort, _, name = unit.partition(":")
            if sort == "entry" and not self._keeps_text and name not in self._fed:
                self._entries.pop(name, None)  # nobody else asks for its text

    def render(self, unit: str, artifact: Artifact, row: FileRow | None) -> Made:
        """Make the bytes of one file unless the one that lies there was made from the same."""
        fingerprint = self.shop.renderer.fingerprint(artifact)
        frame = artifact.frame
        lastmod = None
        if frame is not None and not frame.url.endswith(".html") and artifact.template != "tombstone.html":
            lastmod = frame.modified
        if row and row.fingerprint == fingerprint and self.shop.output.is_as_written(row.path, row.size, row.mtime_ns):
            return Made(row._replace(unit=unit, lastmod=lastmod), None)
        return Made(FileRow(artifact.path, unit, fingerprint, 0, 0, lastmod), self.shop.renderer.render(artifact))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _fingerprint(entry: Entry) -> str:
    return _digest(f"{entry.source.front.text}\0{entry.source.body}")


def pack_image(image: ImageFile) -> bytes:
    """What others may know of an image."""
    return marshal.dumps((image.name, image.width, image.height, image.fingerprint))


def unpack_image(root: Path, data: bytes) -> ImageFile:
    """Read what `pack_image` wrote."""
    name, width, height, fingerprint = marshal.loads(data)  # noqa: S302  # our own ledger
    return ImageFile(root / name, name, width, height, fingerprint)


def unpack_edition(data: bytes) -> EditionHead:
    """Read the packed head of an edition."""
    return EditionHead(*marshal.loads(data))  # noqa: S302  # our own ledger


def pack_problems(problems: Sequence[Problem]) -> bytes:
    """Warnings for the ledger."""
    return pickle.dumps(list(problems))


def unpack_problems(data: bytes) -> list[Problem]:
    """Read what `pack_problems` wrote."""
    found: list[Problem] = pickle.loads(data)  # noqa: S301  # our own ledger
    return found
