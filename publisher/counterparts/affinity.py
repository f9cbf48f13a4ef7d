"""Two offers in, how well they fit in points and why in words out. Pure, and the same from either side.

The points of the form (kind of business, place, way of working) are the same for all listings with one form, so that
`publisher.counterparts.matching` asks for them once for each two forms. The weights were tuned on the tuning sets of ``bench/data`` alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from publisher.content.codes import districts as district_names
from publisher.content.codes import industry_path
from publisher.content.model.vocabulary import Cooperation, Field, ListingType
from publisher.counterparts.offer import Offer
from publisher.counterparts.trades import Trades

_DEMAND, _SUPPLY, _COOPERATION = (kind.value for kind in ListingType)
_C = Cooperation
#: The ways of working that go together; ways of one name with itself are those where both sides use one word.
_TOGETHER = frozenset(
    frozenset((one.value, other.value))
    for one, other in (
        (_C.PURCHASE, _C.SUPPLY),
        (_C.PROCESSING, _C.PROCESSING),
        (_C.PROCESSING, _C.SUPPLY),
        (_C.FRANCHISE, _C.FRANCHISE),
        (_C.LEASE, _C.LEASE),
        (_C.FINANCING, _C.FINANCING),
        (_C.FINANCING, _C.INVESTMENT),
        (_C.INVESTMENT, _C.INVESTMENT),
        (_C.JOINT_EVENT, _C.JOINT_EVENT),
        (_C.TECHNOLOGY, _C.TECHNOLOGY),
    )
)
#: Points at most for words in common, and for one thing said in other words (`Trades`); the rest of the hundred is the form's, the budget's and the time's.
WORDS, TRADE = 32, 34
#: From this cosine on more common words add nothing: whole phrases in common are more often the same customer than the same thing.
_FULL = 0.20
FIELD, INDUSTRY, WAY, PLACE, BUDGET, TIME = 11, {4: 4, 3: 4, 2: 3, 1: 1, 0: 0}, 6, {"shared": 5, "city": 2, "open": 2, "none": 0}, 5, 3
#: What all but the words can bring.
FORM = FIELD + max(INDUSTRY.values()) + WAY + max(PLACE.values()) + BUDGET + TIME
#: Taken away where two say outright what does not go together: other trades, ways that do not meet, a room let elsewhere, a supply that comes too late.
OTHER_TRADE, NO_WAY, ELSEWHERE, TOO_LATE = -8, -18, -25, -10
#: The same for budgets, by how many times the least that one takes is the most that the other gives: to be talked over, hardly, hopeless.
_GAPS = ((1.15, 0), (1.5, -10), (math.inf, -20))
#: A wish to cooperate fits a demand or a supply less surely than another such wish.
MIXED = -6


class Form(NamedTuple):
    """The part of an offer that many share."""

    type: str
    field: str
    industries: tuple[str, ...]
    districts: tuple[str, ...]
    ways: tuple[str, ...]


class Parts(NamedTuple):
    """The points of each reason; `total` is their sum, never below 0 or above 100."""

    words: int
    trade: int
    field: int
    industry: int
    place: int
    way: int
    budget: int
    time: int

    @property
    def total(self) -> int:
        return max(0, min(100, sum(self)))


def form_of(offer: Offer) -> Form:
    """The form of an offer."""
    return Form(*offer[:5])


def is_pair(one: Form, other: Form) -> bool:
    """Whether two can be counterparts at all: a demand and a supply, two wishes to cooperate, or one of these with either when their ways go together."""
    kinds = {one.type, other.type}
    if kinds in ({_DEMAND, _SUPPLY}, {_COOPERATION}):
        return True
    return _COOPERATION in kinds and goes_together(one.ways, other.ways)


@lru_cache(maxsize=1 << 12)
def goes_together(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a way of working of one answers one of the other."""
    return any(frozenset((a, b)) in _TOGETHER for a in one for b in other)


def form_points(one: Form, other: Form) -> tuple[int, int, int, int]:
    """Points for field, industry, place and way."""
    field = FIELD if one.field == other.field else 0
    way = 0
    if one.ways and other.ways:
        way = WAY if goes_together(one.ways, other.ways) else NO_WAY
    if (one.type == _COOPERATION) != (other.type == _COOPERATION):
        way += MIXED
    where = common_place(one.districts, other.districts)
    is_elsewhere = where in ("city", "none") and _C.LEASE.value in one.ways and _C.LEASE.value in other.ways
    return field, INDUSTRY[common_digits(one.industries, other.industries)], ELSEWHERE if is_elsewhere else PLACE[where], way


