"""What the build knows of search before and now in, the files of the index that differ out.

A volume in which few entries differ is edited: the shards of the terms that came or went, the block of the entry. In which many
differ, or of which a file is damaged, it is written anew. What entries were before is read from the blocks that the last build wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from publisher.content.synonyms import Synonyms
from publisher.engine.gleaning import Gleaned, pack_block
from publisher.engine.ledger import FileRow
from publisher.engine.messages import CONTENTS, Made, Planned
from publisher.search.edits import Change, edit_shard, find_edits
from publisher.search.labels import Label, pack_contents, pack_labels, read_labels
from publisher.search.record import Record, read_record
from publisher.search.volumes import BLOCK, CONTENTS_PATH, TRADITIONAL_PATH, block_path, labels_path, shard_count, shard_path

#: From how many entries that differ on, and from which part of a volume, it is written anew.
_MANY, _PART = 16, 8

Volumes = Mapping[str, Sequence[str]]


class Before(NamedTuple):
    """The index as the last build left it: its folder, its volumes, and those of which a file is not as it was written."""

    out: Path
    volumes: Volumes
    damaged: frozenset[str]


class Volume(NamedTuple):
    """What becomes of a volume: its files as far as they are written, and its labels."""

    name: str
    files: dict[str, bytes]
    labels: list[Label | None]
    is_whole: bool

    @property
    def has_other_labels(self) -> bool:
        return labels_path(self.name) in self.files

    def has_lost(self, path: str) -> bool:
        """Whether a file of the last build is no more: any that was not written when all were, and blocks beyond the last entry."""
        if self.is_whole:
            return path not in self.files
        block = path.removeprefix(block_path(self.name, 0).removesuffix("0.bin"))
        return block != path and int(block.removesuffix(".bin")) * BLOCK >= len(self.labels)


class Update:
    """The index brought from what it was to what it is to be; ``fresh`` are the records of all entries that may have changed."""

    def __init__(self, before: Before, volumes: Volumes, fresh: Mapping[str, Record | None]) -> None:
        self._before, self._volumes, self._fresh = before, volumes, fresh
        self._blocks: dict[tuple[str, int], list[Record | None]] = {}
        self._places = {name: (volume, number) for volume, ids in before.volumes.items() for number, name in enumerate(ids)}

    def volumes(self) -> list[Volume]:
        """The volumes that differ; everything old is read before this returns."""
        return [volume for name, ids in self._volumes.items() if (volume := self._volume(name, ids))]

    def _volume(self, name: str, ids: Sequence[str]) -> Volume | None:
        before = self._before.volumes.get(name, ())
        is_damaged = name in self._before.damaged
        differs = self._find_differing(name, ids, before)
        if not differs and not is_damaged:
            return None
        if is_damaged or shard_count(len(ids)) != shard_count(len(before)) or len(differs) > max(_MANY, len(ids) // _PART) or not before:
            return self._write(name, ids)
        changes = [(n, self._old(name, n) if n < len(before) else None, self._new(ids[n]) if n < len(ids) else None) for n in differs]
        changes = [change for change in changes if change[1] != change[2]]
        if not changes and len(ids) == len(before):
            return None
        return self._edit(name, ids, changes)

    def _find_differing(self, name: str, ids: Sequence[str], before: Sequence[str]) -> list[int]:
        """The numbers that stand for another entry, or for one that may be another now."""
        if ids == before:
            places = (self._places.get(entry_id) for entry_id in self._fresh)
            return sorted(place[1] for place in places if place and place[0] == name)
        pairs = zip_longest(ids, before)
        return [number for number, (now, then) in enumerate(pairs) if now != then or now in self._fresh]

    def _write(self, name: str, ids: Sequence[str]) -> Volume:
        from publisher.search.shards import write_shards  # with numpy, which most edits do not need

        records = [self._new(entry_id) for entry_id in ids]
        count = shard_count(len(ids))
        shards = write_shards(((number, record) for number, record in enumerate(records) if record), count)
        made = {shard_path(name, shard): data for shard, data in enumerate(shards)}
        blocks = range(0, len(records), BLOCK)
        made |= {block_path(name, at // BLOCK): _pack(records[at : at + BLOCK]) for at in blocks}
        labels = [record.label if record else None for record in records]
        return Volume(name, made | {labels_path(name): pack_labels(labels)}, labels, is_whole=True)

    def _edit(self, name: str, ids: Sequence[str], changes: Sequence[Change]) -> Volume:
        count = shard_count(len(ids))
        made = {}
        for shard, edits in find_edits(changes, count).items():
            path = shard_path(name, shard)
            made[path] = edit_shard((self._before.out / path).read_bytes(), edits)
        new = {number: record for number, _, record in changes}
        for block in sorted({number // BLOCK for number in new if number < len(ids)}):
            numbers = range(block * BLOCK, min(block * BLOCK + BLOCK, len(ids)))
            made[block_path(name, block)] = _pack([new[number] if number in new else self._new(ids[number]) for number in numbers])
        if len(ids) % BLOCK and len(ids) < len(self._before.volumes[name]):  # the last block has lost an entry
            made[block_path(name, len(ids) // BLOCK)] = _pack([self._new(entry_id) for entry_id in ids[-(len(ids) % BLOCK) :]])
        old = read_labels((self._before.out / labels_path(name)).read_bytes())
        labels = [*old[: len(ids)], *[None] * (len(ids) - len(old))]
        for number, record in new.items():
            if number < len(ids):
                labels[number] = record.label if record else None
        if labels != old:
            made[labels_path(name)] = pack_labels(labels)
        return Volume(name, made, labels, is_whole=False)

    def _new(self, entry_id: str) -> Record | None:
        if entry_id in self._fresh:
            return self._fresh[entry_id]
        return self._old(*self._places[entry_id])

    def _old(self, volume: str, number: int) -> Record | None:
        block = number // BLOCK
        if (volume, block) not in self._blocks:
            rows = json.loads((self._before.out / block_path(volume, block)).read_bytes().decode("utf-16", "surrogatepass"))
            self._blocks[volume, block] = [read_record(row) if row else None for row in rows]
        return self._blocks[volume, block][number % BLOCK]


def _pack(records: Iterable[Record | None]) -> bytes:
    return pack_block([record.pack() if record else None for record in records])


def labels_of(gleaned: Sequence[Gleaned], volume: str, count: int) -> list[Label | None]:
    """The labels of a volume from what the processes have gathered."""
    found = {number: label for one in gleaned for number, label in one.labels.get(volume, {}).items()}
    return [found.get(number) for number in range(count)]


def plan_contents(labels: Mapping[str, Sequence[Label | None]], synonyms: Synonyms) -> Planned:
    """The files that belong to no volume."""
    return plan_files(CONTENTS, {CONTENTS_PATH: pack_contents(labels, synonyms), TRADITIONAL_PATH: _traditional()})


@cache
def _traditional() -> bytes:
    return files("publisher.search").joinpath("data/traditional.txt").read_bytes()


def plan_files(unit: str, made: Mapping[str, bytes]) -> Planned:
    """Files that were not planned, as the ledger knows them: by their own bytes."""
    return Planned(unit, b"", [Made(FileRow(path, unit, _digest(data), 0, 0, None), data) for path, data in sorted(made.items())])


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def stored_labels(out: Path, volumes: Iterable[str]) -> Iterator[tuple[str, list[Label | None]]]:
    """The labels of volumes as they lie in the site."""
    for name in volumes:
        yield name, read_labels((out / labels_path(name)).read_bytes())
