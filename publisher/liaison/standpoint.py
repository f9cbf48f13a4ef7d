"""`Standpoint`: what every check is given beside records."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from publisher.liaison.workdays import WorkCalendar
from publisher.settings import LiaisonSettings


class Standpoint(NamedTuple):
    """The settings, the working days, and the day as of which records are looked at."""

    settings: LiaisonSettings
    calendar: WorkCalendar
    as_of: date
