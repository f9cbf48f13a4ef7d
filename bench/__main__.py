"""``python -m bench``: measure all peers on one corpus and print the table; without ``--quick`` write ``bench/RESULTS.md``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.corpus import Corpus
from bench.measure import CommandError
from bench.peers import HERE, PEERS, PROJECT, Ours
from bench.results import Results, as_markdown, machine, sections_of, tables, targets
from bench.rounds import Record, measure_all
from bench.serve import is_there, serve_latency
from bench.targets import MARGINS, failures

#: From this size on only ours is built: the table of peers is made at 10,000.
ONLY_OURS = 100_000


def main(argv: Sequence[str] | None = None) -> int:
    """Give 1 when a ratio is lost in a quick run, 3 when a peer cannot be installed or fails."""
    options = _parser().parse_args(argv)
    options.sizes = options.sizes or [1_000 if options.quick else 10_000]
    options.peers = options.peers or (["ours", "hugo"] if options.quick else list(PEERS))
    work: Path = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    sizes: dict[int, dict[str, Record]] = {}
    latencies: list[float] = []
    try:
        for size in sorted(options.sizes):
            names = [name for name in options.peers if size < ONLY_OURS or name == "ours"]
            corpus = Corpus(size)
            peers = [PEERS[name](work, size) for name in names]
            _say(f"{size:,} entries: {', '.join(names)}")
            sizes[size] = measure_all(peers, corpus, options.runs if size < ONLY_OURS else 1, _say)
            print("\n\n".join(tables(sizes[size])), flush=True)
            if size == 10_000 and "ours" in names and is_there():
                latencies = serve_latency(Ours(work, size), corpus)
    except CommandError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 3
    results = Results(machine(), sizes, latencies)
    if options.quick:
        lost = [line for records in sizes.values() for line in failures(records, MARGINS)]
        print("\n".join(lost) or "bench: no ratio to Hugo is lost")
        return 1 if lost else 0
    print("\n" + targets(results))
    options.results.write_text(as_markdown(results) + sections_of(options.results), encoding="utf-8", newline="\n")
    print(f"bench: wrote {options.results}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="build one corpus with this publisher and its peers, side by side")
    parser.add_argument("--quick", action="store_true", help="1,000 entries, ours and Hugo; exit 1 when a ratio is lost by a wide margin")
    parser.add_argument("--sizes", type=_sizes, default=None, metavar="N[,N…]", help="entries of each corpus, default 10,000")
    parser.add_argument("--runs", type=int, default=3, help="runs of each quick peer at each task, default 3")
    parser.add_argument("--peers", type=_peers, default=None, metavar="NAME[,NAME…]", help=f"of {','.join(PEERS)}; default all")
    parser.add_argument(
        "--work", type=Path, default=PROJECT / "var" / "bench", metavar="DIR", help="where tools, sites and corpora are kept, default var/bench"
    )
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", metavar="FILE", help="where the table is written, default bench/RESULTS.md")
    return parser


def _sizes(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


def _peers(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in PEERS:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(PEERS)}")
    return names


def _say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
