"""Texts of many entries in; out which terms stand in which entries, as columns of numbers, in part by chunks of shards.

numpy does here to hundreds of texts at once what `publisher.search.segment` does to one; tests hold the two equal. A term is a code: its
units as there, but the three of a Latin triple in seven bits each above a 33rd. What is sorted is one number for each place of a text:
code, list and entry from the highest bits down.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from publisher.search.record import Record
from publisher.search.segment import BREAKS, fold, traditional
from publisher.search.volumes import CHUNK

#: The lists of a term, as they stand in a shard.
ANYWHERE, SUMMARY, TITLE = range(3)
#: When a batch is full: units of texts, and entries. A quarter of a million units takes 10 MB while they are cut.
_UNITS, _ENTRIES = 1 << 18, 512

_END, _SPACE = 0x0A, 0x20
_TRIPLE = 1 << 32
_LIST_BITS, _NUMBER_BITS = 2, 29
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: What has one unit when it is folded, whatever stands beside it, and is in many Chinese texts.
_SIMPLE = _LETTERS + "".join(chr(ord(char) + 0xFEE0) for char in f"0123456789{_LETTERS}{_LETTERS.lower()}") + "①②③④⑤⑥⑦⑧⑨"

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.uint32]
Flags = NDArray[np.bool_]
#: Of 64 bits; numpy's own types do not know what becomes of these when they are shifted.
Codes = NDArray[np.integer[Any]]


class Columns(NamedTuple):
    """Lists one after the other: of each its name (code and list, ascending), its length, and the numbers of all."""

    names: Codes
    counts: Numbers
    numbers: Numbers

    def pack(self) -> bytes:
        """As bytes for this machine's own use."""
        return marshal.dumps([column.tobytes() for column in self])


def unpack(data: bytes) -> Columns:
    """Read what `Columns.pack` wrote."""
    names, counts, numbers = marshal.loads(data)  # noqa: S302  # written by this build
    return Columns(np.frombuffer(names, np.uint64), np.frombuffer(counts, np.uint32), np.frombuffer(numbers, np.uint32))


