"""The records as plain values with their places, and the `Register` that holds them all.

They are tuples and not models: five thousand enterprises over three years have half a million of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from publisher.content.model.vocabulary import IssueType, SubjectType, Way
from publisher.liaison.months import Month
from publisher.liaison.vocabulary import (
    AccompanyState,
    AgencyState,
    Feature,
    IssueState,
    Measure,
    MeetingType,
    Orders,
    Satisfaction,
    Stage,
    Trend,
)


class Place(NamedTuple):
    """Where a record stands: a file relative to the root, the line, and which item of which list of the file it is."""

    path: str
    line: int
    part: str = ""
    item: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Enterprise(NamedTuple):
    place: Place
    id: str
    name: str
    type: SubjectType
    industry: str
    street: str | None
    stage: Stage
    start: date
    end: date | None
    credit_code: str | None = None


class Leader(NamedTuple):
    place: Place
    id: str
    post: str


class Officer(NamedTuple):
    place: Place
    id: str
    unit: str
    email: str | None
    start: date
    end: date | None
    post: str | None = None
    name: str | None = None
    phone: str | None = None
    mobile: str | None = None


class Pairing(NamedTuple):
    place: Place
    enterprise: str
    officer: str
    leader: str
    start: date
    end: date | None


class Service(NamedTuple):
    """One service; ``enterprise`` and ``month`` come from the file's name and folder."""

    place: Place
    enterprise: str
    month: Month
    day: date
    officer: str
    way: Way
    text: str
    issues: tuple[str, ...]
    policies: tuple[str, ...]
    next: str | None
    counts: bool
    proof: str | None = None


class Situation(NamedTuple):
    """The monthly report of one enterprise."""

    place: Place
    enterprise: str
    month: Month
    trend: Trend
    staff: int | None
    orders: Orders | None
    invested: Decimal | None
    progress: str | None
    obtained: str | None
    needs: str | None
    reported: date


class Step(NamedTuple):
    """One step of a matter, of any sort."""

    day: date
    state: IssueState | AgencyState | AccompanyState
    by: str | None
    note: str | None
    proof: str | None
    #: Issues: the policy behind 无法解决. Agency cases: way and receipt of delivery.
    basis: str | None = None
    delivery: str | None = None
    receipt: str | None = None


class Promise(NamedTuple):
    text: str
    basis: str
    due: date
    kept: date | None


class Issue(NamedTuple):
    """One difficulty of an enterprise, from 登记 to 销号."""

    place: Place
    enterprise: str
    id: str
    type: IssueType
    stage: Stage
    feature: Feature
    text: str
    unit: str
    due: date
    steps: tuple[Step, ...]
    satisfaction: Satisfaction
    promises: tuple[Promise, ...]
    helpers: tuple[str, ...] = ()


class Case(NamedTuple):
    """A matter done for (代办单) or together with (陪办单) an enterprise; ``days`` is its time limit in working days."""

    place: Place
    enterprise: str
    id: str
    is_agency: bool
    matter: str
    guide: str | None
    officer: str
    days: int
    mandate: str | None
    steps: tuple[Step, ...]
    promises: tuple[Promise, ...]


class Agenda(NamedTuple):
    text: str
    unit: str
    due: date | None
    issue: str | None


class Meeting(NamedTuple):
    place: Place
    day: date
    name: str
    type: MeetingType
    enterprises: tuple[str, ...]
    minutes: str
    agenda: tuple[Agenda, ...]


class Progress(NamedTuple):
    day: date
    actual: Decimal


class Indicator(NamedTuple):
    place: Place
    year: int
    id: str
    name: str
    measure: str
    target: Decimal
    unit: str | None
    progress: tuple[Progress, ...]


class Rule(NamedTuple):
    place: Place
    id: str
    name: str
    measure: Measure
    points: Decimal
    most: Decimal | None
    adds: bool
    basis: str


class RuleBook(NamedTuple):
    """One year's rules of scoring."""

    place: Place
    year: int
    name: str
    total: Decimal
    rules: tuple[Rule, ...]


class Holidays(NamedTuple):
    """What a file says of one year."""

    place: Place
    year: int
    off: tuple[date, ...]
    on: tuple[date, ...]
    source: str = ""


Matter = Issue | Case
Record = Enterprise | Leader | Officer | Pairing | Service | Situation | Issue | Case | Meeting | Indicator | RuleBook | Holidays


@dataclass
class Register:
    """All records that were read, in the order of their files."""

    enterprises: list[Enterprise] = field(default_factory=list)
    leaders: list[Leader] = field(default_factory=list)
    officers: list[Officer] = field(default_factory=list)
    pairings: list[Pairing] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    books: list[RuleBook] = field(default_factory=list)
    holidays: list[Holidays] = field(default_factory=list)
    #: Paths of files that are there but could not be read: what they should hold is not missed as well.
    unread: set[str] = field(default_factory=set)

    @cached_property
    def enterprise_by_id(self) -> dict[str, Enterprise]:
        return {one.id: one for one in self.enterprises}

    @cached_property
    def officer_by_id(self) -> dict[str, Officer]:
        return {one.id: one for one in self.officers}

    @cached_property
    def pairings_of_enterprise(self) -> dict[str, list[Pairing]]:
        return _grouped(self.pairings, "enterprise")

    @cached_property
    def pairings_of_officer(self) -> dict[str, list[Pairing]]:
        return _grouped(self.pairings, "officer")

    @cached_property
    def services_by_month(self) -> dict[tuple[str, Month], list[Service]]:
        """The services of an enterprise in a month."""
        found: dict[tuple[str, Month], list[Service]] = defaultdict(list)
        for service in self.services:
            found[service.enterprise, service.month].append(service)
        return found

    @cached_property
    def situation_by_month(self) -> dict[tuple[str, Month], Situation]:
        return {(one.enterprise, one.month): one for one in self.situations}

    def officer_on(self, enterprise: str, day: date) -> str | None:
        """Who looks after an enterprise on a day."""
        for one in self.pairings_of_enterprise.get(enterprise, ()):
            if one.start <= day and (one.end is None or day <= one.end):
                return one.officer
        return None

    def unit_of(self, officer: str | None) -> str:
        """The unit of an officer; empty when nobody knows."""
        found = self.officer_by_id.get(officer or "")
        return found.unit if found else ""

    def name_of(self, enterprise: str) -> str:
        """The name of an enterprise, or its id."""
        found = self.enterprise_by_id.get(enterprise)
        return found.name if found else enterprise

    @property
    def unread_folders(self) -> set[str]:
        """The folders of ``liaison/`` of which a file could not be read."""
        return {path.split("/")[2] for path in self.unread}

    @property
    def is_empty(self) -> bool:
        return not (self.enterprises or self.officers or self.services or self.issues or self.cases or self.unread)


def _grouped(pairings: list[Pairing], name: str) -> dict[str, list[Pairing]]:
    found: dict[str, list[Pairing]] = defaultdict(list)
    for pairing in pairings:
        found[getattr(pairing, name)].append(pairing)
    return found
