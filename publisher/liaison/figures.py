"""The register and a month in, the `Report` of that month out: what was done, what is open, what is overdue, what many share. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable

from publisher.content.model.vocabulary import Way
from publisher.liaison.document import Cell, Chart, Ledger, Report, Section, Table, spoken
from publisher.liaison.duties import Duty, last_officer, report_due
from publisher.liaison.figures_matters import plan_cases, plan_issues, plan_overdue, plan_shared
from publisher.liaison.figures_year import plan_meetings, plan_progress
from publisher.liaison.months import Month, months_between
from publisher.liaison.phrases import named, percent, say
from publisher.liaison.procedures import is_done, is_open
from publisher.liaison.scope import Scope
from publisher.liaison.vocabulary import Trend


def plan_report(scope: Scope, *, is_brief: bool = False) -> Report:
    """Plan the report of a month; a brief one has the summary, what is overdue, what is shared, and the year's progress."""
    ledger = Ledger(scope.register)
    parts: list[tuple[bool, Callable[[Scope, Ledger], Section]]] = [
        (True, _summary),
        (False, _services),
        (False, _situations),
        (False, plan_issues),
        (True, plan_overdue),
        (True, plan_shared),
        (False, plan_cases),
        (False, plan_meetings),
        (True, plan_progress),
    ]
    sections = tuple(plan(scope, ledger) for is_in_brief, plan in parts if is_in_brief or not is_brief)
    records, groups = ledger.close()
    kind = "简报" if is_brief else "月报"
    about = scope.unit or "全部单位"
    notes = ["内部资料，不得公开。带链接的数字指向它所依据的记录。"]
    notes += scope.calendar.notes
    subtitle = f"{about}，截至{spoken(scope.end)}；{spoken(scope.as_of)}生成"
    return Report(f"亲商助企{kind}：{scope.month.label}", subtitle, tuple(notes), sections, records, groups)


# --- the sections ----------------------------------------------------------------------------------------------------


def _summary(scope: Scope, ledger: Ledger) -> Section:
    register, rows = scope.register, scope.duties
    pairs = [one for one in register.pairings if one.start <= scope.end and (one.end is None or one.end >= scope.end) and scope.holds(one.enterprise)]
    served = {service.enterprise for service in scope.services}
    short = [row for row in rows if scope.lacks(row)]
    every = [pairing for row in rows for pairing in scope.pairings(row)]
    due = report_due(scope.month, scope.calendar, scope.settings)
    situations = [row.situation for row in rows if row.situation]
    issues, cases = scope.issues, scope.cases
    closed = [one for one in issues if scope.ended(one)]
    ever = [one for one in issues if is_done(one, scope.end)]
    return Section(
        "概况",
        (
            say("结对 ", ledger.count(pairs), " 对，企业和项目 ", ledger.cell(len(rows), every), " 家。"),
            say(
                "服务 ",
                ledger.count(scope.services),
                " 次，覆盖 ",
                ledger.cell(len(served), scope.services),
                " 家；未达到次数的 ",
                ledger.cell(len(short), scope.behind(short)),
                " 家。",
            ),
            say(
                "月报应报 ",
                ledger.cell(len(rows), every),
                f" 家（{spoken(due)}以前），已报 ",
                ledger.count(situations),
                " 家，其中迟报 ",
                ledger.count(one for one in situations if one.reported > due),
                " 家。",
            ),
            say(
                "问题：新登记 ",
                ledger.count(one for one in issues if scope.began(one)),
                " 件，销号 ",
                ledger.count(closed),
                " 件，在办 ",
                ledger.count(one for one in issues if is_open(one, scope.end)),
                " 件，超期 ",
                ledger.count(one for one in issues if scope.is_late(one)),
                " 件；累计办结率 ",
                ledger.cell(percent(len(ever), len(issues)), issues, is_percent=True),
                "。",
            ),
            say(
                "代办和陪办：新受理 ",
                ledger.count(one for one in cases if scope.began(one)),
                " 件，送达或办毕 ",
                ledger.count(one for one in cases if scope.ended(one)),
                " 件，在办 ",
                ledger.count(one for one in cases if is_open(one, scope.end)),
                " 件，超期 ",
                ledger.count(one for one in cases if scope.is_late(one)),
                " 件。",
            ),
        ),
    )


