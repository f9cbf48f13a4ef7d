"""One worker behind the face that several have too, and the choice between them: a little is done in this process, much on all cores."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from publisher.engine.ledger import FileRow
from publisher.engine.messages import Checked, News, Planned, Reading
from publisher.engine.worker import Worker
from publisher.site.frames import Layout

if TYPE_CHECKING:
    from publisher.engine.gleaning import Gleaned, Task
    from publisher.search.record import Record

#: Below this many sources one process is done before others have begun.
_WORTH_IT = 300


class Crew:
    """One worker in this process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def read(self, paths: Sequence[str], meanwhile: Callable[[], None] = lambda: None) -> list[Reading]:
        """Read sources; ``meanwhile`` is done beside it."""
        meanwhile()
        return self._worker.read(paths)

    def adopt(self, news: News) -> None:
        """Tell what has changed in the whole content."""
        self._worker.adopt(news)

    def check(self, units: Sequence[str]) -> list[Checked]:
        """Apply the rules that need other entries."""
        return self._worker.check(units)

    def supply(self, pieces: Mapping[Layout, list[str]]) -> None:
        """Give the frames that pages are stamped into."""
        self._worker.supply(pieces)

    def make(self, units: Sequence[str], known: Mapping[str, list[FileRow]]) -> Iterator[Planned]:
        """Plan and render, one unit after the other."""
        return self._worker.make(units, known)

    def glean(self) -> list[Gleaned]:
        """What each process has gathered for search, when everything was made."""
        return [self._worker.glean()]

    def records(self) -> dict[str, Record | None]:
        """What was gathered after an edit."""
        return self._worker.records()

    def write_index(self, tasks: Sequence[Task]) -> Iterator[list[tuple[str, bytes]]]:
        """Write files of the search index, by path."""
        return self._worker.write_index(tasks)

    def close(self) -> None:
        """Let go of what the work has taken."""
        self._worker.close()


def make_crew(worker: Worker, count: int, processes: int | None = None) -> Crew:
    """One worker for a little, one for each core for much; ``processes`` decides by itself."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    size = processes if processes is not None else min(cores, 8) if count >= _WORTH_IT else 1
    if size < 2 or not sys.platform.startswith("linux"):
        return Crew(worker)
    from publisher.engine.forked import ForkedCrew

    return ForkedCrew(worker, size)
