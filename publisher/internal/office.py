"""The register as the office looks at it: everything by enterprise and by officer, sorted once, for the pages that are planned from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from publisher.internal.records import Today
from publisher.liaison.duties import is_active
from publisher.liaison.months import Month
from publisher.liaison.records import Case, Enterprise, Issue, Pairing, Register, Service
from publisher.liaison.reminders import Reminder, by_officer, find_reminders
from publisher.liaison.scope import Scope
from publisher.liaison.score import Standing, book_of, score
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings

_T = TypeVar("_T")
#: For how many months there is a report and a score: this one as it runs, and the last two.
MONTHS = 3


@dataclass
class Office:
    """The records at a day."""

    register: Register
    settings: LiaisonSettings
    day: date

    @cached_property
    def calendar(self) -> WorkCalendar:
        return WorkCalendar(self.register.holidays)

    @property
    def today(self) -> Today:
        return Today(self.day, self.calendar)

    @cached_property
    def months(self) -> list[Month]:
        """The months that are reported, the newest first: the one that runs, and the last ones in which anything was owed, done or not."""
        present = Month.of(self.day)
        earlier = (present.plus(-back) for back in range(1, MONTHS))
        return [present, *(month for month in earlier if any(is_active(one, month) for one in self.register.enterprises))]

    @cached_property
    def scopes(self) -> dict[Month, Scope]:
        """Each of these months with its records."""
        return {month: Scope(self.register, month, "", self.settings, self.day, self.calendar) for month in self.months}

    @cached_property
    def standings(self) -> dict[str, list[tuple[Month, Standing]]]:
        """The points of each officer in these months; none without rules. Raises `ForbiddenRuleError`."""
        found: dict[str, list[tuple[Month, Standing]]] = defaultdict(list)
        for month, scope in self.scopes.items():
            book = book_of(self.register.books, month)
            for standing in score(scope, book) if book else ():
                found[standing.officer].append((month, standing))
        return found

    @cached_property
    def issues(self) -> dict[str, list[Issue]]:
        return _grouped(self.register.issues, "enterprise")

    @cached_property
    def cases(self) -> dict[str, list[Case]]:
        return _grouped(self.register.cases, "enterprise")

    @cached_property
    def services_by_officer(self) -> dict[str, list[Service]]:
        return _grouped(self.register.services, "officer")

    @cached_property
    def cases_by_officer(self) -> dict[str, list[Case]]:
        return _grouped(self.register.cases, "officer")

    @cached_property
    def posts(self) -> dict[str, str]:
        """What each leader is, by code."""
        return {leader.id: leader.post for leader in self.register.leaders}

    @cached_property
    def reminders(self) -> dict[str, list[Reminder]]:
        """What is owed, by officer; what nobody answers for stands under an empty name."""
        return by_officer(find_reminders(self.register, self.settings, self.calendar, self.day))

    def sort_all(self) -> None:
        """Sort the records now, before several processes each would."""
        for name in ("scopes", "standings", "issues", "cases", "services_by_officer", "cases_by_officer", "posts", "reminders"):
            getattr(self, name)

    def pairing_of(self, enterprise: Enterprise) -> Pairing | None:
        """Who looks after an enterprise today, or did last."""
        every = self.register.pairings_of_enterprise.get(enterprise.id, [])
        now = [one for one in every if one.start <= self.day and (one.end is None or self.day <= one.end)]
        return max(now or every, key=lambda one: one.start, default=None)


def _grouped(records: list[_T], name: str) -> dict[str, list[_T]]:
    """Records by one of their fields."""
    found: dict[str, list[_T]] = defaultdict(list)
    for record in records:
        found[getattr(record, name)].append(record)
    return found
