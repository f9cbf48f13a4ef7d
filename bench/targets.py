"""What the engine is held to: ratios of one run, so that they mean the same on any machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.rounds import BODY, CLEAN, NOTHING, Record

MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Target:
    """Ours at a task divided by ``peer`` at one, which may be at most ``most``; less what the same without search needs, where that is named.

    ``own`` is ours with search or, beside a peer that has none, ``plain``, ours without.
    """

    name: str
    task: str
    peer: str
    peer_task: str
    most: float
    less: str = ""
    peer_less: str = ""
    own: str = "ours"

    def ratio(self, records: Mapping[str, Record]) -> float | None:
        """The ratio of the medians; None when one of the two was not measured."""
        own, other = figure(records.get(self.own), self.task), figure(records.get(self.peer), self.peer_task)
        rest = figure(records.get(self.less), self.task) if self.less else 0.0
        peer_rest = figure(records.get(self.peer_less), self.peer_task) if self.peer_less else 0.0
        if not own or not other or rest is None or peer_rest is None or other <= peer_rest:
            return None
        return max(own - rest, 0.0) / (other - peer_rest)


#: What the engine is asked for at 10,000 entries.
TARGETS = (
    Target("clean build without search, wall, to Hugo's", CLEAN, "hugo", CLEAN, 0.45, own="plain"),
    Target("clean build with search, wall, to that of Hugo and Pagefind", CLEAN, "pagefind", CLEAN, 0.45),
    Target("clean build, wall, to mkdocs-material's", CLEAN, "material", CLEAN, 1 / 60),
    Target("clean build without search, peak memory, to Hugo's", MEMORY, "hugo", MEMORY, 0.35, own="plain"),
    Target("search, wall, to Pagefind's", CLEAN, "pagefind", CLEAN, 1 / 6, less="plain", peer_less="hugo"),
    Target("search, peak memory, to Pagefind's", MEMORY, "pagefind", MEMORY, 1 / 6, less="plain"),
    Target("after a body edit without search, to Hugo's rebuild", BODY, "hugo", BODY, 1 / 20, own="plain"),
    Target("after a body edit, to our clean build", BODY, "ours", CLEAN, 0.1),
    Target("nothing changed, to our clean build", NOTHING, "ours", CLEAN, 1 / 15),
)

#: What `make bench-quick` fails on at 1,000 entries. Wide, for two reasons: starting Python, loading Material and writing 37 feeds weigh as
#: much there as a thousand pages do (measured: 4.6 times Hugo's wall on a quiet machine and 2.1 times on a busy one, its memory, 0.6 times its
#: rebuild), and the machines of CI are shared. A ratio beyond these is a change for the worse, not noise.
MARGINS = (
    Target("clean build, wall, to Hugo's", CLEAN, "hugo", CLEAN, 7.0),
    Target("clean build, peak memory, to Hugo's", MEMORY, "hugo", MEMORY, 1.5),
    Target("after a body edit, to Hugo's rebuild", BODY, "hugo", BODY, 1.5),
    Target("nothing changed, to Hugo's rebuild", NOTHING, "hugo", NOTHING, 1.0),
)

#: What 100,000 entries may cost, as multiples of our own 10,000; and `serve`'s median, in seconds.
GROWTH_TIME, GROWTH_MEMORY = 11.0, 6.0
SERVE = 0.1


def figure(record: Record | None, task: str) -> float | None:
    """The median of a task in seconds, or the peak memory in bytes."""
    if record is None:
        return None
    if task == MEMORY:
        return record.memory
    walls = record.walls(task)
    return median(walls) if walls else None


def failures(records: Mapping[str, Record], targets: Sequence[Target]) -> list[str]:
    """One line for each ratio that is beyond its target."""
    lines = []
    for target in targets:
        ratio = target.ratio(records)
        if ratio is not None and ratio > target.most:
            lines.append(f"bench: lost: {target.name}: {ratio:.2f}, at most {target.most:.2f} is allowed")
    return lines
