"""An industry and three numbers in, 划型 out: large, medium, small or micro after 国统字〔2017〕213号, or those it may be.

It is a statistical size. 小型微利企业 (企业所得税) and 小规模纳税人 (增值税) are other things, and nothing here says anything of them.
The browser computes the same from the same table (``templates/site/assets/policy-rules.js``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

#: The sizes, the largest first; the numbers of the table are the least that each but the last needs.
SIZES = ("large", "medium", "small", "micro")
#: The numbers of a profile that the table compares: their names there, and how much one unit of the table is.
MEASURES = (("staff", "从业人员", 1), ("revenue", "营业收入", 10_000), ("assets", "资产总额", 10_000))


class SizeRow(NamedTuple):
    """One industry of the table: the codes that belong to it, and for each measure the least of large, medium and small; money in yuan."""

    name: str
    codes: tuple[str, ...]
    limits: tuple[tuple[str, tuple[int, int, int]], ...]

    def view(self) -> dict[str, Any]:
        """The row as the browser has it."""
        return {"name": self.name, "codes": self.codes, "limits": self.limits}


class SizeTable(NamedTuple):
    """The table and where it is from."""

    source: str
    note: str
    rows: tuple[SizeRow, ...]


@cache
def size_table() -> SizeTable:
    """The table, read once."""
    import yaml  # slow to load, and an edit seldom asks for a size

    text = resources.files("publisher.matching").joinpath("data", "guotongzi-2017-213.yaml").read_text(encoding="utf-8")
    table = yaml.load(text, Loader=yaml.CSafeLoader)
    rows = []
    for row in table["行业"]:
        limits = tuple((name, tuple(limit * unit for limit in row[title])) for name, title, unit in MEASURES if title in row)
        rows.append(SizeRow(row["名称"], tuple(row["代码"]), limits))
    return SizeTable(table["来源"], table["核对"], tuple(rows))


def find_size_row(industry: str) -> SizeRow | None:
    """The row of an industry; None for one that the table does not have, or whose code is too short to tell (``59``, ``70``)."""
    return next((row for row in size_table().rows for code in row.codes if industry.startswith(code)), None)


def possible_sizes(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The sizes that an enterprise may have, the largest first: one when enough is known, none when the table says nothing of its industry.

    All limits of a row must be met, else it is one size lower: the smallest size that any number allows is the size. A number
    that is not known may make it smaller, never larger.
    """
    if given := profile.get("size"):
        return (given,)
    industry = profile.get("industry")
    row = find_size_row(industry) if industry else None
    if row is None:
        return ()
    largest, is_sure = 0, True
    for name, limits in row.limits:
        value = profile.get(name)
        if value is None:
            is_sure = False
            continue
        largest = max(largest, next((at for at, limit in enumerate(limits) if value >= limit), len(limits)))
    return SIZES[largest : largest + 1] if is_sure else SIZES[largest:]
