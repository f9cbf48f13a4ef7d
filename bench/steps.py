"""``python -m bench.steps``: where the time of a clean build goes, step by step, put into ``bench/PROFILE.md``.

The steps of an entry are taken one after the other on the same entries, in one process, in processor time, the least of several rounds: what
stands in memory is warm, so that their sum is less than what a build needs. The least that Python needs (`bench.floor`) is taken likewise.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench.corpus import LAST, Corpus
from bench.floor import build as build_least
from bench.peers import HERE, PROJECT, WithoutSearch
from bench.results import as_section
from publisher.checks import check_alone
from publisher.cli.build import load_theme
from publisher.clock import SHANGHAI
from publisher.configuration import load_settings
from publisher.content import source as sources
from publisher.content.decode import decode_entry
from publisher.content.library import Entry, read_file
from publisher.content.taxonomy import read_taxonomy
from publisher.engine.build import Order, build
from publisher.engine.ledger import Ledger
from publisher.engine.messages import Standpoint
from publisher.engine.shop import Shop, fingerprint_program
from publisher.engine.worker import Worker
from publisher.markup import render
from publisher.site.artifacts import Artifact
from publisher.site.heads import make_head
from publisher.site.plan import plan_unit
from publisher.strictyaml import parse

#: Of how many entries the site is, how many of them are gone through, and how often.
SIZE, SAMPLE, ROUNDS = 1_000, 200, 7


class Step(NamedTuple):
    """A step, its microseconds of one core for an entry, and whether it is a part of the step before it."""

    name: str
    micros: float
    is_part: bool = False


def measure_steps(root: Path, sample: int = SAMPLE, rounds: int = ROUNDS) -> list[Step]:
    """Take the steps of a site that is built."""
    order = Order(root, root / "site", LAST.replace(tzinfo=SHANGHAI), load_theme, processes=1)
    build(order)
    worker = _worker(order)
    settings, renderer = worker.settings, worker.shop.renderer
    public = worker.find_row("public")
    entries: list[Entry] = [worker.load_entry(name) for name in public[:: max(1, len(public) // sample)][:sample]]
    files = [(entry.path, root / entry.path) for entry in entries]
    units = [f"entry:{entry.id}" for entry in entries]
    artifacts: list[Artifact] = [artifact for unit in units for artifact in plan_unit(worker.viewer, unit)]
    pages = [(artifact.path, renderer.render(artifact)) for artifact in artifacts]
    worker.shop.output.is_fresh = True

    def take(work: Callable[[Any], object], things: Sequence[Any]) -> float:
        return _least(work, things, rounds)

    steps = [
        Step("read a source", take(lambda file: read_file(file[0], file[1], settings.content), files)),
        Step("its bytes", take(lambda file: sources.read_bytes(file[1], file[0]), files), is_part=True),
        Step("its YAML", take(lambda entry: parse(entry.source.front), entries), is_part=True),
        Step("YAML, keys and types", take(lambda entry: decode_entry(entry.source.front, entry.kind), entries), is_part=True),
        Step("its Markdown", take(lambda entry: render(entry.source.body), entries), is_part=True),
        Step("rules that need no other entry", take(lambda entry: list(check_alone(entry, worker.taxonomy, settings, worker.as_of)), entries)),
        Step("the head", take(lambda entry: make_head(entry, worker.taxonomy, settings, worker.as_of).pack(), entries)),
        Step("references and links", take(lambda unit: worker.check([unit]), units)),
        Step("plan the page", take(lambda unit: list(plan_unit(worker.viewer, unit)), units)),
        Step("fingerprint", take(renderer.fingerprint, artifacts)),
        Step("render the page", take(renderer.render, artifacts)),
        Step("create its folder and file, write, rename", take(_Anew(worker.shop.output.put, order.out / "steps"), pages)),
    ]
    worker.close()
    return steps


class _Anew:
    """Writes a page into a folder that is not there yet."""

    def __init__(self, put: Callable[[str, bytes], object], folder: Path) -> None:
        self._put, self._folder, self._count = put, folder, 0

    def __call__(self, page: tuple[str, bytes]) -> None:
        self._count += 1
        self._put(f"{self._folder.name}/{self._count}/{page[0]}", page[1])


def _worker(order: Order) -> Worker:
    """A worker that knows what the last build left."""
    ledger = Ledger(order.root / "var", order.out)
    ledger.open()
    settings, problems = load_settings(order.root)
    assert settings is not None, problems
    shop = Shop(settings, order.out, order.load_shell, fingerprint_program(settings.templates), ledger.frames())
    return Worker(Standpoint(settings, read_taxonomy(settings.root)[0], order.as_of), ledger, shop)


def _least(work: Callable[[Any], object], things: Sequence[Any], rounds: int) -> float:
    """The least microseconds of processor time for one thing."""
    found = []
    gc.disable()
    for _ in range(rounds):
        before = time.process_time()
        for thing in things:
            work(thing)
        found.append(time.process_time() - before)
    gc.enable()
    return min(found) / len(things) * 1e6


def measure_least(root: Path, sample: int = SAMPLE, rounds: int = ROUNDS) -> float:
    """What `bench.floor` needs for an entry."""
    content = root / "content"
    files = sorted(content.rglob("*.md"))[:sample]
    out = root / "site" / "least"

    def run(_: object) -> None:
        shutil.rmtree(out, ignore_errors=True)
        build_least(files, content, out)

    return _least(run, [None], rounds) / len(files)


def as_table(steps: Sequence[Step], least: float) -> str:
    """The section of ``PROFILE.md``."""
    rows = [f"| {'of which: ' if step.is_part else ''}{step.name} | {step.micros:,.0f} |" for step in steps]
    total = sum(step.micros for step in steps if not step.is_part)
    ends = [f"| **together** | **{total:,.0f}** |", f"| **the least in Python** (`bench/floor.py`) | **{least:,.0f}** |"]
    return "\n".join(["| step | µs |", "| --- | --- |", *rows, *ends])


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the table and write it."""
    parser = argparse.ArgumentParser(prog="python -m bench.steps", description="where the time of a clean build goes, step by step")
    parser.add_argument("--work", type=Path, default=PROJECT / "var" / "bench", metavar="DIR", help="where sites are kept, default var/bench")
    parser.add_argument("--profile", type=Path, default=HERE / "PROFILE.md", metavar="FILE", help="where the table is written, default bench/PROFILE.md")
    options = parser.parse_args(argv)
    peer = WithoutSearch(options.work.resolve() / "steps", SIZE)
    peer.set_up(Corpus(SIZE))
    peer.forget()
    text = as_table(measure_steps(peer.root), measure_least(peer.root))
    print(text)
    as_section(options.profile, "steps", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
