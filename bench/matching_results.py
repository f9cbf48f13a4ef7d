"""What `bench.matching` found in, its section of ``bench/RESULTS.md`` out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Quality(NamedTuple):
    """``precision``: of what is offered, three at most for each listing, how much fits; ``recall``: of what fits, how much is offered."""

    precision: float
    recall: float
    offered: int

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0


class Judged(NamedTuple):
    """One way of matching on one set; ``size`` is listings, pairs that fit, pairs judged not to."""

    half: str
    size: tuple[int, int, int]
    way: str
    quality: Quality


_HOW = """\
Made by `make bench-match`; do not edit. Listings and verdicts are in `bench/data/matching*.yml`, each verdict with its reason. The held-out set was
committed before anything was measured on it, and no weight was chosen on it; its writer had read the program's source, and wrote the table of
synonyms afterwards, so the lines without the table are the cleaner measure. Weights, and the scores from which keyword overlap and BM25 (over pairs
of characters) do best, were chosen on the tuning sets; on the held-out set the peers are shown with the best score that they could only know
afterwards, too. All ways are spared what is no matter of nearness: their own kind, their own enterprise, what is over. A pair that was not judged
counts as not fitting. Precision at 3 is over what is offered: at most three for each listing, and none where nothing reaches the threshold."""


def report(rows: Sequence[Judged], size: int, seconds: Sequence[float], matched: int) -> str:
    """The section of ``RESULTS.md``."""
    lines = [("Set", "listings", "fit / do not", "", "precision at 3", "recall", "F1", "offered")]
    for row in rows:
        q = row.quality
        lines.append(
            (row.half, str(row.size[0]), f"{row.size[1]} / {row.size[2]}", row.way, f"{q.precision:.2f}", f"{q.recall:.2f}", f"{q.f1:.2f}", str(q.offered))
        )
    middle = median(seconds)
    speed = (
        f"{size:,} generated listings are matched in {middle:.2f} s ({min(seconds):.2f}–{max(seconds):.2f}) of one core, {middle * 1000 / size:.3f} ms a "
        f"listing; {matched:,} of them have counterparts."
    )
    return "\n\n".join(["## Counterparts of listings", _HOW, _table(lines), speed])


def _table(lines: Sequence[Sequence[str]]) -> str:
    head, *rows = lines
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
