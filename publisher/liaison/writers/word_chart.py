"""A chart into a Word document as a native one (ECMA-376 part 1, chapter 21): it draws without a font of ours and can be edited in Word.

python-docx has no charts. A chart is a part of its own with the drawn values in it, and a workbook beside it that Word opens for editing.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from xlsxwriter.utility import xl_col_to_name

from publisher.liaison.document import Chart

_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COLOURS = ("0B5A8A", "C26A00", "5B7F3A")


def add_chart(document: Any, chart: Chart, number: int) -> None:
    """Put a chart into a paragraph of its own; ``number`` tells charts apart."""
    package = document.part.package
    sheet = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _SHEET, _workbook(chart), package)
    part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART, b"", package)
    link = part.relate_to(sheet, RELATIONSHIP_TYPE.PACKAGE)
    part._blob = _space(chart, link).encode()  # noqa: SLF001  # the relation's id is known only now
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    height = Cm(min(20, 2.5 + 0.75 * len(chart.labels) * len(chart.series)))
    inline = (
        f'<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><wp:inline xmlns:wp="{_MAIN}/wordprocessingDrawing" '
        f'distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{Cm(15.5)}" cy="{height}"/>'
        f"<wp:docPr id={quoteattr(str(1000 + number))} name={quoteattr(chart.title)} descr={quoteattr(chart.described)}/><wp:cNvGraphicFramePr/>"
        f'<a:graphic xmlns:a="{_MAIN}/main"><a:graphicData uri="{_MAIN}/chart">'
        f'<c:chart xmlns:c="{_MAIN}/chart" xmlns:r="{_RELATIONS}" r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
    document.add_paragraph().add_run()._r.append(parse_xml(inline))  # noqa: SLF001


def _workbook(chart: Chart) -> bytes:
    """What the chart draws, as the sheet that Word opens for editing."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    for row, label in enumerate(chart.labels, 1):
        sheet.write_string(row, 0, label)
    for column, (name, values) in enumerate(chart.series, 1):
        sheet.write_string(0, column, name)
        sheet.write_column(1, column, values)
    book.close()
    return buffer.getvalue()


def _space(chart: Chart, link: str) -> str:
    """The part of the chart: bars from the top down, values at their ends, both axes."""
    rows = len(chart.labels)
    series = "".join(_series(chart, index, rows) for index in range(len(chart.series)))
    legend = '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>' if len(chart.series) > 1 else ""
    title = f'<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>{escape(chart.title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{_MAIN}/chart" xmlns:a="{_MAIN}/main" xmlns:r="{_RELATIONS}"><c:chart>{title}<c:autoTitleDeleted val="0"/><c:plotArea>'
        '<c:layout/><c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        '<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/><c:axPos val="l"/>'
        '<c:crossAx val="2"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="b"/><c:crossAx val="1"/></c:valAx></c:plotArea>{legend}<c:plotVisOnly val="1"/></c:chart>'
        f'<c:externalData r:id="{link}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(chart: Chart, index: int, rows: int) -> str:
    name, values = chart.series[index]
    column = xl_col_to_name(index + 1)
    labels = "".join(f'<c:pt idx="{i}"><c:v>{escape(label)}</c:v></c:pt>' for i, label in enumerate(chart.labels))
    points = "".join(f'<c:pt idx="{i}"><c:v>{value:g}</c:v></c:pt>' for i, value in enumerate(values))
    return (
        f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{_COLOURS[index % len(_COLOURS)]}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        '<c:dLbls><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/>'
        '<c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${rows + 1}</c:f><c:strCache>"
        f'<c:ptCount val="{rows}"/>{labels}</c:strCache></c:strRef></c:cat>'
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${rows + 1}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{rows}"/>{points}</c:numCache></c:numRef></c:val></c:ser>'
    )
