"""All live offers in, the best counterparts of each out. Pure: neither the order of offers nor the hash seed matters.

Never all pairs. Each offer is known by its heaviest terms (TF-IDF) and by the groups of words that its title speaks of, and an inverted index over
these finds who shares some. Nobody else can be a counterpart: with neither in common the form alone does not reach the threshold.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from heapq import nlargest
from itertools import count
from typing import NamedTuple

from publisher.content.model.vocabulary import ListingType
from publisher.content.synonyms import Synonyms
from publisher.counterparts.affinity import FORM, Form, Parts, budget_points, form_of, form_points, is_pair, rate, time_points, trade_points, word_points
from publisher.counterparts.offer import Offer, spell_term, unpack_terms
from publisher.counterparts.trades import Lexicon

#: Counterparts of a listing at most.
LIMIT = 3
#: Points below which nothing is offered: no counterpart is better than a poor one.
THRESHOLD = 41
#: Nor is anyone who stays this far behind the best that a demand has: it is met once, while a supply can serve many.
BEHIND = 8
#: Terms by which an offer is known.
_TERMS = 32
#: How much a term of the title weighs beside one of the text.
_HEADING = 1.25
#: A term that stands in more offers than this, or than this part of them, tells nobody apart.
_COMMON, _COMMON_PART = 12, 16
#: How far the index is followed for one offer, the heaviest terms first: those in whom a term weighs most, and in all.
_CHAMPIONS, _VISITS = 40, 300
#: How many of those found share so much that they are rated.
_RATED = 16
#: What a group of words in common counts for beside a cosine, when those to be rated are chosen.
_GROUP = 0.2

#: The best counterparts by id, best first.
Counterparts = dict[str, tuple[str, ...]]
Vector = dict[int, float]


def cosine(one: Vector, other: Vector) -> float:
    """How much the words of two offers agree, from 0 to 1; the same from either side, since both are in the order of their terms."""
    return sum([weight * other[term] for term, weight in one.items() if term in other])


def make_vectors(offers: Mapping[str, Offer]) -> dict[str, Vector]:
    """The words of each offer as a unit vector over the terms that it is known by."""
    terms = {name: (unpack_terms(offer.heading), unpack_terms(offer.text)) for name, offer in offers.items()}
    times: Counter[int] = Counter()
    for heading, text in terms.values():
        times.update(heading)
        times.update(text)
    common = max(_COMMON, len(offers) // _COMMON_PART)
    size = len(offers) + 1
    # A term of one offer alone joins it to nobody.
    weights = {term: math.log(size / (n + 0.5)) for term, n in times.items() if 1 < n <= common}
    return {name: _vector(heading, text, weights) for name, (heading, text) in terms.items()}


def _vector(heading: Sequence[int], text: Sequence[int], weights: Mapping[int, float]) -> Vector:
    heaviest = sorted(filter(weights.__contains__, text), key=weights.__getitem__, reverse=True)[:_TERMS]
    rows = [(weights[term], term) for term in heaviest] + [(weights[term] * _HEADING, term) for term in heading if term in weights]
    chosen = sorted(rows, reverse=True)[:_TERMS]
    norm = math.sqrt(sum([weight * weight for weight, _ in chosen]))
    return {term: weight / norm for term, weight in sorted([(term, weight) for weight, term in chosen])}


class Rated(NamedTuple):
    """One who could be a counterpart: the points of each reason, and the words in common, the heaviest first."""

    id: str
    parts: Parts
    shared: list[str]


def rate_all(offers: Mapping[str, Offer], name: str, synonyms: Synonyms = ()) -> list[Rated]:
    """Everyone who could be a counterpart of one offer, best first: what `match` decides by, for people."""
    vectors, lexicon = make_vectors(offers), Lexicon(synonyms)
    own, mine, trades = offers[name], vectors[name], lexicon.read(offers[name])
    found = []
    for other, offer in offers.items():
        if other != name and offer.enterprise != own.enterprise and is_pair(form_of(own), form_of(offer)):
            theirs = vectors[other]
            shared = sorted((-weight * theirs[term], term) for term, weight in mine.items() if term in theirs)
            parts = rate(own, offer, cosine(mine, theirs), trade_points(trades, lexicon.read(offer)))
            found.append(Rated(other, parts, [spell_term(term) for _, term in shared]))
    return sorted(found, key=lambda row: (-row.parts.total, -offers[row.id].published, row.id))


def match(offers: Mapping[str, Offer], synonyms: Synonyms = ()) -> Counterparts:
    """The best counterparts of each offer that has any; ``synonyms`` are the editors' groups of words."""
    return settle(offers, _Matching({name: offers[name] for name in sorted(offers)}, Lexicon(synonyms)).run())


