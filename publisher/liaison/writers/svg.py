"""A chart to inline SVG: horizontal bars with their values, readable without colour, told in words to screen readers."""

from __future__ import annotations

from html import escape

from publisher.liaison.document import Chart

_ROW, _GAP, _LEFT, _WIDTH, _RIGHT = 22, 10, 150, 400, 90


def draw(chart: Chart, number: int) -> str:
    """One figure; ``number`` makes its ids differ from those of other charts of the page."""
    many = len(chart.series)
    most = max((value for _, values in chart.series for value in values), default=0) or 1
    rows, top = [], 8
    for index, label in enumerate(chart.labels):
        middle = top + _ROW * many / 2 + 5
        rows.append(f'<text x="{_LEFT - 8}" y="{middle:g}" text-anchor="end">{escape(_short(label))}</text>')
        for place, (_, values) in enumerate(chart.series):
            length = round(values[index] / most * _WIDTH, 1)
            y = top + place * _ROW
            rows.append(f'<rect class="s{place + 1}" x="{_LEFT}" y="{y + 2}" width="{length:g}" height="{_ROW - 4}"/>')
            rows.append(f'<text x="{_LEFT + length + 6:g}" y="{y + 16}">{values[index]:g}{escape(chart.unit)}</text>')
        top += _ROW * many + _GAP
    legend = ""
    if many > 1:
        for index, (name, _) in enumerate(chart.series):
            x = _LEFT + index * 120
            legend += f'<rect class="s{index + 1}" x="{x}" y="{top}" width="14" height="14"/><text x="{x + 20}" y="{top + 12}">{escape(name)}</text>'
        top += 22
    width, title = _LEFT + _WIDTH + _RIGHT, escape(chart.title)
    return (
        f'<figure class="scroll" tabindex="0"><figcaption>{title}</figcaption>'
        f'<svg role="img" aria-labelledby="c{number}t c{number}d" viewBox="0 0 {width} {top}" width="{width}">'
        f'<title id="c{number}t">{title}</title><desc id="c{number}d">{escape(chart.described)}</desc>{"".join(rows)}{legend}</svg></figure>'
    )


def _short(label: str) -> str:
    return label if len(label) <= 9 else label[:8] + "…"
