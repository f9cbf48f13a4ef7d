"""A report to a Word document: headings, tables and native charts; every figure is a link to a bookmark in the list of records."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from publisher.liaison.document import Cell, Chart, Paragraph, Report, Table, ranges
from publisher.liaison.writers.word_chart import add_chart

_FONT = "宋体"


def write_word(report: Report) -> bytes:
    """The whole document."""
    document = Document()
    _set_up(document, report)
    document.add_heading(report.title, level=0)
    document.add_paragraph(report.subtitle)
    for note in report.notes:
        document.add_paragraph(note, style="Intense Quote")
    charts = 0
    for section in report.sections:
        document.add_heading(section.title, level=1)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                _fill(document.add_paragraph(), block.parts)
            elif isinstance(block, Chart):
                charts += 1
                add_chart(document, block, charts)
            else:
                _table(document, block)
    marks = _Marks()
    document.add_heading("依据", level=1)
    for number, group in enumerate(report.groups, 1):
        paragraph = document.add_paragraph()
        marks.begin(paragraph, f"e{number}")
        paragraph.add_run(f"依据{number}（{len(group)}条记录）：")
        for place, (first, last) in enumerate(ranges(group)):
            if place:
                paragraph.add_run("、")
            _link(paragraph, str(first), f"r{first}")
            if last > first:
                paragraph.add_run("—")
                _link(paragraph, str(last), f"r{last}")
    document.add_heading("记录", level=1)
    for number, row in enumerate(report.records, 1):
        paragraph = document.add_paragraph()
        marks.begin(paragraph, f"r{number}")
        about = "，".join(filter(None, (row.kind, row.day, row.enterprise, row.officer)))
        paragraph.add_run(f"{number}. {about}：{row.words}（{row.place}）").font.size = Pt(9)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: Any, report: Report) -> None:
    """A4 and Chinese fonts."""
    properties = document.core_properties
    properties.title, properties.author, properties.language = report.title, "publisher liaison", "zh-CN"
    for page in document.sections:
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2.2)
    for style in document.styles:
        if style.name == "Normal" or (getattr(style, "font", None) is not None and style.element.rPr is not None):
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            fonts.set(qn("w:eastAsia"), _FONT)
    document.styles["Normal"].font.size = Pt(10.5)


class _Marks:
    """Bookmarks, each with a number of its own."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self, paragraph: Any, name: str) -> None:
        """Put a bookmark at the beginning of a paragraph."""
        self._count += 1
        for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(kind)
            mark.set(qn("w:id"), str(self._count))
            if kind == "w:bookmarkStart":
                mark.set(qn("w:name"), name)
            paragraph._p.append(mark)  # noqa: SLF001  # python-docx has no bookmarks of its own


def _link(paragraph: Any, text: str, anchor: str) -> None:
    """A link within the document."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), anchor)
    link.set(qn("w:history"), "1")
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)  # noqa: SLF001  # the run moves into the link
    paragraph._p.append(link)  # noqa: SLF001


def _fill(paragraph: Any, cells: tuple[Cell, ...]) -> None:
    for cell in cells:
        if cell.group:
            _link(paragraph, cell.text, f"e{cell.group}")
        else:
            paragraph.add_run(cell.text)


def _table(document: Any, table: Table) -> None:
    document.add_paragraph().add_run(table.title).bold = True
    if not table.rows:
        document.add_paragraph(table.empty)
        return
    drawn = document.add_table(rows=1 + len(table.rows), cols=len(table.head), style="Table Grid")
    head, *rows = drawn.rows
    for cell, name in zip(head.cells, table.head, strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    mark = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(mark)  # noqa: SLF001  # repeated on each page
    for row, values in zip(rows, table.rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            _fill(cell.paragraphs[0], (value,))
    document.add_paragraph()
