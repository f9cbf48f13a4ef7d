"""A command in; how long it took, how much of the processors and how much memory its whole process tree used, out.

Memory is sampled from ``/proc``: the sum of the proportional set sizes (PSS) of all processes of the tree, in which a page shared
by workers counts once. Reading a PSS walks a process's page tables, so the sampler rests in proportion to what its last look cost, and
runs that are timed can do without it. On a system without ``/proc`` memory is None.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Seconds between two looks at the tree, and the share of one core that looking may take.
INTERVAL = 0.02
LOAD = 0.1

_PAGE = os.sysconf("SC_PAGE_SIZE")
#: What would have a program compile its own text anew at every start, as no reader's machine does.
_NOT_PASSED_ON = ("PYTHONDONTWRITEBYTECODE",)


class CommandError(Exception):
    """A measured or prepared command failed; the message ends with what it printed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: ``peak`` is bytes of the tree where it was sampled, ``largest`` bytes of its largest waited-for process."""

    wall: float
    cpu: float
    largest: int
    peak: int | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """What a folder holds."""

    files: int
    bytes: int


def measure(command: Sequence[str], cwd: Path, *, env: Mapping[str, str] | None = None, memory: bool = False, limit: float = 1_800) -> Run:
    """Run a command to its end; ``memory`` samples its tree as well.

    Raises `CommandError` when it fails or takes longer than ``limit`` seconds.
    """
    log = cwd / ".bench-output"
    with log.open("wb") as output:
        # What was written before must not be written back to disk while the clock runs.
        os.sync()
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=cwd, env=_surroundings(env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603
        sampler = _Sampler(child.pid) if memory else None
        timer = threading.Timer(limit, child.kill)
        timer.start()
        # `wait4` tells what this child and all it waited for used; `resource.getrusage` would tell of every child there ever was.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    peak = sampler.stop() if sampler else None
    if child.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
        raise CommandError(f"{' '.join(command)} in {cwd} ended with {child.returncode} after {wall:.0f} s\n{said}")
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, peak)


def _surroundings(env: Mapping[str, str] | None) -> dict[str, str]:
    """The environment of a measured command."""
    return {name: value for name, value in (os.environ if env is None else env).items() if name not in _NOT_PASSED_ON}


class _Sampler:
    """A thread that looks at a process tree until it is stopped, and keeps the largest sum."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        rest = 0.0
        while not self._over.wait(rest):
            before = time.thread_time()
            self._peak = max(self._peak, sum(map(memory_of, tree_of(self._pid))))
            rest = max(INTERVAL, (time.thread_time() - before) / LOAD)

    def stop(self) -> int | None:
        """End the thread and give the peak; None when nothing could be read."""
        self._over.set()
        self._thread.join()
        return self._peak or None


def tree_of(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    try:
        for task in os.scandir(f"/proc/{pid}/task"):
            for child in (Path(task.path) / "children").read_text().split():
                yield from tree_of(int(child))
    except OSError:
        return  # it has ended, or there is no /proc


def memory_of(pid: int) -> int:
    """Bytes of one process: its proportional set size, or where that may not be read what it has resident; 0 when it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def count(folder: Path) -> Tree:
    """Count the files below a folder and their bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Tree(len(sizes), sum(sizes))
