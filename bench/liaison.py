"""``python -m bench.liaison``: how long the officers' records take to check, report, score and remind; a part of ``bench/RESULTS.md``.

The records are those of `bench.liaison_records`, made once in a folder (a temporary one unless given). Each verb runs as its own process, as
users run it. A first check finds nothing kept from an earlier one; all other runs do.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.liaison_records import TODAY, Maker, write
from bench.liaison_results import Timed, report
from bench.measure import measure
from bench.peers import HERE
from bench.results import as_section
from publisher.liaison.months import Month

_MONTH = str(Month.of(TODAY).plus(-1))


class _Verb(NamedTuple):
    """What is run as of a day, after the first file of a folder has been saved again."""

    words: tuple[str, ...]
    day: date = TODAY
    saved: str = ""


#: By what they are called, in this order; the first finds nothing kept.
_VERBS = {
    "first check": _Verb(("check",)),
    "check, nothing changed": _Verb(("check",)),
    "check, a service saved": _Verb(("check",), saved=f"months/{Month.of(TODAY)}"),
    "check, an issue saved": _Verb(("check",), saved="issues"),
    "check, a pairing saved": _Verb(("check",), saved="pairings"),
    "check, the next day": _Verb(("check",), TODAY + timedelta(days=1)),
    "report of a month, HTML": _Verb(("report", "--month", _MONTH, "--format", "html")),
    "report of a month, Excel": _Verb(("report", "--month", _MONTH, "--format", "xlsx")),
    "scores of a month": _Verb(("score", "--month", _MONTH)),
    "reminders": _Verb(("remind",)),
}


def make(folder: Path, enterprises: int, months: int) -> int:
    """Make the records unless they are there; gives how many files they are.

    Raises `SystemExit` when the folder holds records of another size.
    """
    records, site = folder / "content" / "liaison", folder / "mkdocs.yml"
    wanted = (
        f"# {enterprises} enterprises, {months} months\nsite_name: 示例\nsite_url: https://example.com/\n"
        f"extra:\n  publisher:\n    liaison: {{pairs: {enterprises}}}\n"
    )
    if not site.exists() and not records.exists():
        last = Month.of(TODAY)
        write(records, Maker(enterprises, last.plus(1 - months), last))
        guides = (f"guides/bs-{name}" for name in ("biangeng", "nianbao", "shuiwu", "gongsi-sheli", "xieye"))
        for name in ("policies/zc-2026-10", "policies/zc-wengang-2026", *guides):
            path = folder / "content" / f"{name}.md"
            path.parent.mkdir(exist_ok=True)
            path.touch()
        site.write_text(wanted, encoding="utf-8")
    if not site.exists() or site.read_text(encoding="utf-8") != wanted:
        raise SystemExit(f"{folder} holds something else than the records of {enterprises} enterprises over {months} months")
    return sum(len(names) for _, _, names in os.walk(records))


def time_verbs(folder: Path, runs: int) -> list[Timed]:
    """Run all verbs in turns, so often; once more for the memory, which to sample takes time."""
    timed = {name: Timed(name, [], [], 0) for name in _VERBS}
    for number in range(runs + 1):
        is_sampled = number == runs
        shutil.rmtree(folder / "var", ignore_errors=True)
        for name, verb in _VERBS.items():
            if verb.saved:
                min((folder / "content" / "liaison" / verb.saved).iterdir()).touch()
            command = [sys.executable, "-m", "publisher", "liaison", *verb.words, "--root", str(folder), "--as-of", f"{verb.day}"]
            run = measure(command, folder, memory=is_sampled)
            row = timed[name]
            if is_sampled:
                timed[name] = row._replace(memory=run.peak or run.largest)
            else:
                row.cpu.append(run.cpu)
                row.wall.append(run.wall)
            print(f"{name}: {run.wall:.1f} s, {run.cpu:.1f} s of the cores", flush=True)
    return list(timed.values())


def main(argv: Sequence[str] | None = None) -> int:
    """Make, time, and write the section of ``bench/RESULTS.md``."""
    parser = argparse.ArgumentParser(prog="python -m bench.liaison")
    parser.add_argument("--enterprises", type=int, default=5_000, metavar="N")
    parser.add_argument("--months", type=int, default=36, metavar="N")
    parser.add_argument("--runs", type=int, default=3, metavar="N")
    parser.add_argument("--folder", type=Path, default=None, help="where the records are made, or were made before; default a temporary folder")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", metavar="FILE")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        files = make(folder, options.enterprises, options.months)
        text = report(time_verbs(folder, options.runs), options.enterprises, options.months, files, os.cpu_count() or 1)
    print(text)
    as_section(options.results, "liaison", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
