"""Profiles for tests: thousands drawn from a seed, with every edge of every limit, and a policy for each kind of rule."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from publisher.content.codes import industries
from publisher.content.model.vocabulary import SubjectType
from publisher.matching.rules import Rule
from publisher.matching.sizes import MEASURES, SIZES, size_table

TODAY = "2026-11-23"
QUOTE = [["第一条", "原文。"]]


def rule(kind: str, test: str, value: Any, *, quoted: bool = True) -> Rule:
    """One rule."""
    return {"kind": kind, "test": test, "value": value, "says": f"{kind} {test} {value}", "quote": QUOTE if quoted else []}


def benefit(*ways: list[Rule], until: str = "") -> Rule:
    """One thing that a policy gives."""
    return {"name": "事项", "gives": "给", "how": "办", "until": until, "ways": list(ways)}


#: Rules of every kind and test, alone and together, besides those of the demo's policies.
BENEFITS = [
    benefit([rule("subject", "in", ["enterprise", "sole-trader"])]),
    benefit([rule("industry", "in", ["52", "62"])], [rule("industry", "in", ["6210", "7020"])]),
    benefit([rule("excluded-industry", "out", ["16", "701", "5911"])]),
    *(benefit([rule("size", "in", [size])]) for size in SIZES),
    benefit([rule("size", "in", ["medium", "small", "micro"])]),
    benefit([rule("taxpayer", "in", ["small-scale"])]),
    benefit([rule("small-low-profit", "in", ["yes"])]),
    benefit([rule("district", "in", ["610102"])], [rule("district", "in", ["6101"])]),
    *(benefit([rule("staff", test, limit)]) for test in ("min", "max") for limit in (0, 1, 3, 20, 300)),
    *(benefit([rule("sales", test, limit)]) for test in ("min", "max") for limit in (0, 1_000_000, 5_000_000, 1_234_567)),
    *(benefit([rule("founded", test, TODAY)]) for test in ("from", "until")),
    *(benefit([rule("founded", test, months)]) for test in ("months-min", "months-max") for months in (0, 1, 3, 12, 36, 1200)),
    benefit([rule("stated", "is", "aaaaaa"), rule("stated", "is", "bbbbbb")]),
    benefit(
        [rule("subject", "in", ["enterprise"], quoted=False), rule("staff", "max", 20)], [rule("taxpayer", "in", ["general"]), rule("sales", "min", 5_000_000)]
    ),
    benefit([rule("staff", "max", 20), rule("founded", "months-min", 12), rule("stated", "is", "aaaaaa")]),
    benefit([], until=TODAY),
    benefit([], until="2026-11-22"),
]


def _near(limits: list[int], step: int) -> list[int]:
    """The numbers at a limit and beside it, and at the edge of what counts as near."""
    found = {0, 1}
    for limit in limits:
        found |= {limit - step, limit + step}
        found |= {edge + shift for edge in (limit, limit * 6 // 5, limit * 4 // 5) for shift in (-1, 0, 1)}
    return sorted(number for number in found if number >= 0)


_LIMITS = {name: _near([limit for row in size_table().rows for limit in sum((b for a, b in row.limits if a == name), ())], 1) for name, _, _ in MEASURES}
_STAFF = sorted({*_LIMITS["staff"], *_near([3, 20, 300], 1)})
_SALES = _near([1_000_000, 5_000_000, 1_234_567], 10_000)
_CODES = [
    *(code for code, industry in industries().items() if not industry.is_section),
    *("591", "599", "701", "702", "703", "709", "704", "6210", "6290", "7020", "5911", "5912", "521"),
]
_DAYS = ("2026-11-22", "2026-11-23", "2026-11-24", "2027-11-23", "2026-08-31", "2025-11-22", "2025-11-23", "2025-11-24", "2024-11-23")
_DAYS += ("2024-02-29", "2023-11-23", "2023-11-24", "2016-12-31", "1926-11-23")


def draw_profiles(count: int, seed: int = 20261123) -> Iterator[dict[str, Any]]:
    """Profiles from a seed: each answer there or not, most numbers at the edge of a limit."""
    draw = random.Random(seed)  # a test's profiles are no secret
    for _ in range(count):
        drawn = {
            "subject": draw.choice(list(SubjectType)).value,
            "industry": draw.choice(_CODES),
            "size": draw.choice(SIZES) if draw.random() < 0.1 else None,
            "staff": draw.choice(_STAFF),
            "revenue": draw.choice(_LIMITS["revenue"]),
            "assets": draw.choice(_LIMITS["assets"]),
            "taxpayer": draw.choice(["general", "small-scale"]),
            "sales": draw.choice(_SALES),
            "small-low-profit": draw.choice(["yes", "no"]),
            "district": draw.choice(["610102", "610103", "610000", "990000", "110101"]),
            "founded": draw.choice(_DAYS) if draw.random() < 0.7 else f"{draw.randint(1980, 2027)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "stated": {name: draw.random() < 0.5 for name in ("aaaaaa", "bbbbbb") if draw.random() < 0.7},
        }
        yield {name: value for name, value in drawn.items() if value is not None and (name == "stated" or draw.random() < 0.8)}
