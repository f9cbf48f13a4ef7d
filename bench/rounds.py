"""Peers and a corpus in; the runs of each peer at each task out.

Quick peers take turns, run by run, so that a slow minute of the machine falls on all of them; slow ones run once. Every task begins
from the state that its name says, reached outside the clock, with the sources in the file cache.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bench.corpus import Corpus, Entry
from bench.measure import Run, measure
from bench.peers import Peer

#: What is asked of each peer, in the order of the table. An edit and "nothing" are builds in a new process over the last one's output.
CLEAN, BODY, NEWEST, TITLE, NOTHING = "clean", "body", "newest", "title", "nothing"
EDITS = (BODY, NEWEST, TITLE, NOTHING)

Say = Callable[[str], None]


@dataclass
class Record:
    """What was measured of one peer on one corpus."""

    version: str
    runs: dict[str, list[Run]] = field(default_factory=dict)
    #: Peak memory of a clean build, bytes, of the whole process tree.
    memory: int | None = None
    #: The most that the largest process of a clean build had resident, bytes, as the kernel tells it.
    largest: int = 0
    #: Files, bytes, and files by sort, after a clean build.
    wrote: dict[str, int] = field(default_factory=dict)

    def walls(self, task: str) -> list[float]:
        """Seconds of each run of a task."""
        return [run.wall for run in self.runs.get(task, ())]

    def cpus(self, task: str) -> list[float]:
        """Processor seconds of each run of a task."""
        return [run.cpu for run in self.runs.get(task, ())]


def prepare(peers: Sequence[Peer], corpus: Corpus, say: Say) -> dict[str, Record]:
    """Install each peer and write its site."""
    records = {}
    for peer in peers:
        say(f"{peer.name}: installing")
        peer.install()
        records[peer.name] = Record(peer.version())
        say(f"{peer.name}: writing {corpus.size:,} entries ({records[peer.name].version})")
        peer.set_up(corpus)
    return records


def measure_all(peers: Sequence[Peer], corpus: Corpus, count: int, say: Say) -> dict[str, Record]:
    """Prepare and measure all peers: slow ones once, quick ones ``count`` times in turns."""
    records = prepare(peers, corpus, say)
    for peer in peers:
        _first_build(peer, records[peer.name], corpus, say)
        if not peer.is_quick and peer.rebuilds:
            _rebuild_once(peer, records[peer.name], corpus, say)
    quick = [peer for peer in peers if peer.is_quick]
    for _ in range(count):
        for peer in quick:
            peer.forget()
            _time(peer, records[peer.name], CLEAN, say)
    for task in EDITS:
        for turn in range(count):
            for peer in quick:
                edit(peer, corpus, task, turn)
                _time(peer, records[peer.name], task, say)
        for peer in quick:
            if task != NOTHING:
                restore(peer, corpus, task)
                measure(peer.command, peer.root)
    return records


def _first_build(peer: Peer, record: Record, corpus: Corpus, say: Say) -> None:
    """Sample the memory of a clean build; it warms the caches for the quick peers, and is the timed run of the slow ones."""
    _read(peer)
    peer.forget()
    run = measure(peer.command, peer.root, memory=True)
    record.memory, record.largest = run.peak, run.largest
    record.wrote = dict(peer.wrote(corpus))
    say(f"{peer.name}: first build {run.wall:.2f} s, {_mega(run.peak)}; {record.wrote['files']:,} files")
    if not peer.is_quick:
        record.runs[CLEAN] = [run]


def _rebuild_once(peer: Peer, record: Record, corpus: Corpus, say: Say) -> None:
    """Time one body edit of a slow peer, after a build that fills its caches if it has any."""
    measure(peer.rebuild_command, peer.root)
    edit(peer, corpus, BODY, 0)
    _time(peer, record, BODY, say)


def _time(peer: Peer, record: Record, task: str, say: Say) -> None:
    run = measure(peer.command if task == CLEAN else peer.rebuild_command, peer.root)
    record.runs.setdefault(task, []).append(run)
    say(f"{peer.name}: {task}: {run.wall:.3f} s, {run.cpu:.3f} s of processors")


def middle(corpus: Corpus) -> Entry:
    """An entry of the middle of the years."""
    return corpus.entry(corpus.size // 2)


def newest(corpus: Corpus) -> Entry:
    """The newest entry of all, which stands in feeds and on first pages."""
    return corpus.entry(corpus.size - 1)


def edit(peer: Peer, corpus: Corpus, task: str, turn: int) -> None:
    """Change what a task changes, differently at each turn."""
    entry = newest(corpus) if task == NEWEST else middle(corpus)
    if task in (BODY, NEWEST):
        peer.write(replace(entry, body=changed_body(entry.body, turn)))
    elif task == TITLE:
        peer.write(replace(entry, title=f"{entry.title}改{turn + 1}"))


def changed_body(body: str, turn: int) -> str:
    """A body whose first sentence is another one."""
    _, _, rest = body.partition("。")
    return f"这一句是第{turn + 1}次改的。{rest}"


def restore(peer: Peer, corpus: Corpus, task: str) -> None:
    """Write the entry of a task as it was."""
    peer.write(newest(corpus) if task == NEWEST else middle(corpus))


def _read(peer: Peer) -> None:
    """Read every source once, so that the file cache knows all of them alike."""
    for path in (peer.root / peer.content).rglob("*"):
        if path.is_file():
            path.read_bytes()


def _mega(peak: int | None) -> str:
    return "memory not measured" if peak is None else f"{peak / 1e6:,.0f} MB"
