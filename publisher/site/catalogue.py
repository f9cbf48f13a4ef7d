"""A library at a moment, put in order: who is listed where, who stands beside whom. Pure, and cheap enough to make anew each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from publisher.content.codes import industries
from publisher.content.library import Edition, Entry, Library
from publisher.content.model.fields import SHANGHAI
from publisher.content.model.kinds import Event, Listing, News
from publisher.content.model.vocabulary import Kind
from publisher.lifecycle import Status, deadline, status
from publisher.settings import Settings

#: How many neighbours on each side of an entry in a list count as candidates for "related"; keeps a new entry's effect local.
_NEIGHBOURS = 3


class Catalogue:
    """The derived order of a library at ``as_of``. Lists are newest first; a list of a policy kind has what is over at its end."""

    def __init__(self, library: Library, settings: Settings, as_of: datetime) -> None:
        self.library, self.settings, self.as_of = library, settings, as_of
        closing = settings.closing_days
        self.status: dict[str, Status] = {entry.id: status(entry, as_of, closing) for entry in library.entries}

    @cached_property
    def public(self) -> tuple[Entry, ...]:
        """Every entry with a page, newest first."""
        found = [entry for entry in self.library.entries if self.status[entry.id].is_public]
        return tuple(sorted(found, key=lambda entry: (-entry.published.timestamp(), entry.id)))

    @cached_property
    def listed(self) -> tuple[Entry, ...]:
        """The entries that lists name: public, not withdrawn, no page, no listing that is over."""
        return tuple(entry for entry in self.public if self._is_listed(entry))

    def _is_listed(self, entry: Entry) -> bool:
        now = self.status[entry.id]
        if entry.kind is Kind.PAGE or now is Status.WITHDRAWN:
            return False
        return not (entry.kind is Kind.LISTING and now is Status.EXPIRED)

    @cached_property
    def live(self) -> tuple[Entry, ...]:
        """The listed entries that are current."""
        return tuple(entry for entry in self.listed if self.status[entry.id].is_live)

    @cached_property
    def feed_entries(self) -> tuple[Entry, ...]:
        """What feeds carry: live entries, and withdrawn ones so that readers hear of it; latest change of that sort first."""
        found = [e for e in self.public if e.kind is not Kind.PAGE and (self.status[e.id].is_live or self.status[e.id] is Status.WITHDRAWN)]
        return tuple(sorted(found, key=lambda e: (-self._feed_time(e).timestamp(), e.id)))

    def _feed_time(self, entry: Entry) -> datetime:
        return entry.updated if self.status[entry.id] is Status.WITHDRAWN else entry.published

    @cached_property
    def of_kind(self) -> dict[Kind, tuple[Entry, ...]]:
        """The listed entries by kind; policies in force and open listings come before those that are over, events by their day."""
        rows: dict[Kind, list[Entry]] = {kind: [] for kind in Kind if kind is not Kind.PAGE}
        for entry in self.listed:
            rows[entry.kind].append(entry)
        for kind in (Kind.POLICY, Kind.LISTING):
            rows[kind].sort(key=lambda entry: not self.status[entry.id].is_live)
        rows[Kind.EVENT].sort(key=self._event_order)
        rows[Kind.ENTERPRISE].sort(key=lambda entry: (not self.status[entry.id].is_live, entry.id))
        return {kind: tuple(found) for kind, found in rows.items()}

    def _event_order(self, entry: Entry) -> tuple[bool, float]:
        assert isinstance(entry.data, Event)
        is_over = not self.status[entry.id].is_live
        start = entry.data.start.timestamp()
        return (is_over, -start if is_over else start)

    @cached_property
    def by_tag(self) -> dict[str, tuple[Entry, ...]]:
        """The listed entries by canonical tag; tags in the order of the table, then by name."""
        found = _group((tag, entry) for entry in self.listed for tag in self.library.tags_of(entry))
        order = {name: index for index, name in enumerate(self.library.taxonomy.tags)}
        return {tag: found[tag] for tag in sorted(found, key=lambda tag: (order.get(tag, len(order)), tag))}

    @cached_property
    def by_industry(self) -> dict[str, tuple[Entry, ...]]:
        """The listed entries by section and division code, in the order of GB/T 4754."""
        found = _group((code, entry) for entry in self.listed for code in entry.industry_codes)
        return {code: found[code] for code in industries() if code in found}

    @cached_property
    def by_month(self) -> dict[str, tuple[Entry, ...]]:
        """The listed entries by ``YYYY-MM`` of publication, latest month first."""
        found = _group((month_of(entry), entry) for entry in self.listed)
        return {month: found[month] for month in sorted(found, reverse=True)}

    @cached_property
    def closing(self) -> tuple[Entry, ...]:
        """The policies and listings that close soon, nearest end first."""
        found = [e for e in self.live if self.status[e.id] is Status.CLOSING and e.kind in (Kind.POLICY, Kind.LISTING)]
        return tuple(sorted(found, key=lambda e: (deadline(e, self.as_of) or self.as_of, e.id)))

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """The editions whose period is over, newest first."""
        over = [edition for edition in self.library.editions if edition.data.end <= self.as_of and edition.entry_ids]
        return tuple(reversed(over))

    @cached_property
    def of_enterprise(self) -> dict[str, tuple[Entry, ...]]:
        """The listed news, listings and events that name an enterprise."""
        pairs = ((name, entry) for entry in self.listed for name in _enterprises_of(entry))
        return _group(pairs)

    @cached_property
    def naming_policy(self) -> dict[str, tuple[Entry, ...]]:
        """The listed guides and events that name a policy."""
        pairs = ((name, e) for e in self.listed for name in getattr(e.data, "policies", ()))
        return _group(pairs)

    def neighbours(self, entry: Entry) -> tuple[Entry | None, Entry | None]:
        """The entry of the same kind published just before, and the one just after; none for an entry that is not listed."""
        at = self._place.get(entry.id)
        if at is None:
            return None, None
        row = self._row_of[entry.kind]
        return (row[at + 1] if at + 1 < len(row) else None, row[at - 1] if at else None)

    @cached_property
    def _row_of(self) -> dict[Kind, list[Entry]]:
        rows: dict[Kind, list[Entry]] = defaultdict(list)
        for entry in self.listed:
            rows[entry.kind].append(entry)
        return rows

    @cached_property
    def _place(self) -> dict[str, int]:
        return {entry.id: index for row in self._row_of.values() for index, entry in enumerate(row)}

    @cached_property
    def _shelves(self) -> dict[str, dict[str, int]]:
        """For each tag (``#tag``) and industry, the place of each listed entry on it."""
        shelves = {f"#{tag}": row for tag, row in self.by_tag.items()} | self.by_industry
        return {name: {entry.id: index for index, entry in enumerate(row)} for name, row in shelves.items()}

    def related(self, entry: Entry) -> tuple[Entry, ...]:
        """The entries that share most tags and industries with this one, among those published around the same time."""
        scores: dict[str, int] = defaultdict(int)
        rows: list[tuple[str, Sequence[Entry], int]] = [(f"#{tag}", self.by_tag.get(tag, ()), 3) for tag in self.library.tags_of(entry)]
        rows += [(code, self.by_industry.get(code, ()), 2 if code[0].isdigit() else 1) for code in entry.industry_codes]
        for name, row, weight in rows:
            at = self._shelves.get(name, {}).get(entry.id)
            if at is None:
                continue
            for other in row[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]:
                scores[other.id] += weight
        scores.pop(entry.id, None)
        by_id = self.library.by_id
        best = sorted(scores, key=lambda i: (not self.status[i].is_live, -scores[i], -by_id[i].published.timestamp(), i))
        return tuple(by_id[found] for found in best[: self.settings.related_entries])


def month_of(entry: Entry) -> str:
    """``YYYY-MM`` of publication, in Asia/Shanghai."""
    return entry.published.astimezone(SHANGHAI).strftime("%Y-%m")


def _enterprises_of(entry: Entry) -> Iterable[str]:
    if isinstance(entry.data, Listing):
        return (entry.data.enterprise,)
    if isinstance(entry.data, News | Event):
        return entry.data.enterprises
    return ()


def _group(pairs: Iterator[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for name, entry in pairs:
        found[name].append(entry)
    return {name: tuple(entries) for name, entries in found.items()}
