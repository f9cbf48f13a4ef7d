"""Columns of lists in, the shards of a chunk out: for all lists at once the bytes that `publisher.search.postings` gives for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from publisher.search.columns import ANYWHERE, Batch, Bytes, Codes, Columns, Numbers, scatter_all, spell_all
from publisher.search.postings import BITS, FOUR, GAPS, TWO
from publisher.search.record import Record
from publisher.search.volumes import CHUNK

Places = NDArray[np.int64]


class _Lists(NamedTuple):
    """Lists in the order in which they stand in the shards: code, which of a term's lists, shard, where its numbers begin, how many; all numbers."""

    codes: Codes
    which: NDArray[np.int64]
    shards: Numbers
    starts: Places
    counts: Places
    numbers: Places


def write_shards(records: Iterable[tuple[int, Record]], count: int) -> list[bytes]:
    """Every shard of a volume by its number."""
    parts: dict[int, list[Columns]] = defaultdict(list)
    batch = Batch()
    for number, record in records:
        batch.add(number, record)
        if batch.is_full:
            for chunk, columns in batch.cut(count):
                parts[chunk].append(columns)
            batch = Batch()
    for chunk, columns in batch.cut(count):
        parts[chunk].append(columns)
    firsts = range(0, count, CHUNK)
    return [shard for first in firsts for shard in write_chunk(parts[first // CHUNK], first, min(first + CHUNK, count), count)]


def write_chunk(parts: Sequence[Columns], first: int, last: int, count: int) -> list[bytes]:
    """The shards from ``first`` up to ``last`` of ``count``, of which the parts are; no number is in two parts of a term."""
    parts = [part for part in parts if part.names.size]
    if not parts:
        return [b""] * (last - first)
    lists = _merge(parts, count)
    data, begins = _assemble(lists)
    bounds = np.append(begins, data.size)[np.searchsorted(lists.shards, np.arange(first, last + 1))].tolist()
    written = data.tobytes()
    return [written[start:end] for start, end in pairwise(bounds)]


def _merge(parts: Sequence[Columns], count: int) -> _Lists:
    names, rows = np.unique(np.concatenate([part.names for part in parts]), return_inverse=True)
    shards = scatter_all(names >> 2) & np.uint32(count - 1)
    order = np.argsort(shards, kind="stable")
    rank = np.empty(order.size, np.uint64)
    rank[order] = np.arange(order.size, dtype=np.uint64)
    counts = np.concatenate([part.counts for part in parts])
    keys = np.repeat(rank[rows] << 32, counts) | np.concatenate([part.numbers for part in parts])
    keys.sort()
    sizes = np.zeros(order.size, np.int64)
    np.add.at(sizes, rows, counts)
    sizes = sizes[order]
    numbers = (keys & 0xFFFFFFFF).astype(np.int64)
    return _Lists(names[order] >> 2, (names[order] & 3).astype(np.int64), shards[order], np.cumsum(sizes) - sizes, sizes, numbers)


def _assemble(lists: _Lists) -> tuple[Bytes, Places]:
    """The bytes of all lists, and where each begins, the head of its term included."""
    gaps = np.diff(lists.numbers, prepend=0)
    gaps[lists.starts] = lists.numbers[lists.starts]
    ways, sizes = _measure(lists, gaps)
    is_first = lists.which == ANYWHERE
    units = np.where(is_first, 1 + (lists.codes >= 1 << 16) + (lists.codes >= 1 << 32), 0)
    lengths = 1 + sizes  # the way, and what follows it
    digits = 1 + np.searchsorted(np.array([1 << 7, 1 << 14, 1 << 21, 1 << 28]), lengths, side="right")
    heads = np.where(is_first, 1 + 2 * units, 0)
    totals = heads + digits + lengths
    begins = np.cumsum(totals) - totals
    data = np.full(int(totals.sum()), 255, np.uint8)  # a gap that goes on is 255
    _put_heads(data, begins[is_first], lists, is_first)
    at = begins + heads
    for digit in range(int(digits.max())):
        some = digits > digit
        data[at[some] + digit] = lengths[some] >> 7 * digit & 127 | np.where(digits[some] > digit + 1, 128, 0)
    data[at + digits] = ways
    at += digits + 1
    _put_gaps(data, at, lists, gaps, ways == GAPS)
    _put_bits(data, at, lists, sizes, ways == BITS)
    for way, width in ((TWO, 2), (FOUR, 4)):
        _put_words(data, at, lists, ways == way, width)
    return data, begins


def _measure(lists: _Lists, gaps: Places) -> tuple[Places, Places]:
    """The way in which each list is written, and its bytes."""
    last = lists.numbers[lists.starts + lists.counts - 1]
    by_gaps = lists.counts + np.add.reduceat(gaps // 255, lists.starts)
    by_bits = (last >> 3) + 1
    by_words = lists.counts * np.where(last < 1 << 16, 2, 4)
    words = np.where(last < 1 << 16, TWO, FOUR)
    ways = np.where(by_gaps <= np.minimum(by_bits, by_words), GAPS, np.where(by_bits <= by_words, BITS, words))
    return ways, np.choose(np.minimum(ways, TWO), [by_gaps, by_bits, by_words])


def _put_heads(data: Bytes, at: Places, lists: _Lists, is_first: NDArray[np.bool_]) -> None:
    """Of each term how many units it has and which lists follow, and the units."""
    codes = lists.codes[is_first]
    term = np.cumsum(is_first) - 1
    marks = np.bincount(term, weights=4 * lists.which).astype(np.int64)  # 4 for summaries, 8 for titles
    data[at] = marks + 1 + (codes >= 1 << 16) + (codes >= 1 << 32)
    for place, (unit, least) in enumerate(zip(spell_all(codes), (0, 1 << 16, 1 << 32), strict=True)):
        some = codes >= least
        data[at[some] + 1 + 2 * place] = unit[some] & 255
        data[at[some] + 2 + 2 * place] = unit[some] >> 8


def _numbers_of(lists: _Lists, some: NDArray[np.bool_]) -> Places:
    """Where the numbers of some lists stand among all."""
    return np.flatnonzero(np.repeat(some, lists.counts))


def _put_gaps(data: Bytes, at: Places, lists: _Lists, gaps: Places, some: NDArray[np.bool_]) -> None:
    numbers = _numbers_of(lists, some)
    counts = lists.counts[some]
    steps = np.cumsum(gaps[numbers] // 255 + 1)  # bytes up to and with each number, over all lists
    ends = np.cumsum(counts)
    before = np.concatenate([[0], steps])[ends - counts]
    data[steps - 1 + np.repeat(at[some] - before, counts)] = gaps[numbers] % 255


def _put_bits(data: Bytes, at: Places, lists: _Lists, sizes: Places, some: NDArray[np.bool_]) -> None:
    sizes = sizes[some]
    begins = np.cumsum(sizes) - sizes
    bits = np.zeros(int(sizes.sum()) * 8, np.bool_)
    bits[np.repeat(begins * 8, lists.counts[some]) + lists.numbers[_numbers_of(lists, some)]] = True
    data[np.repeat(at[some] - begins, sizes) + np.arange(bits.size // 8)] = np.packbits(bits)


def _put_words(data: Bytes, at: Places, lists: _Lists, some: NDArray[np.bool_], width: int) -> None:
    numbers = _numbers_of(lists, some)
    counts = lists.counts[some]
    place = np.repeat(at[some] - width * (np.cumsum(counts) - counts), counts) + width * np.arange(numbers.size)
    for byte in range(width):
        data[place + byte] = lists.numbers[numbers] >> 8 * byte & 255
