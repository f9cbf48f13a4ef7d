"""Several workers, each in a process of its own, behind the face of one.

Each process keeps the entries it has read, so that a text is parsed once and never sent; only heads, rows and finished bytes go
round. One process writes: where two create files at once, ext4 makes each wait three times as long as one alone.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from publisher.engine.crew import Crew
from publisher.engine.ledger import FileRow
from publisher.engine.messages import Checked, News, Planned, Reading
from publisher.engine.worker import Worker
from publisher.failure import PublisherError
from publisher.site.frames import Layout

if TYPE_CHECKING:
    from publisher.engine.gleaning import Gleaned, Task
    from publisher.search.record import Record

#: How many answers are sent together.
_PART = 16
#: How many units that belong to nobody go to a process at a time.
_BATCH = 4


class ForkedCrew(Crew):
    """Several workers, each in a process of its own; an error in one is raised here."""

    def __init__(self, worker: Worker, size: int) -> None:
        super().__init__(worker)
        context = multiprocessing.get_context("fork")
        self._pipes: list[Connection] = []
        self._processes = []
        self._owner: dict[str, int] = {}
        gc.freeze()  # what is there before the fork stays shared
        for _ in range(size):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(worker, there, [here, *self._pipes]), daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)
        gc.unfreeze()

    def read(self, paths: Sequence[str], meanwhile: Callable[[], None] = lambda: None) -> list[Reading]:
        size = len(self._pipes)
        for index, pipe in enumerate(self._pipes):
            _ask(pipe, ("read", (paths[index::size],)))
        meanwhile()
        readings = []
        for index, pipe in enumerate(self._pipes):
            for reading in _answer(pipe):
                readings.append(reading)
                if reading.id:
                    self._owner[f"{reading.sort.partition(':')[0]}:{reading.id}"] = index
        return sorted(readings, key=lambda reading: reading.path)

    def adopt(self, news: News) -> None:
        """Heads go round as one file that all map into memory: sent to each, they would stand there once for each process."""
        self._worker.adopt(news)
        shelf: dict[str, tuple[int, int] | None] = {}
        try:
            with tempfile.NamedTemporaryFile() as file:
                for entry_id, data in news.heads.items():
                    shelf[entry_id] = (file.tell(), len(data)) if data else None
                    file.write(data or b"")
                file.flush()
                self._tell("adopt_shelf", (file.name, shelf, news._replace(heads={}, cells=set(), problems={})))
        except OSError as error:
            raise PublisherError(f"写不了临时文件：{error.strerror}", f"cannot write a temporary file: {error.strerror}") from error

    def supply(self, pieces: Mapping[Layout, list[str]]) -> None:
        self._worker.supply(pieces)
        self._tell("supply", (pieces,))

    def _tell(self, verb: str, values: tuple[Any, ...]) -> list[Any]:
        for pipe in self._pipes:
            _ask(pipe, (verb, values))
        return [_answer(pipe) for pipe in self._pipes]

    def check(self, units: Sequence[str]) -> list[Checked]:
        return list(self._share("check", units, lambda share: (share,)))

    def make(self, units: Sequence[str], known: Mapping[str, list[FileRow]]) -> Iterator[Planned]:
        return self._share("make", units, lambda share: (share, {unit: known[unit] for unit in share if unit in known}))

    def glean(self) -> list[Gleaned]:
        return self._tell("glean", ())

    def records(self) -> dict[str, Record | None]:
        return {name: record for found in self._tell("records", ()) for name, record in found.items()}

    def write_index(self, tasks: Sequence[Task]) -> Iterator[list[tuple[str, bytes]]]:
        named = {f"index:{number}": task for number, task in enumerate(tasks)}
        return self._share("write_index", list(named), lambda share: ([named[name] for name in share],))

    def _share(self, verb: str, units: Sequence[str], values: Callable[[list[str]], tuple[Any, ...]]) -> Iterator[Any]:
        """Give each unit to the process that has read it, and the others a few at a time to whoever is free; answers come as they are ready."""
        owned: list[list[str]] = [[] for _ in self._pipes]
        free: list[list[str]] = []
        for unit in units:
            owner = self._owner.get(unit)
            if owner is not None:
                owned[owner].append(unit)
            elif free and len(free[-1]) < _BATCH:
                free[-1].append(unit)
            else:
                free.append([unit])
        busy = set()
        for pipe, own in zip(self._pipes, owned, strict=True):
            if share := own or (free.pop() if free else []):
                self._hand(pipe, verb, share, values)
                busy.add(pipe)
        while busy:
            for pipe in [pipe for pipe in wait(list(busy)) if isinstance(pipe, Connection)]:
                is_last, answers = _answer(pipe)
                yield from answers
                if is_last and free:
                    self._hand(pipe, verb, free.pop(), values)
                elif is_last:
                    busy.remove(pipe)

    def _hand(self, pipe: Connection, verb: str, share: list[str], values: Callable[[list[str]], tuple[Any, ...]]) -> None:
        """Send a share; who has checked a unit makes it too, for it knows what the unit has read."""
        _ask(pipe, (verb, values(share)))
        index = self._pipes.index(pipe)
        self._owner.update(dict.fromkeys(share, index))

    def close(self) -> None:
        super().close()
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(5)
            if process.is_alive():
                process.kill()


def _serve(worker: Worker, pipe: Connection, others: list[Connection]) -> None:
    """The loop of a process: do what is asked until nobody asks any more."""
    for other in others:
        other.close()  # else the end of the parent would never be heard
    worker.reopen_ledger()
    gc.disable()  # as in the parent
    try:
        while True:
            verb, values = pipe.recv()
            try:
                if verb in ("check", "make", "write_index"):
                    _send_parts(pipe, getattr(worker, verb)(*values))
                else:
                    pipe.send((True, getattr(worker, verb)(*values)))
            except Exception as error:  # it is raised again by the parent
                pipe.send((False, error))
    except (EOFError, ConnectionError, KeyboardInterrupt):  # the parent has gone
        os._exit(0)


def _send_parts(pipe: Connection, answers: Iterable[Any]) -> None:
    """Send answers a few at a time, so that the parent can write what is ready; the last part says so."""
    part: list[Any] = []
    for answer in answers:
        part.append(answer)
        if len(part) == _PART:
            pipe.send((True, (False, part)))
            part = []
    pipe.send((True, (True, part)))


def _ask(pipe: Connection, question: tuple[str, tuple[Any, ...]]) -> None:
    try:
        pipe.send(question)
    except OSError as error:
        raise _lost_worker() from error


def _lost_worker() -> PublisherError:
    return PublisherError("一个工作进程意外结束，可能是内存不够；请再生成一次", "a worker process has died, perhaps for want of memory; build again")


def _answer(pipe: Connection) -> Any:
    try:
        is_good, value = pipe.recv()
    except (EOFError, ConnectionError) as error:
        raise _lost_worker() from error
    if not is_good:
        raise value
    return value
