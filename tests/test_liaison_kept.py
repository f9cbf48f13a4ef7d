"""What is kept of the officers' records equals a fresh reading after any edits, in values, types, problems and places."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.liaison_records import Maker, write
from publisher.liaison import kept
from publisher.liaison.months import Month
from publisher.liaison.packed import pack, unpack
from publisher.liaison.reading import FOLDER, load_register

PIECES = ("", "  ", "月报:", "服务: []", "    日期: 2026-13-01", "    计数: 否", "：", "&a b", "    状态: 销号", "  - 编号: wt-0001-1", "\ufffe")
TIMES = count(1)


class Edit(NamedTuple):
    """What is done to which file, both counted among all there are."""

    file: int
    line: int
    piece: str
    way: str

    def make(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        path = paths[self.file % len(paths)]
        lines = path.read_text(encoding="utf-8").split("\n")
        row = self.line % len(lines)
        texts = {
            "replace": [*lines[:row], self.piece, *lines[row + 1 :]],
            "insert": [*lines[:row], self.piece, *lines[row:]],
            "drop": [*lines[:row], *lines[row + 1 :]],
        }
        if self.way == "remove":
            path.unlink()
            return
        if self.way == "copy":
            path = path.with_name(f"qy-{self.line:03d}.yml")
        path.write_text("\n".join(texts.get(self.way, lines)), encoding="utf-8")
        moment = next(TIMES) * 1_000_000  # the clock of the disk is too coarse for edits in a row
        os.utime(path, ns=(moment, moment))


EDITS = st.lists(
    st.builds(Edit, st.integers(0, 200), st.integers(0, 40), st.sampled_from(PIECES), st.sampled_from(["replace", "insert", "drop", "copy", "remove"])),
    min_size=1,
    max_size=4,
)


@contextmanager
def records() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / FOLDER, Maker(9, Month(2026, 8), Month(2026, 9)))
        yield Path(folder)


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


def test_what_was_kept_is_used() -> None:
    with records() as root, patch.multiple(kept, MANY=1, _TICK=0):
        before = told(load_register(root, processes=1))
        with patch("publisher.liaison.reading._read_folder", side_effect=AssertionError):
            assert told(load_register(root, processes=1)) == before


def test_packing_keeps_every_value_and_its_class() -> None:
    with records() as root:
        register, problems = load_register(root, processes=1)
        assert register.services
        assert register.issues
        assert told(unpack(pack(register, problems))) == told((register, problems))
