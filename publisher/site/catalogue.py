"""The content as pages and checks see it: a `World` asked piece by piece, and a record of every piece that was asked for.

Each question has a name, its cell: ``head:ID``, ``offer:ID``, ``body:ID``, ``at:PATH``, ``image:NAME``, ``row:NAME``, ``has:NAME``,
``near:NAME:ID``, ``rank:ID``, ``edition:ID``, ``edition-body:ID``. What a part of the plan has read while `reading` is all that
it depends on, so that nobody has to keep a list of dependencies right by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from publisher.content.images import ImageFile
from publisher.content.library import Edition, Entry
from publisher.content.model.vocabulary import Kind
from publisher.content.taxonomy import Taxonomy
from publisher.counterparts.offer import Offer, unpack_offer
from publisher.settings import Settings
from publisher.site.heads import EditionHead, Head

#: How many neighbours on each side of an entry in a row count as candidates for "related"; keeps a new entry's effect local.
REACH = 3


class World(Protocol):
    """Where the answers come from: memory, or the ledger of the last build with what has changed since."""

    @property
    def unread(self) -> Set[str]:
        """Paths and ids of entries that are there but could not be read."""

    def find_head(self, entry_id: str) -> Head | None:
        """The head of an entry."""

    def find_id(self, path: str) -> str | None:
        """The entry in a file."""

    def find_row(self, name: str) -> tuple[str, ...]:
        """A row; empty when there is none."""

    def find_image(self, name: str) -> ImageFile | None:
        """An image of the content folder."""

    def find_edition(self, edition_id: str) -> EditionHead | None:
        """The head of an edition."""

    def load_entry(self, entry_id: str) -> Entry:
        """An entry with its text."""

    def load_edition(self, edition_id: str) -> Edition:
        """An edition with its text."""


class Catalogue:
    """The content at a moment."""

    def __init__(self, world: World, taxonomy: Taxonomy, settings: Settings, as_of: datetime) -> None:
        self.taxonomy, self.settings, self.as_of = taxonomy, settings, as_of
        self._world = world
        self._read: set[str] = set()
        self._places: dict[str, tuple[Sequence[str], dict[str, int]]] = {}
        self._ranks: dict[str, tuple[bool, float, str]] = {}

    @contextmanager
    def reading(self) -> Iterator[set[str]]:
        """Give the set into which the cells go that are read meanwhile."""
        before, self._read = self._read, set()
        try:
            yield self._read
        finally:
            self._read = before

    def note(self, cells: Set[str]) -> None:
        """Count cells as read that were read before, for a result that is used again."""
        self._read |= cells

    @property
    def unread(self) -> Set[str]:
        """Paths and ids of entries that are there but could not be read."""
        return self._world.unread

    def head(self, entry_id: str) -> Head | None:
        """What is known of an entry."""
        self._read.add(f"head:{entry_id}")
        return self._world.find_head(entry_id)

    def offer(self, entry_id: str) -> Offer | None:
        """What of a live listing decides whom it fits; None for all else. It is no part of what `head` tells, whose `offer` nobody may read."""
        self._read.add(f"offer:{entry_id}")
        head = self._world.find_head(entry_id)
        return unpack_offer(head.offer) if head else None

    def known(self, entry_id: str) -> Head:
        """What is known of an entry that a row names."""
        head = self.head(entry_id)
        assert head is not None, entry_id
        return head

    def at(self, path: str) -> Head | None:
        """The entry in a file."""
        self._read.add(f"at:{path}")
        entry_id = self._world.find_id(path)
        return self.head(entry_id) if entry_id else None

    def image(self, name: str) -> ImageFile | None:
        """The image at a path relative to the root."""
        self._read.add(f"image:{name}")
        return self._world.find_image(name)

    def ids(self, kind: Kind) -> tuple[str, ...]:
        """Every id of a kind, public or not."""
        return self.row(f"ids:{kind.value}")

    def row(self, name: str) -> tuple[str, ...]:
        """A row in its order; empty when nothing stands in it."""
        self._read.add(f"row:{name}")
        return self._world.find_row(name)

    def has(self, name: str) -> bool:
        """Whether anything stands in a row."""
        self._read.add(f"has:{name}")
        return bool(self._world.find_row(name))

    def entry(self, entry_id: str) -> Entry:
        """An entry with its text."""
        self._read.add(f"body:{entry_id}")
        return self._world.load_entry(entry_id)

    def edition_head(self, edition_id: str) -> EditionHead | None:
        """What is known of an edition."""
        self._read.add(f"edition:{edition_id}")
        return self._world.find_edition(edition_id)

    def edition(self, edition_id: str) -> Edition:
        """An edition with its text."""
        self._read.add(f"edition-body:{edition_id}")
        return self._world.load_edition(edition_id)

    def near(self, name: str, entry_id: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those who stand before and after an entry in a row, nearest last and nearest first, `REACH` of each at most."""
        self._read.add(f"near:{name}:{entry_id}")
        row = self._world.find_row(name)
        at = self._place(name, row).get(entry_id)
        return ((), ()) if at is None else (row[max(0, at - REACH) : at], row[at + 1 : at + REACH + 1])

    def _place(self, name: str, row: Sequence[str]) -> dict[str, int]:
        known = self._places.get(name)
        if known is None or known[0] is not row:
            known = self._places[name] = (row, {entry_id: at for at, entry_id in enumerate(row)})
        return known[1]

    def rank(self, entry_id: str) -> tuple[bool, float, str]:
        """What decides which of two entries is named first: live ones, then the newest."""
        self._read.add(f"rank:{entry_id}")
        if (rank := self._ranks.get(entry_id)) is None:
            head = self._world.find_head(entry_id)
            assert head is not None, entry_id
            rank = self._ranks[entry_id] = (not head.status.is_live, -head.order.published, entry_id)
        return rank

    def neighbours(self, head: Head) -> tuple[str | None, str | None]:
        """The entry of the same kind published just before, and the one just after; none for an entry that is not listed."""
        after, before = self.near(f"listed:{head.kind.value}", head.id)
        return (before[0] if before else None, after[-1] if after else None)

    def related(self, head: Head) -> list[str]:
        """The entries that share most tags and industries with this one, among those published around the same time."""
        scores: dict[str, int] = defaultdict(int)
        shelves = [(f"tag:{tag}", 3) for tag in head.order.tags]
        shelves += [(f"industry:{code}", 2 if code[0].isdigit() else 1) for code in head.order.industries]
        for name, weight in shelves:
            for others in self.near(name, head.id):
                for other in others:
                    scores[other] += weight
        ranked = []
        for other, score in scores.items():
            is_over, age, name = self.rank(other)
            ranked.append((is_over, -score, age, name))
        ranked.sort()
        return [row[3] for row in ranked[: self.settings.related_entries]]
