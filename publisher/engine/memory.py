"""What is known of the content, from this build and the last: the answers to the catalogue's questions.

What has changed stands in memory, the rest in the ledger, and a text that is asked for and not there is read again.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping
from typing import TypeVar

from publisher.content.images import ImageFile
from publisher.content.library import Edition, Entry, read_file
from publisher.engine.ledger import Ledger
from publisher.engine.messages import News, Standpoint, unpack_edition, unpack_image
from publisher.engine.shelf import Shelf
from publisher.failure import PublisherError
from publisher.site.heads import EditionHead, Head, unpack_head

T = TypeVar("T")
#: How many heads stand unpacked in memory: unpacked they take three times the room, and unpacking one takes 5 µs.
_LIVE_HEADS = 2_048


class Memory:
    """The `publisher.site.catalogue.World` of one process."""

    def __init__(self, standpoint: Standpoint, ledger: Ledger) -> None:
        self.settings, self.taxonomy, self.as_of, self.shows_drafts = standpoint
        self.ledger = ledger
        self.unread: frozenset[str] = frozenset()
        self._entries = Shelf(self.settings.root / "var")
        self._editions: dict[str, Edition] = {}
        self._heads: dict[str, bytes | tuple[int, int] | None] = {}
        self._live: dict[str, Head | None] = {}
        self._shelf: mmap.mmap | None = None
        self._needs_text = False
        self._edition_heads: dict[str, EditionHead | None] = {}
        self._ids: dict[str, str | None] = {}
        self._rows: dict[str, tuple[str, ...]] = {}
        self.images: dict[str, ImageFile | None] = {}

    @property
    def things(self) -> tuple[Iterable[str], dict[str, Edition]]:
        """The ids of the entries read so far, and the editions by id."""
        return self._entries, self._editions

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
        head, entry = self.find_head(entry_id), self._entries.find(entry_id)
        assert head is not None, entry_id
        if entry is None or entry.path != head.path or (self._needs_text and not entry.source.has_text):
            entry = self._load(head.path, Entry)
            self._entries.keep(entry)
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

    def reopen_ledger(self) -> None:
        """Read the ledger through a connection of one's own, as a process must that was forked."""
        self.ledger.reopen()

    def close(self) -> None:
        """Let go of what was kept on disk."""
        self._entries.close()
