"""Heads in, rows out: every ordered list of ids that the site shows, by name. Pure, and the only place that decides who stands where.

A row's name says what it holds: ``kind:news``, ``tag:税收``, ``industry:F52``, ``month:2026-11``, ``feed:tags/税收``. The rows
``tags``, ``industries``, ``months``, ``feeds``, ``editions`` and ``images`` hold names instead of ids,
``outcomes`` sums (`publisher.site.outcomes`).

The rows ``counterparts:ID`` alone are made elsewhere, from the offers of listings (`publisher.counterparts.matching`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from publisher.content.codes import industries
from publisher.content.model.vocabulary import FOLDERS, Kind, ListingType
from publisher.content.taxonomy import Taxonomy
from publisher.lifecycle import Status
from publisher.search.volumes import bind
from publisher.settings import Settings
from publisher.site.heads import EditionHead, Order
from publisher.site.outcomes import count_outcomes

Rows = dict[str, tuple[str, ...]]

_PUBLIC = frozenset(status.value for status in Status if status.is_public)
_LIVE = frozenset(status.value for status in Status if status.is_live)
_PAGE, _LISTING, _EVENT = Kind.PAGE.value, Kind.LISTING.value, Kind.EVENT.value
_POLICY, _ENTERPRISE, _TALLY = Kind.POLICY.value, Kind.ENTERPRISE.value, Kind.TALLY.value
#: The kinds that lists know, with their folders.
_LISTED = {kind.value: kind.folder for kind in Kind if kind is not Kind.PAGE}
#: How many dated things a calendar holds, the latest ones: nobody wants the meetings of ten years ago in a telephone.
CALENDAR_LENGTH = 300
#: How the names of the rows begin that say whom a listing fits.
COUNTERPARTS = "counterparts:"

Pair = tuple[str, Order]


def make_rows(found: Iterable[Pair], editions: Iterable[EditionHead], taxonomy: Taxonomy, settings: Settings, as_of: datetime) -> Rows:
    """Every row of the site; ``found`` are the entries in the order of their paths."""
    pairs = list(found)
    rows: dict[str, Sequence[str]] = _ids(pairs)
    public = sorted((pair for pair in pairs if pair[1].status in _PUBLIC), key=lambda pair: (-pair[1].published, pair[0]))
    listed = [pair for pair in public if _is_listed(pair[1])]
    rows["public"] = [entry_id for entry_id, _ in public]
    rows |= _kinds(listed, settings)
    rows |= _groups(listed, taxonomy)
    rows |= _front(listed, settings)
    rows |= _feeds(public, rows["tags"], settings)
    rows |= _enterprise_feeds(listed)
    rows["outcomes"] = count_outcomes([order.reached_in for _, order in listed if order.reached_in])
    rows["calendar:policies"] = _calendar([pair for pair in listed if pair[1].kind == _POLICY])
    rows["calendar:events"] = _calendar([pair for pair in listed if pair[1].kind == _EVENT])
    rows["images"] = sorted({file for _, order in public if order.status != Status.WITHDRAWN.value for file in order.files})
    moment = as_of.timestamp()
    every = sorted((edition.end, edition.id, bool(edition.entries)) for edition in editions)
    if settings.search:
        rows |= _volumes(public)
    rows["every-edition"] = [edition_id for _, edition_id, _ in every]
    rows["editions"] = [edition_id for end, edition_id, has_entries in reversed(every) if end <= moment and has_entries]
    return {name: tuple(row) for name, row in rows.items() if row}


def _volumes(public: Sequence[Pair]) -> dict[str, Sequence[str]]:
    """The volumes of the search index, the oldest first. A withdrawn entry keeps its number, so that no other entry gets another."""
    found = sorted((order.published, entry_id, order.month) for entry_id, order in public)
    volumes = bind((entry_id, month) for _, entry_id, month in found)
    return {f"volume:{name}": ids for name, ids in volumes.items()} | {"volumes": list(volumes)}


def _is_listed(order: Order) -> bool:
    """Whether lists name an entry: public, not withdrawn, no page, no listing that is over."""
    if order.kind == _PAGE or order.status == Status.WITHDRAWN.value:
        return False
    return not (order.kind == _LISTING and order.status == Status.EXPIRED.value)


def _ids(pairs: Sequence[Pair]) -> dict[str, Sequence[str]]:
    """What the checks ask for: every id of a kind, entries with the title or the month of an earlier one, policies that replace others."""
    rows: dict[str, list[str]] = {f"ids:{kind.value}": [] for kind in Kind}
    first: dict[tuple[str, str], str] = {}
    months: dict[str, str] = {}
    rows["same-title"], rows["same-month"], rows["replacing"] = [], [], []
    for entry_id, order in pairs:
        rows[f"ids:{order.kind}"].append(entry_id)
        if order.status != Status.DRAFT.value and (other := first.setdefault((order.kind, order.title), entry_id)) != entry_id:
            rows["same-title"] += [entry_id, other]
        if order.month_told and (other := months.setdefault(order.month_told, entry_id)) != entry_id:
            rows["same-month"] += [entry_id, other]
        if order.replaces or order.replaced_by:
            rows["replacing"].append(entry_id)
    return dict(rows)


def _kinds(listed: Sequence[Pair], settings: Settings) -> dict[str, Sequence[str]]:
    """Each kind as its page shows it, and in the plain order of publication."""
    by_kind: dict[str, list[Pair]] = {kind: [] for kind in _LISTED}
    for pair in listed:
        by_kind[pair[1].kind].append(pair)
    rows: dict[str, Sequence[str]] = {}
    for kind, pairs in by_kind.items():
        rows[f"listed:{kind}"] = [entry_id for entry_id, _ in pairs]
        rows[f"newest:{kind}"] = [entry_id for entry_id, order in pairs if order.status in _LIVE][: settings.home_entries]
        rows[f"kind:{kind}"] = [entry_id for entry_id, _ in _as_shown(kind, pairs)]
    return rows


def _as_shown(kind: str, pairs: Sequence[Pair]) -> Sequence[Pair]:
    """The order of a kind's own page: what is over comes last, events by their day, enterprises by id, tallies by their month."""
    if kind in (_POLICY, _LISTING):
        return sorted(pairs, key=lambda pair: pair[1].status not in _LIVE)
    if kind == _EVENT:
        return sorted(pairs, key=lambda pair: _event_order(pair[1]))
    if kind == _TALLY:
        return sorted(pairs, key=lambda pair: pair[1].month_told, reverse=True)
    if kind == _ENTERPRISE:
        return sorted(pairs, key=lambda pair: (pair[1].status not in _LIVE, pair[0]))
    return pairs


