"""How many listings of each field were reached in, what of that may be told out: no number below three, and none from which one could be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from publisher.checks.tallies import SMALLEST_CELL as SMALLEST
from publisher.content.model.vocabulary import Field


def count_outcomes(fields: Sequence[str]) -> tuple[str, ...]:
    """The sums as a row: ``total=9`` or ``least=7``, then ``finance=4`` and so on, ``rest=3``; empty when there is nothing to tell.

    Fields with too few are told together as the rest. Where these are too few as well, the total would give them away: then only that it is
    at least so much.
    """
    counts = {field.value: fields.count(field.value) for field in Field}
    shown = {name: count for name, count in counts.items() if count >= SMALLEST}
    rest = len(fields) - sum(shown.values())
    if len(fields) < SMALLEST:
        return ("few",) if fields else ()
    if 0 < rest < SMALLEST:
        return (f"least={len(fields) - rest}", *_written(shown))
    return (f"total={len(fields)}", *_written(shown), *([f"rest={rest}"] if rest else []))


def _written(counts: Mapping[str, int]) -> list[str]:
    """The largest first; of equals in the order of the vocabulary."""
    return [f"{name}={count}" for name, count in sorted(counts.items(), key=lambda row: -row[1])]


def show_outcomes(row: Sequence[str]) -> dict[str, Any] | None:
    """The row in words: ``total`` and ``fields``; None when nothing was reached yet."""
    if not row:
        return None
    first, *others = (part.partition("=")[::2] for part in row)
    words = {"few": f"不足{SMALLEST}件，满{SMALLEST}件再公布", "least": f"{first[1]}件以上", "total": f"{first[1]}件"}
    fields = [{"name": "其他领域" if name == "rest" else Field.parse(name).label, "count": int(count)} for name, count in others]
    return {"total": words[first[0]], "fields": fields, "smallest": SMALLEST}
