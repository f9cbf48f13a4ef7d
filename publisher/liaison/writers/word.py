"""A report to a Word document: headings, tables and native charts; every figure is a link to a bookmark in the list of records.

python-docx gives the package, its styles and headings. Paragraphs and tables are written as WordprocessingML (ECMA-376 part 1, chapter 17):
it has no bookmarks and no links within a document, and takes a minute for the records that this writes in two seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
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
                _append(document, _paragraph("".join(map(_cell, block.parts))))
            elif isinstance(block, Chart):
                charts += 1
                add_chart(document, block, charts)
            else:
                _append(document, _paragraph(_run(block.title, "<w:b/>")), *_table(block))
    document.add_heading("依据", level=1)
    _append(document, *(_group(number, group) for number, group in enumerate(report.groups, 1)))
    document.add_heading("记录", level=1)
    rows = []
    for number, row in enumerate(report.records, 1):
        about = "，".join(filter(None, (row.kind, row.day, row.enterprise, row.officer)))
        words = _run(f"{number}. {about}：{row.words}（{row.place}）", '<w:sz w:val="18"/>')
        rows.append(_paragraph(_mark(f"r{number}", 1_000_000 + number) + words))
    _append(document, *rows)
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


def _append(document: Any, *parts: str) -> None:
    """Put elements at the document's end, which is before the properties of its last section."""
    end = document.element.body.sectPr
    for part in parts:
        end.addprevious(parse_xml(part))


def _run(text: str, looks: str = "") -> str:
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _link(text: str, anchor: str) -> str:
    """A link within the document."""
    run = _run(text, '<w:u w:val="single"/>')
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{run}</w:hyperlink>'


def _mark(name: str, number: int) -> str:
    """A bookmark; ``number`` is its own."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/><w:bookmarkEnd w:id="{number}"/>'


def _paragraph(content: str) -> str:
    return f"<w:p {nsdecls('w')}>{content}</w:p>"


def _cell(cell: Cell) -> str:
    return _link(cell.text, f"e{cell.group}") if cell.group else _run(cell.text)


def _group(number: int, group: tuple[int, ...]) -> str:
    """The records behind some figure, as links to them."""
    runs = (_link(str(a), f"r{a}") if a == b else _link(str(a), f"r{a}") + _run("—") + _link(str(b), f"r{b}") for a, b in ranges(group))
    return _paragraph(_mark(f"e{number}", number) + _run(f"依据{number}（{len(group)}条记录）：") + _run("、").join(runs))


def _table(table: Table) -> list[str]:
    """A table with its head repeated on each page, and an empty line; or a sentence where there is nothing."""
    if not table.rows:
        return [_paragraph(_run(table.empty))]
    head = _row((_run(name, "<w:b/>") for name in table.head), "<w:trPr><w:tblHeader/></w:trPr>")
    rows = "".join(_row(map(_cell, row)) for row in table.rows)
    look = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr>'
    grid = f"<w:tblGrid>{'<w:gridCol/>' * len(table.head)}</w:tblGrid>"
    return [f"<w:tbl {nsdecls('w')}>{look}{grid}{head}{rows}</w:tbl>", _paragraph("")]


def _row(cells: Iterable[str], properties: str = "") -> str:
    written = "".join(f"<w:tc><w:p>{cell}</w:p></w:tc>" for cell in cells)
    return f"<w:tr>{properties}{written}</w:tr>"
