"""A street of judged listings in, how near each two are by a plain way of search out: what our counterparts are compared with.

The peers get all that is no matter of nearness: nobody is offered to its own kind, to itself, or when it is over; and our own terms.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from publisher.counterparts.affinity import form_of, is_pair
from publisher.counterparts.matching import LIMIT
from publisher.counterparts.offer import Offer, unpack_terms
from publisher.search.segment import fold

#: The usual constants of BM25.
_K1, _B = 1.2, 0.75

#: The counterparts of each listing, best first.
Found = Mapping[str, Sequence[str]]
#: How near two listings are, by their ids in order.
Scores = Mapping[tuple[str, str], float]


class Verdicts(NamedTuple):
    """One street: its live offers and their texts, how many listings there are with those that are over, the pairs that fit, and those judged not to."""

    offers: dict[str, Offer]
    texts: dict[str, str]
    listings: int
    fits: frozenset[frozenset[str]]
    misfits: frozenset[frozenset[str]]

    @property
    def size(self) -> tuple[int, int, int]:
        return self.listings, len(self.fits), len(self.misfits)


Peer = Callable[[Verdicts], Scores]


def _pairs(offers: Mapping[str, Offer]) -> Iterator[tuple[str, str]]:
    """All who could be counterparts."""
    for one, other in combinations(sorted(offers), 2):
        if offers[one].enterprise != offers[other].enterprise and is_pair(form_of(offers[one]), form_of(offers[other])):
            yield one, other


def keyword_overlap(street: Verdicts) -> Scores:
    """How many words two have in common, each word as good as another."""
    terms = {name: frozenset(unpack_terms(offer.heading)) | frozenset(unpack_terms(offer.text)) for name, offer in street.offers.items()}
    return {(one, other): float(len(terms[one] & terms[other])) for one, other in _pairs(street.offers)}


def bm25(street: Verdicts) -> Scores:
    """Okapi BM25 over pairs of characters, each listing asked with the other's text; as a part of what a listing scores with itself, mean of both sides.

    Without that division a threshold would not carry over from one street to another, for scores grow with texts and streets.
    """
    texts = {name: Counter(_bigrams(text)) for name, text in street.texts.items()}
    times = Counter(term for text in texts.values() for term in text)
    weights = {term: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for term, n in times.items()}
    mean = sum(text.total() for text in texts.values()) / len(texts)

    def ask(query: Counter[str], text: Counter[str]) -> float:
        length = _K1 * (1 - _B + _B * text.total() / mean)
        return sum(weights[term] * text[term] * (_K1 + 1) / (text[term] + length) for term in query if term in text)

    own = {name: ask(text, text) for name, text in texts.items()}
    found = {}
    for one, other in _pairs(street.offers):
        found[one, other] = (ask(texts[one], texts[other]) / own[one] + ask(texts[other], texts[one]) / own[other]) / 2
    return found


def _bigrams(text: str) -> Iterator[str]:
    for line in fold(text).splitlines():
        letters = [letter if letter.isalnum() else " " for letter in line]
        yield from (a + b for a, b in pairwise(letters) if " " not in (a, b))


PEERS: Mapping[str, Peer] = {"keyword overlap": keyword_overlap, "BM25": bm25}


def best_of(scores: Scores, least: float) -> Found:
    """The nearest of each listing, from a score on; of equals the first by id."""
    near: dict[str, list[tuple[float, str]]] = {}
    for (one, other), score in scores.items():
        if score >= least:
            near.setdefault(one, []).append((-score, other))
            near.setdefault(other, []).append((-score, one))
    return {name: tuple(other for _, other in sorted(rows)[:LIMIT]) for name, rows in near.items()}
