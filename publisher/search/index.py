"""Records with their numbers in, the shards of a volume out; shards and what has changed in, other shards out. Both give the same bytes."""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from publisher.search.postings import Shard, decode, encode, pack_shard, unpack_shard
from publisher.search.record import Record
from publisher.search.segment import is_begin, is_end, pairs_of, scatter

#: The numbers of a term as they come, four bytes each: all, in summaries, in titles.
Raw = tuple[bytes, bytes, bytes]
#: What one number stands for now and before; None for no entry.
Change = tuple[int, Record | None, Record | None]

_FIELDS = range(3)


class _Lists(dict[int, "array[int]"]):
    """The numbers by term; a new term has an empty list."""

    def __missing__(self, term: int) -> array[int]:
        found = self[term] = array("I")
        return found


class Index:
    """The terms of some entries of a volume, turned round: which numbers each term has. ``size`` is how many numbers it holds."""

    def __init__(self) -> None:
        self._lists = [_Lists() for _ in _FIELDS]
        self.size = 0

    def add(self, number: int, record: Record) -> None:
        """Take in an entry; a number may come once."""
        for lists, folded in zip(self._lists, record.fields(), strict=True):
            if folded:
                pairs = pairs_of(folded)
                self.size += len(pairs)
                deque(map(array.append, map(lists.__getitem__, pairs), repeat(number)), 0)

    def terms(self) -> Iterator[tuple[int, Raw]]:
        """Each term with its numbers, in no order."""
        united = [_unite(lists) for lists in self._lists]
        every, summary, title = united
        for term, numbers in every.items():
            yield term, (numbers.tobytes(), summary[term].tobytes() if term in summary else b"", title[term].tobytes() if term in title else b"")

    def shards(self, count: int) -> dict[int, dict[int, Raw]]:
        """The terms by the shard in which they stand."""
        found: dict[int, dict[int, Raw]] = defaultdict(dict)
        for term, raw in self.terms():
            found[scatter(term) & count - 1][term] = raw
        return found


def _unite(lists: _Lists) -> dict[int, array[int]]:
    """The lists without the pairs that say where runs begin and end, and with those of single units, each of which begins some pair."""
    singles: dict[int, list[array[int]]] = defaultdict(list)
    found: dict[int, array[int]] = {}
    for term, numbers in lists.items():
        if is_begin(term):
            continue
        if term < 1 << 32:
            singles[term & 0xFFFF].append(numbers)
        if not is_end(term):
            found[term] = numbers
    for unit, several in singles.items():  # one set at a time: all of them would take more room than everything else
        found[unit] = array("I", set().union(*several))
    return found


def write_shard(parts: Sequence[Mapping[int, Raw]]) -> bytes:
    """Write a shard from what one or several indexes have for it; no number is in two of them."""
    shard: Shard = {}
    for term in set().union(*parts):
        rows = [part[term] for part in parts if term in part]
        every, summary, title = (encode(sorted(array("I", b"".join([row[at] for row in rows])))) for at in _FIELDS)
        shard[term] = (every, summary, title)
    return pack_shard(shard)


def write_shards(records: Iterable[tuple[int, Record]], count: int) -> dict[int, bytes]:
    """Every shard of a volume by its number."""
    index = Index()
    for number, record in records:
        index.add(number, record)
    found = index.shards(count)
    return {shard: write_shard([found.get(shard, {})]) for shard in range(count)}


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
