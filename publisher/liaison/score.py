"""A month and a book of rules in, each officer's points out; every point names its rule and the record it comes from.

The rules are an example: nobody but the district knows the text of its measures of supervision. What the law forbids to count is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from publisher.checks.indicators import forbidden_by
from publisher.liaison.document import Cell, Counted, Ledger, Paragraph, Report, Section, Table, spoken
from publisher.liaison.duties import is_promise_overdue, last_officer, report_due
from publisher.liaison.months import Month
from publisher.liaison.records import Matter, Rule, RuleBook
from publisher.liaison.scope import Scope
from publisher.liaison.signs import find_signs
from publisher.liaison.vocabulary import Measure, Satisfaction


class Event(NamedTuple):
    """Something that a measure counts: of whom, how often, in which words, shown by which records."""

    officer: str
    times: int
    words: str
    records: tuple[Counted, ...]


class Point(NamedTuple):
    """What one event adds to or takes from an officer's month by one rule."""

    rule: Rule
    event: Event
    amount: Decimal


class Standing(NamedTuple):
    """An officer's month."""

    officer: str
    unit: str
    total: Decimal
    points: tuple[Point, ...]


class ForbiddenRuleError(ValueError):
    """A rule counts what the law forbids to count."""


def score(scope: Scope, book: RuleBook) -> list[Standing]:
    """The points of every officer who answers for an enterprise in the month; raises `ForbiddenRuleError`."""
    for rule in book.rules:
        if basis := forbidden_by(rule.name):
            raise ForbiddenRuleError(f"{rule.place}：“{rule.name}”不能作为考核指标（{basis}）")
    officers = {officer for row in scope.duties if (officer := _answers(scope, row.enterprise.id))}
    points: dict[str, list[Point]] = defaultdict(list)
    for rule in book.rules:
        for officer, rows in _apply(rule, _EVENTS[rule.measure](scope)).items():
            points[officer] += rows
    standings = []
    for officer in sorted(officers | set(points)):
        total = max(Decimal(0), book.total + sum((point.amount for point in points[officer]), Decimal(0)))
        standings.append(Standing(officer, scope.register.unit_of(officer), total, tuple(points[officer])))
    return standings


def _apply(rule: Rule, events: Iterable[Event]) -> dict[str, list[Point]]:
    """The points of a rule by officer; what goes over the most of a month counts as nothing, and is still told."""
    rows: dict[str, list[Point]] = defaultdict(list)
    used: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        amount = rule.points * event.times
        if rule.most is not None:
            amount = min(amount, rule.most - used[event.officer])
        used[event.officer] += amount
        rows[event.officer].append(Point(rule, event, amount if rule.adds else -amount))
    return rows


def _answers(scope: Scope, enterprise: str) -> str:
    return last_officer(scope.register, enterprise, scope.month, scope.end) or ""


# --- measures --------------------------------------------------------------------------------------------------------


def _shortfalls(scope: Scope) -> Iterator[Event]:
    if not scope.is_over:
        return
    for row in scope.duties:
        if row.missing:
            pairing = tuple(
                one for one in scope.register.pairings_of_enterprise.get(row.enterprise.id, ()) if one.officer == _answers(scope, row.enterprise.id)
            )
            yield Event(_answers(scope, row.enterprise.id), row.missing, f"{row.enterprise.id} 应有 {row.owed} 次，实有 {row.done} 次", row.services or pairing)


def _phone_only(scope: Scope) -> Iterator[Event]:
    if not scope.is_over:
        return
    for row in scope.duties:
        if row.is_phone_only:
            yield Event(_answers(scope, row.enterprise.id), 1, f"{row.enterprise.id} 整月只有电话", row.services)


def _reports_late(scope: Scope) -> Iterator[Event]:
    due = report_due(scope.month, scope.calendar, scope.settings)
    for row in scope.duties:
        if row.situation and row.situation.reported > due:
            yield Event(_answers(scope, row.enterprise.id), 1, f"{row.enterprise.id} 应在 {due} 以前，{row.situation.reported} 报送", (row.situation,))


def _reports_missing(scope: Scope) -> Iterator[Event]:
    due = report_due(scope.month, scope.calendar, scope.settings)
    for row in scope.duties:
        if row.situation is None and due < scope.as_of:
            yield Event(_answers(scope, row.enterprise.id), 1, f"{row.enterprise.id} 的月报应在 {due} 以前", tuple(scope.pairings(row)))


def _issues_overdue(scope: Scope) -> Iterator[Event]:
    for issue in scope.issues:
        if scope.is_late(issue):
            yield Event(_answers(scope, issue.enterprise), 1, f"{issue.id} 时限 {issue.due}", (issue,))


