"""A report to one HTML file that needs nothing beside itself: charts are inline, every figure is a link to the records behind it."""

from __future__ import annotations

from html import escape
from pathlib import Path

from publisher.liaison.document import Cell, Chart, Paragraph, Report, Table, ranges
from publisher.liaison.writers.svg import draw

_STYLE = Path(__file__).parent.parent / "data" / "report.css"


def write_html(report: Report) -> bytes:
    """The whole page."""
    contents = "".join(f'<li><a href="#s{number}">{escape(section.title)}</a></li>' for number, section in enumerate(report.sections, 1))
    notes = "".join(f"<p>{escape(note)}</p>" for note in report.notes)
    page = (
        '<!doctype html>\n<html lang="zh-Hans-CN">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow, noarchive">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(report.title)}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f'<header><h1>{escape(report.title)}</h1><p>{escape(report.subtitle)}</p><div class="note">{notes}</div>'
        f'<nav aria-label="目录"><ul>{contents}<li><a href="#basis">依据</a></li><li><a href="#records">记录</a></li></ul></nav></header>\n'
        f"<main>\n{write_body(report)}\n</main>\n</body>\n</html>\n"
    )
    return page.encode()


def write_body(report: Report) -> str:
    """The sections of a report and the records behind its figures, for a page that has a frame of its own."""
    parts, charts = [], 0
    for number, section in enumerate(report.sections, 1):
        blocks = []
        for block in section.blocks:
            if isinstance(block, Paragraph):
                blocks.append(f"<p>{''.join(_cell(part) for part in block.parts)}</p>")
            elif isinstance(block, Chart):
                charts += 1
                blocks.append(draw(block, charts))
            else:
                blocks.append(_table(block))
        parts.append(f'<section aria-labelledby="s{number}"><h2 id="s{number}">{escape(section.title)}</h2>{"".join(blocks)}</section>')
    return "\n".join((*parts, _groups(report), _records(report)))


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    return f'<a class="figure" href="#e{cell.group}">{text}</a>' if cell.group else text


def _table(table: Table) -> str:
    caption = f"<caption>{escape(table.title)}</caption>"
    if not table.rows:
        return f'<p class="empty"><b>{escape(table.title)}</b>：{escape(table.empty)}</p>'
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = "".join("<tr>" + "".join(_data(cell) for cell in row) + "</tr>" for row in table.rows)
    return f'<div class="scroll" tabindex="0"><table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _data(cell: Cell) -> str:
    return f"<td>{_cell(cell)}</td>" if isinstance(cell.value, str) else f'<td class="number">{_cell(cell)}</td>'


def _groups(report: Report) -> str:
    rows = []
    for number, group in enumerate(report.groups, 1):
        links = "、".join(f'<a href="#r{a}">{a}</a>' if a == b else f'<a href="#r{a}">{a}</a>—<a href="#r{b}">{b}</a>' for a, b in ranges(group))
        rows.append(f'<li id="e{number}">依据{number}（{len(group)}条记录）：{links}</li>')
    return f'<section aria-labelledby="basis"><h2 id="basis">依据</h2><ul class="basis">{"".join(rows)}</ul></section>'


def _records(report: Report) -> str:
    rows = "".join(
        f'<tr id="r{number}"><td class="number">{number}</td><td>{row.kind}</td><td>{row.day}</td><td>{escape(row.enterprise)}</td>'
        f"<td>{escape(row.officer)}</td><td>{escape(row.words)}</td><td><code>{escape(str(row.place))}</code></td></tr>"
        for number, row in enumerate(report.records, 1)
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in ("序号", "类别", "日期", "企业", "干部", "内容", "文件和行"))
    table = f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>' if rows else "<p>没有。</p>"
    return f'<section aria-labelledby="records"><h2 id="records">记录</h2>{table}</section>'
