"""Text wrapped for a mail's text part: by display width, with Chinese line-breaking rules, never inside an address."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 66
_NOT_FIRST = frozenset("，。、；：？！）】》”’…—·,.;:?!)]}%")
_NOT_LAST = frozenset("（【《“‘([{")
_UNIT = re.compile(r"https?://[!-~]+|[!-~]+|.", re.DOTALL)


def display_width(text: str) -> int:
    """Columns a text takes in a terminal or a plain mail: two for each wide character (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 0 if unicodedata.combining(sign) else 1 for sign in text)


def wrap(text: str, indent: str = "", width: int = WIDTH) -> str:
    """Wrap each line of a text; an address or a Latin word longer than a line stands alone and whole."""
    return "\n".join(_wrap_line(line, indent, width) if line.strip() else "" for line in text.split("\n"))


def _wrap_line(line: str, indent: str, width: int) -> str:
    room = width - display_width(indent)
    rows: list[list[str]] = [[]]
    used = 0
    for unit in _UNIT.findall(line.strip()):
        size = display_width(unit)
        if used + size > room and rows[-1] and unit not in _NOT_FIRST:
            carried: list[str] = []
            while rows[-1] and rows[-1][-1] in _NOT_LAST:
                carried.insert(0, rows[-1].pop())
            if rows[-1]:
                rows.append(carried)
            else:
                rows[-1] = carried
            used = sum(map(display_width, carried))
            if unit == " ":
                continue
        rows[-1].append(unit)
        used += size
    return "\n".join(indent + "".join(row).strip() for row in rows if row)
