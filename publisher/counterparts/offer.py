"""A listing in, its `Offer` out: plain values, all that decides whom it fits.

Words are terms of two characters and of one (`publisher.search.segment`), so that 配送 and 送货 have something in common though nobody listed
them as synonyms. A term is a number of 32 bits; the three-letter terms of Latin words are left to search.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from typing import Any, NamedTuple

from publisher.content.model.kinds import Listing
from publisher.content.model.vocabulary import Delivery
from publisher.search.segment import fold, is_begin, is_end, pairs_of

#: Words that every demo listing has, and words of the form itself: they say nothing of what is offered.
_SAID_BY_ALL = re.compile("示例|虚构|街区|平台转达|面议")
#: Characters that say nothing when they stand alone or beside each other.
_EMPTY = frozenset(
    map(
        ord,
        "的一和在有了不是个这那可以要能为与及或每把被到上下里中也都就还再想请我你他她它们会从对按由于等并且如做用好大小多少年月日天时分元"
        "二三四五六七八九十百千万两几第约左右前后内外之间只另各自己家店人找求供给提需先不",
    )
)
_TIMES = {delivery: place for place, delivery in enumerate(Delivery, 1)}


class Offer(NamedTuple):
    """What decides whom a listing fits. ``low`` and ``high`` are yuan, ``delivery`` 1 to 4 (`Delivery`), 0 when nothing is said; terms are packed,
    ``heading`` those of the title, ``text`` those that only the rest has.
    """

    type: str
    field: str
    industries: tuple[str, ...]
    districts: tuple[str, ...]
    ways: tuple[str, ...]
    low: float | None
    high: float | None
    delivery: int
    enterprise: str
    tags: tuple[str, ...]
    published: float
    heading: bytes
    text: bytes


def make_offer(data: Listing, detail: str, tags: tuple[str, ...]) -> Offer:
    """What of a listing decides whom it fits; ``detail`` is its text without markup, ``tags`` are by the names they have now.

    Tags and quantities are no words here: tags are as broad as fields, and everybody counts in square metres.
    """
    heading = terms_of([data.title])
    text = terms_of([data.summary, detail]) - heading
    budget = data.budget
    return Offer(
        type=data.type.value,
        field=data.field.value,
        industries=tuple(sorted(data.industries)),
        districts=tuple(sorted(data.districts)),
        ways=tuple(sorted(way.value for way in data.cooperation)),
        low=float(budget.low) if budget and budget.low is not None else None,
        high=float(budget.high) if budget and budget.high is not None else None,
        delivery=_TIMES[data.delivery] if data.delivery else 0,
        enterprise=data.enterprise,
        tags=tuple(tag for tag in tags if not _SAID_BY_ALL.fullmatch(tag)),
        published=data.published.timestamp(),
        heading=_pack(heading),
        text=_pack(text),
    )


def unpack_offer(values: tuple[Any, ...]) -> Offer | None:
    """The offer that a head carries; None when it carries none."""
    return Offer(*values) if values else None


def unpack_terms(packed: bytes) -> array[int]:
    """Packed terms as numbers, the smallest first."""
    return array("I", packed)


def _pack(terms: Iterable[int]) -> bytes:
    return array("I", sorted(terms)).tobytes()


def terms_of(texts: Iterable[str]) -> set[int]:
    """Every pair of characters and every single one that says something."""
    pairs = pairs_of(fold(_SAID_BY_ALL.sub("\n", "\n".join(texts))))
    found: set[int] = set()
    for pair in pairs:
        if pair >> 32 or is_begin(pair):
            continue
        first, second = pair & 0xFFFF, pair >> 16
        if first >= 0x3400 and first not in _EMPTY:
            found.add(first)
        if not is_end(pair) and not ((first in _EMPTY or _is_digit(first)) and (second in _EMPTY or _is_digit(second))):
            found.add(pair)
    return found


def _is_digit(unit: int) -> bool:
    return 0x30 <= unit <= 0x39


def spell_term(term: int) -> str:
    """The characters of a term."""
    units = [term & 0xFFFF, term >> 16] if term >> 16 else [term]
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "replace")
