"""What is kept of the officers' records equals a fresh reading after any edits, and so do the problems found in them, on any day."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.liaison_records import Maker, write
from publisher.liaison import kept, reading
from publisher.liaison.checks import check_liaison
from publisher.liaison.findings import Ground
from publisher.liaison.months import Month
from publisher.liaison.packed import pack, unpack
from publisher.liaison.reading import FOLDER, load_register
from publisher.problems import Problem
from publisher.settings import LiaisonSettings

PIECES = (
    *("", "  ", "月报:", "服务: []", "    日期: 2026-13-01", "    计数: 否", "：", "&a b", "    状态: 销号", "  - 编号: wt-0002-1", "\ufffe"),
    *("    日期: 2026-08-31", "    日期: 2026-10-02", "    干部: gb-003", "    发现问题: [wt-0002-1, wt-none]", "    宣讲政策: [zc-none]", "    指南: bs-none"),
    *("    起: 2026-09-20", "    止: 2026-08-20", "    报送日期: 2026-10-30", "    内容: 保证三天内解决。", "  - 编号: pb-0002-1", "    转为问题: wt-none"),
)
#: About the end of a month, the day on which its reports are due, and a year of which no holidays are known.
DAYS = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 12), date(2026, 10, 13), date(2026, 11, 20), date(2026, 11, 21), date(2028, 3, 1)]
GUIDES = ("biangeng", "nianbao", "shuiwu", "gongsi-sheli", "xieye")
TIMES = count(1)


class Edit(NamedTuple):
    """What is done to which file and line, counted among all there are; to set a key, among those that have it."""

    file: int
    line: int
    piece: str
    way: str

    def make(self, folder: Path) -> None:
        key = self.piece.strip(" -").partition(":")[0]
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        if self.way == "set":
            paths = [path for path in paths if f"{key}:" in path.read_text(encoding="utf-8")] or paths
        path = paths[self.file % len(paths)]
        lines = path.read_text(encoding="utf-8").split("\n")
        row = self.line % len(lines)
        texts = {
            "replace": [*lines[:row], self.piece, *lines[row + 1 :]],
            "insert": [*lines[:row], self.piece, *lines[row:]],
            "drop": [*lines[:row], *lines[row + 1 :]],
            "set": lines,
        }
        if self.way == "set" and (alike := [number for number, line in enumerate(lines) if f"{key}:" in line]):
            row = alike[self.line % len(alike)]
            texts["set"] = [*lines[:row], lines[row].partition(f"{key}:")[0] + self.piece.strip(" -"), *lines[row + 1 :]]
        if self.way == "remove":
            path.unlink()
            return
        if self.way == "copy":
            path = path.with_name(f"qy-{self.line:03d}.yml")
        path.write_text("\n".join(texts.get(self.way, lines)), encoding="utf-8")
        moment = next(TIMES) * 1_000_000  # the clock of the disk is too coarse for edits in a row
        os.utime(path, ns=(moment, moment))


EDITS = st.lists(
    st.builds(
        Edit, st.integers(0, 200), st.integers(0, 40), st.sampled_from(PIECES), st.sampled_from([*["set"] * 4, "replace", "insert", "drop", "copy", "remove"])
    ),
    min_size=1,
    max_size=4,
)


@cache
def model() -> Path:
    """The records that each test spoils a copy of; to make them takes longer than to check them."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    write(folder / FOLDER, Maker(9, Month(2026, 8), Month(2026, 9)))
    service = folder / FOLDER / "months/2026-09/qy-002.yml"  # names an issue
    service.write_text(service.read_text(encoding="utf-8").replace("    方式:", "    发现问题: [wt-0002-1]\n    方式:", 1), encoding="utf-8")
    for name in ("policies/zc-2026-10", "policies/zc-wengang-2026", *(f"guides/bs-{name}" for name in GUIDES)):
        path = folder / "content" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return folder


@contextmanager
def records() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield shutil.copytree(model(), Path(folder) / "root")