@lru_cache(maxsize=1 << 15)
def common_digits(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How narrow the narrowest industry in common is: digits of GB/T 4754, 1 for the section, 0 for none."""
    best = 0
    for a in one:
        for b in other:
            if a[0].isdigit() and b[0].isdigit():
                shared = next((size for size in range(min(len(a), len(b)), 1, -1) if a[:size] == b[:size]), 0)
                best = max(best, shared)
            if best < 1 and industry_path(a)[0] == industry_path(b)[0]:
                best = 1
    return best


@lru_cache(maxsize=1 << 12)
def common_place(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """``shared`` when one place lies in the other, ``city`` for the same city, ``open`` where one names none, else ``none``."""
    if not one or not other:
        return "open"
    stems = [[code.removesuffix("00").removesuffix("00") for code in codes] for codes in (one, other)]
    if any(a.startswith(b) or b.startswith(a) for a in stems[0] for b in stems[1]):
        return "shared"
    return "city" if {code[:4] for code in one} & {code[:4] for code in other} else "none"


def budget_points(one: Offer, other: Offer) -> int:
    """Points for budgets that overlap; nothing where one is open or little is missing, and less than nothing where they cannot meet."""
    gap = _budget_gap(one, other)
    if gap is None:
        return 0
    return BUDGET if gap <= 1 else next(points for most, points in _GAPS if gap <= most)


def _budget_gap(one: Offer, other: Offer) -> float | None:
    """The higher of the two least sums over the lower of the two most; None where one names no sum."""
    if (one.low is None and one.high is None) or (other.low is None and other.high is None):
        return None
    low, high = max(one.low or 0.0, other.low or 0.0), min(math.inf if most is None else most for most in (one.high, other.high))
    return low / high if high else (math.inf if low else 1.0)


def time_points(one: Offer, other: Offer) -> int:
    """Points for a supply that comes in the time of the demand; of two wishes, for the same time."""
    if not one.delivery or not other.delivery:
        return 0
    demand, supply = (one, other) if one.type == _DEMAND or other.type == _SUPPLY else (other, one)
    if {demand.type, supply.type} != {_DEMAND, _SUPPLY}:
        return TIME if one.delivery == other.delivery else 0
    return TIME if supply.delivery <= demand.delivery else TOO_LATE


def word_points(cosine: float) -> int:
    """Points for words in common."""
    return round(WORDS * min(1.0, cosine / _FULL))


def trade_points(one: Trades, other: Trades) -> int:
    """Points for a group of words that both titles speak of; less than nothing where both titles name such groups and share none in all their words."""
    if one.headed & other.headed:
        return TRADE
    return OTHER_TRADE if one.headed and other.headed and not one.said & other.said else 0


def rate(one: Offer, other: Offer, cosine: float, trade: int = 0) -> Parts:
    """How well two offers fit, reason by reason; ``cosine`` is that of their words, ``trade`` their `trade_points`."""
    field, industry, place, way = form_points(form_of(one), form_of(other))
    return Parts(word_points(cosine), trade, field, industry, place, way, budget_points(one, other), time_points(one, other))


def reasons(one: Offer, other: Offer) -> str:
    """Why two offers fit, in one sentence: 同属零售业，都在新城区，预算相符."""
    found = []
    if common_digits(one.industries, other.industries) >= 2:
        found.append(f"同属{_common_industry(one.industries, other.industries)}")
    elif one.field == other.field and one.field != Field.OTHER.value:
        found.append(f"同属{Field.parse(one.field).label}领域")
    if shared := sorted(set(one.districts) & set(other.districts)):
        found.append(f"都在{'、'.join(district_names()[code] for code in shared[:2])}")
    elif common_place(one.districts, other.districts) == "city":
        found.append("在同一个市")
    found += [words] if (words := _ways_in_words(one.ways, other.ways)) else []
    if budget_points(one, other) > 0:
        found.append("预算相符")
    elif budget_points(one, other) == 0 and _budget_gap(one, other):
        found.append("预算只差一点")
    if time_points(one, other) > 0 and {one.type, other.type} == {_DEMAND, _SUPPLY}:
        found.append("交付赶得上")
    if tags := [tag for tag in one.tags if tag in other.tags]:
        found.append(f"都关注{'、'.join(sorted(tags)[:2])}")
    return "，".join(found) or "说的是相近的事"


def _common_industry(one: Sequence[str], other: Sequence[str]) -> str:
    """The name of the first division in common."""
    shared = {code[:2] for code in one if code[0].isdigit()} & {code[:2] for code in other if code[0].isdigit()}
    return industry_path(min(shared))[-1].name


def _ways_in_words(one: Sequence[str], other: Sequence[str]) -> str:
    """The first ways that go together: 采购对供应, or 都想联合活动."""
    pairs = [sorted((a, b)) for a in one for b in other if frozenset((a, b)) in _TOGETHER]
    if not pairs:
        return ""
    first, second = (Cooperation.parse(way).label for way in min(pairs))
    return f"都是{first}" if first == second else f"一方{first}、一方{second}"
