"""Words in, the law that forbids them as an indicator out; which words, ``data/forbidden-indicators.yaml`` says.

Rules of scoring may not count by such an indicator, and sums for the public may not tell one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).parent / "data" / "forbidden-indicators.yaml"


@cache
def _rows() -> Any:
    import yaml  # slow to load, and most builds ask for no indicator

    return yaml.safe_load(_TABLE.read_text(encoding="utf-8"))


def forbidden_by(indicator: str) -> str | None:
    """The law that forbids an indicator of assessment; None when none does."""
    for row in _rows():
        if any(word in indicator for word in row["对象"]) and any(word in indicator for word in row["指标"]):
            return str(row["依据"])
    return None
