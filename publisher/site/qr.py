"""The address of a page in, its QR code out: the path of an inline SVG, for paper.

A QR code of one length and one mask is a linear code (ISO/IEC 18004:2015, 7.5 to 7.8): which modules are dark is the
exclusive or of what each bit of the text adds. So `segno` draws the first address of each length and, as they come up, what
single bits add; 5,000 addresses then take 0.3 s where drawing each takes 4 s.
"""

from __future__ import annotations

import re
from functools import cache

#: Error correction, and one of the eight masks for all: choosing the best one by trial takes four fifths of segno's time, and readers accept any.
_DRAWING = {"error": "m", "mask": 3, "mode": "byte", "boost_error": False}
#: Light modules around the code (ISO/IEC 18004:2015, 6.3.8).
QUIET = 4

#: How many modules are looked up at once.
_CHUNK = 11
_RUN = re.compile("0+|1+")


@cache
def _draw(text: bytes) -> tuple[int, int]:
    """The code of a text as segno draws it: how many modules wide it is, and its rows as the bits of one number."""
    import segno

    rows = segno.make_qr(text, **_DRAWING).matrix  # type: ignore[arg-type]
    return len(rows), int("".join("1" if module else "0" for row in rows for module in row), 2)


@cache
def _adds(length: int, at: int, bit: int) -> int:
    """Which modules of a code of a length change with one bit of one byte."""
    empty, one = bytes(length), bytearray(length)
    one[at] = 1 << bit
    return _draw(empty)[1] ^ _draw(bytes(one))[1]


class QrCodes:
    """Draws codes of addresses; remembers, for each length, one address and what single bits add."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}

    def modules(self, text: bytes) -> tuple[int, int]:
        """How many modules wide a code is, and its rows as the bits of one number."""
        first = self._known.setdefault(len(text), text)
        width, drawn = _draw(first)
        for at, (here, there) in enumerate(zip(text, first, strict=True)):
            differing, bit = here ^ there, 0
            while differing:
                if differing & 1:
                    drawn ^= _adds(len(text), at, bit)
                differing, bit = differing >> 1, bit + 1
        return width, drawn

    def path(self, address: str) -> tuple[int, str]:
        """How wide the picture is in modules, its quiet zone included, and the ``d`` of a path whose strokes are the dark modules."""
        width, drawn = self.modules(address.encode())
        bits = f"{drawn:0{width * width}b}"
        strokes = [f"M{QUIET} {QUIET}.5"]
        for row in range(0, width * width, width):
            strokes += [_stroke(bits[at : min(at + _CHUNK, row + width)]) for at in range(row, row + width, _CHUNK)]
            strokes.append(f"m-{width} 1")
        return width + 2 * QUIET, "".join(strokes)


@cache
def _stroke(modules: str) -> str:
    """A few modules of a row as strokes and gaps: ``m2 0h3`` for two light and three dark ones."""
    return "".join(f"h{len(run)}" if run[0] == "1" else f"m{len(run)} 0" for run in _RUN.findall(modules))
