"""Records in, the tables of ``bench/RESULTS.md`` and of the terminal out. Pure, and without a date, so that equal figures give equal text."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.rounds import BODY, CLEAN, NEWEST, NOTHING, TITLE, Record
from bench.targets import GROWTH_MEMORY, GROWTH_TIME, SERVE, TARGETS, Target, figure

_TASKS = {
    CLEAN: "clean build",
    BODY: "after one body edit, an entry of the middle of the years",
    NEWEST: "after one body edit, the newest entry, which stands in feeds",
    TITLE: "after one title edit, an entry of the middle of the years",
    NOTHING: "nothing changed",
}
_LABELS = {
    "ours": "ours",
    "plain": "ours without search",
    "floor": "the least in Python",
    "hugo": "Hugo",
    "pagefind": "Hugo and Pagefind",
    "pelican": "Pelican",
    "eleventy": "Eleventy",
    "material": "mkdocs-material",
}

#: Records by corpus size, then by peer.
Sizes = Mapping[int, Mapping[str, Record]]


@dataclass(frozen=True)
class Results:
    """All that one run of the benchmark found."""

    machine: Mapping[str, str]
    sizes: Sizes
    #: Seconds of each edit under `serve`; empty when that was not measured.
    serve: Sequence[float] = field(default=())


def machine() -> dict[str, str]:
    """What the figures depend on and a reader can compare: processor, cores, memory, system, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{_processor()}, {cores} cores",
        "memory": f"{memory / 1e9:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown processor"


def as_markdown(results: Results) -> str:
    """The whole of ``RESULTS.md``."""
    parts = ["# Results of the benchmark", _HOW, _table(("", ""), [(key, value) for key, value in results.machine.items()])]
    for size, records in sorted(results.sizes.items()):
        parts += [f"## {size:,} entries", *tables(records)]
    parts += ["## Targets", targets(results)]
    return "\n\n".join(parts) + "\n"


_HOW = """\
Made by `make bench`; do not edit. Medians, and in brackets the range, of runs in which ours and Hugo take turns; the others run once.
The same corpus for all: Chinese entries of about 1,400 characters over ten years (`bench/corpus.py`), each peer set up lean
(`bench/sites/`), ours with the project's own settings and templates. Every build is a process of its own; sources are in the file cache; outputs
and caches are removed before a clean build, outside the clock. Memory is the peak of the sum of the proportional set sizes of all processes,
sampled in a run that is not timed where a peer runs more than once, and beside it what the kernel says of the largest process. A peer
without a row for an edit has no way of building again in a new process but building all."""


def tables(records: Mapping[str, Record]) -> list[str]:
    """Time, then what was written, of one size; a column for each peer."""
    names = [_LABELS[name] for name in records]
    rows: list[tuple[str, ...]] = [("version", *(record.version for record in records.values()))]
    rows.append(("clean build, processors", *(_seconds(record.cpus(CLEAN)) for record in records.values())))
    rows[1:1] = [(f"{words}, wall", *(_seconds(record.walls(task)) for record in records.values())) for task, words in _TASKS.items()]
    rows.append(("clean build, peak memory of all processes", *(_mega(record.memory) for record in records.values())))
    rows.append(("clean build, largest process", *(_mega(record.largest) for record in records.values())))
    counts = [
        ("entry pages", "entries"),
        ("list and other pages", "lists"),
        ("feeds and calendars", "feeds"),
        ("other files", "others"),
        ("files in all", "files"),
    ]
    written: list[tuple[str, ...]] = [(words, *(f"{record.wrote.get(key, 0):,}" for record in records.values())) for words, key in counts]
    written.append(("bytes in all", *(_mega(record.wrote.get("bytes", 0)) for record in records.values())))
    return [_table(("", *names), rows), _table(("Written", *names), written)]


def targets(results: Results) -> str:
    """Each target with what was found and whether it is met."""
    return _table(("Figure", "Target", "Found", ""), _target_rows(results))


def _target_rows(results: Results) -> list[tuple[str, ...]]:
    records = results.sizes.get(10_000, {})
    rows = [_target_row(target, records) for target in TARGETS]
    rows.append(_judged("`serve`: from saving to the new page, median", f"{SERVE * 1000:.0f} ms", _serve(results.serve), SERVE))
    large = results.sizes.get(100_000, {}).get("ours")
    small = records.get("ours")
    for words, task, most in (("time", CLEAN, GROWTH_TIME), ("memory", "memory", GROWTH_MEMORY)):
        much, little = figure(large, task), figure(small, task)
        ratio = much / little if much and little else None
        rows.append(_judged(f"100,000 entries, {words}, to our 10,000", f"{most:g}", (ratio, f"{ratio:.1f}" if ratio else ""), most))
    return rows


def _target_row(target: Target, records: Mapping[str, Record]) -> tuple[str, ...]:
    ratio = target.ratio(records)
    most = f"{target.most:g}" if target.most >= 0.1 else f"1/{1 / target.most:.0f}"
    found = "" if ratio is None else f"{ratio:.2f}" if ratio >= 0.1 else f"1/{1 / ratio:.0f}"
    return _judged(f"10,000 entries, {target.name}", most, (ratio, found), target.most)


def _serve(seconds: Sequence[float]) -> tuple[float | None, str]:
    if not seconds:
        return None, ""
    return median(seconds), f"{median(seconds) * 1000:.0f} ms"


def _judged(name: str, target: str, found: tuple[float | None, str], most: float) -> tuple[str, ...]:
    value, words = found
    if value is None:
        return name, f"at most {target}", "not measured", ""
    return name, f"at most {target}", words, "met" if value <= most else "not met"


def _seconds(values: Sequence[float]) -> str:
    if not values:
        return "–"
    middle = f"{median(values):.2f} s"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f}–{max(values):.2f})"


def _mega(count: int | None) -> str:
    return "–" if count is None else f"{count / 1e6:,.0f} MB"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_section(file: Path, name: str, text: str) -> None:
    """Put a part that another command measures into a file of results, in place of the one that was there."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    head, _, rest = before.partition(begin)
    tail = rest.partition(end)[2]
    file.write_text(f"{head.rstrip()}\n\n{begin}\n\n{text}\n\n{end}\n{tail.lstrip()}", encoding="utf-8", newline="\n")


def sections_of(file: Path) -> str:
    """The parts of a file of results that other commands have measured."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = re.findall(r"<!-- (\w+): begin -->.*?<!-- \1: end -->", text, re.DOTALL)
    return "".join(f"\n{text[text.index(f'<!-- {name}: begin -->') : text.index(f'<!-- {name}: end -->')]}<!-- {name}: end -->\n" for name in found)
