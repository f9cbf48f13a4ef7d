"""A part of the records in, what is wrong in it out; it is kept, so that a part in which nothing has changed is not held to the rules again.

A part is a folder: one month, or the issues, or the cases. What is found in it depends on its files, on the roster, on the settings, and on the
day: of a month until all that it tells has come to pass and its reports were due, of issues and cases always, for their time limits run.
What depends on other parts is not found here: a part tells what it names and what it has, and `publisher.liaison.checks` compares.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from publisher.liaison.duties import report_due
from publisher.liaison.faults import Fault, place_faults
from publisher.liaison.kept import Folder, Kept
from publisher.liaison.matters import check_matters
from publisher.liaison.monthly import check_duties, check_services, check_situations
from publisher.liaison.months import Month
from publisher.liaison.reading import FOLDER, load_folders, month_of
from publisher.liaison.records import Register
from publisher.liaison.references import Known, Named, check_owners, check_unique
from publisher.liaison.roster import first_pairing
from publisher.liaison.standpoint import Standpoint
from publisher.liaison.workdays import WorkCalendar
from publisher.problems import Problem, Span
from publisher.settings import LiaisonSettings

#: The parts that are no month.
MATTERS = ("issues", "cases")
#: What of the roster is asked where a part is held to the rules.
_ASKED = ("enterprises", "leaders", "officers", "pairings", "holidays")


class Findings(NamedTuple):
    """What was found in a part.

    Beside the problems: what it names; the ids of its issues or cases; the first visits to enterprises that had just come; the years whose
    working days were guessed; whether a file could not be read; and whether it holds nothing at all.
    """

    problems: list[Problem]
    named: Named
    ids: frozenset[str]
    came: dict[str, date]
    guessed: frozenset[int]
    has_unread: bool
    is_empty: bool


@dataclass(frozen=True)
class Ground:
    """What is the same for all parts; the signature is that of what the roster was read from, see `sign_roster`."""

    root: Path
    roster: Register
    known: Known
    signature: bytes
    settings: LiaisonSettings
    as_of: date

    def find(self, part: str) -> bytes:
        """The findings of a part, packed: as they were kept, where they still hold."""
        signature = Folder.at(self.root, f"{FOLDER}/{part}").sign()
        kept = Kept(self.root, kept_as(part), signature, self.signature, repr(self.settings), _calendar())
        data = kept.find()
        if data is None or not _holds(data, self.as_of):
            data = self._look(part)
            kept.put(data)
        return data

    def _look(self, part: str) -> bytes:
        register, problems = load_folders(self.root, [part], 1)
        stand = Standpoint(self.settings, WorkCalendar(self.roster.holidays), self.as_of)
        month = month_of(part)
        found = self._check_month(register, month, stand) if month else self._check_matters(register, stand)
        problems += place_faults(chain(check_owners(register, self.known), found), self.root)
        findings = Findings(
            problems,
            Named.by(register),
            frozenset(chain((one.id for one in register.issues), (one.id for one in register.cases))),
            dict(self._first_visits(register, month)) if month else {},
            frozenset(stand.calendar.guessed),
            bool(register.unread),
            register.is_empty,
        )
        return _pack(self.as_of, _holds_from(register, month, stand) if month else None, findings)

    def _check_month(self, register: Register, month: Month, stand: Standpoint) -> Iterator[Fault]:
        yield from check_services(register, self.roster, stand.as_of)
        yield from check_situations(register)
        yield from check_duties(register, self.roster, month, stand)

    def _check_matters(self, register: Register, stand: Standpoint) -> Iterator[Fault]:
        yield from check_unique(register)
        yield from check_matters(register, stand.settings, stand.calendar, stand.as_of)

    def _first_visits(self, register: Register, month: Month) -> Iterator[tuple[str, date]]:
        """The first visit in a month to each enterprise of which the first pairing began in it or in the month before."""
        for enterprise in self.roster.enterprises:
            first = first_pairing(self.roster, enterprise.id)
            days = [one.day for one in register.services_by_month.get((enterprise.id, month), ())]
            if first and days and Month.of(first.start) in (month, month.plus(-1)):
                yield enterprise.id, min(days)


@cache
def _calendar() -> str:
    """Which calendar of holidays is installed; each year's comes with a new version."""
    return version("chinesecalendar")


def kept_as(part: str) -> str:
    """The name under which the findings of a part are kept; the part's own name is that of its records."""
    return f"found-{part}"


def sign_roster(root: Path) -> bytes:
    """The signature of what parts ask of the roster; empty when a file may change unseen."""
    signatures = [Folder.at(root, f"{FOLDER}/{name}").sign() for name in _ASKED]
    return b"".join(signatures) if all(signatures) else b""


def _holds_from(register: Register, month: Month, stand: Standpoint) -> date | None:
    """From which day on nothing of a month depends on the day; None while it is not over."""
    if month >= Month.of(stand.as_of):
        return None
    days = [service.day for service in register.services] + [situation.reported for situation in register.situations]
    return max([*days, report_due(month, stand.calendar, stand.settings) + timedelta(days=1)])


def _holds(data: bytes, as_of: date) -> bool:
    """Whether what was found on a day holds on another."""
    made_on, holds_from, _ = pickle.loads(data)  # noqa: S301  # kept by this program, for its owner alone
    return made_on == as_of or (holds_from is not None and min(made_on, as_of) >= holds_from)


def _pack(made_on: date, holds_from: date | None, found: Findings) -> bytes:
    """Findings with when they hold as bytes; problems as plain tuples, which load in a third of the time."""
    rows = [(one.code, one.span.path, one.span.line, one.span.column, one.span.length, one.context, one.source_line) for one in found.problems]
    return pickle.dumps((made_on, holds_from, pickle.dumps((rows, *found[1:]), pickle.HIGHEST_PROTOCOL)), pickle.HIGHEST_PROTOCOL)


def unpack_findings(data: bytes) -> Findings:
    """What `Ground.find` gives."""
    _, _, inner = pickle.loads(data)  # noqa: S301  # made by this process's own child, or kept by it
    rows, *rest = pickle.loads(inner)  # noqa: S301
    return Findings([Problem(code, Span(*place), context, line) for code, *place, context, line in rows], *rest)
