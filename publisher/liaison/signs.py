"""A month's records in, signs of going through the motions out: each with the records that show it. They are for a person to judge; no point hangs on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from publisher.liaison.document import Counted
from publisher.liaison.procedures import is_open, steps_until, times_passed_on
from publisher.liaison.records import Service
from publisher.liaison.scope import Scope
from publisher.liaison.similarity import fingerprint, likeness

#: How many days back a note is compared with the notes before it.
_BACK = timedelta(days=92)


class Sign(NamedTuple):
    """What was seen, of whom, in which words, and the records that show it."""

    kind: str
    officer: str
    enterprise: str
    words: str
    records: tuple[Counted, ...]


def find_signs(scope: Scope) -> list[Sign]:
    """Every sign of the month, by officer."""
    found = [*_copied(scope), *_same_day(scope), *_passed_on(scope), *_idle(scope), *_phone_only(scope)]
    return sorted(found, key=lambda sign: (sign.officer, sign.kind, sign.enterprise))


def _copied(scope: Scope) -> Iterator[Sign]:
    """A note that is nearly the same as an earlier one of its officer, or word for word one of somebody else."""
    mine: dict[str, list[tuple[Service, frozenset[tuple[str, str]]]]] = defaultdict(list)
    exact: dict[str, Service] = {}
    asked = {service.place for service in scope.services}
    earliest = scope.month.first - _BACK
    recent = (one for one in scope.register.services if earliest <= one.day <= scope.end)
    for service in sorted(recent, key=lambda one: (one.day, one.place)):
        print_ = fingerprint(service.text)
        if service.place in asked:
            alike = next((old for old, other in reversed(mine[service.officer]) if likeness(print_, other) >= scope.settings.copied_percent), None)
            alike = alike or exact.get(service.text)
            if alike is not None:
                words = f"{service.day} 的内容与 {alike.day}（{alike.officer}）的相似"
                yield Sign("内容雷同", service.officer, service.enterprise, words, (service, alike))
        mine[service.officer].append((service, print_))
        exact.setdefault(service.text, service)


def _same_day(scope: Scope) -> Iterator[Sign]:
    for duty in scope.duties:
        days: dict[object, list[Service]] = defaultdict(list)
        for service in duty.services:
            if service.day <= scope.end and service.counts:
                days[service.day].append(service)
        for day, rows in days.items():
            if len(rows) > 1:
                yield Sign("同一天记两次", rows[-1].officer, duty.enterprise.id, f"{day} 记了 {len(rows)} 条", tuple(rows))


def _passed_on(scope: Scope) -> Iterator[Sign]:
    for issue in scope.issues:
        count = times_passed_on(issue, scope.end)
        if is_open(issue, scope.end) and count >= scope.settings.passed_on:
            yield Sign("多次转办", _officer(scope, issue.enterprise), issue.enterprise, f"{issue.id} 转办 {count} 次，责任单位 {issue.unit}", (issue,))


def _idle(scope: Scope) -> Iterator[Sign]:
    for issue in scope.issues:
        if not is_open(issue, scope.end):
            continue
        days = scope.calendar.between(steps_until(issue, scope.end)[-1].day, scope.end)
        if days > scope.settings.idle_days:
            yield Sign("没有进展", _officer(scope, issue.enterprise), issue.enterprise, f"{issue.id} 已经 {days} 个工作日没有进展", (issue,))


def _phone_only(scope: Scope) -> Iterator[Sign]:
    for duty in scope.duties:
        if duty.is_phone_only:
            yield Sign("整月只有电话", _officer(scope, duty.enterprise.id), duty.enterprise.id, f"{scope.month.label}没有见面", duty.services)


def _officer(scope: Scope, enterprise: str) -> str:
    return scope.register.officer_on(enterprise, scope.end) or "—"
