"""What `bench.liaison` measured in, its section of ``bench/RESULTS.md`` out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Timed(NamedTuple):
    """One verb: seconds of all cores and wall seconds of each run, the most memory of all its processes together in bytes."""

    name: str
    cpu: list[float]
    wall: list[float]
    memory: int


_HOW = """\
Made by `make bench-liaison`; do not edit. Records of `bench/liaison_records.py`: {enterprises:,} enterprises over {months} months, {files:,} files, on
{cores} cores. Each verb is a process of its own, run in turns {runs} times: the median, with the least and the most. Processor seconds are user and
system time of all processes; memory is that of all together, from a run of its own. A first check finds nothing kept of an earlier one; all others do.
"Saved" is one file of all, with the same text."""


def report(rows: Sequence[Timed], enterprises: int, months: int, files: int, cores: int) -> str:
    """The section of ``RESULTS.md``."""
    how = _HOW.format(enterprises=enterprises, months=months, files=files, cores=cores, runs=len(rows[0].cpu))
    lines = ["| `publisher liaison` | processor seconds | wall seconds | MB |", "| --- | --- | --- | --- |"]
    lines += [f"| {row.name} | {_spread(row.cpu)} | {_spread(row.wall)} | {row.memory / 2**20:.0f} |" for row in rows]
    return "\n\n".join(["## Officers' records", how, "\n".join(lines)])


def _spread(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.1f} ({min(seconds):.1f}–{max(seconds):.1f})"
