"""The benchmark: its corpus is the same everywhere and correct, memory is counted, tables say what was measured. No time is judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench import formats
from bench.corpus import FIRST, LAST, Corpus
from bench.measure import CommandError, Run, measure
from bench.peers import PEERS, Floor, Ours, WithoutSearch
from bench.results import Results, as_markdown
from bench.rounds import BODY, CLEAN, NEWEST, NOTHING, TITLE, Record, edit, middle, restore
from bench.serve import serve_latency
from bench.steps import Step, as_table, measure_steps
from bench.targets import MARGINS, TARGETS, failures
from publisher.configuration import load_settings
from tests.project import ROOT, Project

DIGEST = """
import hashlib
from bench.corpus import Corpus
print(hashlib.sha256("".join(map(repr, Corpus(40))).encode()).hexdigest())
"""


def test_the_corpus_is_the_same_whatever_the_hash_seed() -> None:
    found = {
        subprocess.run([sys.executable, "-c", DIGEST], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1


def test_another_seed_is_another_corpus() -> None:
    assert Corpus(10, seed=1).entry(3) != Corpus(10, seed=2).entry(3)


def test_entries_are_of_the_asked_length_and_kinds_and_within_the_ten_years() -> None:
    entries = list(Corpus(200))
    assert 1_300 <= sum(len(entry.body) for entry in entries) / len(entries) <= 1_500
    assert len({entry.folder for entry in entries}) == 4
    assert all(FIRST <= entry.published < LAST for entry in entries)
    assert [entry.published for entry in entries] == sorted(entry.published for entry in entries)
    assert all(("| --- |" in entry.body) == (entry.number % 3 == 0) for entry in entries)
    assert all(3 <= sum(line.startswith("##") for line in entry.body.splitlines()) <= 5 for entry in entries)
    assert len({entry.title for entry in entries}) == len(entries)


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    """Our peer with its site of 60 entries."""
    ours = Ours(tmp_path, 60)
    ours.set_up(Corpus(60))
    return ours


def test_the_corpus_passes_every_check(ours: Ours) -> None:
    assert Project(ours.root).check(f"{LAST:%Y-%m-%d}") == []


@pytest.mark.parametrize("task", [BODY, NEWEST, TITLE])
def test_an_edit_changes_one_file_and_can_be_taken_back(ours: Ours, task: str) -> None:
    def texts() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (ours.root / "content").rglob("*.md")}

    before = texts()
    for turn in (0, 1):
        last = texts()
        edit(ours, Corpus(60), task, turn)
        assert len([path for path, text in texts().items() if text != last[path]]) == 1
        assert Project(ours.root).check(f"{LAST:%Y-%m-%d}") == []
    restore(ours, Corpus(60), task)
    assert texts() == before


def _links(name: str) -> Iterator[str]:
    for entry in Corpus(60):
        _, text = getattr(formats, name)(entry)
        yield from (part.partition(")")[0] for part in text.split("](")[1:])


@pytest.mark.parametrize(("name", "shape"), [("hugo", "/"), ("eleventy", "/"), ("pelican", "{filename}/"), ("material", "")])
def test_links_are_written_as_each_peer_understands_them(name: str, shape: str) -> None:
    inner = [link for link in _links(name) if not link.startswith("https://example.com/notes/")]
    assert inner
    paths = {getattr(formats, name)(entry)[0] for entry in Corpus(60)}
    for link in inner:
        assert link.startswith(shape)
        path = {"/": f"{link.strip('/')}.md", "{filename}/": link.removeprefix("{filename}/"), "": f"blog/posts/{link}"}[shape]
        assert path in paths


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_the_memory_of_children_is_counted(tmp_path: Path) -> None:
    grandchild = "import time; held = b'x' * 100_000_000; time.sleep(0.5)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}], check=True)"
    run = measure([sys.executable, "-c", code], tmp_path, memory=True)
    assert run.peak is not None
    assert 100e6 <= run.peak <= 250e6
    assert run.cpu > 0


def test_a_command_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such thing"):
        measure([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)


class _Served(Ours):
    """Our peer with a stand-in for ``serve`` that copies the middle entry's source to its page, over and over."""

    def verb(self, verb: str, *options: str) -> list[str]:
        entry = middle(Corpus(60))
        source, page = self.root / self.content / self.format(entry)[0], self.root / self.out / self.page(entry)
        code = f"""
import pathlib, time
source, page = pathlib.Path({str(source)!r}), pathlib.Path({str(page)!r})
page.parent.mkdir(parents=True)
page.write_bytes(b"")
print("http://127.0.0.1:1/", flush=True)
while True:
    page.write_bytes(source.read_bytes())
    time.sleep(0.01)
"""
        return [sys.executable, "-c", code]


