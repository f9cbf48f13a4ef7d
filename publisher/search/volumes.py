"""Entries with their months in, volumes out: the parts of the index, bound by time, so that a new entry changes only the last one.

The newest month is a volume, what else its year has is another, and the years before are bound together until they are many. An
entry's number in its volume is its place by time. What decides is the content alone, so that any way of building binds the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

#: From how many entries on a volume of whole years is full.
FULL = 8_192
#: How many entries' texts stand in one file.
BLOCK = 2
#: How many shards or blocks are written at a time.
CHUNK = 64
#: How many entries there are for each shard of a volume, and how many while it is small, for then most terms are its own.
_PER_SHARD, _PER_SMALL, _SMALL = 8, 4, 1_024


def bind(found: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Volumes by name, the oldest first; ``found`` are ids with their month (``2026-11``), in the order of their numbers."""
    months: dict[str, list[str]] = defaultdict(list)
    for entry_id, month in found:
        months[month].append(entry_id)
    if not months:
        return {}
    newest = max(months)
    years: dict[str, list[str]] = defaultdict(list)
    for month in sorted(months.keys() - {newest}):
        years[month[:4]] += months[month]
    volumes = _bind_years({year: ids for year, ids in years.items() if year != newest[:4]})
    if newest[:4] in years:
        volumes[newest[:4]] = tuple(years[newest[:4]])
    return volumes | {newest: tuple(months[newest])}


def _bind_years(years: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    volumes: dict[str, tuple[str, ...]] = {}
    first, bound = "", []
    for year in sorted(years):
        first = first or year
        bound += years[year]
        if len(bound) >= FULL:
            volumes[f"{first}-{year}"] = tuple(bound)
            first, bound = "", []
    if bound:
        volumes[f"{first}-{max(years)}"] = tuple(bound)
    return volumes


def shard_count(entries: int) -> int:
    """How many shards a volume has: a power of two, by the number of its entries alone, so that no edit of a text changes it."""
    share = _PER_SMALL if entries < _SMALL else _PER_SHARD
    return 1 << max(0, -(-entries // share) - 1).bit_length()


def shard_path(volume: str, shard: int) -> str:
    """The file of a shard."""
    return f"search/{volume}/terms-{shard}.bin"


def block_path(volume: str, block: int) -> str:
    """The file of the texts of `BLOCK` entries."""
    return f"search/{volume}/texts-{block}.bin"


def labels_path(volume: str) -> str:
    """The file that says of each entry what filters ask."""
    return f"search/{volume}/labels.json"


#: What a browser asks first: the volumes and the synonyms.
CONTENTS_PATH = "search/contents.json"
#: The table for what is typed in traditional characters.
TRADITIONAL_PATH = "search/traditional.txt"
