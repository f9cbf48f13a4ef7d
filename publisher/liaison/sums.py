"""A month's records in, the sums that may go public out: a `Tally` as a proposal, and the file that an editor looks at and commits.

No number of 1 or 2 is told, and none can be worked out from the others: what is left of a whole is told together with something
larger, or the parts are left out. What is told of one month cannot be held against another's to find a small number: every count is
of its month alone, and what runs on from month to month (问题办结率, 共性问题) is told without counts. See docs/adr/0013.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from publisher.checks.tallies import SMALLEST_CELL
from publisher.content.model.kinds import StatedEntry, Tally, WayCount
from publisher.content.model.vocabulary import Way
from publisher.liaison.figures_matters import shared_issues
from publisher.liaison.procedures import clock_of, is_done
from publisher.liaison.scope import Scope

#: How many sorts of shared difficulties are told.
_MOST_SHARED = 5
#: From how many services on a way is told by name in a month in which another is too small to be told.
_FREQUENT = 10


def plan_sums(scope: Scope, moment: datetime) -> Tally | None:
    """Propose what may be told of a month that is over, to be published at ``moment``; None when nearly nothing was done."""
    total = len(scope.services)
    if total < SMALLEST_CELL:
        return None
    ways, rest = tell_ways({way: sum(one.way is way for one in scope.services) for way in Way})
    sums: dict[str, Any] = {
        "services": total,
        "by_way": tuple(WayCount.model_construct(way=way, times=times) for way, times in ways.items()),
        "other_ways": rest,
        "closed_percent": _closed_percent(scope),
        "shared": tuple(kind for kind, rows in shared_issues(scope) if len({one.enterprise for one in rows}) >= SMALLEST_CELL)[:_MOST_SHARED],
        **_served(scope),
        **_cases(scope),
    }
    label = scope.month.label
    words: dict[str, Any] = {"title": f"{label}助企服务", "summary": _summary(scope, sums), "published": moment, "month": str(scope.month)}
    return Tally.model_construct(**words, **sums)


def tell_ways(counts: Mapping[Way, int]) -> tuple[dict[Way, int], int | None]:
    """The ways that are told with their counts, the most frequent first, and the rest together; no ways at all where that would tell too much.

    When one is too small, all that are not frequent go into the rest, not only as many as would hide it: from how little was added one
    could reckon backwards (a minimality attack). ``tests/test_tallies.py`` plays one who knows this rule.
    """
    shown = sorted((way for way, count in counts.items() if count >= SMALLEST_CELL), key=lambda way: -counts[way])
    if not any(0 < count < SMALLEST_CELL for count in counts.values()):
        return {way: counts[way] for way in shown}, None
    shown = [way for way in shown if counts[way] >= _FREQUENT]
    rest = sum(counts.values()) - sum(counts[way] for way in shown)
    if not shown or rest < SMALLEST_CELL or len(counts) - len(shown) < 2:
        return {}, None
    return {way: counts[way] for way in shown}, rest


def _served(scope: Scope) -> dict[str, int]:
    """How many enterprises were served. How many there are is no secret, so one or two that were not would be told by the difference."""
    served, whole = len({one.enterprise for one in scope.services}), len(scope.duties)
    if 0 < whole - served < SMALLEST_CELL:
        least = whole - SMALLEST_CELL + 1
        return {"enterprises_least": least} if least >= SMALLEST_CELL else {}
    return {"enterprises": served} if served >= SMALLEST_CELL else {}


def _closed_percent(scope: Scope) -> int | None:
    """Of all issues so far, the share that was closed by the month's end, in whole percent rounded down: 100 means all."""
    closed, every = sum(is_done(one, scope.end) for one in scope.issues), len(scope.issues)
    is_small = closed < SMALLEST_CELL or 0 < every - closed < SMALLEST_CELL
    return None if is_small else closed * 100 // every


def _cases(scope: Scope) -> dict[str, Any]:
    """The cases that ended well in the month: how many, of which sort, in how many working days."""
    ended = [one for one in scope.cases if scope.ended(one)]
    if len(ended) < SMALLEST_CELL:
        return {}
    used = sum(clock_of(one, scope.calendar, scope.end).used for one in ended)
    sums: dict[str, Any] = {"cases": len(ended), "mean_days": (Decimal(used) / len(ended)).quantize(Decimal("0.1"))}
    sorts = Counter(one.is_agency for one in ended)
    if min(sorts[True], sorts[False]) >= SMALLEST_CELL:
        sums |= {"delivered": sorts[True], "accompanied": sorts[False]}
    return sums


def _summary(scope: Scope, sums: Mapping[str, Any]) -> str:
    served = f"{sums['enterprises']}家" if "enterprises" in sums else f"{sums['enterprises_least']}家以上" if "enterprises_least" in sums else ""
    parts = [f"{scope.month.number}月，亲商助企干部为{served}企业和项目服务{sums['services']}次"]
    parts += [f"办结代办、陪办{sums['cases']}件"] if "cases" in sums else []
    parts += [f"到月底，登记的问题办结{sums['closed_percent']}%"] if sums["closed_percent"] is not None else []
    return "；".join(parts) + "。"


def render_sums_file(tally: Tally) -> str:
    """The proposal as the YAML file an editor gets."""
    lines = [
        f"# {tally.month}：由 publisher liaison publish 从记录里算出的合计，没有企业、干部的名字。",
        "# 看过再提交。标题、摘要可以改；数不要手改，记录改了就加 --replace 再算一次。",
        f"# 少于{SMALLEST_CELL}的数不写，也没有写出能倒推出它的数；所以有的项可能没有。",
    ]
    for name, field in Tally.model_fields.items():
        value = getattr(tally, name, None)
        if name in _WRITTEN and value not in (None, ()):
            if name not in _ENTRY:
                lines.append(f"# {field.doc}")
            lines += _lines(field.title, value)
    return "\n".join(lines) + "\n"


#: What a proposal says: the words every entry has, and all that a tally has of its own.
_ENTRY = frozenset({"title", "summary", "published"})
_WRITTEN = Tally.model_fields.keys() - (StatedEntry.model_fields.keys() - _ENTRY)


def _lines(key: str, value: Any) -> list[str]:
    if isinstance(value, datetime):
        return [f"{key}: {value:%Y-%m-%d %H:%M}"]
    if not isinstance(value, tuple):
        return [f"{key}: {value}"]
    if isinstance(value[0], WayCount):
        return [f"{key}:", *(f"  - {{方式: {row.way}, 次数: {row.times}}}" for row in value)]
    return [f"{key}: [{', '.join(map(str, value))}]"]
