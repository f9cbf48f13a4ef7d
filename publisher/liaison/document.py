"""A report before it has a format: sections of paragraphs, tables and charts; each figure knows the records it was counted from.

Every record that stands behind a figure is listed once, with its number; a figure names a group of numbers. What this does not
do: bytes, which are the writers' (`publisher.liaison.writers`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from publisher.liaison.records import Case, Indicator, Issue, Meeting, Pairing, Place, Register, Service, Situation

Counted = Service | Situation | Issue | Case | Meeting | Indicator | Pairing


class Cell(NamedTuple):
    """A value and the number of the group of records behind it, from 1; 0 where there is none."""

    value: str | int | Decimal
    group: int = 0
    is_percent: bool = False

    @property
    def text(self) -> str:
        """The value as people read it."""
        return f"{self.value}%" if self.is_percent else str(self.value)


class Paragraph(NamedTuple):
    """Running text with figures in it."""

    parts: tuple[Cell, ...]


class Table(NamedTuple):
    """A table; ``empty`` is said where it has no rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "没有。"


class Chart(NamedTuple):
    """Bars: one group for each label, one bar in it for each series."""

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    unit: str

    @property
    def described(self) -> str:
        """The chart in words."""
        rows = (f"{label}：" + "，".join(f"{name}{values[index]:g}{self.unit}" for name, values in self.series) for index, label in enumerate(self.labels))
        return "；".join(rows)


Block = Paragraph | Table | Chart


class Section(NamedTuple):
    """One part of a report under its heading."""

    title: str
    blocks: tuple[Block, ...]


class Evidence(NamedTuple):
    """One record as a line of the list behind the report."""

    kind: str
    day: str
    enterprise: str
    officer: str
    words: str
    place: Place


class Report(NamedTuple):
    """A whole report; ``groups[i]`` are the numbers (from 1) of the records of group i + 1."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    records: tuple[Evidence, ...]
    groups: tuple[tuple[int, ...], ...]


def ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted numbers as runs: 1, 2, 3, 7 is (1, 3), (7, 7)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


class Ledger:
    """Collects the groups while a report is planned, and numbers the records when it is done."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._groups: list[tuple[Counted, ...]] = []
        self._known: dict[tuple[int, ...], int] = {}

    def cell(self, value: str | int | Decimal, records: Iterable[Counted], *, is_percent: bool = False) -> Cell:
        """A figure with the records behind it; a figure of nothing links nowhere. Equal sets of records share a group."""
        rows = tuple(records)
        if not rows:
            return Cell(value, 0, is_percent)
        key = tuple(sorted(id(row) for row in rows))
        if key not in self._known:
            self._groups.append(rows)
            self._known[key] = len(self._groups)
        return Cell(value, self._known[key], is_percent)

    def count(self, records: Iterable[Counted]) -> Cell:
        """How many records there are."""
        rows = tuple(records)
        return self.cell(len(rows), rows)

    def close(self) -> tuple[tuple[Evidence, ...], tuple[tuple[int, ...], ...]]:
        """All records once, in the order of their places, and each group as numbers of them."""
        every = {row.place: row for group in self._groups for row in group}
        places = sorted(every)
        numbers = {place: number for number, place in enumerate(places, 1)}
        evidence = tuple(self._line(every[place]) for place in places)
        return evidence, tuple(tuple(sorted(numbers[row.place] for row in group)) for group in self._groups)

    def _line(self, row: Counted) -> Evidence:
        register = self._register
        if isinstance(row, Service):
            return Evidence("服务", str(row.day), register.name_of(row.enterprise), row.officer, f"{row.way}：{row.text}", row.place)
        if isinstance(row, Situation):
            words = f"{row.month.label}月报，营收同比{row.trend}" + (f"；需协调：{row.needs}" if row.needs else "")
            return Evidence("月报", str(row.reported), register.name_of(row.enterprise), "", words, row.place)
        if isinstance(row, Issue):
            return Evidence("问题", _first(row), register.name_of(row.enterprise), "", f"{row.id}（{row.type}，{row.unit}）：{row.text}", row.place)
        if isinstance(row, Case):
            kind = "代办单" if row.is_agency else "陪办单"
            return Evidence(kind, _first(row), register.name_of(row.enterprise), row.officer, f"{row.id}：{row.matter}", row.place)
        if isinstance(row, Meeting):
            return Evidence("会议", str(row.day), "", "", row.name, row.place)
        if isinstance(row, Pairing):
            return Evidence("结对", str(row.start), register.name_of(row.enterprise), row.officer, f"联系领导 {row.leader}", row.place)
        return Evidence("指标", str(row.year), "", "", row.name, row.place)


def _first(row: Issue | Case) -> str:
    return str(row.steps[0].day) if row.steps else ""


def spoken(day: date) -> str:
    """A day in Chinese."""
    return f"{day.year}年{day.month}月{day.day}日"
