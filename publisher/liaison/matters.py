"""Issues and cases in, their faults out: states without jumps, what each state needs, time limits, promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from publisher.liaison.duties import is_promise_overdue
from publisher.liaison.faults import Fault, fault
from publisher.liaison.procedures import NEEDS_NOTE, clock_of, delivery_due, is_open, procedure_of, steps_until, times_passed_on
from publisher.liaison.records import Case, Issue, Matter, Register, Step
from publisher.liaison.vocabulary import AgencyState, IssueState
from publisher.liaison.wording import find_empty_promises
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings


def check_matters(register: Register, settings: LiaisonSettings, calendar: WorkCalendar, as_of: date) -> Iterator[Fault]:
    """Hold every issue and every case to its procedure and its time limits."""
    for issue in register.issues:
        yield from check_steps(issue)
        yield from _check_words(issue)
        yield from _check_issue(issue, settings, calendar, as_of)
    for case in register.cases:
        yield from check_steps(case)
        yield from _check_words(case)
        yield from _check_case(case, settings, calendar, as_of)


def check_steps(matter: Matter) -> Iterator[Fault]:
    """Each step may follow the one before it, is not earlier, and says what its state needs."""
    procedure = procedure_of(matter)
    before: Step | None = None
    for index, step in enumerate(matter.steps):
        previous = before.state if before else None
        if not procedure.allows(previous, step.state):
            yield _jump(matter, index, previous, step)
        elif previous and (previous, step.state) in procedure.backwards and not step.note:
            yield fault("liaison-backwards", matter.place, "steps", index, "state", value=step.state.label, before=previous.label)
        if before and step.day < before.day:
            yield fault("liaison-step-order", matter.place, "steps", index, "day", value=step.day, before=before.day)
        for name, label in _missing(step):
            yield fault("liaison-step-needs", matter.place, "steps", index, "state", value=step.state.label, field=label, name=name)
        before = step
    if isinstance(matter, Case):
        yield from _check_papers(matter)


def _jump(matter: Matter, index: int, before: object, step: Step) -> Fault:
    if step.state is IssueState.CLOSED:
        return fault("liaison-closed-unconfirmed", matter.place, "steps", index, "state", value=matter.id)
    procedure = procedure_of(matter)
    allowed = [state.label for state in procedure.follows.get(before, ())] if before else [procedure.first.label]  # type: ignore[call-overload]
    words = {"value": step.state.label, "before": str(before) if before else "开头", "choices": "、".join(allowed) or "（已经到头，不能再加）"}
    return fault("liaison-state-jump", matter.place, "steps", index, "state", **words)


def _missing(step: Step) -> Iterator[tuple[str, str]]:
    """The fields that a state asks for and that are not written."""
    if step.state in NEEDS_NOTE and not step.note:
        yield "note", "说明"
    if step.state is IssueState.UNSOLVABLE and not step.basis:
        yield "basis", "依据"
    if step.state is IssueState.CONFIRMED and not step.proof:
        yield "proof", "凭据"
    if step.state is AgencyState.DELIVERED:
        if not step.delivery:
            yield "delivery", "送达方式"
        if not step.receipt:
            yield "receipt", "签收"


def _check_papers(case: Case) -> Iterator[Fault]:
    """An agency case is submitted only with a mandate; what is lacking is told once (优化营商环境条例第三十六条)."""
    states = [step.state for step in case.steps]
    if not case.is_agency:
        return
    if AgencyState.SUBMITTED in states and not case.mandate:
        yield fault("liaison-mandate-missing", case.place, "steps", states.index(AgencyState.SUBMITTED), "state", value=case.id)
    before = states[: states.index(AgencyState.SUBMITTED)] if AgencyState.SUBMITTED in states else states
    if before.count(AgencyState.SUPPLEMENT) > 1:
        second = [index for index, state in enumerate(before) if state is AgencyState.SUPPLEMENT][1]
        yield fault("liaison-asked-twice", case.place, "steps", second, "state", value=case.id)


def _check_words(matter: Matter) -> Iterator[Fault]:
    """Notes and promises promise nothing that nobody can keep."""
    for index, step in enumerate(matter.steps):
        for words in find_empty_promises(step.note):
            yield fault("empty-promise", matter.place, "steps", index, "note", value=words, words=words)
    for index, promise in enumerate(matter.promises):
        for words in find_empty_promises(promise.text):
            yield fault("empty-promise", matter.place, "promises", index, "text", value=words, words=words)


def _check_promises(matter: Matter, as_of: date) -> Iterator[Fault]:
    for index, promise in enumerate(matter.promises):
        if not promise.kept and is_promise_overdue(promise, as_of):
            yield fault("liaison-promise-overdue", matter.place, "promises", index, "due", value=matter.id, due=promise.due)


def _check_issue(issue: Issue, settings: LiaisonSettings, calendar: WorkCalendar, as_of: date) -> Iterator[Fault]:
    yield from _check_promises(issue, as_of)
    if not is_open(issue, as_of):
        return
    if issue.due < as_of:
        yield fault("liaison-issue-overdue", issue.place, "due", value=issue.id, due=issue.due, unit=issue.unit)
    else:
        idle = calendar.between(steps_until(issue, as_of)[-1].day, as_of)
        if idle > settings.idle_days:
            yield fault("liaison-issue-idle", issue.place, "steps", len(steps_until(issue, as_of)) - 1, "day", value=issue.id, days=idle)
    if (count := times_passed_on(issue, as_of)) >= settings.passed_on:
        yield fault("liaison-passed-on", issue.place, "id", value=issue.id, count=count)


def _check_case(case: Case, settings: LiaisonSettings, calendar: WorkCalendar, as_of: date) -> Iterator[Fault]:
    yield from _check_promises(case, as_of)
    if not is_open(case, as_of):
        return
    clock = clock_of(case, calendar, as_of)
    if clock.is_overdue and not clock.is_over:
        yield fault("liaison-case-overdue", case.place, "days", value=case.id, used=clock.used, days=case.days)
    due = delivery_due(case, calendar, settings.delivery_days, as_of)
    if due and due < as_of:
        yield fault("liaison-undelivered", case.place, "steps", len(steps_until(case, as_of)) - 1, "day", value=case.id, due=due)