def test_the_time_from_saving_to_the_page_is_taken_for_each_edit(tmp_path: Path) -> None:
    served = _Served(tmp_path, 60)
    served.set_up(Corpus(60))
    path = served.root / served.content / served.format(middle(Corpus(60)))[0]
    before = path.read_bytes()
    seconds = serve_latency(served, Corpus(60), edits=2)
    assert len(seconds) == 2
    assert all(second > 0 for second in seconds)
    assert path.read_bytes() == before


def _record(seconds: float, memory: int) -> Record:
    run = Run(seconds, seconds, memory)
    wrote = {"files": 12, "bytes": 34_000_000, "entries": 10, "lists": 1, "feeds": 1}
    return Record("some 1.0", {CLEAN: [run, replace(run, wall=seconds * 2), run], BODY: [run], NOTHING: [run]}, memory, wrote=wrote)


def test_the_table_says_what_was_measured() -> None:
    records = {"ours": _record(2.0, 200_000_000), "plain": _record(1.0, 100_000_000), "hugo": _record(4.0, 400_000_000)}
    text = as_markdown(Results({"Python": "3.11"}, {10_000: records}, [0.05, 0.07, 0.06]))
    assert "| clean build, wall | 2.00 s (2.00–4.00) | 1.00 s (1.00–2.00) | 4.00 s (4.00–8.00) |" in text
    assert "| clean build, peak memory of all processes | 200 MB | 100 MB | 400 MB |" in text
    assert "| 10,000 entries, clean build without search, wall, to Hugo's | at most 0.45 | 0.25 | met |" in text
    assert "| 10,000 entries, after a body edit without search, to Hugo's rebuild | at most 1/20 | 0.25 | not met |" in text
    assert "| 10,000 entries, clean build, wall, to mkdocs-material's | at most 1/60 | not measured |  |" in text
    assert "median | at most 60 ms |" not in text
    assert "| at most 100 ms | 60 ms | met |" in text


def test_search_is_judged_by_what_it_adds() -> None:
    records = {"ours": _record(3.0, 300), "plain": _record(1.0, 100), "hugo": _record(4.0, 400), "pagefind": _record(24.0, 2_000)}
    found = {target.name: target.ratio(records) for target in TARGETS if target.less}
    assert found == {"search, wall, to Pagefind's": 2 / 20, "search, peak memory, to Pagefind's": 200 / 2_000}
    del records["plain"]
    assert {target.ratio(records) for target in TARGETS if target.less} == {None}


def test_the_site_without_search_says_so(tmp_path: Path) -> None:
    peer = WithoutSearch(tmp_path, 10)
    peer.set_up(Corpus(10))
    settings, problems = load_settings(peer.root)
    assert settings is not None
    assert (settings.search, problems) == (False, [])


def test_the_least_is_a_page_for_every_entry(tmp_path: Path) -> None:
    peer = Floor(tmp_path, 12)
    peer.set_up(Corpus(12))
    measure(peer.command, peer.root)
    entry = Corpus(12).entry(7)
    written = (peer.root / peer.out / peer.page(entry)).read_text(encoding="utf-8")
    assert entry.title in written
    assert "<strong>" in written
    assert len(list((peer.root / peer.out).rglob("index.html"))) == 12 + 2  # the navigation names two pages


def test_the_steps_of_an_entry_are_taken_one_by_one(tmp_path: Path) -> None:
    peer = WithoutSearch(tmp_path, 60)
    peer.set_up(Corpus(60))
    steps = measure_steps(peer.root, sample=4, rounds=1)
    assert all(step.micros > 0 for step in steps)
    whole, *parts = [step.micros for step in steps if step.name in ("read a source", "its bytes", "its YAML")]
    assert all(part < whole for part in parts)
    table = as_table([Step("read", 40.4), Step("a part", 30.0, is_part=True), Step("write", 10.0)], least=12.6)
    assert "| of which: a part | 30 |" in table
    assert "| **together** | **50** |" in table
    assert "| **13** |" in table


def test_a_lost_ratio_is_named() -> None:
    good, bad = {"ours": _record(1.0, 100), "hugo": _record(2.0, 200)}, {"ours": _record(16.0, 100), "hugo": _record(2.0, 200)}
    assert failures(good, MARGINS) == []
    assert failures(bad, MARGINS)[0] == "bench: lost: clean build, wall, to Hugo's: 8.00, at most 7.00 is allowed"


def test_what_peers_are_installed_from_is_versions_only() -> None:
    lines = (ROOT / "bench" / "constraints.txt").read_text(encoding="utf-8").split()
    pinned = {line.partition("==")[0].lower() for line in lines if "==" in line}
    assert len(pinned) == len(lines)
    for name, peer in PEERS.items():
        if name not in ("ours", "plain", "floor", "eleventy"):
            assert {package.lower() for package in peer.packages} <= pinned
    assert not (ROOT / "bench" / "package-lock.json").exists()
