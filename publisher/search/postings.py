"""Ascending numbers in, a few bytes out and back; terms with such lists in, a shard out and back.

A list is written in whichever way is shortest; of two equally short ones the first: gaps of one byte, in which 255 says that the gap goes
on; one bit for each number up to the last, the highest bit of a byte first; two bytes, or four, for each number. The bytes depend on the
numbers alone, so that a shard that was changed equals one that was made anew.

A shard is its terms one after the other, ascending. Each is one byte (how many units; 4 and 8 say that a list for summaries and one for
titles follow), the units, two bytes each, and the lists: length (7 bits a byte, the highest says that more follow), way, bytes. All
numbers begin with their low byte.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import sub

from publisher.search.segment import spell

GAPS, BITS, TWO, FOUR = range(4)
#: The lists of a term: where it stands at all, in summaries, in titles. Packed; empty where there is none.
Lists = tuple[bytes, bytes, bytes]
#: The terms of a shard.
Shard = dict[int, Lists]

_SUMMARY, _TITLE = 4, 8


class _Runs(dict[int, str]):
    """The bits of a gap: as many zeros as numbers are left out, then a one."""

    def __missing__(self, gap: int) -> str:
        return "0" * (gap - 1) + "1" if gap >= 256 else self.setdefault(gap, "0" * (gap - 1) + "1")


_RUNS = _Runs()


def encode(numbers: Sequence[int]) -> bytes:
    """Pack ascending numbers; nothing for none."""
    if not numbers:
        return b""
    last = numbers[-1]
    gaps = [numbers[0], *map(sub, numbers[1:], numbers)]
    widest = max(gaps)
    by_gaps = len(numbers) + (sum([gap // 255 for gap in gaps]) if widest >= 255 else 0)
    by_bits = (last >> 3) + 1
    by_words = len(numbers) * (2 if last < 1 << 16 else 4)
    if by_gaps <= min(by_bits, by_words):
        if widest < 255:
            return bytes((GAPS, *gaps))
        return bytes([GAPS]) + b"".join([b"\xff" * (gap // 255) + bytes((gap % 255,)) for gap in gaps])
    if by_bits <= by_words:
        gaps[0] += 1
        written = "".join(map(_RUNS.__getitem__, gaps))
        return bytes([BITS]) + (int(written, 2) << 7 - (last & 7)).to_bytes(by_bits, "big")
    words = array("H" if last < 1 << 16 else "I", numbers)
    if sys.byteorder == "big":
        words.byteswap()
    return bytes([TWO if last < 1 << 16 else FOUR]) + words.tobytes()


def decode(data: bytes) -> list[int]:
    """Read what `encode` wrote."""
    if not data:
        return []
    way, rest = data[0], data[1:]
    if way == GAPS:
        return _read_gaps(rest)
    if way == BITS:
        written = bin(int.from_bytes(rest, "big") | 1 << len(rest) * 8)[3:]
        return [at for at, bit in enumerate(written) if bit == "1"]
    size = 2 if way == TWO else 4
    return list(struct.unpack(f"<{len(rest) // size}{'H' if size == 2 else 'I'}", rest))


def _read_gaps(data: bytes) -> list[int]:
    if 255 not in data:
        return list(accumulate(data))
    found, at = [], 0
    for byte in data:
        at += byte
        if byte != 255:
            found.append(at)
    return found


def pack_shard(shard: Mapping[int, Lists]) -> bytes:
    """Write a shard."""
    parts = []
    for term in sorted(shard):
        every, summary, title = shard[term]
        units = spell(term)
        parts.append(bytes([len(units) | (_SUMMARY if summary else 0) | (_TITLE if title else 0)]))
        parts.append(struct.pack(f"<{len(units)}H", *units))
        for data in (every, summary, title):
            if data:
                parts += (_length(len(data)), data)
    return b"".join(parts)


def _length(size: int) -> bytes:
    return bytes([size]) if size < 128 else bytes([size & 127 | 128]) + _length(size >> 7)


def unpack_shard(data: bytes) -> Shard:
    """Read what `pack_shard` wrote; the lists stay packed. Raises `ValueError` or `IndexError` when it is no shard."""
    found: Shard = {}
    at, end = 0, len(data)
    while at < end:
        head = data[at]
        count = head & 3
        term = int.from_bytes(data[at + 1 : at + 1 + 2 * count], "little")
        at += 1 + 2 * count
        lists = []
        for is_there in (True, head & _SUMMARY, head & _TITLE):
            size = shift = 0
            while is_there:
                byte = data[at]
                at += 1
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            lists.append(data[at : at + size])
            at += size
        found[term] = (lists[0], lists[1], lists[2])
    if at != end:
        raise ValueError("a shard ends in the middle of a term")
    return found
