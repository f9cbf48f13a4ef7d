"""An edition and what readers chose in, the items for each of them out. Pure.

All who get the same items are one segment: it is put together once, and stamped for each of its readers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from publisher.delivery.preferences import Item, Preferences, unmet


@dataclass(frozen=True, slots=True)
class Section:
    """One group of an edition; what a reminder reminds of may have been sent before."""

    name: str
    is_reminder: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Issue:
    """One edition as it is sent: what it is called, the half-open time it covers in seconds since 1970, its sections in order."""

    id: str
    title: str
    period: str
    start: float
    end: float
    sections: tuple[Section, ...]

    @property
    def fingerprint(self) -> str:
        """A digest of what is in it."""
        rows = [self.title, [(section.name, section.is_reminder, [item.entry_id for item in section.items]) for section in self.sections]]
        return hashlib.blake2b(json.dumps(rows, ensure_ascii=False).encode(), digest_size=12).hexdigest()

    @property
    def news(self) -> frozenset[str]:
        """The entries that nobody may get twice: all but the reminders."""
        return frozenset(item.entry_id for section in self.sections if not section.is_reminder for item in section.items)


#: The items of one segment: names of sections with the ids of their entries, in the edition's order.
Selection = tuple[tuple[str, tuple[str, ...]], ...]


def select(issue: Issue, preferences: Preferences, had: Iterable[str] = ()) -> Selection:
    """What of an edition is for a reader who chose so; ``had`` are the entries they got before, which come again only as reminders."""
    known = frozenset(had)
    chosen = []
    for section in issue.sections:
        passed = [item.entry_id for item in section.items if unmet(item, preferences) is None and (section.is_reminder or item.entry_id not in known)]
        if passed:
            chosen.append((section.name, tuple(passed)))
    return tuple(chosen)


def without(issue: Issue, selection: Selection, had: Iterable[str]) -> Selection:
    """A selection without what the reader got before, but for reminders."""
    known = frozenset(had)
    reminders = {section.name for section in issue.sections if section.is_reminder}
    left = ((name, ids if name in reminders else tuple(entry for entry in ids if entry not in known)) for name, ids in selection)
    return tuple((name, ids) for name, ids in left if ids)


def pack(selection: Selection) -> str:
    """A selection as the database keeps it: equal texts for equal selections."""
    return json.dumps(selection, ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Selection:
    """Read what `pack` wrote."""
    return tuple((name, tuple(ids)) for name, ids in json.loads(text))


def reasons(issue: Issue, preferences: Preferences, had: Iterable[str] = ()) -> Mapping[str, str]:
    """For each entry of an edition why a reader gets it or not: ``chosen``, ``had``, or the name of the choice it does not meet."""
    known = frozenset(had)
    found: dict[str, str] = {}
    for section in issue.sections:
        for item in section.items:
            missed = unmet(item, preferences)
            is_known = item.entry_id in known and not section.is_reminder
            found[item.entry_id] = missed or ("had" if is_known else "chosen")
    return found
