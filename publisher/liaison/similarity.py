"""Two texts in, how alike they are out: the share of pairs of neighbouring signs that both have (Dice's coefficient)."""

from __future__ import annotations

import re
from itertools import pairwise

_NOT_WORDS = re.compile(r"[\W\d_]+")


def fingerprint(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of neighbouring signs of a text, without punctuation, spaces and digits: a copied note often differs in a number only."""
    plain = _NOT_WORDS.sub("", text)
    return frozenset(pairwise(plain))


def likeness(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> int:
    """From 0, nothing in common, to 100, the same pairs; of empty texts nothing can be said: 0."""
    if not one or not other:
        return 0
    return 200 * len(one & other) // (len(one) + len(other))
