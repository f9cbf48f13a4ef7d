"""How long an official document holds: to the end of a day, without a term, or not stated in the text."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from publisher.content.model.fields import parse_end
from publisher.model import Scalar

OPEN_ENDED: dict[str, Literal["long-term", "not-stated"]] = {
    "长期": "long-term",
    "long-term": "long-term",
    "未载明": "not-stated",
    "not-stated": "not-stated",
}
OPEN_ENDED_LABELS = {"long-term": "长期", "not-stated": "未载明"}


def _validity(value: object) -> datetime | str:
    if isinstance(value, str) and (open_ended := OPEN_ENDED.get(value.strip())):
        return open_ended
    return parse_end(value)


_SCHEMA = {"description": "日期（含当日）、长期 或 未载明"}
#: The first moment a document no longer holds, or ``long-term`` or ``not-stated``.
Validity = Annotated[datetime | Literal["long-term", "not-stated"], Scalar(_validity, _SCHEMA)]