def told(reading: Callable[[], object] | tuple[object, object]) -> str:
    """Everything of a reading, with the class of each value; sets in order."""
    register, problems = reading() if callable(reading) else reading  # type: ignore[misc]
    return repr(({name: sorted(rows) if isinstance(rows, set) else rows for name, rows in vars(register).items()}, problems))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=3))
def test_what_is_kept_equals_a_fresh_reading_after_any_edits(rounds: list[list[Edit]]) -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        load_register(root, processes=1)
        for edits in rounds:
            for edit in edits:
                edit.make(root / FOLDER)
            first, second = told(load_register(root, processes=1)), told(load_register(root, processes=1))
            shutil.rmtree(root / "var")
            assert first == second == told(load_register(root, processes=2))


def found(root: Path, day: date, processes: int = 1) -> list[Problem]:
    return check_liaison(root, LiaisonSettings(pairs=9), day, processes=processes)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(st.tuples(EDITS, st.sampled_from(DAYS), st.sampled_from(DAYS)), min_size=1, max_size=3))
def test_problems_that_were_kept_equal_fresh_ones_after_any_edits_on_any_day(rounds: list[tuple[list[Edit], date, date]]) -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        for edits, *days in rounds:
            for edit in edits:
                edit.make(root / FOLDER)
            several = [found(root, day) for day in (*days, *days)]
            shutil.rmtree(root / "var")
            assert several == [found(root, day, 2) for day in days] * 2


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "told_in"),
    [
        ("issues/qy-002.yml", "编号: wt-0002-1\n", "编号: wt-9999-1\n", "dangling-reference", "months/2026-09/qy-002.yml"),
        ("../guides/bs-biangeng.md", None, None, "dangling-reference", "cases/"),
        ("issues/qy-002.yml", "编号: wt-0002-1\n", "编号: pb-0002-1\n", "duplicate-id", "cases/qy-002.yml"),
        ("officers/all.yml", "编号: gb-003\n", "编号: gb-999\n", "dangling-reference", "months/2026-08/qy-003.yml"),
        ("pairings/all.yml", "干部: gb-004\n", "干部: gb-005\n", "liaison-other-officer", "months/2026-08/qy-004.yml"),
        ("enterprises/all.yml", "起: 2026-08-01\n", "起: 2026-07-01\n", "liaison-report-missing", "enterprises/all.yml"),
        ("months/2026-08/qy-006.yml", None, None, "liaison-first-contact", "pairings/all.yml"),
    ],
)
def test_a_part_that_has_not_changed_is_told_of_when_another_has(name: str, old: str | None, new: str | None, code: str, told_in: str) -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        before = found(root, date(2026, 9, 30))
        path = root / FOLDER / name
        if old is None or new is None:
            path.unlink()
        else:
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        after = found(root, date(2026, 9, 30))
        places = [{problem.span.path.removeprefix(f"{FOLDER}/") for problem in problems if problem.code == code} for problems in (before, after)]
        assert any(place.startswith(told_in) for place in places[1] - places[0])
        shutil.rmtree(root / "var")
        assert after == found(root, date(2026, 9, 30))


def test_a_month_that_is_over_is_not_held_to_the_rules_again() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        before = found(root, date(2026, 11, 4))
        with patch.object(Ground, "_look", side_effect=AssertionError):
            assert found(root, date(2026, 11, 4)) == before
        present = {"issues", "cases", "months/2026-11"}
        assert looked_at(root, date(2026, 11, 5)) == present | {"months/2026-10"}  # its reports were due the day before
        assert looked_at(root, date(2026, 11, 6)) == present
        assert looked_at(root, date(2026, 11, 4)) == present | {"months/2026-10"}


