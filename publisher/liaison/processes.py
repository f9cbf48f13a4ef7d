"""Work on many folders at once: in several processes where that pays, and without the collector of garbage.

What this does not do: know what the work is, or keep what came of it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

#: With so many months a second process pays for its start.
_MANY_MONTHS = 6


@contextmanager
def spread(work: Callable[[str], bytes], names: Sequence[str], processes: int | None = None) -> Iterator[Iterable[bytes]]:
    """What the work makes of each folder, in their order; other processes inherit what the work knows, and send no more than its bytes."""
    count = processes or (len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    with _collector_off():
        if count == 1 or sum(name.startswith("months/") for name in names) < _MANY_MONTHS:
            yield map(work, names)
            return
        with ProcessPoolExecutor(min(count, len(names)), mp_context=get_context("fork"), initializer=_take_up, initargs=(work,)) as pool:
            yield pool.map(_do, names)


#: What a process of `spread` does: being forked it has it without its being sent.
_work: list[Callable[[str], bytes]] = []


def _take_up(work: Callable[[str], bytes]) -> None:
    gc.disable()
    _work.append(work)


def _do(name: str) -> bytes:
    return _work[-1](name)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Half a million tuples are no garbage: to look through them again and again would take a third of the time, now and ever after."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
