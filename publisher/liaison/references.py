"""Ids that records name and that nobody has, and ids that two have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from publisher.content import source as sources
from publisher.liaison.faults import Fault, fault
from publisher.liaison.records import Matter, Place, Register, Situation
from publisher.problems import Problem, suggestion
from publisher.yamltext import Step

_WRITTEN_ID = re.compile(r"^(?:编号|id): *['\"]?([a-z0-9.-]+)", re.MULTILINE)


class Known(NamedTuple):
    """The ids of the roster, by what they are ids of; None where a file could not be read, so that nobody can say what is missing."""

    enterprises: frozenset[str] | None
    officers: frozenset[str] | None
    leaders: frozenset[str] | None

    @classmethod
    def of(cls, roster: Register) -> Known:
        unread = roster.unread_folders

        def ids(folder: str, names: Iterable[str]) -> frozenset[str] | None:
            return None if folder in unread else frozenset(names)

        return cls(ids("enterprises", roster.enterprise_by_id), ids("officers", roster.officer_by_id), ids("leaders", (one.id for one in roster.leaders)))


class Named(NamedTuple):
    """The ids of issues, and of policies and guides, that some records name."""

    issues: frozenset[str]
    entries: frozenset[str]

    @classmethod
    def by(cls, register: Register) -> Named:
        issues = {issue for service in register.services for issue in service.issues}
        issues |= {item.issue for meeting in register.meetings for item in meeting.agenda if item.issue}
        policies = {policy for service in register.services for policy in service.policies}
        return cls(frozenset(issues), frozenset(policies | {case.guide for case in register.cases if case.guide}))


class There(NamedTuple):
    """The ids of issues, and of policies and guides, that there are; None where a file could not be read."""

    issues: frozenset[str] | None
    entries: frozenset[str]

    def holds(self, named: Named) -> bool:
        """Whether everything that is named is there, as far as anybody knows."""
        return (self.issues is None or named.issues <= self.issues) and named.entries <= self.entries


def find_entries(root: Path, named: frozenset[str]) -> frozenset[str]:
    """The ids of policies and guides that there are, as far as one that is named needs it: the names of files, then what the files say."""
    if not named:
        return frozenset()
    files = {path.stem: (name, path) for folder in ("policies", "guides") for name, path in sources.walk(root / "content" / folder, root)}
    found = set(files)
    if named - found:
        for name, path in files.values():
            data = sources.read_bytes(path, name)
            written = None if isinstance(data, Problem) else _WRITTEN_ID.search(data[:4096].decode("utf-8", "ignore"))
            found |= {written[1]} if written else set()
    return frozenset(found)


def check_owners(register: Register, known: Known) -> Iterator[Fault]:
    """Everyone of the roster whom records name is there; of pairings, services, reports, issues, cases and meetings."""
    for pairing in register.pairings:
        yield from _named(pairing.place, ("enterprise",), "企业", pairing.enterprise, known.enterprises)
        yield from _named(pairing.place, ("officer",), "干部", pairing.officer, known.officers)
        yield from _named(pairing.place, ("leader",), "联系领导", pairing.leader, known.leaders)
    paths: set[str] = set()
    for service in register.services:
        yield from _owner(service.place, service.enterprise, known, paths)
        if known.officers is not None and service.officer not in known.officers:  # asked here, for there are very many
            yield from _named(service.place, ("officer",), "干部", service.officer, known.officers)
    owned: list[Situation | Matter] = [*register.situations, *register.issues, *register.cases]
    for record in owned:
        yield from _owner(record.place, record.enterprise, known, paths)
    for case in register.cases:
        yield from _named(case.place, ("officer",), "干部", case.officer, known.officers)
    for meeting in register.meetings:
        for index, enterprise in enumerate(meeting.enterprises):
            yield from _named(meeting.place, ("enterprises", index), "参加企业", enterprise, known.enterprises)


def check_named(register: Register, there: There) -> Iterator[Fault]:
    """Every issue, policy and guide that records name is there."""
    for service in register.services:
        for index, issue in enumerate(service.issues):
            yield from _named(service.place, ("issues", index), "发现问题", issue, there.issues)
        for index, policy in enumerate(service.policies):
            yield from _named(service.place, ("policies", index), "宣讲政策", policy, there.entries)
    for case in register.cases:
        if case.guide:
            yield from _named(case.place, ("guide",), "指南", case.guide, there.entries)
    for meeting in register.meetings:
        for index, item in enumerate(meeting.agenda):
            if item.issue:
                yield from _named(meeting.place, ("agenda", index, "issue"), "转为问题", item.issue, there.issues)


def _named(place: Place, steps: tuple[Step, ...], field: str, value: str, ids: frozenset[str] | None) -> Iterator[Fault]:
    if ids is not None and value not in ids:
        yield fault("dangling-reference", place, *steps, field=field, value=value, guess=suggestion(value, sorted(ids)[:2000]))


def _owner(place: Place, enterprise: str, known: Known, told: set[str]) -> Iterator[Fault]:
    """The enterprise that a file's name tells; it is missed once a file."""
    if known.enterprises is not None and enterprise not in known.enterprises and place.path not in told:
        told.add(place.path)
        guess = suggestion(enterprise, sorted(known.enterprises)[:2000])
        yield fault("dangling-reference", Place(place.path, 1), field="文件名", value=enterprise, guess=guess)


def check_unique(register: Register) -> Iterator[Fault]:
    """Every id is one thing's."""
    matters: list[Matter] = [*register.issues, *register.cases]
    parts: list[Iterable[Any]] = [register.enterprises, register.officers, register.leaders, matters, register.indicators]
    parts += [book.rules for book in register.books]
    for part in parts:
        seen: dict[str, Place] = {}
        for name, place in ((one.id, one.place) for one in part):
            first = seen.setdefault(name, place)
            if first is not place:
                yield fault("duplicate-id", place, "id", value=name, other=str(first))