def _event_order(order: Order) -> tuple[bool, float]:
    """What is to come first, by its day; then what is over, latest first."""
    is_over = order.status not in _LIVE
    return (is_over, -order.start if is_over else order.start)


def _groups(listed: Sequence[Pair], taxonomy: Taxonomy) -> dict[str, Sequence[str]]:
    """By tag in the order of the table, by industry in the order of GB/T 4754, by month, by enterprise and by policy named."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry_id, order in listed:
        for tag in order.tags:
            found[f"tag:{tag}"].append(entry_id)
        for code in order.industries:
            found[f"industry:{code}"].append(entry_id)
        found[f"month:{order.month}"].append(entry_id)
        for name in order.enterprises:
            found[f"enterprise:{name}"].append(entry_id)
        for name in order.policies:
            found[f"policy:{name}"].append(entry_id)
    place = {name: index for index, name in enumerate(taxonomy.tags)}
    tags = [name.removeprefix("tag:") for name in found if name.startswith("tag:")]
    rows: dict[str, Sequence[str]] = dict(found)
    rows["tags"] = sorted(tags, key=lambda tag: (place.get(tag, len(place)), tag))
    rows["industries"] = [code for code in industries() if f"industry:{code}" in found]
    rows["months"] = sorted((name.removeprefix("month:") for name in found if name.startswith("month:")), reverse=True)
    return rows


def _front(listed: Sequence[Pair], settings: Settings) -> dict[str, Sequence[str]]:
    """What the home page shows beside the newest of each kind, and the policies that readers can check themselves against."""
    live = [pair for pair in listed if pair[1].status in _LIVE]
    offers = [pair for pair in live if pair[1].kind == _LISTING]
    closing = sorted((o.deadline, i) for i, o in live if o.status == Status.CLOSING.value and o.kind in (_POLICY, _LISTING))
    events = sorted((pair for pair in live if pair[1].kind == _EVENT), key=lambda pair: pair[1].start)
    rows: dict[str, Sequence[str]] = {
        "open-listings": [entry_id for entry_id, _ in offers],
        "closing": [entry_id for _, entry_id in closing][: settings.home_entries],
        "coming": [entry_id for entry_id, _ in events][: settings.home_entries],
        "tally": [entry_id for entry_id, _ in _as_shown(_TALLY, [pair for pair in live if pair[1].kind == _TALLY])][:1],
        "self-check": [entry_id for entry_id, order in live if order.is_checkable],
    }
    for kind in ListingType:
        rows[f"offer:{kind.value}"] = [i for i, o in offers if o.listing_type == kind.value][: settings.home_entries]
    return rows


def _feeds(public: Sequence[Pair], tags: Sequence[str], settings: Settings) -> dict[str, Sequence[str]]:
    """Everything, each kind, each industry and each tag that has something live: live entries, and withdrawn ones so that readers hear of it."""
    withdrawn = Status.WITHDRAWN.value
    told = [pair for pair in public if pair[1].kind != _PAGE and (pair[1].status in _LIVE or pair[1].status == withdrawn)]
    told.sort(key=lambda pair: (-(pair[1].updated if pair[1].status == withdrawn else pair[1].published), pair[0]))
    found: dict[str, list[str]] = defaultdict(list)
    live: set[str] = set()
    for entry_id, order in told:
        keys = ["", _LISTED[order.kind], *(f"industries/{code}" for code in order.industries), *(f"tags/{tag}" for tag in order.tags)]
        for key in keys:
            found[key].append(entry_id)
        if order.status in _LIVE:
            live.update(keys)
    order_of_keys = ["", *(FOLDERS[kind] for kind in Kind if kind is not Kind.PAGE)]
    order_of_keys += [f"industries/{code}" for code in industries()] + [f"tags/{tag}" for tag in tags]
    rows: dict[str, Sequence[str]] = {"feeds": [key for key in order_of_keys if key in live]}
    return rows | {f"feed:{key}": found[key][: settings.feed_entries] for key in rows["feeds"]}


def _enterprise_feeds(listed: Sequence[Pair]) -> dict[str, Sequence[str]]:
    """The live listings of each enterprise that has a page, the newest first."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry_id, order in listed:
        if order.kind == _LISTING and order.status in _LIVE:
            found[order.enterprises[0]].append(entry_id)
    names = [entry_id for entry_id, order in listed if order.kind == _ENTERPRISE and entry_id in found]
    rows: dict[str, Sequence[str]] = {"enterprise-feeds": sorted(names)}
    return rows | {f"enterprise-feed:{name}": found[name] for name in names}


def _calendar(pairs: Sequence[Pair]) -> list[str]:
    """The entries with the latest dates, in the order of their ids."""
    latest = sorted(((order.dated, entry_id) for entry_id, order in pairs if order.dated), reverse=True)
    return sorted(entry_id for _, entry_id in latest[:CALENDAR_LENGTH])


def changed_cells(old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]], reach: int) -> set[str]:
    """The names of what differs between two sets of rows, as a catalogue calls it: rows, whether they are there, who stands near whom."""
    cells: set[str] = set()
    for name in old.keys() | new.keys():
        before, after = old.get(name, ()), new.get(name, ())
        if before == after:
            continue
        cells.add(f"row:{name}")
        if bool(before) != bool(after):
            cells.add(f"has:{name}")
        windows = {entry_id: before[max(0, at - reach) : at + reach + 1] for at, entry_id in enumerate(before)}
        for at, entry_id in enumerate(after):
            if windows.pop(entry_id, None) != after[max(0, at - reach) : at + reach + 1]:
                cells.add(f"near:{name}:{entry_id}")
        cells.update(f"near:{name}:{entry_id}" for entry_id in windows)
    return cells
