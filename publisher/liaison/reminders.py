"""The register and a day in, reminders out: who lacks services, which report, issue, case or promise falls due. Pure; texts and dates, no sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from publisher.liaison.duties import duty_of, is_active, last_officer, report_due
from publisher.liaison.months import Month
from publisher.liaison.procedures import clock_of, delivery_due, is_open, steps_until
from publisher.liaison.records import Matter, Place, Register
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings


class Reminder(NamedTuple):
    """One thing to do: of whom, until when, what, and the record it is about; ``key`` names it, whatever its day."""

    officer: str
    due: date
    kind: str
    words: str
    key: str
    place: Place

    def said(self, as_of: date) -> str:
        """The reminder in one line."""
        days = (self.due - as_of).days
        when = "今天到期" if days == 0 else f"还有{days}天（{self.due}）" if days > 0 else f"已超期{-days}天（{self.due}）"
        return f"{self.kind}：{self.words}，{when}"


def find_reminders(register: Register, settings: LiaisonSettings, calendar: WorkCalendar, as_of: date) -> list[Reminder]:
    """Everything that is due soon or overdue, by officer and day."""
    every = (*_services(register, settings, as_of), *_reports(register, settings, calendar, as_of), *_matters(register, settings, calendar, as_of))
    return sorted(every, key=lambda one: (one.officer, one.due, one.key))


def by_officer(reminders: list[Reminder]) -> dict[str, list[Reminder]]:
    """The reminders of each officer; those that nobody answers for stand under an empty name."""
    found: dict[str, list[Reminder]] = defaultdict(list)
    for one in reminders:
        found[one.officer].append(one)
    return dict(found)


def _services(register: Register, settings: LiaisonSettings, as_of: date) -> Iterator[Reminder]:
    """From the twentieth on: enterprises with fewer services than the month needs."""
    if as_of.day < settings.remind_day:
        return
    month = Month.of(as_of)
    for enterprise in register.enterprises:
        if not is_active(enterprise, month):
            continue
        duty = duty_of(register, enterprise, month, settings, as_of)
        if duty.missing:
            officer = last_officer(register, enterprise.id, month, as_of) or ""
            words = f"{enterprise.name}（{enterprise.id}）本月应有{duty.owed}次服务，现有{duty.done}次，还差{duty.missing}次"
            place = duty.services[-1].place if duty.services else enterprise.place
            yield Reminder(officer, month.last, "服务次数", words, f"services-{enterprise.id}-{month}", place)


def _reports(register: Register, settings: LiaisonSettings, calendar: WorkCalendar, as_of: date) -> Iterator[Reminder]:
    """The reports of the last month, and of the one before it when they are missing still; from some working days before their day."""
    for month in (Month.of(as_of).plus(-2), Month.of(as_of).plus(-1)):
        due = report_due(month, calendar, settings)
        for enterprise in register.enterprises:
            if not is_active(enterprise, month) or (enterprise.id, month) in register.situation_by_month:
                continue
            if due < as_of or calendar.between(as_of, due) <= settings.remind_workdays:
                officer = last_officer(register, enterprise.id, month, as_of) or ""
                words = f"{enterprise.name}（{enterprise.id}）{month.label}的月报没有报"
                yield Reminder(officer, due, "月报", words, f"report-{enterprise.id}-{month}", enterprise.place)


def _matters(register: Register, settings: LiaisonSettings, calendar: WorkCalendar, as_of: date) -> Iterator[Reminder]:
    def is_near(due: date | None) -> bool:
        return due is not None and (due < as_of or calendar.between(as_of, due) <= settings.remind_workdays)

    def owner(enterprise: str) -> str:
        return register.officer_on(enterprise, as_of) or ""

    for issue in register.issues:
        if is_open(issue, as_of) and is_near(issue.due):
            words = f"{register.name_of(issue.enterprise)}的问题 {issue.id}（{issue.text[:20]}），责任单位{issue.unit}"
            yield Reminder(owner(issue.enterprise), issue.due, "问题", words, f"issue-{issue.id}", issue.place)
    for case in register.cases:
        if not is_open(case, as_of):
            continue
        clock = clock_of(case, calendar, as_of)
        name = "代办" if case.is_agency else "陪办"
        if clock.due and not clock.is_over and is_near(clock.due):
            words = f"{register.name_of(case.enterprise)}的{case.matter}（{case.id}），已用{clock.used}个工作日，时限{case.days}个"
            yield Reminder(case.officer, clock.due, name, words, f"case-{case.id}", case.place)
        deliver = delivery_due(case, calendar, settings.delivery_days, as_of)
        if deliver and is_near(deliver):
            words = f"{register.name_of(case.enterprise)}的{case.matter}（{case.id}）已办结，还没有送达"
            yield Reminder(case.officer, deliver, "送达", words, f"delivery-{case.id}", case.place)
    matters: list[Matter] = [*register.issues, *register.cases]
    for matter in matters:
        for index, promise in enumerate(matter.promises):
            if promise.kept is None and steps_until(matter, as_of) and is_near(promise.due):
                words = f"{register.name_of(matter.enterprise)}：{promise.text}（{matter.id}）"
                yield Reminder(owner(matter.enterprise), promise.due, "承诺", words, f"promise-{matter.id}-{index}", matter.place)
