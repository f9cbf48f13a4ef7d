"""What a link looks like where it is shared: a kind in, a picture out as PNG bytes; with a font, a card with an entry's own words.

The pictures of kinds bear no words and are committed in ``templates/site/assets/share/``; ``make brand`` draws them again.
Cards are drawn on request (``share_cards``). Pure but for the font, which is looked for on this machine.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from publisher.content.model.vocabulary import Kind
from publisher.failure import PublisherError

SIZE = (1200, 630)
#: Drawn so many times larger and made smaller: Pillow's shapes have no soft edges.
_SCALE = 2
_BRICK, _DEEP, _TEAL, _PAPER, _INK, _QUIET = "#9a3324", "#7d281b", "#1f6f6b", "#fdfaf5", "#241d19", "#61564e"
#: The height at which the wall begins.
_WALL = 520


class Font(NamedTuple):
    """One face of a font file."""

    path: str
    face: int


class _Pen:
    """Shapes in the coordinates of the finished picture."""

    def __init__(self, colour: str) -> None:
        self.image = Image.new("RGB", (SIZE[0] * _SCALE, SIZE[1] * _SCALE), colour)
        self._draw = ImageDraw.Draw(self.image)

    def box(self, left: float, top: float, right: float, bottom: float, fill: str, radius: float = 0) -> None:
        self._draw.rounded_rectangle([value * _SCALE for value in (left, top, right, bottom)], radius * _SCALE, fill)

    def disc(self, x: float, y: float, radius: float, fill: str) -> None:
        self._draw.ellipse([value * _SCALE for value in (x - radius, y - radius, x + radius, y + radius)], fill)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill)

    def line(self, points: list[tuple[float, float]], fill: str, width: float) -> None:
        self._draw.line([(x * _SCALE, y * _SCALE) for x, y in points], fill, round(width * _SCALE), joint="curve")

    def words(self, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, fill: str) -> None:
        self._draw.text((x * _SCALE, y * _SCALE), text, fill, font)


def _gate(pen: _Pen, left: float, top: float, size: float, fill: str, inside: str) -> None:
    """The mark of the site: a gate under a roof, as in ``logo.svg``."""
    unit = size / 48

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * unit, top + y * unit

    pen.shape([at(6, 42), at(6, 20), at(24, 8), at(42, 20), at(42, 42)], fill)
    x, y = at(24, 27)
    pen.disc(x, y, 11 * unit, inside)
    pen.box(*at(13, 27), *at(35, 42.5), inside)
    pen.disc(*at(24, 29), 4 * unit, fill)
    pen.box(*at(20, 29), *at(28, 42), fill)


def _wall(pen: _Pen, colour: str) -> None:
    """The city wall with its battlements along the foot."""
    pen.box(0, _WALL + 34, SIZE[0], SIZE[1], colour)
    for left in range(-20, SIZE[0], 80):
        pen.box(left, _WALL, left + 48, _WALL + 40, colour)


def _sheet(pen: _Pen) -> None:
    pen.box(700, 130, 1000, 460, _PAPER, 14)
    for at, width in enumerate((150, 220, 220, 180)):
        pen.box(740, 190 + 58 * at, 740 + width, 206 + 58 * at, _BRICK if at == 0 else "#d9cbbb", 8)


def _paper(pen: _Pen) -> None:
    _sheet(pen)
    pen.disc(950, 410, 66, _TEAL)
    pen.line([(920, 412), (942, 434), (984, 388)], _PAPER, 14)


def _hands(pen: _Pen) -> None:
    pen.disc(790, 270, 120, _PAPER)
    pen.disc(940, 330, 120, _TEAL)
    pen.line([(716, 262), (786, 262)], _BRICK, 16)
    pen.shape([(780, 232), (780, 292), (824, 262)], _BRICK)
    pen.line([(1000, 330), (930, 330)], _PAPER, 16)
    pen.shape([(936, 300), (936, 360), (892, 330)], _PAPER)


def _checks(pen: _Pen) -> None:
    pen.box(700, 130, 1000, 460, _PAPER, 14)
    for at in range(3):
        top = 180 + 92 * at
        pen.box(736, top, 788, top + 52, _TEAL, 10)
        pen.line([(748, top + 26), (759, top + 38), (778, top + 14)], _PAPER, 8)
        pen.box(812, top + 18, 960, top + 34, "#d9cbbb", 8)


def _calendar(pen: _Pen) -> None:
    pen.box(700, 150, 1000, 460, _PAPER, 14)
    pen.box(700, 150, 1000, 226, _TEAL, 14)
    pen.box(700, 206, 1000, 226, _TEAL)
    for left in (770, 918):
        pen.box(left, 122, left + 14, 186, _PAPER, 7)
    for row in range(3):
        for column in range(4):
            is_day = (row, column) == (1, 2)
            pen.box(732 + 62 * column, 256 + 64 * row, 776 + 62 * column, 300 + 64 * row, _BRICK if is_day else "#e9ddd0", 8)


def _shops(pen: _Pen) -> None:
    for left, top, colour in ((690, 250, _PAPER), (820, 170, "#f1e4d6"), (940, 290, _PAPER)):
        pen.box(left, top, left + 110, _WALL + 40, colour)
        pen.box(left + 14, top + 70, left + 96, top + 130, _TEAL, 6)
        for at in range(4):
            pen.box(left - 6 + 31 * at, top + 20, left + 25 + 31 * at, top + 54, _DEEP if at % 2 else "#d98a72", 4)


def _bars(pen: _Pen) -> None:
    for at, (height, colour) in enumerate(((120, "#d98a72"), (200, _PAPER), (160, "#f1e4d6"), (290, _TEAL))):
        pen.box(690 + 88 * at, 470 - height, 750 + 88 * at, 470, colour, 8)
    pen.box(670, 470, 1040, 484, _PAPER, 7)


def _gates(pen: _Pen) -> None:
    for at in range(3):
        _gate(pen, 620 + 150 * at, 250 + 50 * (at % 2), 170, ("#d98a72", _PAPER, "#d98a72")[at], _BRICK)


#: What is drawn beside the gate, by the folder of the kind.
_PICTURES: Mapping[str, Callable[[_Pen], None]] = {
    "site": _gates,
    Kind.NEWS.folder: _sheet,
    Kind.POLICY.folder: _paper,
    Kind.LISTING.folder: _hands,
    Kind.GUIDE.folder: _checks,
    Kind.EVENT.folder: _calendar,
    Kind.ENTERPRISE.folder: _shops,
    Kind.TALLY.folder: _bars,
}
BRANDS = tuple(_PICTURES)


def draw_brand(name: str) -> Image.Image:
    """The picture of a kind by its folder, or of the ``site``."""
    pen = _Pen(_BRICK)
    _gate(pen, 150, 120, 380, _PAPER, _BRICK)
    _PICTURES[name](pen)
    _wall(pen, _DEEP)
    return pen.image.resize(SIZE, Image.Resampling.LANCZOS).quantize(48, dither=Image.Dither.NONE)


def png(image: Image.Image) -> bytes:
    """A picture as a file."""
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return data.getvalue()


#: Where systems keep a font with Chinese, when fontconfig is not there to be asked; with the number of the face in the file.
_USUAL = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("C:/Windows/Fonts/msyhbd.ttc", 0),
)


@cache
def find_font() -> Font:
    """A bold face with simplified Chinese on this machine; a `PublisherError` when there is none."""
    asked = shutil.which("fc-match")
    if asked:
        command = [asked, "-f", "%{file}\t%{index}\t%{lang}", "sans-serif:bold:lang=zh-cn"]
        path, _, rest = subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition("\t")  # noqa: S603  # fixed words
        index, _, languages = rest.partition("\t")
        if "zh-cn" in languages.split("|") and Path(path).is_file():
            return Font(path, int(index) & 0xFFFF)  # the upper half names an instance of a variable font
    for path, number in _USUAL:
        if Path(path).is_file():
            return Font(path, number)
    raise PublisherError(
        "要画分享图（share_cards），但这台机器上没有中文字体；请装一种，如 Debian 的 fonts-noto-cjk，或者关掉 share_cards",
        "share_cards needs a font with Chinese, and this machine has none; install one, such as Debian's fonts-noto-cjk, or set share_cards off",
    )


@cache
def _font(path: str, index: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size * _SCALE, index=index)


def render_card(title: str, column: str, facts: str, site: str, font: Font) -> bytes:
    """An entry's card: its column, its title in up to three lines, a line of facts, whose site it is."""
    path, index = font.path, font.face
    pen = _Pen(_PAPER)
    pen.box(0, 0, SIZE[0], 14, _BRICK)
    pen.box(80, 76, 80 + 44 * len(column) + 36, 140, _TEAL, 10)
    pen.words(98, 82, column, _font(path, index, 40), _PAPER)
    size = 76 if len(title) <= 24 else 64
    lines = _broken(title, _font(path, index, size), (SIZE[0] - 160) * _SCALE, 3)
    for at, line in enumerate(lines):
        pen.words(80, 176 + at * (size + 22), line, _font(path, index, size), _INK)
    pen.words(80, 470, next(iter(_broken(facts, _font(path, index, 32), (SIZE[0] - 160) * _SCALE, 1)), ""), _font(path, index, 32), _QUIET)
    pen.box(0, 540, SIZE[0], SIZE[1], _BRICK)
    _gate(pen, 70, 546, 76, _PAPER, _BRICK)
    pen.words(160, 560, site, _font(path, index, 38), _PAPER)
    return png(pen.image.resize(SIZE, Image.Resampling.LANCZOS).quantize(32, dither=Image.Dither.NONE))


#: What may not begin a line, and what may not end one (GB/T 15834).
_NOT_FIRST, _NOT_LAST = "，。、；：？！）》”’】〉…—％%", "（《“‘【〈"


def _broken(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """Lines no wider than ``width``; what does not fit in ``most`` ends in an ellipsis."""
    lines = list(_lines(text, font, width))
    if len(lines) > most:
        last = lines[most - 1]
        while last and font.getlength(last + "…") > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last + "…"]
    return lines


def _lines(text: str, font: ImageFont.FreeTypeFont, width: float) -> Iterator[str]:
    line = ""
    for char in text:
        if line and font.getlength(line + char) > width and char not in _NOT_FIRST:
            rest = ""
            while len(line) > 1 and line[-1] in _NOT_LAST:
                line, rest = line[:-1], line[-1] + rest
            yield line
            line = rest
        line += char
    if line:
        yield line
