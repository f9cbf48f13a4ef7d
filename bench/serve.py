"""How long an edit takes from saving the file to its new page on disk, while ``publisher serve`` runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.corpus import Corpus
from bench.measure import CommandError
from bench.peers import Ours, run
from bench.rounds import middle

#: Seconds to wait for `serve` to say its address, and for one edit to reach its page.
READY, LATE = 300.0, 30.0
_POLL = 0.001


def is_there() -> bool:
    """Whether the program has the verb at all."""
    return "serve" in run([sys.executable, "-m", "publisher", "--help"]).split()


def serve_latency(ours: Ours, corpus: Corpus, edits: int = 20) -> list[float]:
    """Seconds of each edit; the site must have been set up.

    Raises `CommandError` when `serve` ends or does not answer in time.
    """
    entry = middle(corpus)
    page = ours.root / ours.out / ours.page(entry)
    log = ours.root / ".bench-output"
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603
            ours.verb("serve", "--port", "0", "--out", str(ours.root / ours.out)),
            cwd=ours.root,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(partial(_says, log, "http://"), READY, server, log)
            seconds = []
            for number in range(edits):
                words = f"这一句是第{number + 1}次保存的"
                started = time.perf_counter()
                ours.write(replace(entry, body=f"{words}。{entry.body}"))
                _wait(partial(_says, page, words), LATE, server, log)
                seconds.append(time.perf_counter() - started)
                time.sleep(0.2)  # an editor's next save comes later than the watcher's own pause
        finally:
            server.terminate()
            server.wait()
            ours.write(entry)
    return seconds


def _says(file: Path, words: str) -> bool:
    return words in file.read_text(encoding="utf-8", errors="replace")


def _wait(is_done: Callable[[], bool], limit: float, server: subprocess.Popen[bytes], log: Path) -> None:
    last = time.perf_counter() + limit
    while not is_done():
        if server.poll() is not None or time.perf_counter() > last:
            raise CommandError(f"publisher serve did not answer\n{log.read_text(encoding='utf-8', errors='replace')[-2_000:]}")
        time.sleep(_POLL)
