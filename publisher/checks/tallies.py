"""The rules of a tally: its month is over, no cell is so small that one could tell whose it is, and none can be worked out from the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from publisher.checks.indicators import forbidden_by
from publisher.checks.places import body_problem, field_problem
from publisher.content.decode import describe
from publisher.content.library import Entry
from publisher.content.model.kinds import Tally
from publisher.lifecycle import month_end
from publisher.problems import Problem
from publisher.settings import Settings
from publisher.yamltext import Step

#: A smaller number is told to nobody (domain rule 2.7): those who know the street would know whose it is.
SMALLEST_CELL = 3
_CELLS = ("services", "other_ways", "enterprises", "enterprises_least", "cases", "delivered", "accompanied")
_SENTENCE = re.compile(r"[^。！？；\n]+")


def check_tally(entry: Entry, _settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Hold the sums of a month to what the public may know."""
    data = entry.data
    assert isinstance(data, Tally)
    if month_end(data.month) > min(as_of, data.published):
        yield field_problem(entry, "tally-month-running", ("month",), value=data.month)
    yield from _check_cells(entry, data)
    yield from _check_sums(entry, data)
    yield from _check_forbidden(entry, data)


def _check_cells(entry: Entry, data: Tally) -> Iterator[Problem]:
    """No number below three, also in a list."""
    cells: list[tuple[tuple[Step, ...], str, int | None]] = [((name,), describe(Tally, name)["field"], getattr(data, name)) for name in _CELLS]
    cells += [(("by_way", index, "times"), f"按方式：{row.way}", row.times) for index, row in enumerate(data.by_way)]
    for steps, field, count in cells:
        if count is not None and count < SMALLEST_CELL:
            yield field_problem(entry, "tally-small-cell", steps, field=field, value=count, least=SMALLEST_CELL)


def _check_sums(entry: Entry, data: Tally) -> Iterator[Problem]:
    """The parts make up the whole: what is missing from it would be told by what is there."""
    told = sum(row.times for row in data.by_way) + (data.other_ways or 0)
    if (data.by_way or data.other_ways is not None) and told != data.services:
        yield field_problem(entry, "tally-sums-differ", ("services",), parts="按方式和其他方式次数", told=told, whole=data.services)
    ways = [row.way for row in data.by_way]
    for index, way in enumerate(ways):
        if way in ways[:index]:
            yield field_problem(entry, "tally-twice", ("by_way", index, "way"), field="按方式", value=way.label)
    for index, kind in enumerate(data.shared):
        if kind in data.shared[:index]:
            yield field_problem(entry, "tally-twice", ("shared", index), field="共性问题", value=kind.label)
    for name in ("enterprises", "enterprises_least"):
        count = getattr(data, name)
        if count is not None and count > data.services:
            yield field_problem(entry, "tally-too-many", (name,), value=count, most=data.services)
    if data.enterprises is not None and data.enterprises_least is not None:
        yield field_problem(entry, "tally-both", ("enterprises_least",), other="服务企业")
    if data.closed_percent is not None and data.closed_percent > 100:
        yield field_problem(entry, "tally-too-many", ("closed_percent",), value=data.closed_percent, most=100)
    yield from _check_cases(entry, data)


def _check_cases(entry: Entry, data: Tally) -> Iterator[Problem]:
    """Both sorts of cases or neither, and no mean of cases that nobody counted."""
    parts = [count for count in (data.delivered, data.accompanied) if count is not None]
    if parts and (len(parts) == 1 or sum(parts) != data.cases):
        field = "cases" if data.cases is not None else "delivered" if data.delivered is not None else "accompanied"
        yield field_problem(entry, "tally-sums-differ", (field,), parts="代办单送达和陪办单办毕", told=sum(parts), whole=data.cases or 0)
    if data.mean_days is not None and data.cases is None:
        yield field_problem(entry, "tally-mean-alone", ("mean_days",))


def _check_forbidden(entry: Entry, data: Tally) -> Iterator[Problem]:
    """No growth and no annual-report rate of sole traders in the words around the sums (促进个体工商户发展条例第三十二条)."""
    for name in ("title", "summary"):
        for sentence in _SENTENCE.findall(getattr(data, name)):
            if basis := forbidden_by(sentence):
                yield field_problem(entry, "tally-forbidden-figure", (name,), value=sentence.strip(), basis=basis)
    for match in _SENTENCE.finditer(entry.source.body):
        if basis := forbidden_by(match[0]):
            yield body_problem(entry, "tally-forbidden-figure", match.start(), len(match[0]), value=match[0].strip(), basis=basis)
