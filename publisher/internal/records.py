"""Liaison records in, what pages show of them out: plain values. Whatever a model has a key for is told, so a new field shows by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from publisher.content.codes import industry_path
from publisher.content.decode import describe
from publisher.internal.opened import say
from publisher.liaison import model as models
from publisher.liaison.procedures import clock_of, is_done, is_open, state_on
from publisher.liaison.records import Case, Issue, Matter, Promise, Service, Step
from publisher.liaison.workdays import WorkCalendar
from publisher.model import Model

Row = dict[str, Any]
#: What is an address of a record and not a saying of it.
_CODES = frozenset({"industry"})


def told(record: Any, model: type[Model], *skip: str) -> list[dict[str, str]]:
    """Every field of a record that says something, by the name that officers know it by; ``skip`` what is shown elsewhere."""
    rows = []
    for name, title, default in _fields(model):
        if name in skip:
            continue
        value = getattr(record, name)
        if value is None or value in ("", ()) or value == default:
            continue
        text = industry_path(value)[-1].name if name in _CODES else say(value)
        rows.append({"name": title, "value": text})
    return rows


@cache
def _fields(model: type[Model]) -> tuple[tuple[str, str, Any], ...]:
    """The fields of a model: name, what officers call it, what it is when nothing is written. Asked half a million times."""
    return tuple((name, describe(model, name)["field"], field.default) for name, field in model.model_fields.items())


class Today(NamedTuple):
    """From when the records are looked at, and by which calendar."""

    day: date
    calendar: WorkCalendar


def show_service(service: Service, enterprise: str = "") -> Row:
    """One service."""
    rest = told(service, models.ServiceModel, "day", "officer", "way", "text", "counts")
    row = {"day": str(service.day), "officer": service.officer, "way": service.way.label, "text": service.text, "rest": rest}
    return row | {"counts": service.counts, "enterprise": enterprise, "place": str(service.place)}


def show_steps(steps: Iterable[Step], model: type[Model]) -> list[Row]:
    """The way of a matter."""
    return [{"day": str(step.day), "state": step.state.label, "rest": told(step, model, "day", "state")} for step in steps]


def show_promises(promises: Iterable[Promise]) -> list[list[dict[str, str]]]:
    """What was promised."""
    return [told(promise, models.PromiseModel) for promise in promises]


def show_issue(issue: Issue, today: Today) -> Row:
    """A difficulty with its state and its clock."""
    rest = told(issue, models.IssueModel, "id", "type", "text", "steps", "promises")
    words, tone = _issue_clock(issue, today)
    return {
        "id": issue.id,
        "title": issue.text,
        "kind": issue.type.label,
        "state": _state(issue, today),
        "clock": words,
        "tone": tone,
        "rest": rest,
        "steps": show_steps(issue.steps, models.IssueStepModel),
        "promises": show_promises(issue.promises),
        "place": str(issue.place),
        "is_open": is_open(issue, today.day),
    }


def show_case(case: Case, today: Today) -> Row:
    """A case until it is delivered."""
    model: type[Model] = models.AgencyCaseModel if case.is_agency else models.AccompaniedCaseModel
    steps: type[Model] = models.AgencyStepModel if case.is_agency else models.AccompanyStepModel
    words, tone = _case_clock(case, today)
    return {
        "id": case.id,
        "title": case.matter,
        "kind": "代办单" if case.is_agency else "陪办单",
        "state": _state(case, today),
        "clock": words,
        "tone": tone,
        "rest": told(case, model, "id", "matter", "steps", "promises"),
        "steps": show_steps(case.steps, steps),
        "promises": show_promises(case.promises),
        "place": str(case.place),
        "is_open": is_open(case, today.day),
    }


def _state(matter: Matter, today: Today) -> str:
    state = state_on(matter, today.day)
    return state.label if state else "还没有开始"


def _issue_clock(issue: Issue, today: Today) -> tuple[str, str]:
    """How its time limit stands, in words and as a tone: late, near, done or nothing."""
    if not is_open(issue, today.day):
        return ("已销号", "done") if is_done(issue, today.day) else ("", "")
    days = (issue.due - today.day).days
    if days < 0:
        return f"超期{-days}天", "late"
    return (f"还有{days}天" if days else "今天到期"), "near" if days <= 7 else ""


def _case_clock(case: Case, today: Today) -> tuple[str, str]:
    clock = clock_of(case, today.calendar, today.day)
    used = f"用了{clock.used}个工作日，时限{case.days}个"
    if clock.is_overdue:
        return f"{used}，超期", "late"
    if clock.is_stopped:
        return f"{used}，补正中，时钟停着", ""
    if clock.is_over or clock.due is None:
        return used, "done" if is_done(case, today.day) else ""
    return f"{used}，{clock.due}到期", ""
