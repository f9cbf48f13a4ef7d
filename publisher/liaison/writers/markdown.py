"""A report to Markdown: every figure links to its group, every group to its records, every record is ``file:line``."""

from __future__ import annotations

import re

from publisher.liaison.document import Cell, Chart, Paragraph, Report, Table, ranges

_SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")


def write_markdown(report: Report) -> bytes:
    """The whole report."""
    lines = [f"# {_plain(report.title)}", "", _plain(report.subtitle), ""]
    lines += [f"> {_plain(note)}\n" for note in report.notes]
    for section in report.sections:
        lines += [f"## {_plain(section.title)}", ""]
        for block in section.blocks:
            if isinstance(block, Paragraph):
                lines += ["".join(_cell(part) for part in block.parts), ""]
            elif isinstance(block, Chart):
                lines += [*_bars(block), ""]
            else:
                lines += [*_table(block), ""]
    lines += ["## 依据", ""]
    for number, group in enumerate(report.groups, 1):
        runs = "、".join(f"[{first}](#r{first})" if first == last else f"[{first}](#r{first})—[{last}](#r{last})" for first, last in ranges(group))
        lines.append(f'- <a id="e{number}"></a>依据{number}（{len(group)}条记录）：{runs}')
    lines += ["", "## 记录", ""]
    for number, row in enumerate(report.records, 1):
        about = "，".join(filter(None, (row.day, row.enterprise, row.officer)))
        lines.append(f'- <a id="r{number}"></a>{number}. `{row.place}` {row.kind}，{_plain(about)}：{_plain(row.words)}')
    return ("\n".join(lines).rstrip() + "\n").encode()


def _plain(text: str) -> str:
    """Text that means nothing to Markdown."""
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def _cell(cell: Cell) -> str:
    text = cell.text if cell.text.isspace() or not isinstance(cell.value, str) else _SIGNS.sub(r"\\\1", cell.text.replace("\n", " "))
    return f"[{text}](#e{cell.group})" if cell.group else text


def _table(table: Table) -> list[str]:
    head = [f"**{_plain(table.title)}**", ""]
    if not table.rows:
        return [*head, table.empty]
    rows = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows]
    return [*head, "| " + " | ".join(map(_plain, table.head)) + " |", "|" + " --- |" * len(table.head), *rows]


def _bars(chart: Chart, width: int = 30) -> list[str]:
    """A chart as rows of blocks, which every reader of Markdown shows."""
    most = max((value for _, values in chart.series for value in values), default=0) or 1
    lines = [f"**{_plain(chart.title)}**", "", "```text"]
    for index, label in enumerate(chart.labels):
        for name, values in chart.series:
            words = f"{label}（{name}）" if len(chart.series) > 1 else label
            bar = "█" * max(values[index] > 0, round(values[index] * width / most))
            lines.append(f"{words}：{bar} {values[index]:g}{chart.unit}".replace("`", "'"))
    return [*lines, "```"]