def settle(offers: Mapping[str, Offer], points: Mapping[tuple[str, str], int]) -> Counterparts:
    """The best of each offer, from the points of pairs: nobody below the threshold, and nobody far behind the best of whose choice it is."""
    good = {pair: total for pair, total in points.items() if total >= THRESHOLD}
    best: dict[str, int] = {}
    for pair, total in good.items():
        for name in pair:
            best[name] = max(best.get(name, 0), total)
    near: defaultdict[str, list[tuple[int, float, str]]] = defaultdict(list)
    for (one, other), total in good.items():
        ranks = [_CHOOSES.index(offers[name].type) for name in (one, other)]
        if total >= min(best[name] for name, rank in zip((one, other), ranks, strict=True) if rank == min(ranks)) - BEHIND:
            near[one].append((-total, -offers[other].published, other))
            near[other].append((-total, -offers[one].published, one))
    return {name: tuple(row[2] for row in sorted(near[name])[:LIMIT]) for name in sorted(near)}


_DEMAND, _SUPPLY, _COOPERATION = (kind.value for kind in ListingType)
#: Which kinds can answer a kind.
_ANSWERS = {_DEMAND: (_SUPPLY, _COOPERATION), _SUPPLY: (_DEMAND, _COOPERATION), _COOPERATION: (_COOPERATION, _DEMAND, _SUPPLY)}


#: Of two offers the one that stands first here chooses; of two of a kind either does.
_CHOOSES = (_DEMAND, _COOPERATION, _SUPPLY)


class _Matching:
    """One run over all offers, by number in the order of their ids."""

    def __init__(self, offers: Mapping[str, Offer], lexicon: Lexicon) -> None:
        self._names, self._offers = list(offers), list(offers.values())
        self._trades = [lexicon.read(offer) for offer in self._offers]
        self._vectors = list(make_vectors(offers).values())
        numbers: defaultdict[Form, int] = defaultdict(count().__next__)
        self._form_of = [numbers[form_of(offer)] for offer in self._offers]
        self._forms = list(numbers)
        self._known: dict[tuple[int, int], int | None] = {}
        self._index = self._make_index()

    def _make_index(self) -> dict[str, dict[int, list[tuple[int, float]]]]:
        """By kind and term, the offers in whom the term weighs most; of equals the newest. Groups of words stand among the terms, with numbers below 0."""
        index: dict[str, defaultdict[int, list[tuple[float, float, int]]]] = {kind: defaultdict(list) for kind in _ANSWERS}
        for number, (offer, vector) in enumerate(zip(self._offers, self._vectors, strict=True)):
            postings = index[offer.type]
            for term, weight in vector.items():
                postings[term].append((-weight, -offer.published, number))
            for group in self._trades[number].headed:
                postings[-1 - group].append((-_GROUP, -offer.published, number))
        return {kind: {term: [(row[2], -row[0]) for row in sorted(rows)[:_CHAMPIONS]] for term, rows in found.items()} for kind, found in index.items()}

    def run(self) -> dict[tuple[str, str], int]:
        """The points of all pairs that may reach the threshold."""
        found: dict[tuple[int, int], int] = {}
        for number, offer in enumerate(self._offers):
            for other in self._near(number):
                pair = (number, other) if number < other else (other, number)
                if pair not in found and self._offers[other].enterprise != offer.enterprise:
                    found[pair] = self._rate(*pair)
        return {(self._names[one], self._names[other]): points for (one, other), points in found.items() if points >= THRESHOLD}

    def _near(self, number: int) -> list[int]:
        """Those who share most words with an offer, as far as the index is followed."""
        found: dict[int, float] = {}
        get, visits = found.get, 0
        indexes = [self._index[kind] for kind in _ANSWERS[self._offers[number].type]]
        for group in self._trades[number].headed:
            for index in indexes:
                for other, _ in index.get(-1 - group, ()):
                    found[other] = _GROUP  # once, however many they share
        for term, weight in sorted(self._vectors[number].items(), key=lambda row: (-row[1], row[0])):
            for index in indexes:
                postings = index.get(term, ())
                visits += len(postings)
                for other, theirs in postings:
                    found[other] = get(other, 0.0) + weight * theirs
            if visits >= _VISITS:
                break
        found.pop(number, None)
        return [-other for _, other in nlargest(_RATED, [(words, -other) for other, words in found.items()])]

    def _rate(self, one: int, other: int) -> int:
        """The points of two offers as `rate` has them, with the form's looked up; 0 for two that cannot be counterparts, or cannot reach the threshold."""
        words = word_points(cosine(self._vectors[one], self._vectors[other])) + trade_points(self._trades[one], self._trades[other])
        if words < THRESHOLD - FORM:
            return 0
        forms = self._form_of[one], self._form_of[other]
        if forms not in self._known:
            a, b = self._forms[forms[0]], self._forms[forms[1]]
            self._known[forms] = sum(form_points(a, b)) if is_pair(a, b) else None
        points = self._known[forms]
        if points is None:
            return 0
        mine, theirs = self._offers[one], self._offers[other]
        return max(0, min(100, points + words + budget_points(mine, theirs) + time_points(mine, theirs)))
