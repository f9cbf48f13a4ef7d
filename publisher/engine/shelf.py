"""Entries kept between reading and making: the first in memory, the rest packed in a temporary file, so that memory has a bound.

An entry with its text takes 10 KB in memory. Packing one and taking it down twice, to check it and to make its page, takes
150 µs, half of what reading its source again would.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from publisher.content.library import Entry
from publisher.failure import PublisherError

#: How many entries one process keeps in memory.
ROOM = 6_000


class Shelf:
    """Entries by id; ``room`` of them, or `ROOM`, stand in memory, the others in a file without a name in ``folder``."""

    def __init__(self, folder: Path, room: int | None = None) -> None:
        self._folder, self._room = folder, ROOM if room is None else room
        self._near: dict[str, Entry] = {}
        self._far: dict[str, tuple[int, int]] = {}
        self._file: IO[bytes] | None = None
        self._end = 0

    def keep(self, entry: Entry) -> None:
        """Keep an entry, instead of another of its id if there is one; raises `PublisherError` when the disk is full."""
        self._far.pop(entry.id, None)
        if entry.id in self._near or len(self._near) < self._room:
            self._near[entry.id] = entry
            return
        packed = pickle.dumps(entry, pickle.HIGHEST_PROTOCOL)
        with _told():
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
            self._file.seek(self._end)
            self._file.write(packed)
        self._far[entry.id] = (self._end, len(packed))
        self._end += len(packed)

    def find(self, entry_id: str) -> Entry | None:
        """The entry, if it is kept."""
        entry = self._near.get(entry_id)
        if entry is not None or entry_id not in self._far:
            return entry
        assert self._file is not None
        start, length = self._far[entry_id]
        with _told():
            self._file.seek(start)
            found: Entry = pickle.loads(self._file.read(length))  # noqa: S301  # written by this process
        return found

    def drop(self, entry_id: str) -> None:
        """Keep it no longer."""
        self._near.pop(entry_id, None)
        self._far.pop(entry_id, None)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._far.clear()

    def __iter__(self) -> Iterator[str]:
        yield from self._near
        yield from self._far


@contextmanager
def _told() -> Iterator[None]:
    """Say what a full disk means here."""
    try:
        yield
    except OSError as error:
        raise PublisherError(f"写不了临时文件：{error.strerror}", f"cannot write a temporary file: {error.strerror}") from error
