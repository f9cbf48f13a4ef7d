"""Paths in, readings out; units in, files out: the work of a build, done in this process or in one of several.

A worker reads sources and remembers them, checks, plans and renders. What to do and in which order is told by
`publisher.engine.rebuild`, which also writes.
"""

from __future__ import annotations

import hashlib
import marshal
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from publisher.checks import check_across, check_alone, check_edition, check_references
from publisher.content.images import ImageFile
from publisher.content.library import Edition, Entry, duplicate_id, read_file
from publisher.engine.ledger import FileRow, Ledger
from publisher.engine.memory import Memory
from publisher.engine.messages import ACROSS, Checked, Made, Planned, Reading, Standpoint, marks, pack_image
from publisher.lifecycle import changes
from publisher.problems import Problem
from publisher.site.addresses import check_addresses
from publisher.site.artifacts import Artifact
from publisher.site.catalogue import Catalogue
from publisher.site.heads import make_edition_head, make_head
from publisher.site.plan import plan_unit
from publisher.site.views import Viewer

if TYPE_CHECKING:
    from publisher.engine.gleaning import Gleaned, Gleaner, Task
    from publisher.engine.shop import Shop
    from publisher.search.record import Record
    from publisher.site.frames import Layout


class Worker(Memory):
    """One process's share of a build, and its view of the whole content."""

    def __init__(self, standpoint: Standpoint, ledger: Ledger, shop: Shop | None = None, *, keeps_text: bool = False) -> None:
        super().__init__(standpoint, ledger)
        self.catalogue = Catalogue(self, self.taxonomy, self.settings, self.as_of)
        self.viewer = Viewer(self.catalogue)
        self._shop, self._keeps_text = shop, keeps_text
        self._checked: dict[str, set[str]] = {}
        self._gleaner = self._make_gleaner() if self.settings.search and shop else None

    def _make_gleaner(self) -> Gleaner:
        from publisher.engine.gleaning import Gleaner

        return Gleaner(self.settings.root / "var", self.find_row, is_all=not self.ledger.is_open)

    @property
    def shop(self) -> Shop:
        """What files are made with."""
        assert self._shop is not None, "this worker only reads and checks"
        return self._shop

    @cached_property
    def _fed(self) -> frozenset[str]:
        """The entries whose text stands in a feed."""
        rows = [f"feed:{key}" for key in self.find_row("feeds")] + [f"enterprise-feed:{key}" for key in self.find_row("enterprise-feeds")]
        return frozenset(name for row in rows for name in self.find_row(row))

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
            head = make_head(thing, self.taxonomy, self.settings, self.as_of, shows_drafts=self.shows_drafts)
            # Only problems need the text, and those that it has by itself have been told.
            self._entries.keep(thing if self._keeps_text else replace(thing, source=thing.source.without_text()))
            moments = (moment.timestamp() for moment in changes(thing, self.settings.closing_days, self.settings.verification_due_days))
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

    def make(self, units: Sequence[str], known: Mapping[str, list[FileRow]]) -> Iterator[Planned]:
        """Plan units and render their files; ``known`` are the files as the last build left them, by unit."""
        for unit in units:
            with self.catalogue.reading() as cells:
                artifacts = list(plan_unit(self.viewer, unit))
            cells |= self._checked.pop(unit, set())
            rows = {row.path: row for row in known.get(unit, ())}
            yield Planned(unit, marks(cells), [self.render(unit, artifact, rows.get(artifact.path)) for artifact in artifacts])
            sort, _, name = unit.partition(":")
            if sort == "entry" and self._gleaner:
                self._gleaner.take(name, artifacts)
            if sort == "entry" and not self._keeps_text and name not in self._fed:
                self._entries.drop(name)  # nobody else asks for its text

    def glean(self) -> Gleaned:
        """What search is to know of the entries made here, when everything is made."""
        assert self._gleaner is not None
        return self._gleaner.finish()

    def records(self) -> dict[str, Record | None]:
        """The same after an edit."""
        return self._gleaner.records if self._gleaner else {}

    def write_index(self, tasks: Sequence[Task]) -> Iterator[list[tuple[str, bytes]]]:
        """Files of the search index, by path."""
        from publisher.engine.gleaning import do_task

        return map(do_task, tasks)

    def close(self) -> None:
        super().close()
        if self._gleaner:
            self._gleaner.close()

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
