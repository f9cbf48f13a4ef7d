"""The editors' groups of words and an offer's terms in, the groups that it speaks of out: what an offer is about, when no two say it alike. Pure.

The groups are those of search (`publisher.content.synonyms`): 打扫 and 保洁, 店招 and 门头. They are asked for when offers are matched and kept in no
offer, so that a changed table needs no listing read again. A word counts as said when all its terms are there, in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from publisher.counterparts.offer import Offer, terms_of, unpack_terms

_Words = dict[int, list[tuple[frozenset[int], int]]]


class Trades(NamedTuple):
    """Numbers of groups: those in the title, which says what is traded, and those anywhere."""

    headed: frozenset[int]
    said: frozenset[int]


class Lexicon:
    """The groups, found by a term of each word."""

    def __init__(self, groups: Sequence[Sequence[str]]) -> None:
        self._words: _Words = defaultdict(list)
        for number, group in enumerate(groups):
            for word in group:
                pairs = frozenset(term for term in terms_of([word]) if term >> 16)
                if pairs:
                    self._words[min(pairs)].append((pairs, number))
        self._firsts = frozenset(self._words)

    def read(self, offer: Offer) -> Trades:
        """What an offer speaks of."""
        heading = frozenset(unpack_terms(offer.heading))
        said = heading.union(unpack_terms(offer.text))
        words = [word for first in said & self._firsts for word in self._words[first]]
        return Trades(frozenset(number for pairs, number in words if pairs <= heading), frozenset(number for pairs, number in words if pairs <= said))
