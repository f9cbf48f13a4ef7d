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
    """The ids there are, by what they are ids of; None where a file could not be read, so that nobody can say what is missing."""

    enterprises: frozenset[str] | None
    officers: frozenset[str] | None
    leaders: frozenset[str] | None
    issues: frozenset[str] | None
    entries: frozenset[str]

    @classmethod
    def of(cls, register: Register, entries: frozenset[str]) -> Known:
        """The ids of a register, and the entries of the site that it may name."""
        unread = {path.split("/")[2] for path in register.unread}

        def ids(folder: str, names: Iterable[str]) -> frozenset[str] | None:
            return None if folder in unread else frozenset(names)

        return cls(
            ids("enterprises", register.enterprise_by_id),
            ids("officers", register.officer_by_id),
            ids("leaders", (one.id for one in register.leaders)),
            ids("issues", (one.id for one in register.issues)),
            entries,
        )


def policies_named(root: Path, register: Register) -> frozenset[str]:
    """The ids of policies and guides that records name: the names of files, and where these do not do, what the files say."""
    named = {policy for service in register.services for policy in service.policies} | {case.guide for case in register.cases if case.guide}
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


def check_references(register: Register, known: Known) -> Iterator[Fault]:
    """Every id that a record names is somebody's; every id is one thing's."""
    yield from _check_unique(register)
    for pairing in register.pairings:
        yield from _named(pairing.place, ("enterprise",), "企业", pairing.enterprise, known.enterprises)
        yield from _named(pairing.place, ("officer",), "干部", pairing.officer, known.officers)
        yield from _named(pairing.place, ("leader",), "联系领导", pairing.leader, known.leaders)
    paths: set[str] = set()
    for service in register.services:
        yield from _owner(service.place, service.enterprise, known, paths)
        if known.officers is not None and service.officer not in known.officers:  # asked here, for there are very many
            yield from _named(service.place, ("officer",), "干部", service.officer, known.officers)
        for index, issue in enumerate(service.issues):
            yield from _named(service.place, ("issues", index), "发现问题", issue, known.issues)
        for index, policy in enumerate(service.policies):
            yield from _named(service.place, ("policies", index), "宣讲政策", policy, known.entries)
    owned: list[Situation | Matter] = [*register.situations, *register.issues, *register.cases]
    for record in owned:
        yield from _owner(record.place, record.enterprise, known, paths)
    for case in register.cases:
        yield from _named(case.place, ("officer",), "干部", case.officer, known.officers)
        if case.guide:
            yield from _named(case.place, ("guide",), "指南", case.guide, known.entries)
    for meeting in register.meetings:
        for index, enterprise in enumerate(meeting.enterprises):
            yield from _named(meeting.place, ("enterprises", index), "参加企业", enterprise, known.enterprises)
        for index, item in enumerate(meeting.agenda):
            if item.issue:
                yield from _named(meeting.place, ("agenda", index, "issue"), "转为问题", item.issue, known.issues)


def _named(place: Place, steps: tuple[Step, ...], field: str, value: str, ids: frozenset[str] | None) -> Iterator[Fault]:
    if ids is not None and value not in ids:
        yield fault("dangling-reference", place, *steps, field=field, value=value, guess=suggestion(value, sorted(ids)[:2000]))


def _owner(place: Place, enterprise: str, known: Known, told: set[str]) -> Iterator[Fault]:
    """The enterprise that a file's name tells; it is missed once a file."""
    if known.enterprises is not None and enterprise not in known.enterprises and place.path not in told:
        told.add(place.path)
        guess = suggestion(enterprise, sorted(known.enterprises)[:2000])
        yield fault("dangling-reference", Place(place.path, 1), field="文件名", value=enterprise, guess=guess)


def _check_unique(register: Register) -> Iterator[Fault]:
    matters: list[Matter] = [*register.issues, *register.cases]
    parts: list[Iterable[Any]] = [register.enterprises, register.officers, register.leaders, matters, register.indicators]
    parts += [book.rules for book in register.books]
    for part in parts:
        seen: dict[str, Place] = {}
        for name, place in ((one.id, one.place) for one in part):
            first = seen.setdefault(name, place)
            if first is not place:
                yield fault("duplicate-id", place, "id", value=name, other=str(first))
