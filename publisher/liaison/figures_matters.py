"""The parts of a report about issues and cases: by type, stage, unit and state; what is overdue; what many share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from publisher.content.model.vocabulary import IssueType
from publisher.liaison.document import Cell, Chart, Ledger, Section, Table
from publisher.liaison.duties import is_promise_overdue
from publisher.liaison.phrases import named, say
from publisher.liaison.procedures import clock_of, is_done, is_open, state_on, times_passed_on
from publisher.liaison.records import Issue, Matter
from publisher.liaison.scope import Scope
from publisher.liaison.vocabulary import AccompanyState, AgencyState, Stage


def plan_issues(scope: Scope, ledger: Ledger) -> Section:
    """Issues by type, stage and unit in charge; those passed on too often."""

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
        (Cell(one.id), named(scope, one.enterprise), Cell(one.unit), ledger.cell(times_passed_on(one, scope.end), [one]))
        for one in issues
        if times_passed_on(one, scope.end) >= scope.settings.passed_on
    )
    parts = (table("按类型", "类型", types), *((chart,) if shown else ()), table("按阶段", "阶段", stages), table("按责任单位", "责任单位", units))
    return Section("问题", (*parts, Table("转办次数多、请人看一看", ("问题", "企业", "责任单位", "转办次数"), passed)))


def plan_overdue(scope: Scope, ledger: Ledger) -> Section:
    """Issues, cases and promises that are over their time limits."""
    issues = tuple(
        (ledger.cell(one.id, [one]), named(scope, one.enterprise), Cell(one.type.label), Cell(one.unit), Cell(str(one.due)))
        for one in scope.issues
        if scope.is_late(one)
    )
    cases = tuple(
        (ledger.cell(one.id, [one]), named(scope, one.enterprise), Cell(one.matter), Cell(clock_of(one, scope.calendar, scope.end).used), Cell(one.days))
        for one in scope.cases
        if scope.is_late(one)
    )
    matters: list[Matter] = [*scope.issues, *scope.cases]
    promises = tuple(
        (ledger.cell(one.id, [one]), named(scope, one.enterprise), Cell(promise.text), Cell(promise.basis), Cell(str(promise.due)))
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


def plan_shared(scope: Scope, ledger: Ledger) -> Section:
    """What many enterprises have in common, with room for what to do about it."""
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


def plan_cases(scope: Scope, ledger: Ledger) -> Section:
    """Cases by state, and how long they took."""

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
            say("平均办结 ", ledger.cell(mean, done), " 个工作日（补正的日子不算）。"),
            Table("代办单现在的状态", ("状态", "件数"), rows(True, AgencyState)),
            Table("陪办单现在的状态", ("状态", "件数"), rows(False, AccompanyState)),
        ),
    )
