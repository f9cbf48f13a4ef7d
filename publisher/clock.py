"""The time of a build as text in, an aware moment out; the only module that looks at the clock."""

from __future__ import annotations

from datetime import datetime

from publisher.content.model.fields import SHANGHAI, parse_moment


def read_as_of(text: str) -> datetime:
    """Read ``YYYY-MM-DD[ HH:MM]`` in Asia/Shanghai, or give the present minute when the text is empty; raises ValueError."""
    if text:
        return parse_moment(text.strip())
    return datetime.now(SHANGHAI).replace(second=0, microsecond=0)
