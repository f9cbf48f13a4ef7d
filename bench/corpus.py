"""A size and a seed in; entries about an invented street out, the same on any machine and under any version of Python.

Each entry depends on the seed, its number and the size only, so entries can be made in any order and need not be kept. What this
does not do: file formats, which are `bench.formats`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from bench.words import HEADINGS, INDUSTRIES, ITEMS, LINK_WORDS, OUTER_WORDS, SENTENCES, SUMMARIES, TABLE_HEADS, TAGS, TITLES, WORDS

#: The ten years that entries are spread over; the end is the time all builds are made for.
FIRST, LAST = datetime(2016, 11, 23), datetime(2026, 11, 23)  # noqa: DTZ001  wall time of the street; formats add the zone
#: Characters of a body, about.
LENGTH = 1_400
#: By how much the last paragraph goes over the goal, on average.
_OVER = 97
SEED = 20261123

#: Folder and id prefix of each kind. These four stay in their lists when their day is over, so that ours has as much to list as
#: the peers, who know no ends; listings (供需对接) would leave their list after 180 days.
KINDS = (("news", "zx"), ("policies", "zc"), ("guides", "bs"), ("events", "hd"))
#: Of ten entries four are news and two are of each other kind.
_KIND_OF_DRAW = (0, 0, 0, 0, 1, 1, 2, 2, 3, 3)

_T = TypeVar("_T")
_SLOT = re.compile(r"\{(\w+)\}")
_LINK = re.compile(r"\(@(\d+)\)")


class Dice:
    """Draws made of ``random()`` alone, the one method of `random.Random` whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random  # noqa: S311  it must be repeatable, not secret

    def below(self, limit: int) -> int:
        """A number from 0 up to, but not including, ``limit``."""
        return int(self._random() * limit)

    def pick(self, row: Sequence[_T]) -> _T:
        """One of a row."""
        return row[self.below(len(row))]

    def some(self, row: Sequence[_T], count: int) -> tuple[_T, ...]:
        """``count`` different ones of a row, in the row's order."""
        left = list(range(len(row)))
        chosen = sorted(left.pop(self.below(len(left))) for _ in range(count))
        return tuple(row[index] for index in chosen)

    def say(self, pattern: str) -> str:
        """A pattern with each slot filled: a word of the table it names, ``n`` a number to 60, ``m`` one from 2 to 9."""
        return _SLOT.sub(self._fill, pattern)

    def _fill(self, slot: re.Match[str]) -> str:
        if slot[1] == "n":
            return str(10 + self.below(50))
        if slot[1] == "m":
            return str(2 + self.below(8))
        return self.pick(WORDS[slot[1]])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry before it has a format; a link to entry 7 is written ``(@7)`` in ``body``."""

    number: int
    kind: int
    title: str
    summary: str
    published: datetime
    tags: tuple[str, ...]
    industries: tuple[str, ...]
    body: str

    @property
    def folder(self) -> str:
        return KINDS[self.kind][0]

    @property
    def id(self) -> str:
        return f"{KINDS[self.kind][1]}-{self.number:06d}"

    def text(self, target: Callable[[str, str], str]) -> str:
        """The body with its links to entries as ``target(folder, id)`` writes them."""
        return _LINK.sub(lambda link: f"({target(*_name(int(link[1])))})", self.body)


@dataclass(frozen=True, slots=True)
class Corpus:
    """``size`` entries, number 0 the oldest."""

    size: int
    seed: int = SEED

    def __iter__(self) -> Iterator[Entry]:
        return map(self.entry, range(self.size))

    def entry(self, number: int) -> Entry:
        """Make one entry."""
        dice = Dice(f"{self.seed}:{number}")
        step = (LAST - FIRST) / self.size
        published = FIRST + step * number + timedelta(minutes=dice.below(max(1, int(step.total_seconds()) // 60)))
        return Entry(
            number=number,
            kind=_kind_of(number),
            title=f"{dice.say(dice.pick(TITLES))}（示例{number + 1}）",
            summary=dice.say(dice.pick(SUMMARIES)),
            published=published.replace(second=0, microsecond=0),
            tags=dice.some(tuple(TAGS), 1 + dice.below(3)),
            industries=dice.some(tuple(INDUSTRIES), dice.below(3)),
            body=self._body(number, dice),
        )

    def _body(self, number: int, dice: Dice) -> str:
        sections = 3 + dice.below(3)
        blocks = [self._paragraph(dice)]
        table_in = dice.below(sections) if number % 3 == 0 else -1
        for section in range(sections):
            level = "##" if section == 0 or dice.below(3) else "###"
            blocks.append(f"{level} {dice.say(dice.pick(HEADINGS))}")
            blocks.append(self._paragraph(dice))
            if section == table_in:
                blocks.append(_table(dice))
            if dice.below(2):
                blocks.append(_list(dice))
            goal = (LENGTH - _OVER) * (section + 1) // sections
            while sum(map(len, blocks)) < goal:
                blocks.append(self._paragraph(dice))
        return "\n\n".join(blocks) + "\n"

    def _paragraph(self, dice: Dice) -> str:
        """Three to five sentences, one of them with bold words, some with a link to an entry or elsewhere."""
        sentences = [dice.say(dice.pick(SENTENCES)) for _ in range(3 + dice.below(3))]
        # The bold words stand between Han characters: with punctuation at their edge several peers would not see them as bold.
        sentences.insert(1, f"这里说的**{dice.pick(WORDS['topic'])}**不包括{dice.pick(WORDS['place'])}。")
        draw = dice.below(4)
        if draw == 0:
            sentences.append(f"另见[{dice.pick(LINK_WORDS)}](@{dice.below(self.size)})。")
        elif draw == 1:
            sentences.append(f"可以对照[{dice.pick(OUTER_WORDS)}](https://example.com/notes/{dice.below(100_000)})。")
        return "".join(sentences)


def _name(number: int) -> tuple[str, str]:
    """Folder and id of an entry, which links need to know without making it."""
    folder, prefix = KINDS[_kind_of(number)]
    return folder, f"{prefix}-{number:06d}"


def _kind_of(number: int) -> int:
    """The kind of an entry: the same four, two, two and two of ten, whatever the size."""
    return _KIND_OF_DRAW[number * 7 % 10]


def _list(dice: Dice) -> str:
    sign = "1." if dice.below(3) == 0 else "-"
    return "\n".join(f"{sign} {dice.say(dice.pick(ITEMS))}" for _ in range(3 + dice.below(3)))


def _table(dice: Dice) -> str:
    rows = [dice.pick(TABLE_HEADS), ("---", "---", "---")]
    for _ in range(3 + dice.below(3)):
        rows.append((dice.say("{thing}"), dice.say("{place}"), dice.say("{n}")))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
