"""Text in, aware moments in Asia/Shanghai out; the only module that looks at the clock. It imports nothing, so that every layer may use it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

#: Asia/Shanghai has had no daylight saving time since 1991, so a fixed offset says the same and reads faster than zoneinfo.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?\s?(Z|[+-]\d{2}:?\d{2})?")


def parse_moment(text: str) -> datetime:
    """Read ``YYYY-MM-DD[ HH:MM[:SS]][+08:00]`` as an aware time, Asia/Shanghai unless an offset is given; raises ValueError."""
    match = _MOMENT.fullmatch(text)
    if not match:
        raise ValueError(text)
    day, hour, minute, second, offset = match.groups()
    moment = datetime.fromisoformat(f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}")
    if not offset:
        return moment.replace(tzinfo=SHANGHAI)
    digits = "+0000" if offset == "Z" else offset.replace(":", "")
    shift = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:])) * (-1 if digits[0] == "-" else 1)
    return moment.replace(tzinfo=timezone(shift)).astimezone(SHANGHAI)


def read_as_of(text: str) -> datetime:
    """Read ``YYYY-MM-DD[ HH:MM]`` in Asia/Shanghai, or give the present minute when the text is empty; raises ValueError."""
    if text:
        return parse_moment(text.strip())
    return datetime.now(SHANGHAI).replace(second=0, microsecond=0)
