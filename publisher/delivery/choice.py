"""What a reader asks for as a whole: which entries, how often, on which day. Pure.

From a form's or a table's words to a `Choice`, and back to words that a reader understands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from publisher.content.codes import districts, industries, industry_code
from publisher.content.model.fields import is_id
from publisher.content.model.vocabulary import Kind
from publisher.delivery.preferences import CHOICES, KINDS, WATCHED, WATCHED_WORDS, Preferences

#: How often, in the words of the form.
FREQUENCIES = {"daily": "每天", "weekly": "每周", "monthly": "每月", "none": "暂停，先不收"}
#: The days of a week, 1 is Monday (ISO 8601).
WEEKDAYS = {1: "周一", 2: "周二", 3: "周三", 4: "周四", 5: "周五", 6: "周六", 7: "周日"}
#: The districts that may be chosen: those of the province that the table knows.
DISTRICTS = {code: name for code, name in districts().items() if code.startswith("61")}
#: The names of kinds.
KIND_NAMES = {kind.value: kind.label for kind in Kind if kind.value in KINDS}


class ChoiceError(ValueError):
    """A value that cannot be chosen; ``field`` names the choice (`CHOICES`, ``frequency``, ``weekday``)."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(f"{name}: {value[:40]}")
        self.field, self.value = name, value[:40]


@dataclass(frozen=True, slots=True)
class Choice:
    """A reader's preferences with their rhythm."""

    preferences: Preferences = field(default_factory=Preferences)
    frequency: str = "weekly"
    weekday: int = 1

    def to_json(self) -> str:
        """What `from_json` reads."""
        return json.dumps([self.preferences.to_json(), self.frequency, self.weekday], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Choice:
        """Read what `to_json` wrote."""
        preferences, frequency, weekday = json.loads(text)
        return cls(Preferences.from_json(preferences), frequency, weekday)

    def columns(self) -> dict[str, Any]:
        """As the table of subscribers keeps it."""
        return {"preferences": self.preferences.to_json(), "frequency": self.frequency, "weekday": self.weekday}

    @property
    def rhythm(self) -> str:
        """How often, in words: 每周一."""
        return f"每{WEEKDAYS[self.weekday]}" if self.frequency == "weekly" else FREQUENCIES[self.frequency].partition("，")[0]

    def described(self) -> list[tuple[str, str]]:
        """What was chosen, as (name, words); without preferences it says so."""
        rows = [("频率", self.rhythm)]
        for name, words in (*CHOICES.items(), (WATCHED, WATCHED_WORDS)):
            values = sorted(getattr(self.preferences, name))
            if values:
                rows.append((words, "、".join(name_of(name, value) for value in values)))
        return rows if len(rows) > 1 else [*rows, ("内容", "不按偏好，全部都要")]


def choice_of(row: Any) -> Choice:
    """The choice that a row of the table of subscribers holds."""
    return Choice(Preferences.from_json(row.preferences), row.frequency, row.weekday)


def name_of(choice: str, value: str) -> str:
    """What a chosen value is called."""
    if choice == "kinds":
        return KIND_NAMES.get(value, value)
    if choice == "industries":
        found = industries().get(value)
        return found.name if found else value
    return DISTRICTS.get(value, value) if choice == "districts" else value


def read_choice(written: Mapping[str, Iterable[str]], canonical: Callable[[str], str | None]) -> Choice:
    """A choice from written values by name, as in `CHOICES`, ``frequency`` and ``weekday``; codes and names alike.

    ``canonical`` gives the tag's name of today, or None when there is no such tag. Raises `ChoiceError` for the first value that is none.
    """
    readers: dict[str, Callable[[str], str | None]] = {
        "kinds": lambda value: value if value in KIND_NAMES else _key_of(KIND_NAMES, value),
        "tags": canonical,
        "industries": industry_code,
        "districts": lambda value: value if value in DISTRICTS else _key_of(DISTRICTS, value),
        WATCHED: lambda value: value if is_id(value) else None,
    }
    chosen = {}
    for name, read in readers.items():
        values = [value.strip() for value in written.get(name, ()) if value.strip()]
        found = {value: read(value) for value in values}
        for value, code in found.items():
            if code is None:
                raise ChoiceError(name, value)
        chosen[name] = frozenset(code for code in found.values() if code)
    frequency = _last(written.get("frequency", ())) or "weekly"
    weekday = _last(written.get("weekday", ())) or "1"
    names = {words.partition("，")[0]: code for code, words in FREQUENCIES.items()} | {words: code for code, words in FREQUENCIES.items()}
    rhythm = frequency if frequency in FREQUENCIES else names.get(frequency)
    if rhythm is None:
        raise ChoiceError("frequency", frequency)
    day = next((number for number, words in WEEKDAYS.items() if weekday in (str(number), words)), None)
    if day is None:
        raise ChoiceError("weekday", weekday)
    return Choice(Preferences(**chosen), rhythm, day)


def _key_of(names: Mapping[str, str], value: str) -> str | None:
    return next((code for code, name in names.items() if name == value), None)


def _last(values: Iterable[str]) -> str:
    return ([value.strip() for value in values] or [""])[-1]
