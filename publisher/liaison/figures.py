"""The register and a month in, the `Report` of that month out: what was done, what is open, what is overdue, what many share. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from publisher.liaison.document import Cell, Chart, Ledger, Paragraph, Report, Section, Table, spoken
from publisher.liaison.duties import Duty, is_promise_overdue, last_officer, report_due
from publisher.liaison.months import Month, months_between
from publisher.liaison.procedures import clock_of, is_done, is_open, state_on, times_passed_on
from publisher.liaison.records import Indicator, Issue, Matter, Meeting
from publisher.liaison.scope import Scope
from publisher.liaison.vocabulary import AccompanyState, AgencyState, IssueType, Stage, Trend, Way


def plan_report(scope: Scope, *, is_brief: bool = False) -> Report:
    """Plan the report of a month; a brief one has the summary, what is overdue, what is shared, and the year's progress."""
    ledger = Ledger(scope.register)
    parts: list[tuple[bool, Callable[[Scope, Ledger], Section]]] = [
        (True, _summary),
        (False, _services),
        (False, _situations),
        (False, _issues),
        (True, _overdue),
        (True, _shared),
        (False, _cases),
        (False, _meetings),
        (True, _progress),
    ]
    sections = tuple(plan(scope, ledger) for is_in_brief, plan in parts if is_in_brief or not is_brief)
    records, groups = ledger.close()
    kind = "简报" if is_brief else "月报"
    about = scope.unit or "全部单位"
    notes = ["内部资料，不得公开。数字后面的链接指向它所依据的记录。"]
    notes += scope.calendar.notes
    subtitle = f"{about}，截至{spoken(scope.end)}；{spoken(scope.as_of)}生成"
    return Report(f"亲商助企{kind}：{scope.month.label}", subtitle, tuple(notes), sections, records, groups)


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """A share in percent with one decimal; none of nothing is 0."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1")) if whole else Decimal(0)


def _say(*parts: str | Cell) -> Paragraph:
    return Paragraph(tuple(Cell(part) if isinstance(part, str) else part for part in parts))


def _named(scope: Scope, enterprise: str) -> Cell:
    return Cell(scope.register.name_of(enterprise))


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
            _say("结对 ", ledger.count(pairs), " 对，企业和项目 ", ledger.cell(len(rows), every), " 家。"),
            _say(
                "服务 ",
                ledger.count(scope.services),
                " 次，覆盖 ",
                ledger.cell(len(served), scope.services),
                " 家；未达到次数的 ",
                ledger.cell(len(short), scope.behind(short)),
                " 家。",
            ),
            _say(
                "月报应报 ",
                ledger.cell(len(rows), every),
                f" 家（{spoken(due)}以前），已报 ",
                ledger.count(situations),
                " 家，其中迟报 ",
                ledger.count(one for one in situations if one.reported > due),
                " 家。",
            ),
            _say(
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
            _say(
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
            _named(scope, row.enterprise.id),
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
    needs = tuple((_named(scope, one.enterprise), ledger.cell(one.needs, [one])) for one in rows if one.needs)
    missing = tuple((_named(scope, row.enterprise.id),) for row in scope.duties if row.situation is None)
    return Section(
        "企业经营和项目建设",
        (
            Table("营收同比", ("档位", "家数"), tuple((Cell(name), ledger.count(found)) for name, found in trends)),
            Chart("营收同比", tuple(name for name, _ in trends), (("家数", tuple(float(len(found)) for _, found in trends)),), "家"),
            Table("需协调事项", ("企业", "事项"), needs),
            Table("月报未报", ("企业",), missing),
        ),
    )


def _issues(scope: Scope, ledger: Ledger) -> Section:
    def row(name: str, found: list[Issue]) -> tuple[Cell, ...]:
        return (
            Cell(name),
            ledger.count(one for one in found if scope.began(one)),
            ledger.count(one for one in found if is_open(one, scope.end)),
            ledger.count(one for one in found if scope.ended(one)),
            ledger.count(one for one in found if scope.is_late(one)),
        )

    def table(title: str, head: str, groups: Iterable[tuple[str, list[Issue]]]) -> Table:
        return Table(title, (head, "新登记", "在办", "本月销号", "超期"), tuple(row(name, found) for name, found in groups if found))

    issues = scope.issues
    types = [(kind.label, [one for one in issues if one.type is kind]) for kind in IssueType]
    stages = [(stage.label, [one for one in issues if one.stage is stage]) for stage in Stage]
    units = [(unit, [one for one in issues if one.unit == unit]) for unit in sorted({one.unit for one in issues})]
    shown = [(name, [one for one in found if is_open(one, scope.end)]) for name, found in types if found]
    chart = Chart(
        "各类问题",
        tuple(name for name, _ in shown),
        (
            ("累计", tuple(float(len(found)) for _, found in types if found)),
            ("在办", tuple(float(len(found)) for _, found in shown)),
        ),
        "件",
    )
    passed = tuple(
        (Cell(one.id), _named(scope, one.enterprise), Cell(one.unit), ledger.cell(times_passed_on(one, scope.end), [one]))
        for one in issues
        if times_passed_on(one, scope.end) >= scope.settings.passed_on
    )
    parts = (table("按类型", "类型", types), *((chart,) if shown else ()), table("按阶段", "阶段", stages), table("按责任单位", "责任单位", units))
    return Section("问题", (*parts, Table("转办次数多、请人看一看", ("问题", "企业", "责任单位", "转办次数"), passed)))


def _overdue(scope: Scope, ledger: Ledger) -> Section:
    issues = tuple(
        (ledger.cell(one.id, [one]), _named(scope, one.enterprise), Cell(one.type.label), Cell(one.unit), Cell(str(one.due)))
        for one in scope.issues
        if scope.is_late(one)
    )
    cases = tuple(
        (ledger.cell(one.id, [one]), _named(scope, one.enterprise), Cell(one.matter), Cell(clock_of(one, scope.calendar, scope.end).used), Cell(one.days))
        for one in scope.cases
        if scope.is_late(one)
    )
    matters: list[Matter] = [*scope.issues, *scope.cases]
    promises = tuple(
        (ledger.cell(one.id, [one]), _named(scope, one.enterprise), Cell(promise.text), Cell(promise.basis), Cell(str(promise.due)))
        for one in matters
        for promise in one.promises
        if not (promise.kept and promise.kept <= scope.end) and is_promise_overdue(promise, scope.end)
    )
    return Section(
        "超期",
        (
            Table("超过办结时限的问题", ("问题", "企业", "类型", "责任单位", "时限"), issues),
            Table("超过时限的办件", ("办件", "企业", "事项", "已用工作日", "时限"), cases),
            Table("到期没有兑现的承诺", ("出处", "企业", "承诺", "依据", "时限"), promises),
        ),
    )


def shared_issues(scope: Scope) -> list[tuple[IssueType, list[Issue]]]:
    """The types of issues that enough enterprises have raised within the last days, the most common first."""
    since = scope.end - timedelta(days=scope.settings.shared_days)
    recent = [one for one in scope.issues if since < one.steps[0].day]
    groups = [(kind, [one for one in recent if one.type is kind]) for kind in IssueType]
    shared = [(kind, rows) for kind, rows in groups if len({one.enterprise for one in rows}) >= scope.settings.shared_enterprises]
    return sorted(shared, key=lambda pair: -len({one.enterprise for one in pair[1]}))


def _shared(scope: Scope, ledger: Ledger) -> Section:
    settings = scope.settings
    rows = tuple(
        (
            Cell(kind.label),
            ledger.cell(len({one.enterprise for one in found}), found),
            Cell("、".join(dict.fromkeys(one.stage.label for one in found))),
            Cell(Counter(one.text for one in found).most_common(1)[0][0]),
            Cell("（由承办单位填写）"),
        )
        for kind, found in shared_issues(scope)
    )
    head = ("类型", "企业", "阶段", "说得最多的", "对策建议")
    return Section("共性问题", (Table(f"{settings.shared_days}天内有{settings.shared_enterprises}家以上企业提出的同类问题", head, rows),))


def _cases(scope: Scope, ledger: Ledger) -> Section:
    def rows(is_agency: bool, states: Iterable[AgencyState | AccompanyState]) -> tuple[tuple[Cell, ...], ...]:
        found = [one for one in scope.cases if one.is_agency is is_agency]
        table = [(state.label, [one for one in found if state_on(one, scope.end) is state]) for state in states]
        return tuple((Cell(name), ledger.count(ones)) for name, ones in table if ones)

    done = [one for one in scope.cases if is_done(one, scope.end)]
    used = [clock_of(one, scope.calendar, scope.end).used for one in done]
    mean = (Decimal(sum(used)) / len(used)).quantize(Decimal("0.1")) if used else Decimal(0)
    return Section(
        "代办和陪办",
        (
            _say("平均办结 ", ledger.cell(mean, done), " 个工作日（补正的日子不算）。"),
            Table("代办单现在的状态", ("状态", "件数"), rows(True, AgencyState)),
            Table("陪办单现在的状态", ("状态", "件数"), rows(False, AccompanyState)),
        ),
    )


def _meetings(scope: Scope, ledger: Ledger) -> Section:
    def concerns(meeting: Meeting) -> bool:
        return Month.of(meeting.day) == scope.month and meeting.day <= scope.end and (not scope.unit or any(map(scope.holds, meeting.enterprises)))

    rows = tuple(
        (Cell(str(one.day)), ledger.cell(one.name, [one]), Cell(one.type.label), Cell(len(one.enterprises)), Cell(len(one.agenda)))
        for one in scope.register.meetings
        if concerns(one)
    )
    return Section("会议", (Table("本月会议", ("日期", "名称", "类型", "企业", "议定事项"), rows),))


def _progress(scope: Scope, ledger: Ledger) -> Section:
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
