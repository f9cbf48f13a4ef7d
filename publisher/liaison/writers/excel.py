"""A report to an Excel workbook: a sheet for each section with native charts, and a sheet of the records that each figure links to."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from publisher.liaison.document import Cell, Chart, Paragraph, Report, Table

_HEAD = PatternFill("solid", fgColor="E6ECF0")
_BOLD, _LINK = Font(bold=True), Font(color="0B5A8A", underline="single")
_WRAP = Alignment(wrap_text=True, vertical="top")
_BAD_TITLE = re.compile(r"[\\/*?:\[\]]")
_BASIS = "依据"


def write_excel(report: Report) -> bytes:
    """The whole workbook."""
    book = Workbook()
    book.properties.title, book.properties.creator = report.title, "publisher liaison"
    starts = _starts(report)
    first = book.active
    assert first is not None
    for index, section in enumerate(report.sections):
        sheet: Any = first if index == 0 else book.create_sheet()
        sheet.title = _BAD_TITLE.sub("", section.title)[:31]
        row = 1
        if index == 0:
            for words in (report.title, report.subtitle, *report.notes):
                _put(sheet, row, 1, Cell(words), starts)
                sheet.cell(row, 1).font = _BOLD if row == 1 else Font()
                row += 1
        for block in section.blocks:
            row = _block(sheet, row + 1, block, starts)
        _widen(sheet)
    _records(book.create_sheet(_BASIS), report)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _starts(report: Report) -> list[int]:
    """The row of the sheet of records on which each group begins."""
    starts, row = [0], 2
    for group in report.groups:
        starts.append(row)
        row += len(group)
    return starts


def _put(sheet: Any, row: int, column: int, cell: Cell, starts: list[int]) -> None:
    """Write a value: numbers as numbers, text never as a formula, a figure with its link."""
    target = sheet.cell(row, column)
    if isinstance(cell.value, str):
        target.value = cell.value
        target.data_type = "s"  # openpyxl would take “=…” for a formula
    else:
        value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
        target.value = value / 100 if cell.is_percent else value
        target.number_format = "0.0%" if cell.is_percent else "General"
    if cell.group:
        target.hyperlink = Hyperlink(ref=target.coordinate, location=f"'{_BASIS}'!A{starts[cell.group]}", display=cell.text)
        target.font = _LINK


def _block(sheet: Any, row: int, block: Paragraph | Table | Chart, starts: list[int]) -> int:
    """Write a block from a row on; gives the next free one."""
    if isinstance(block, Paragraph):
        for column, part in enumerate(block.parts, 1):
            _put(sheet, row, column, part, starts)
        return row
    if isinstance(block, Chart):
        return _chart(sheet, row, block)
    _put(sheet, row, 1, Cell(block.title), starts)
    sheet.cell(row, 1).font = _BOLD
    if not block.rows:
        _put(sheet, row + 1, 1, Cell(block.empty), starts)
        return row + 2
    for column, name in enumerate(block.head, 1):
        _put(sheet, row + 1, column, Cell(name), starts)
        sheet.cell(row + 1, column).fill = _HEAD
        sheet.cell(row + 1, column).font = _BOLD
    for offset, cells in enumerate(block.rows, 2):
        for column, cell in enumerate(cells, 1):
            _put(sheet, row + offset, column, cell, starts)
    return row + len(block.rows) + 2


def _chart(sheet: Any, row: int, chart: Chart) -> int:
    """A native bar chart and, under it, the numbers that it draws."""
    top = row + 16
    _put(sheet, top, 1, Cell(chart.title), [])
    sheet.cell(top, 1).font = _BOLD
    for column, (name, values) in enumerate(chart.series, 2):
        _put(sheet, top, column, Cell(f"{name}（{chart.unit}）"), [])
        sheet.cell(top, column).fill = _HEAD
        for offset, value in enumerate(values, 1):
            sheet.cell(top + offset, column, value)
    for offset, label in enumerate(chart.labels, 1):
        _put(sheet, top + offset, 1, Cell(label), [])
    drawn = BarChart()
    drawn.type, drawn.title, drawn.height, drawn.width = "bar", chart.title, 7.5, 16
    last = top + len(chart.labels)
    drawn.add_data(Reference(sheet, min_col=2, max_col=1 + len(chart.series), min_row=top, max_row=last), titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=last))
    drawn.x_axis.scaling.orientation = "maxMin"
    drawn.x_axis.delete = drawn.y_axis.delete = False
    if len(chart.series) == 1:
        drawn.legend = None
    sheet.add_chart(drawn, f"A{row}")
    return last + 1


def _records(sheet: Any, report: Report) -> None:
    """The records of each group, one group after the other, in rows that can be filtered."""
    for column, name in enumerate(("依据", "序号", "类别", "日期", "企业", "干部", "内容", "文件和行"), 1):
        cell = sheet.cell(1, column, name)
        cell.font, cell.fill = _BOLD, _HEAD
    row = 1
    for number, group in enumerate(report.groups, 1):
        for index in group:
            row += 1
            one = report.records[index - 1]
            values = (number, index, one.kind, one.day, one.enterprise, one.officer, one.words, str(one.place))
            sheet.append(values)
            for column, value in enumerate(values, 1):
                if isinstance(value, str) and value.startswith("="):
                    sheet.cell(row, column).data_type = "s"
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:H{max(row, 1)}"
    for letter, width in zip("ABCDEFGH", (6, 6, 8, 12, 20, 10, 60, 44), strict=True):
        sheet.column_dimensions[letter].width = width


def _widen(sheet: Any) -> None:
    """Columns wide enough for their words, within reason."""
    for column in range(2, sheet.max_column + 1):
        longest = max((len(str(sheet.cell(row, column).value or "")) for row in range(1, sheet.max_row + 1)), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(40, max(8, longest * 1.6 + 2))
    sheet.column_dimensions["A"].width = 26