class Batch:
    """Entries of a volume that wait to be cut together."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, tuple[str, str, str]]] = []
        self._size = 0

    @property
    def is_full(self) -> bool:
        """Whether to cut it before more comes in."""
        return self._size >= _UNITS or len(self._entries) >= _ENTRIES

    def add(self, number: int, record: Record) -> None:
        """Take in an entry; a number may come once."""
        self._entries.append((number, (record.title, record.summary, record.text)))
        self._size += len(record.title) + len(record.summary) + len(record.text)

    def cut(self, shards: int) -> Iterator[tuple[int, Columns]]:
        """The terms of all entries by the chunk of shards in which they stand, of so many shards."""
        if self._entries:
            yield from _divide(_turn(_read(sorted(self._entries))), shards)


class _Places(NamedTuple):
    """Texts as columns: each unit, folded, with the entry and the list that it belongs to; ``numbers`` are those of the entries."""

    units: NDArray[np.uint16]
    owners: Numbers
    lists: Bytes
    numbers: Numbers


def _read(entries: Sequence[tuple[int, tuple[str, str, str]]]) -> _Places:
    """Fold the fields of entries, each with a line feed behind it."""
    fields = [field for _, three in entries for field in three]
    units, lengths = _spread(fields)
    is_odd = _odd()[units]
    if is_odd.any():
        for at in np.unique(np.repeat(np.arange(len(fields)), lengths)[is_odd]).tolist():
            fields[at] = fold(fields[at])
        units, lengths = _spread(fields)
    units = _folded()[units]
    order = np.tile(np.array([TITLE, SUMMARY, ANYWHERE], np.uint8), len(entries))
    owners = np.repeat(np.arange(len(entries), dtype=np.uint32), lengths.reshape(-1, 3).sum(axis=1))
    numbers = np.array([number for number, _ in entries], np.uint32)
    return _without_thin(_Places(units, owners, np.repeat(order, lengths), numbers))


def _spread(fields: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """The units of texts, each with a line feed behind it, and how many each has."""
    units = np.frombuffer("\n".join([*fields, ""]).encode("utf-16-le", "surrogatepass"), "<u2")
    lengths = np.fromiter(map(len, fields), np.int64, len(fields)) + 1
    if units.size != lengths.sum():  # some have characters of two units
        lengths = np.fromiter((len(field.encode("utf-16-le", "surrogatepass")) // 2 for field in fields), np.int64, len(fields)) + 1
    return units, lengths


def _without_thin(places: _Places) -> _Places:
    """Take out each space between Han and a Latin letter or digit, and make a line feed of every other."""
    units = places.units
    spaces = np.flatnonzero(units == _SPACE)
    before, after = units[spaces - 1], units[spaces + 1]
    thin = spaces[(_is_han(before) & _is_latin(after)) | (_is_latin(before) & _is_han(after))]
    units[spaces] = _END
    if not thin.size:
        return places
    return places._replace(units=np.delete(units, thin), owners=np.delete(places.owners, thin), lists=np.delete(places.lists, thin))


def _is_han(units: NDArray[np.uint16]) -> Flags:
    return (units >= 0x3400) & (units <= 0x9FFF)


def _is_latin(units: NDArray[np.uint16]) -> Flags:
    return ((units >= 0x61) & (units <= 0x7A)) | ((units >= 0x30) & (units <= 0x39))


def _turn(places: _Places) -> Columns:
    """The entries of each term in place of the terms of each entry."""
    keys = np.concatenate([_singles(places), _unique(np.concatenate(list(_several(places))))])  # a single unit is less than any two
    names = keys >> _NUMBER_BITS
    starts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]])) if keys.size else np.zeros(0, np.int64)
    counts = np.diff(np.append(starts, keys.size)).astype(np.uint32)
    return Columns(names[starts], counts, (keys & ((1 << _NUMBER_BITS) - 1)).astype(np.uint32))


def _singles(places: _Places) -> Codes:
    """The keys of every unit by itself, ascending; a table of all units that there are and all entries is quicker than sorting."""
    is_there = np.zeros(1 << 16, np.bool_)
    is_there[places.units] = True
    is_there[_END] = False
    known = np.flatnonzero(is_there)
    size = places.numbers.size
    rows = np.full(1 << 16, 3 * known.size * size, np.uint32)  # what is no letter goes to the last row, which is thrown away
    rows[known] = np.arange(known.size, dtype=np.uint32) * np.uint32(3 * size)
    table = np.zeros((3 * known.size + 3, size), np.bool_)
    at = rows[places.units] + places.owners
    table.reshape(-1)[at] = True
    special = np.flatnonzero(places.lists)
    table.reshape(-1)[at[special] + places.lists[special] * np.uint32(size)] = True
    names = np.repeat(known.astype(np.uint64) << _LIST_BITS, 3) | np.tile(np.arange(3, dtype=np.uint64), known.size)
    counts = np.count_nonzero(table[:-3], axis=1)
    owners = np.flatnonzero(table[:-3]) - np.repeat(np.arange(counts.size) * size, counts)
    keys: Codes = np.repeat(names << _NUMBER_BITS, counts) | places.numbers[owners]
    return keys


def _several(places: _Places) -> Iterator[Codes]:
    """The keys of every two units side by side, and of three in Latin words, as they come."""
    units, lists = places.units.astype(np.uint64), places.lists.astype(np.uint64) << _NUMBER_BITS
    numbers = places.numbers[places.owners]
    is_letter, is_latin = places.units != _END, _is_latin(places.units)
    pairs = (units[:-1] | units[1:] << 16) << (_LIST_BITS + _NUMBER_BITS) | numbers[:-1]
    is_pair = is_letter[:-1] & is_letter[1:]
    yield pairs[is_pair]
    special = np.flatnonzero(is_pair & (places.lists[:-1] != ANYWHERE))
    yield pairs[special] | lists[special]
    at = np.flatnonzero(is_latin[:-2] & is_latin[1:-1] & is_latin[2:])
    triples = (units[at] | units[at + 1] << 7 | units[at + 2] << 14 | _TRIPLE) << (_LIST_BITS + _NUMBER_BITS) | numbers[at]
    yield triples
    special = np.flatnonzero(places.lists[at] != ANYWHERE)
    yield triples[special] | lists[at[special]]


def _unique(keys: Codes) -> Codes:
    """Sorted, each once."""
    keys.sort()
    return keys[np.concatenate([[True], keys[1:] != keys[:-1]])] if keys.size else keys


def _divide(columns: Columns, shards: int) -> Iterator[tuple[int, Columns]]:
    """By chunk; in each the names go on ascending."""
    if shards <= CHUNK:
        yield 0, columns
        return
    chunks = (scatter_all(columns.names >> _LIST_BITS) & np.uint32(shards - 1)) // CHUNK
    chunks = chunks.astype(np.uint16 if shards // CHUNK <= 1 << 16 else np.uint32)  # sixteen bits are sorted twice as quickly
    order = np.argsort(chunks, kind="stable")
    names, counts = columns.names[order], columns.counts[order]
    numbers = columns.numbers[np.argsort(np.repeat(chunks, columns.counts), kind="stable")]
    ends = np.cumsum(counts)
    bounds = np.searchsorted(chunks[order], np.arange(shards // CHUNK + 1))
    for chunk, (first, last) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        if first < last:
            start = int(ends[first - 1]) if first else 0
            yield chunk, Columns(names[first:last], counts[first:last], numbers[start : int(ends[last - 1])])


def scatter_all(codes: Codes) -> Numbers:
    """For each code what `publisher.search.segment.scatter` gives for its term."""
    value = np.full(codes.size, 0x811C9DC5, np.uint32)
    for unit, is_there in zip(spell_all(codes), (None, codes >= 1 << 16, codes >= _TRIPLE), strict=True):
        mixed = (value ^ unit) * np.uint32(0x01000193)
        value = mixed if is_there is None else np.where(is_there, mixed, value)
    return value ^ value >> np.uint32(16)


def spell_all(codes: Codes) -> tuple[Numbers, Numbers, Numbers]:
    """The units of the codes, first, second and third; 0 where there is none."""
    is_triple = codes >= _TRIPLE
    first = np.where(is_triple, codes & 127, codes & 0xFFFF).astype(np.uint32)
    second = np.where(is_triple, codes >> 7 & 127, codes >> 16).astype(np.uint32)
    return first, second, np.where(is_triple, codes >> 14 & 127, 0).astype(np.uint32)


@cache
def _folded() -> NDArray[np.uint16]:
    """What becomes of each unit in a text that is not odd; of a folded text all stay."""
    table = np.arange(1 << 16, dtype=np.uint16)
    for match in BREAKS.finditer("".join(map(chr, range(1 << 16)))):
        table[match.start() : match.end()] = _END
    for char in _SIMPLE:
        table[ord(char)] = ord(fold(char))
    for old, new in traditional().items():
        if max(old, ord(new)) < 1 << 16:
            table[old] = ord(new)
    return table


@cache
def _odd() -> Flags:
    """Which units `fold` must look at: those that depend on others, become several, or are half of a character."""
    table = np.zeros(1 << 16, np.bool_)
    table[0xA0:0x3400] = table[0xA000:] = True
    table[_folded() == _END] = False
    table[[ord(char) for char in _SIMPLE]] = False
    table[[old for old, new in traditional().items() if old < 1 << 16 <= ord(new)]] = True
    return table