def _cases_overdue(scope: Scope) -> Iterator[Event]:
    for case in scope.cases:
        if scope.is_late(case):
            yield Event(case.officer, 1, f"{case.id} 超过 {case.days} 个工作日", (case,))


def _promises_overdue(scope: Scope) -> Iterator[Event]:
    matters: list[Matter] = [*scope.issues, *scope.cases]
    for matter in matters:
        for promise in matter.promises:
            kept = promise.kept is not None and promise.kept <= scope.end
            if not kept and is_promise_overdue(promise, scope.end):
                yield Event(_answers(scope, matter.enterprise), 1, f"{matter.id} 的承诺到 {promise.due} 没有兑现", (matter,))


def _dissatisfied(scope: Scope) -> Iterator[Event]:
    for issue in scope.issues:
        if issue.satisfaction is Satisfaction.DISSATISFIED and scope.ended(issue):
            yield Event(_answers(scope, issue.enterprise), 1, f"{issue.id} 企业评价不满意", (issue,))


def _issues_closed(scope: Scope) -> Iterator[Event]:
    for issue in scope.issues:
        if scope.ended(issue):
            yield Event(_answers(scope, issue.enterprise), 1, f"{issue.id} 销号", (issue,))


def _cases_done(scope: Scope) -> Iterator[Event]:
    for case in scope.cases:
        if scope.ended(case):
            yield Event(case.officer, 1, f"{case.id} 送达或办毕", (case,))


_EVENTS: dict[Measure, Callable[[Scope], Iterator[Event]]] = {
    Measure.SERVICE_SHORTFALL: _shortfalls,
    Measure.PHONE_ONLY: _phone_only,
    Measure.REPORT_LATE: _reports_late,
    Measure.REPORT_MISSING: _reports_missing,
    Measure.ISSUE_OVERDUE: _issues_overdue,
    Measure.CASE_OVERDUE: _cases_overdue,
    Measure.PROMISE_OVERDUE: _promises_overdue,
    Measure.DISSATISFIED: _dissatisfied,
    Measure.ISSUE_CLOSED: _issues_closed,
    Measure.CASE_DONE: _cases_done,
}


def book_of(books: Iterable[RuleBook], month: Month) -> RuleBook | None:
    """The rules of a month: those of its year, or the last ones before it."""
    return max((book for book in books if book.year <= month.year), key=lambda book: book.year, default=None)


def plan_score(scope: Scope, book: RuleBook) -> Report:
    """The scores of a month as a report: totals, every point with its record, and the signs that a person should look at."""
    ledger = Ledger(scope.register)
    standings = score(scope, book)
    totals = tuple(
        (Cell(one.officer), Cell(one.unit), Cell(one.total), ledger.cell(len(one.points), [row for point in one.points for row in point.event.records]))
        for one in standings
    )
    points = tuple(
        (
            Cell(one.officer),
            Cell(point.rule.name),
            Cell(point.rule.basis),
            ledger.cell(f"{point.amount:+}", point.event.records),
            Cell(point.event.words),
            Cell(str(point.rule.place)),
        )
        for one in standings
        for point in one.points
    )
    signs = tuple(
        (Cell(sign.kind), Cell(sign.officer), Cell(scope.register.name_of(sign.enterprise)), ledger.cell(sign.words, sign.records))
        for sign in find_signs(scope)
    )
    say = Paragraph((Cell(f"规则：{book.name}（{book.place.path}），每人从 {book.total} 分起算。"),))
    sections = (
        Section("得分", (say, Table("每人得分", ("干部", "单位", "得分", "加减分几处"), totals))),
        Section("每一分的出处", (Table("加分和扣分", ("干部", "规则", "依据条款", "分", "事实", "规则在哪里"), points),)),
        Section("请人看一看", (Paragraph((Cell("下面只是迹象，不扣分；是不是走过场，由人判断。"),)), Table("迹象", ("迹象", "干部", "企业", "情况"), signs))),
    )
    records, groups = ledger.close()
    notes = ["内部资料，不得公开。", "示例规则：督导检查办法的条文以印发的为准。"]
    notes += [] if scope.is_over else ["这个月还没有过完，服务次数不足和整月只有电话还不扣分。"]
    notes += scope.calendar.notes
    subtitle = f"{scope.unit or '全部单位'}，截至{spoken(scope.end)}；{spoken(scope.as_of)}生成"
    return Report(f"亲商助企评分：{scope.month.label}", subtitle, tuple(notes), sections, records, groups)
