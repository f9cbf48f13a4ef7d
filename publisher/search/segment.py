"""A text in, the terms it is found by out. ``templates/site/assets/search-index.js`` does the same; tests hold the two equal.

A text is folded: case, width, accents, invisible characters and traditional forms go, all that is no letter and no digit becomes one
line feed. Its terms are then every UTF-16 unit, every two units side by side, and every three of ASCII letters and digits, since two
of those are in nearly every text. So a query of any length has only terms that each text with that substring has too.

A term is a number: its first unit in the low 16 bits, the next above. Classes of characters are written out, not asked of Unicode's
tables, for a browser's may be newer than Python's.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from functools import cache
from importlib.resources import files

#: What is neither letter nor digit, the space left aside.
BREAKS = re.compile(
    "[\x00-\x1f!-/:-@\\[-`{-\xa9\xab\xac\xae-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7\u1680\u2000-\u200a\u2010-\u205f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff"
    "\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff]+"
)
#: Accents and what is not seen: taken out, so that the letters on both sides stay together.
_MARKS = re.compile("[\xad\u0300-\u036f\u200b-\u200f\u2060-\u2064\u3099\u309a\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]+")
#: Most texts have nothing that folds once their punctuation is gone. Like the next two it is compiled when a text is folded.
_FOLDS = "[A-Z\xa0-\u33ff\ua000-\uffff\U00010000-\U0010ffff]"
#: A space between Han and a Latin letter or digit is typography: “5G 专网” is “5G专网”.
_THIN = " (?:(?<=[\u3400-\u9fff] )(?=[0-9a-z])|(?<=[0-9a-z] )(?=[\u3400-\u9fff]))"
_BEYOND = "[\U00010000-\U0010ffff]"
_GAPS = re.compile("[ \n]+")
_LATIN = re.compile("[0-9a-z]{3,}")
_END = 0x0A
_UTF16 = f"utf-16-{'le' if sys.byteorder == 'little' else 'be'}"


@cache
def traditional() -> dict[int, str]:
    """The simplified form of each traditional character, as OpenCC has it."""
    written = "".join(files(__package__).joinpath("data/traditional.txt").read_text(encoding="utf-8").split())
    return {ord(old): new for old, new in zip(written[::2], written[1::2], strict=True)}


@cache
def _traditional() -> re.Pattern[str]:
    """Finds them in the basic plane; a class that goes beyond it is searched forty times as slowly."""
    return re.compile(f"[{''.join(chr(old) for old in traditional() if old < 0x10000)}]")


def fold(text: str) -> str:
    """The text as it is compared: lower-cased runs of letters and digits, a line feed between two of them."""
    text = BREAKS.sub("\n", text)
    is_odd = re.search(_FOLDS, text)
    if is_odd:
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().replace("ς", "σ")
        text = BREAKS.sub("\n", _MARKS.sub("", text))
    if _traditional().search(text) or (is_odd and re.search(_BEYOND, text)):
        text = text.translate(traditional())
    return _GAPS.sub("\n", re.sub(_THIN, "", text)).strip("\n")


def pairs_of(folded: str) -> set[int]:
    """Every two units side by side, the end of a run counting as a unit: each unit begins one, so `unite` finds the single ones in them."""
    data = f"{folded}\n".encode(_UTF16, "surrogatepass")
    size = len(data)
    found = set(array("I", data[: size & ~3]))
    found.update(array("I", data[2 : 2 + (size - 2 & ~3)]))
    if _LATIN.search(folded):
        found |= _triples_of(folded)
    return found


def _triples_of(folded: str) -> set[int]:
    found: set[int] = set()
    for word in set(_LATIN.findall(folded)):
        codes = word.encode("ascii")
        found.update([a | b << 16 | c << 32 for a, b, c in zip(codes, codes[1:], codes[2:], strict=False)])
    return found


def terms_of(folded: str) -> set[int]:
    """Every term of a folded text."""
    found = {pair for pair in pairs_of(folded) if pair & 0xFFFF != _END}
    singles = {pair & 0xFFFF for pair in found}
    return {pair for pair in found if pair >> 16 != _END} | singles


def is_end(pair: int) -> bool:
    """Whether a pair is the last unit of a run."""
    return pair >> 16 == _END


def is_begin(pair: int) -> bool:
    """Whether a pair only says that a run begins."""
    return pair & 0xFFFF == _END


def query_terms(folded: str) -> list[int]:
    """The terms that a text with this substring must have: its pairs, three at a time within Latin words, or the one unit that it is."""
    found: dict[int, None] = {}
    for run in folded.split("\n"):
        data = array("H", run.encode(_UTF16, "surrogatepass"))
        if len(data) == 1:
            found[data[0]] = None
        spans = [match.span() for match in _LATIN.finditer(run)] if run.isascii() or _LATIN.search(run) else []
        inside: set[int] = set()
        for start, end in _unit_spans(run, spans):
            inside.update(range(start, end - 1))
            found.update(dict.fromkeys(data[at] | data[at + 1] << 16 | data[at + 2] << 32 for at in range(start, end - 2)))
        found.update(dict.fromkeys(data[at] | data[at + 1] << 16 for at in range(len(data) - 1) if at not in inside))
    return list(found)


def _unit_spans(run: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in a text as places in its UTF-16 units."""
    if run.isascii() or max(run) < "\U00010000":
        return spans
    return [(at := len(run[:start].encode(_UTF16, "surrogatepass")) // 2, at + end - start) for start, end in spans]


def spell(term: int) -> list[int]:
    """The units of a term."""
    units = [term & 0xFFFF, term >> 16 & 0xFFFF, term >> 32]
    return units[: 1 if term < 1 << 16 else 2 if term < 1 << 32 else 3]


def scatter(term: int) -> int:
    """A number that says in which shard a term stands: FNV-1a over its units, the high half folded into the low."""
    value = 0x811C9DC5
    for unit in spell(term):
        value = (value ^ unit) * 0x01000193 & 0xFFFFFFFF
    return value ^ value >> 16
