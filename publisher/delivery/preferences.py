"""What a reader chose, as a value; which items of an edition are for them. Pure.

Within a choice any value will do, and every choice that was made must be met, as in the site's finders. An item that names no industry or
district is for all of them. Nothing chosen means everything, in the same order for all: the way without personalisation (PIPL 24).
A reader may also name enterprises: what fits a listing of one of them is for the reader, whatever else was chosen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.content.codes import industry_path
from publisher.content.model.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Preferences:
    """Kinds (``policy``), tags by name, industries by code of GB/T 4754, districts by code of GB/T 2260; empty means any."""

    kinds: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    enterprises: frozenset[str] = frozenset()

    def to_json(self) -> str:
        """The canonical form: two readers with the same choices have the same text."""
        chosen = {name: sorted(getattr(self, name)) for name in (*CHOICES, WATCHED)}
        return json.dumps({name: values for name, values in chosen.items() if values}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Preferences:
        """Read what `to_json` wrote."""
        chosen: Mapping[str, Any] = json.loads(text)
        return cls(**{name: frozenset(values) for name, values in chosen.items()})

    def settled(self, canonical: Callable[[str], str]) -> Preferences:
        """The same with every tag under the name it has now, so that a renamed tag takes its readers along."""
        return replace(self, tags=frozenset(canonical(tag) for tag in self.tags))


@dataclass(frozen=True, slots=True)
class Item:
    """What decides for whom an entry is; ``industries``, ``excluded`` and ``districts`` are codes, wider or narrower than those chosen.

    ``fits`` are the enterprises of whose listings it is a counterpart.
    """

    entry_id: str
    kind: str
    tags: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    fits: frozenset[str] = frozenset()
    is_reminder: bool = field(default=False, compare=False)


def unmet(item: Item, preferences: Preferences) -> str | None:
    """The first choice that an item does not meet: ``kinds``, ``tags``, ``industries``, ``districts``, ``enterprises``; None when it is for this reader."""
    if preferences.enterprises & item.fits:
        return None
    if preferences.enterprises and not any(getattr(preferences, name) for name in CHOICES):
        return WATCHED  # who names an enterprise and nothing else wants no more than that
    if preferences.kinds and item.kind not in preferences.kinds:
        return "kinds"
    if preferences.tags and not preferences.tags & item.tags:
        return "tags"
    if preferences.industries and not any(_is_for_industry(item, chosen) for chosen in preferences.industries):
        return "industries"
    if preferences.districts and item.districts and not any(_is_same_place(a, b) for a in item.districts for b in preferences.districts):
        return "districts"
    return None


def _is_for_industry(item: Item, chosen: str) -> bool:
    """Whether an item is for an industry: it names none, or one that meets it; and it does not leave the whole of it out."""
    if any(_covers(wide, chosen) for wide in item.excluded):
        return False
    return not item.industries or any(_is_within(named, chosen) for named in item.industries)


def _covers(wide: str, narrow: str) -> bool:
    return wide == narrow or (_is_within(wide, narrow) and not wide[0].isdigit()) or (wide[0].isdigit() and narrow.startswith(wide))


def _is_within(one: str, other: str) -> bool:
    """Whether one industry contains the other: section F, division 52, group 521, class 5211."""
    if one[0].isdigit() and other[0].isdigit():
        return one.startswith(other) or other.startswith(one)
    return industry_path(one)[0] == industry_path(other)[0]


def _is_same_place(one: str, other: str) -> bool:
    """Whether one division contains the other: 610000 the province, 610100 the city, 610102 the district."""
    short, long = sorted((one.removesuffix("00").removesuffix("00"), other.removesuffix("00").removesuffix("00")), key=len)
    return long.startswith(short)


#: The choices as a form offers them, with the words of the form.
CHOICES = {"kinds": "栏目", "tags": "主题", "industries": "行业", "districts": "地区"}
#: What a reader may name beside them: enterprises whose counterparts are to be told.
WATCHED, WATCHED_WORDS = "enterprises", "企业的对接"
#: The kinds that a digest may hold.
KINDS = tuple(kind.value for kind in Kind if kind is not Kind.PAGE)
