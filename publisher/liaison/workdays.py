"""Days in, working days and time limits out, by the State Council's calendar of holidays and shifted weekends.

The calendar is that of `chinesecalendar`; a file in ``holidays/`` overrides a year. Beyond both, Monday to Friday are
taken, and the calendar remembers which years it had to guess, so that whoever prints a time limit can say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from chinese_calendar import is_workday

from publisher.liaison.records import Holidays

_DAY = timedelta(days=1)


class WorkCalendar:
    """Which days are worked; ``guessed`` are the years asked for of which nothing is known."""

    def __init__(self, overrides: Iterable[Holidays] = ()) -> None:
        self._overrides = {one.year: (frozenset(one.off), frozenset(one.on)) for one in overrides}
        self._known: dict[date, bool] = {}
        self._between: dict[tuple[date, date], int] = {}
        self.guessed: set[int] = set()

    @property
    def notes(self) -> list[str]:
        """What to say beside time limits that rest on a guess."""
        return [f"没有{year}年的放假安排，工作日只按周一到周五算。" for year in sorted(self.guessed)]

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked."""
        known = self._known.get(day)
        if known is None:
            known = self._known[day] = self._look_up(day)
        return known

    def _look_up(self, day: date) -> bool:
        if day.year in self._overrides:
            off, on = self._overrides[day.year]
            return day in on or (day.weekday() < 5 and day not in off)
        try:
            return bool(is_workday(day))
        except NotImplementedError:
            self.guessed.add(day.year)
            return day.weekday() < 5

    def nth_from(self, first: date, count: int) -> date:
        """The so-manieth working day, counting from ``first`` itself when that is one; 1 is the first."""
        day = first
        left = count
        while True:
            left -= self.is_workday(day)
            if left <= 0:
                return day
            day += _DAY

    def after(self, start: date, count: int) -> date:
        """The last day of a time limit of so many working days that begins on the day after ``start`` (民法典第二百零一条)."""
        return self.nth_from(start + _DAY, count) if count > 0 else start

    def between(self, start: date, end: date) -> int:
        """How many working days lie after ``start``, up to and with ``end``; none when it is not later."""
        count = self._between.get((start, end))
        if count is None:
            count, day = 0, start
            while day < end:
                day += _DAY
                count += self.is_workday(day)
            self._between[start, end] = count
        return count