def test_a_late_report_is_missed_until_its_day_and_then_late() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        path = root / FOLDER / "months/2026-08/qy-006.yml"
        path.write_text(re.sub("报送日期: .*", "报送日期: 2026-09-20", path.read_text(encoding="utf-8")), encoding="utf-8")
        for day, code in ((date(2026, 9, 10), "missing"), (date(2026, 9, 19), "missing"), (date(2026, 9, 20), "late"), (date(2026, 9, 10), "missing")):
            codes = {problem.code for problem in found(root, day) if problem.span.path.endswith("2026-08/qy-006.yml")}
            assert codes & {"liaison-report-missing", "liaison-report-late"} == {f"liaison-report-{code}"}


def test_a_first_visit_may_be_in_the_month_after_the_pairing() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        (root / FOLDER / "months/2026-08/qy-006.yml").unlink()
        for name in ("enterprises", "officers", "pairings"):
            path = root / FOLDER / name / "all.yml"
            head, middle, tail = re.split(r"(?=  - (?:编号: (?:qy|gb)|企业: qy)-00[67]\n)", path.read_text(encoding="utf-8"))
            path.write_text(head + middle.replace("2026-08-01", "2026-08-31") + tail, encoding="utf-8")
        for _ in range(2):
            assert "liaison-first-contact" not in {problem.code for problem in found(root, date(2026, 9, 30))}
        (root / FOLDER / "months/2026-09/qy-006.yml").unlink()
        assert "liaison-first-contact" in {problem.code for problem in found(root, date(2026, 9, 30))}


def looked_at(root: Path, day: date) -> set[str]:
    """The parts that a check on a day holds to the rules anew."""
    with patch.object(Ground, "_look", autospec=True, side_effect=Ground._look) as looked:
        found(root, day)
    return {call.args[1] for call in looked.call_args_list}


def test_only_what_changed_is_read_again() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        load_register(root, processes=1)
        path = root / FOLDER / "months/2026-09/qy-004.yml"
        path.write_text(path.read_text(encoding="utf-8").replace("电话", "线上"), encoding="utf-8")
        with patch.object(reading, "_read_file", side_effect=reading._read_file) as read:
            assert told(load_register(root, processes=1)) == told(load_register(root, processes=2))
        assert [call.args[1] for call in read.call_args_list] == [f"{FOLDER}/months/2026-09/qy-004.yml"]


def test_a_link_to_a_file_that_changes_is_read_anew() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        target = root / "content" / "notes.yml"
        path = root / FOLDER / "months/2026-09/qy-004.yml"
        path.rename(target)
        path.symlink_to(target)
        before = load_register(root, processes=1), found(root, date(2026, 11, 20))
        target.write_text("服务: []\n月报: 9\n", encoding="utf-8")
        after = load_register(root, processes=1), found(root, date(2026, 11, 20))
        shutil.rmtree(root / "var")
        assert before != after
        assert after == (load_register(root, processes=1), found(root, date(2026, 11, 20)))


def test_of_records_that_were_deleted_nothing_stays() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        folder = root / "var/liaison/kept"
        found(root, date(2026, 11, 20))
        (folder / ".months-2026-08.bin.1.tmp").touch()  # of a check that was killed
        everything = {path.name for path in folder.iterdir()}
        assert {"months-2026-08.bin", "found-months-2026-08.bin", "issues.bin", "found-issues.bin"} <= everything
        shutil.rmtree(root / FOLDER)
        found(root, date(2026, 11, 20))
        assert {path.name for path in folder.iterdir()} == {"found-issues.bin", "found-cases.bin"}
        assert not any(b"qy-0" in path.read_bytes() for path in folder.iterdir())


def test_a_file_where_the_folder_of_months_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / FOLDER / "months").write_text("x")
    assert [problem.code for problem in found(tmp_path, date(2026, 11, 20))] == ["liaison-unknown-file"]


def test_what_was_kept_is_used() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        before = told(load_register(root, processes=1))
        with patch("publisher.liaison.reading._read_file", side_effect=AssertionError):
            assert told(load_register(root, processes=1)) == before


def test_packing_keeps_every_value_and_its_class() -> None:
    with records() as root:
        register, problems = load_register(root, processes=1)
        assert register.services
        assert register.issues
        assert told(unpack(pack(register, problems))) == told((register, problems))
