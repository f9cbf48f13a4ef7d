"""The parts of a report about meetings, and about the year's indicators beside the year itself (双过半)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from publisher.liaison.document import Cell, Chart, Ledger, Section, Table
from publisher.liaison.months import Month
from publisher.liaison.phrases import percent
from publisher.liaison.records import Indicator, Meeting
from publisher.liaison.scope import Scope


def plan_meetings(scope: Scope, ledger: Ledger) -> Section:
    """The meetings of the month."""

    def concerns(meeting: Meeting) -> bool:
        return Month.of(meeting.day) == scope.month and meeting.day <= scope.end and (not scope.unit or any(map(scope.holds, meeting.enterprises)))

    rows = tuple(
        (Cell(str(one.day)), ledger.cell(one.name, [one]), Cell(one.type.label), Cell(len(one.enterprises)), Cell(len(one.agenda)))
        for one in scope.register.meetings
        if concerns(one)
    )
    return Section("会议", (Table("本月会议", ("日期", "名称", "类型", "企业", "议定事项"), rows),))


def plan_progress(scope: Scope, ledger: Ledger) -> Section:
    """Each indicator: the year's target, what is done, and how much of the year is gone."""
    gone = percent((scope.end - date(scope.month.year, 1, 1)).days + 1, 366 if _is_leap(scope.month.year) else 365)
    rows, labels, done = [], [], []
    for one in scope.register.indicators:
        if one.year != scope.month.year or (scope.unit and one.unit != scope.unit):
            continue
        known = [row for row in one.progress if row.day <= scope.end]
        actual = known[-1].actual if known else Decimal(0)
        share = percent(actual, one.target)
        half = _half(one)
        rows.append(
            (
                Cell(one.name),
                Cell(one.measure),
                Cell(one.target),
                ledger.cell(actual, [one]),
                ledger.cell(share, [one], is_percent=True),
                Cell(gone, is_percent=True),
                Cell("—" if half is None else ("过半" if half * 2 >= one.target else "未过半")),
            )
        )
        labels.append(one.name)
        done.append(float(share))
    head = ("指标", "单位", "年度目标", "累计完成", "完成", "时间进度", "6月底")
    chart = Chart("指标完成和时间进度", tuple(labels), (("完成", tuple(done)), ("时间进度", tuple(float(gone) for _ in done))), "%")
    return Section("全年指标（双过半）", (Table("进度", head, tuple(rows)), *((chart,) if labels else ())))


def _half(one: Indicator) -> Decimal | None:
    """What was done by the end of June; None when nothing was told by then."""
    known = [row.actual for row in one.progress if row.day <= date(one.year, 6, 30)]
    return known[-1] if known else None


def _is_leap(year: int) -> bool:
    return date(year, 12, 31).timetuple().tm_yday == 366
