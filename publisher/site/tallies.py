"""The sums of a month in, what pages show of them out: words, and the lengths of bars. Pure; what a file leaves out is never worked out here."""

from __future__ import annotations

from typing import Any

from publisher.content.model.kinds import Tally


def month_words(month: str) -> str:
    """``2026-10`` in Chinese."""
    year, number = month.split("-")
    return f"{year}年{int(number)}月"


def _enterprises(data: Tally) -> str:
    if data.enterprises is not None:
        return f"{data.enterprises}家"
    return f"{data.enterprises_least}家以上" if data.enterprises_least is not None else ""


def tally_facts(data: Tally) -> list[str]:
    """The two or three sums that a list shows."""
    served, closed = _enterprises(data), data.closed_percent
    return [f"服务{data.services}次", f"覆盖{served}" if served else "", f"问题办结率{closed}%" if closed is not None else ""]


def show_tally(data: Tally) -> dict[str, Any]:
    """The sums as templates see them; ``ways`` in the order of their numbers, ``share`` the length of a bar in percent of the longest."""
    ways = sorted(((row.way.label, row.times) for row in data.by_way), key=lambda row: -row[1])
    ways += [("其他方式", data.other_ways)] if data.other_ways is not None else []
    longest = max((times for _, times in ways), default=1)
    return {
        "month": data.month,
        "name": month_words(data.month),
        "services": data.services,
        "ways": [{"name": name, "times": times, "share": round(times * 100 / longest, 1)} for name, times in ways],
        "enterprises": _enterprises(data),
        "closed": "" if data.closed_percent is None else f"{data.closed_percent}%",
        "cases": data.cases,
        "delivered": data.delivered,
        "accompanied": data.accompanied,
        "mean": "" if data.mean_days is None else f"{data.mean_days.normalize():f}",
        "shared": [kind.label for kind in data.shared],
    }
