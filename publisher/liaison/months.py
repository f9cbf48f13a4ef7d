"""`Month`: one calendar month, written ``2026-10``."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_WRITTEN = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])")


class Month(NamedTuple):
    """A calendar month; months are ordered by time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """Read ``2026-10``; None when it is no month."""
        match = _WRITTEN.fullmatch(text)
        return cls(int(match[1]), int(match[2])) if match else None

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02d}"

    @property
    def first(self) -> date:
        return _first_and_last(self.year, self.number)[0]

    @property
    def last(self) -> date:
        return _first_and_last(self.year, self.number)[1]

    def plus(self, months: int) -> Month:
        """The month so many months later, or earlier."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def label(self) -> str:
        """The month in Chinese."""
        return f"{self.year}年{self.number}月"


#: They are asked for hundreds of thousands of times.
@lru_cache(maxsize=4096)
def _first_and_last(year: int, number: int) -> tuple[date, date]:
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


@lru_cache(maxsize=1024)
def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """Every month from the first to the last, both within."""
    return tuple(first.plus(number) for number in range((last.year - first.year) * 12 + last.number - first.number + 1))
