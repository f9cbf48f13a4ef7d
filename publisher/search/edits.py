"""Shards and what has changed in; the shards that differ out, with the same bytes that `publisher.search.shards` would give for all entries anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from publisher.search.postings import decode, encode, pack_shard, unpack_shard
from publisher.search.record import Record
from publisher.search.segment import scatter

#: What one number stands for now and before; None for no entry.
Change = tuple[int, Record | None, Record | None]

_FIELDS = range(3)

#: By shard and term: for each of the three lists what goes out of it and what comes in.
Edits = dict[int, dict[int, tuple[tuple[set[int], set[int]], ...]]]


def find_edits(changes: Iterable[Change], count: int) -> Edits:
    """What has to change in which shard, given what some numbers stood for and stand for now."""
    edits: Edits = defaultdict(dict)
    for number, before, after in changes:
        old = before.terms() if before else (set(), set(), set())
        new = after.terms() if after else (set(), set(), set())
        for at in _FIELDS:
            for is_new, terms in ((0, old[at] - new[at]), (1, new[at] - old[at])):
                for term in terms:
                    shard = edits[scatter(term) & count - 1]
                    if term not in shard:
                        shard[term] = ((set(), set()), (set(), set()), (set(), set()))
                    shard[term][at][is_new].add(number)
    return edits


def edit_shard(data: bytes, edits: Mapping[int, Sequence[tuple[set[int], set[int]]]]) -> bytes:
    """A shard after its edits; the other lists stay as they are, unread."""
    shard = unpack_shard(data)
    for term, pairs in edits.items():
        lists = shard.get(term, (b"", b"", b""))
        every, summary, title = (
            encode(sorted((set(decode(packed)) - out) | come)) if out or come else packed for packed, (out, come) in zip(lists, pairs, strict=True)
        )
        if every:
            shard[term] = (every, summary, title)
        else:
            shard.pop(term, None)
    return pack_shard(shard)
