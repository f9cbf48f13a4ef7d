"""A report to an Excel workbook: a sheet for each section with native charts, and a sheet of the records that each figure links to."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import xlsxwriter

from publisher.liaison.document import Cell, Chart, Paragraph, Report, Table

_HEAD = {"bold": True, "bg_color": "#E6ECF0"}
_LINK = {"font_color": "#0B5A8A", "underline": 1}
_PERCENT = {"num_format": "0.0%"}
_BAD_TITLE = re.compile(r"[\\/*?:\[\]]")
_BASIS = "依据"
#: Characters in a cell at most, by Excel's own limits.
_LONGEST = 32_767
#: Rows that a chart takes.
_CHART_ROWS = 16


def write_excel(report: Report) -> bytes:
    """The whole workbook."""
    buffer = BytesIO()
    # Text is text: XlsxWriter would otherwise take “=…” for a formula and an address for a link.
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "author": "publisher liaison"})
    starts = _starts(report)
    for index, section in enumerate(report.sections):
        sheet = _Sheet(book, _BAD_TITLE.sub("", section.title)[:31], starts)
        row = 0
        for words in (report.title, report.subtitle, *report.notes) if index == 0 else ():
            sheet.put(row, 0, Cell(words), {"bold": True} if row == 0 else {})
            row += 1
        for block in section.blocks:
            row = sheet.put_block(row + 1, block)
        sheet.widen()
    _put_records(book, report)
    book.close()
    return buffer.getvalue()


def _starts(report: Report) -> list[int]:
    """The row of the sheet of records, from 1, on which each group begins."""
    starts, row = [0], 2
    for group in report.groups:
        starts.append(row)
        row += len(group)
    return starts


class _Sheet:
    """The sheet of a section; rows and columns are counted from 0."""

    def __init__(self, book: Any, title: str, starts: list[int]) -> None:
        self._book, self._title, self._starts = book, title, starts
        self._sheet = book.add_worksheet(title)
        self._widths: dict[int, int] = {}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def _format(self, look: dict[str, Any]) -> Any:
        key = tuple(look.items())
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def put(self, row: int, column: int, cell: Cell, look: dict[str, Any] | None = None) -> None:
        """Write a value: numbers as numbers, text as text, a figure with its link."""
        look = {**(look or {}), **(_LINK if cell.group else {}), **(_PERCENT if cell.is_percent else {})}
        form = self._format(look) if look else None
        if cell.group:  # the link comes first: it writes words, over which the value is written
            self._sheet.write_url(row, column, f"internal:'{_BASIS}'!A{self._starts[cell.group]}", form, cell.text)
        if isinstance(cell.value, str):
            self._sheet.write_string(row, column, _fit(cell.value), form)
        else:
            self._sheet.write_number(row, column, float(cell.value) / 100 if cell.is_percent else cell.value, form)
        self._widths[column] = max(self._widths.get(column, 0), len(str(cell.value)))

    def put_block(self, row: int, block: Paragraph | Table | Chart) -> int:
        """Write a block from a row on; gives the next free one."""
        if isinstance(block, Paragraph):
            for column, part in enumerate(block.parts):
                self.put(row, column, part)
            return row
        if isinstance(block, Chart):
            return self._put_chart(row, block)
        self.put(row, 0, Cell(block.title), {"bold": True})
        if not block.rows:
            self.put(row + 1, 0, Cell(block.empty))
            return row + 2
        for column, name in enumerate(block.head):
            self.put(row + 1, column, Cell(name), _HEAD)
        for offset, cells in enumerate(block.rows, 2):
            for column, cell in enumerate(cells):
                self.put(row + offset, column, cell)
        return row + len(block.rows) + 2

    def _put_chart(self, row: int, chart: Chart) -> int:
        """A native bar chart and, under it, the numbers that it draws."""
        top, last = row + _CHART_ROWS, row + _CHART_ROWS + len(chart.labels)
        drawn = self._book.add_chart({"type": "bar"})
        drawn.set_title({"name": chart.title})
        drawn.set_y_axis({"reverse": True})  # of a bar chart, the one with the labels
        drawn.set_size({"width": 605, "height": 284})  # 16 by 7.5 cm
        if len(chart.series) == 1:
            drawn.set_legend({"none": True})
        self.put(top, 0, Cell(chart.title), {"bold": True})
        for offset, label in enumerate(chart.labels, 1):
            self.put(top + offset, 0, Cell(label))
        for column, (name, values) in enumerate(chart.series, 1):
            self.put(top, column, Cell(f"{name}（{chart.unit}）"), _HEAD)
            for offset, value in enumerate(values, 1):
                self._sheet.write_number(top + offset, column, value)
            title = self._title
            drawn.add_series({"name": [title, top, column], "categories": [title, top + 1, 0, last, 0], "values": [title, top + 1, column, last, column]})
        self._sheet.insert_chart(row, 0, drawn)
        return last + 1

    def widen(self) -> None:
        """Columns wide enough for their words, within reason."""
        for column, longest in self._widths.items():
            self._sheet.set_column(column, column, 26 if column == 0 else min(40, max(8, longest * 1.6 + 2)))


def _put_records(book: Any, report: Report) -> None:
    """The records of each group, one group after the other, in rows that can be filtered."""
    sheet = book.add_worksheet(_BASIS)
    head = book.add_format(_HEAD)
    for column, (name, width) in enumerate((("依据", 6), ("序号", 6), ("类别", 8), ("日期", 12), ("企业", 20), ("干部", 10), ("内容", 60), ("文件和行", 44))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    lines = [(one.kind, one.day, one.enterprise, one.officer, _fit(one.words), str(one.place)) for one in report.records]
    row = 0
    for number, group in enumerate(report.groups, 1):
        for index in group:
            row += 1
            sheet.write_number(row, 0, number)
            sheet.write_number(row, 1, index)
            for column, words in enumerate(lines[index - 1], 2):
                sheet.write_string(row, column, words)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, row, 7)


def _fit(words: str) -> str:
    """Words that fit into a cell."""
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
