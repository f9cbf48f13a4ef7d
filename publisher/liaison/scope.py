"""`Scope`: a month, perhaps one unit, as known on a day; and the records that belong to it.

What a month's report says of services, issues and cases is as it stood when the month ended (or now, while it runs); the
monthly reports of enterprises, which come in during the next month, count as they stand now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from publisher.liaison.duties import Duty, counted, duties, last_officer
from publisher.liaison.months import Month
from publisher.liaison.procedures import clock_of, is_done, is_open, steps_until
from publisher.liaison.records import Case, Issue, Matter, Pairing, Register, Service
from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings


@dataclass
class Scope:
    """What a report is about: a month, perhaps one unit, as known on a day; and its records."""

    register: Register
    month: Month
    unit: str
    settings: LiaisonSettings
    as_of: date
    calendar: WorkCalendar

    @cached_property
    def end(self) -> date:
        """The day as of which the month is told."""
        return min(self.as_of, self.month.last)

    @property
    def is_over(self) -> bool:
        """Whether the month has passed."""
        return self.as_of > self.month.last

    @cached_property
    def unit_by_enterprise(self) -> dict[str, str]:
        """The unit of whoever answers for an enterprise's month."""
        return {one.id: self.register.unit_of(last_officer(self.register, one.id, self.month, self.end)) for one in self.register.enterprises}

    def holds(self, enterprise: str) -> bool:
        """Whether an enterprise belongs to the unit that is asked for."""
        return not self.unit or self.unit_by_enterprise.get(enterprise) == self.unit

    @cached_property
    def duties(self) -> list[Duty]:
        """The duties of the month; services as they stood at its end, reports as they stand now."""
        rows = duties(self.register, [self.month], self.settings, self.as_of)
        return [row for row in rows if self.holds(row.enterprise.id)]

    @cached_property
    def services(self) -> list[Service]:
        return [service for duty in self.duties for service in duty.services if service.day <= self.end]

    @cached_property
    def issues(self) -> list[Issue]:
        return [one for one in self.register.issues if steps_until(one, self.end) and self.holds(one.enterprise)]

    @cached_property
    def cases(self) -> list[Case]:
        return [one for one in self.register.cases if steps_until(one, self.end) and self.holds(one.enterprise)]

    def behind(self, rows: Iterable[Duty]) -> list[Service | Pairing]:
        """What shows the services of some enterprises: these; of an enterprise without any, that it was paired."""
        found: list[Service | Pairing] = []
        for row in rows:
            services = [one for one in row.services if one.day <= self.end]
            found += services or self.pairings(row)
        return found

    def pairings(self, row: Duty) -> list[Pairing]:
        """The pairings of an enterprise in the month."""
        every = self.register.pairings_of_enterprise.get(row.enterprise.id, ())
        return [one for one in every if one.start <= self.end and (one.end is None or one.end >= self.month.first)]

    def lacks(self, row: Duty) -> int:
        """How many services are missing; while the month still runs, as yet."""
        return max(0, row.owed - counted(row.services, self.end))

    def began(self, matter: Matter) -> bool:
        """Whether a matter began in the month."""
        return Month.of(matter.steps[0].day) == self.month

    def ended(self, matter: Matter) -> bool:
        """Whether it came to its good end in the month."""
        return is_done(matter, self.end) and Month.of(steps_until(matter, self.end)[-1].day) == self.month

    def is_late(self, matter: Matter) -> bool:
        """Whether it is open and over its time limit."""
        if not is_open(matter, self.end):
            return False
        return matter.due < self.end if isinstance(matter, Issue) else clock_of(matter, self.calendar, self.end).is_overdue
