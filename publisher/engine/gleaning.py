"""What each process gathers for search while it makes the pages of entries, and how the shares of all become files.

When everything is made, the terms of some hundred entries at a time go into a temporary file without a name, from which any process
can read; so memory has a bound and only places in files are sent. After an edit the few records are kept instead, and numpy is not loaded.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from publisher.failure import PublisherError
from publisher.search.labels import Label
from publisher.search.record import Record, make_record
from publisher.search.volumes import BLOCK, CHUNK, block_path, shard_count, shard_path
from publisher.site.artifacts import Artifact

if TYPE_CHECKING:
    from publisher.search.columns import Batch

#: How much is written to a temporary file at a time: a text has 3 KB.
_BUFFER = 1 << 18

#: A piece of a temporary file: its path, where it begins, its length.
Place = tuple[str, int, int]


class Gleaned(NamedTuple):
    """What one process has gathered: by volume and chunk the terms, by volume and number the texts and labels."""

    terms: dict[tuple[str, int], list[Place]]
    texts: dict[str, dict[int, Place]]
    labels: dict[str, dict[int, Label]]


class Task(NamedTuple):
    """Files to be written: those of `CHUNK` shards from ``first`` on, or those of as many blocks, from pieces of temporary files."""

    volume: str
    first: int
    last: int
    shards: int
    places: list[Place | None]


class Gleaner:
    """One process's share of the index."""

    def __init__(self, folder: Path, find_row: Callable[[str], tuple[str, ...]], *, is_all: bool) -> None:
        self._folder, self._find_row, self._is_all = folder, find_row, is_all
        self.records: dict[str, Record | None] = {}
        self._gleaned = Gleaned(defaultdict(list), defaultdict(dict), defaultdict(dict))
        self._numbers: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, int] = {}
        self._batches: dict[str, Batch] = {}
        self._file: IO[bytes] | None = None
        self._end = 0
        if is_all:
            # Only now, for numpy takes a tenth of a second; and here, before processes part, so that they share it.
            from publisher.search.columns import Batch

            self._batch = Batch

    def take(self, entry_id: str, artifacts: Sequence[Artifact]) -> None:
        """Take in an entry by what its page is made from; a withdrawn one and one that is not public leave nothing."""
        page = next((artifact for artifact in artifacts if artifact.template.startswith("entries/")), None)
        record = make_record(page.inputs["entry"]) if page else None
        if not self._is_all:
            self.records[entry_id] = record
        elif record:
            volume, number = self._place(entry_id)
            self._gleaned.texts[volume][number] = self._keep(record.pack())
            self._gleaned.labels[volume][number] = record.label
            if volume not in self._batches:
                self._batches[volume] = self._batch()
            self._batches[volume].add(number, record)
            if self._batches[volume].is_full:
                self._cut(volume)

    def _place(self, entry_id: str) -> tuple[str, int]:
        if not self._numbers:
            for volume in self._find_row("volumes"):
                ids = self._find_row(f"volume:{volume}")
                self._counts[volume] = shard_count(len(ids))
                self._numbers |= {name: (volume, number) for number, name in enumerate(ids)}
        return self._numbers[entry_id]

    def _cut(self, volume: str) -> None:
        for chunk, columns in self._batches.pop(volume).cut(self._counts[volume]):
            self._gleaned.terms[volume, chunk].append(self._keep(columns.pack()))

    def _keep(self, data: bytes) -> Place:
        try:
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                # A file without a name cannot be left behind; where the system has no /proc there is one process, and a name does no harm.
                has_proc = os.path.exists("/proc/self/fd")  # noqa: PTH110
                self._file = (tempfile.TemporaryFile if has_proc else tempfile.NamedTemporaryFile)(dir=self._folder, buffering=_BUFFER)
                self._path = f"/proc/{os.getpid()}/fd/{self._file.fileno()}" if has_proc else str(self._file.name)
            self._file.write(data)
        except OSError as error:
            raise _cannot_write(error) from error
        self._end += len(data)
        return (self._path, self._end - len(data), len(data))

    def finish(self) -> Gleaned:
        """What was gathered, all of it on disk; others may read it until `close`."""
        for volume in list(self._batches):
            self._cut(volume)
        if self._file is not None:
            try:
                self._file.flush()
            except OSError as error:
                raise _cannot_write(error) from error
        return Gleaned(dict(self._gleaned.terms), dict(self._gleaned.texts), dict(self._gleaned.labels))

    def close(self) -> None:
        """Let go of the file; what it still wanted to write nobody needs, and on a full disk it could not."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def _cannot_write(error: OSError) -> PublisherError:
    return PublisherError(f"写不了临时文件：{error.strerror}", f"cannot write a temporary file: {error.strerror}")


def list_tasks(gleaned: Sequence[Gleaned], volume: str, count: int) -> list[Task]:
    """What there is to write for a volume of ``count`` entries."""
    shards = shard_count(count)
    tasks = []
    for first in range(0, shards, CHUNK):
        places: list[Place | None] = [place for one in gleaned for place in one.terms.get((volume, first // CHUNK), ())]
        tasks.append(Task(volume, first, min(first + CHUNK, shards), shards, places))
    texts = {number: place for one in gleaned for number, place in one.texts.get(volume, {}).items()}
    for first in range(0, count, CHUNK * BLOCK):
        last = min(first + CHUNK * BLOCK, count)
        tasks.append(Task(volume, first // BLOCK, -(-last // BLOCK), 0, [texts.get(number) for number in range(first, last)]))
    return tasks


def do_task(task: Task) -> list[tuple[str, bytes]]:
    """The files of a task, each with its path."""
    pieces = _read(task.places)
    if not task.shards:
        blocks = [pieces[at : at + BLOCK] for at in range(0, len(pieces), BLOCK)]
        return [(block_path(task.volume, task.first + at), pack_block(block)) for at, block in enumerate(blocks)]
    from publisher.search.columns import unpack
    from publisher.search.shards import write_chunk

    shards = write_chunk([unpack(piece) for piece in pieces if piece], task.first, task.last, task.shards)
    return [(shard_path(task.volume, task.first + at), data) for at, data in enumerate(shards)]


def _read(places: Iterable[Place | None]) -> list[bytes | None]:
    """Pieces of temporary files, each file opened once."""
    with contextlib.ExitStack() as stack:
        handles: dict[str, int] = {}
        pieces = []
        for place in places:
            if place and place[0] not in handles:
                handles[place[0]] = stack.enter_context(open(place[0], "rb", buffering=0)).fileno()  # noqa: PTH123
            pieces.append(os.pread(handles[place[0]], place[2], place[1]) if place else None)
        return pieces


def pack_block(records: Sequence[bytes | None]) -> bytes:
    """The texts of some entries as a JSON array in UTF-16, the packed records as they are; null where a number has no entry."""
    return "\ufeff[".encode("utf-16-le") + ",".encode("utf-16-le").join(data or "null".encode("utf-16-le") for data in records) + "]".encode("utf-16-le")
