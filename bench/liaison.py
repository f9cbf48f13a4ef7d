"""How long the officers' records take to check, report, score and remind: `python -m bench.liaison [ENTERPRISES [MONTHS [FOLDER]]]`.

The records are those of `bench.liaison_records`, 5,000 enterprises over 36 months unless told otherwise, made once in a folder
(a temporary one unless given). Each verb runs as its own process, as users run it: wall time, time of all cores, the most memory of all its processes together.
The first check finds nothing kept from an earlier one; the second does.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.liaison_records import TODAY, Maker, write
from bench.measure import measure
from publisher.liaison.months import Month

_VERBS = (
    ("check",),
    ("check",),
    ("report", "--month", "2026-10", "--format", "html"),
    ("report", "--month", "2026-10", "--format", "md"),
    ("report", "--month", "2026-10", "--format", "docx"),
    ("report", "--month", "2026-10", "--format", "xlsx"),
    ("score", "--month", "2026-10"),
    ("remind",),
)


def main(enterprises: int, months: int, folder: Path) -> None:
    """Make the records unless they are there, run the verbs, print a table."""
    records = folder / "content" / "liaison"
    if not records.is_dir():
        start = time.perf_counter()
        last = Month.of(TODAY)
        count = write(records, Maker(enterprises, last.plus(1 - months), last))
        (folder / "mkdocs.yml").write_text(f"site_name: 示例\nsite_url: https://example.com/\nextra:\n  publisher:\n    liaison: {{pairs: {enterprises}}}\n")
        for name in ("policies", "guides"):
            (folder / "content" / name).mkdir(exist_ok=True)
        for name in (
            "policies/zc-2026-10",
            "policies/zc-wengang-2026",
            *(f"guides/bs-{n}" for n in ("biangeng", "nianbao", "shuiwu", "gongsi-sheli", "xieye")),
        ):
            (folder / "content" / f"{name}.md").touch()
        print(f"{count} files made in {time.perf_counter() - start:.0f} s")
    files = sum(len(names) for _, _, names in os.walk(records))
    print(f"{enterprises} enterprises, {months} months, {files} files, {os.cpu_count()} cores")
    shutil.rmtree(folder / "var", ignore_errors=True)
    for words in _VERBS:
        command = [sys.executable, "-m", "publisher", "liaison", *words, "--root", str(folder), "--as-of", f"{TODAY}"]
        run = measure(command, folder, memory=True)
        print(f"| liaison {' '.join(words)} | {run.wall:.1f} s | {run.cpu:.1f} s of the cores | {(run.peak or 0) / 2**20:.0f} MB |", flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary:
        main(int(given[0]) if given else 5_000, int(given[1]) if len(given) > 1 else 36, Path(given[2]) if len(given) > 2 else Path(temporary))
