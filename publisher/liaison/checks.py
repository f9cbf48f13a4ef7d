"""The folder ``content/liaison/`` in, everything that is wrong in it out: the roster is held to its rules here, the parts in `findings`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from publisher.liaison.faults import Fault, place_faults
from publisher.liaison.findings import MATTERS, Findings, Ground, kept_as, sign_roster, unpack_findings
from publisher.liaison.kept import forget_others
from publisher.liaison.months import Month, months_between
from publisher.liaison.processes import spread
from publisher.liaison.reading import list_folders, load_folders, month_of
from publisher.liaison.records import Register
from publisher.liaison.references import Known, Named, There, check_named, check_owners, check_unique, find_entries
from publisher.liaison.roster import check_calendar, check_first_contact, check_roster
from publisher.liaison.standpoint import Standpoint
from publisher.liaison.workdays import WorkCalendar
from publisher.problems import Problem
from publisher.problems.order import sort_problems
from publisher.settings import LiaisonSettings


def check_liaison(
    root: Path, settings: LiaisonSettings, as_of: date, wants: Callable[[Month], bool] | None = None, *, processes: int | None = None
) -> list[Problem]:
    """Every problem of the folder ``content/liaison/``, or of its wanted months and all that is no month; none when it is not there."""
    signature = sign_roster(root)
    names = list(list_folders(root))
    months = {name: month for name in names if (month := month_of(name))}
    roster, problems = load_folders(root, [name for name in names if name not in months and name not in MATTERS])
    ground = Ground(root, roster, Known.of(roster), signature, settings, as_of)
    months |= {f"months/{month}": month for month in _months_owed(roster, as_of)}
    parts = [*MATTERS, *sorted(name for name, month in months.items() if wants is None or wants(month))]
    with spread(ground.find, parts, processes) as packed:
        found = dict(zip(parts, map(unpack_findings, packed), strict=True))
    if wants is None:
        forget_others(root, [*names, *map(kept_as, parts)])
    problems += [problem for one in found.values() for problem in one.problems]
    if not (roster.is_empty and all(one.is_empty for one in found.values())):
        problems += place_faults(_check_across(ground, found, is_whole=wants is None), root)
    return sort_problems(problems)


def _months_owed(roster: Register, as_of: date) -> tuple[Month, ...]:
    """The months since the first enterprise came: one without a folder lacks all that is owed. There are folders for this century alone."""
    first = min((max(one.start, date(2000, 1, 1)) for one in roster.enterprises), default=None)
    return months_between(Month.of(first), Month.of(as_of)) if first else ()


def _check_across(ground: Ground, found: dict[str, Findings], *, is_whole: bool) -> Iterator[Fault]:
    """The roster's faults, and those that only several parts together show."""
    roster, stand = ground.roster, Standpoint(ground.settings, WorkCalendar(ground.roster.holidays), ground.as_of)
    yield from check_unique(roster)
    if not found["issues"].ids.isdisjoint(found["cases"].ids):
        yield from check_unique(load_folders(ground.root, MATTERS)[0])
    yield from check_owners(roster, ground.known)
    yield from check_roster(roster, stand)
    if is_whole:
        came: dict[str, date] = {}
        for one in found.values():
            for enterprise, day in one.came.items():
                came[enterprise] = min(day, came.get(enterprise, day))
        yield from check_first_contact(roster, came, stand)
    named = [Named.by(roster), *(one.named for one in found.values())]
    issues = None if found["issues"].has_unread else found["issues"].ids
    there = There(issues, find_entries(ground.root, frozenset().union(*(one.entries for one in named))))
    yield from check_named(roster, there)
    for part, one in found.items():
        if not there.holds(one.named):  # who names what is not kept
            yield from check_named(load_folders(ground.root, [part])[0], there)
    yield from check_calendar(roster, stand.calendar.guessed.union(*(one.guessed for one in found.values())))