def _services(scope: Scope, ledger: Ledger) -> Section:
    ways = [(way.label, [one for one in scope.services if one.way is way]) for way in Way]
    by_way = tuple((Cell(name), ledger.count(rows), ledger.cell(percent(len(rows), len(scope.services)), rows, is_percent=True)) for name, rows in ways)
    groups: dict[str, list[Duty]] = defaultdict(list)
    for row in scope.duties:
        groups[scope.unit_by_enterprise.get(row.enterprise.id) or "（没有干部）"].append(row)
    units = sorted(groups)
    short = {unit: [row for row in groups[unit] if scope.lacks(row)] for unit in units}
    due = report_due(scope.month, scope.calendar, scope.settings)
    by_unit = tuple(
        (
            Cell(unit),
            ledger.cell(len(groups[unit]), [one for row in groups[unit] for one in scope.pairings(row)]),
            ledger.count(one for row in groups[unit] for one in row.services if one.day <= scope.end),
            ledger.cell(len(short[unit]), scope.behind(short[unit])),
            ledger.count(row.situation for row in groups[unit] if row.situation and row.situation.reported > due),
            _unreported(scope, ledger, groups[unit]),
        )
        for unit in units
    )
    few = tuple(
        (
            named(scope, row.enterprise.id),
            Cell(last_officer(scope.register, row.enterprise.id, scope.month, scope.end) or "—"),
            Cell(row.owed),
            ledger.cell(row.owed - scope.lacks(row), scope.behind([row])),
        )
        for row in scope.duties
        if scope.lacks(row)
    )
    return Section(
        "服务",
        (
            Table("按方式", ("方式", "次数", "占比"), by_way),
            Chart("按方式的服务次数", tuple(name for name, _ in ways), (("次数", tuple(float(len(rows)) for _, rows in ways)),), "次"),
            _trend(scope),
            Table("按单位", ("单位", "企业", "服务次数", "次数不足的企业", "月报迟报", "月报未报"), by_unit),
            Table("次数不足", ("企业", "干部", "应有", "实有"), few),
        ),
    )


def _unreported(scope: Scope, ledger: Ledger, rows: list[Duty]) -> Cell:
    """How many enterprises have not reported; their pairings show who should have."""
    missing = [row for row in rows if row.situation is None]
    return ledger.cell(len(missing), [one for row in missing for one in scope.pairings(row)])


def _trend(scope: Scope) -> Chart:
    """The services of the year, month by month."""
    months = list(months_between(Month(scope.month.year, 1), scope.month))
    counts = Counter(one.month for one in scope.register.services if one.day <= scope.end and scope.holds(one.enterprise))
    shown = [month for month in months if counts[month]] or [scope.month]
    months = [month for month in months if month >= shown[0]]
    return Chart("全年各月服务次数", tuple(f"{month.number}月" for month in months), (("次数", tuple(float(counts[month]) for month in months)),), "次")


def _situations(scope: Scope, ledger: Ledger) -> Section:
    rows = [row.situation for row in scope.duties if row.situation]
    trends = [(trend.label, [one for one in rows if one.trend is trend]) for trend in Trend]
    needs = tuple((named(scope, one.enterprise), ledger.cell(one.needs, [one])) for one in rows if one.needs)
    missing = tuple((named(scope, row.enterprise.id),) for row in scope.duties if row.situation is None)
    return Section(
        "企业经营和项目建设",
        (
            Table("营收同比", ("档位", "家数"), tuple((Cell(name), ledger.count(found)) for name, found in trends)),
            Chart("营收同比", tuple(name for name, _ in trends), (("家数", tuple(float(len(found)) for _, found in trends)),), "家"),
            Table("需协调事项", ("企业", "事项"), needs),
            Table("月报未报", ("企业",), missing),
        ),
    )
