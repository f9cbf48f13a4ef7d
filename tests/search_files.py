"""The search files of a built site asked as a browser asks them, in Python; and the words that search should find in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from publisher.search.postings import decode, unpack_shard
from publisher.search.record import Record, read_record
from publisher.search.segment import fold, query_terms, scatter

#: Which of the three lists of a term.
ANYWHERE, SUMMARY, TITLE = range(3)


class SearchFiles:
    """The folder ``search/`` of a site."""

    def __init__(self, out: Path) -> None:
        self.folder = out / "search"
        self.contents = json.loads((self.folder / "contents.json").read_bytes())

    @cached_property
    def records(self) -> dict[tuple[str, int], Record]:
        """Every record by volume and number."""
        found = {}
        for volume in self.contents["volumes"]:
            for block in range(-(-volume["count"] // self.contents["block"])):
                rows = json.loads((self.folder / volume["name"] / f"texts-{block}.bin").read_bytes().decode("utf-16", "surrogatepass"))
                for at, row in enumerate(rows):
                    if row:
                        found[volume["name"], block * self.contents["block"] + at] = read_record(row)
        return found

    @cached_property
    def texts(self) -> dict[str, str]:
        """The folded text of each entry by its address: what brute force looks into."""
        return {record.url: record.fields()[0] for record in self.records.values()}

    def numbers(self, volume: dict[str, object], term: int, field: int = ANYWHERE) -> set[int]:
        """The numbers in the list of a term."""
        shard = scatter(term) & int(str(volume["shards"])) - 1
        lists = self._shard(str(volume["name"]), shard).get(term)
        return set(decode(lists[field])) if lists else set()

    def _shard(self, volume: str, shard: int) -> dict[int, tuple[bytes, bytes, bytes]]:
        key = (volume, shard)
        if key not in self._shards:
            self._shards[key] = unpack_shard((self.folder / volume / f"terms-{shard}.bin").read_bytes())
        return self._shards[key]

    @cached_property
    def _shards(self) -> dict[tuple[str, int], dict[int, tuple[bytes, bytes, bytes]]]:
        return {}

    def find(self, query: str, field: int = ANYWHERE) -> set[str]:
        """The addresses of the entries that have every term of every word."""
        words = [folded for word in query.split() if (folded := fold(word))]
        terms = list(dict.fromkeys(term for word in words for term in query_terms(word)))
        found = set()
        for volume in self.contents["volumes"]:
            hits = [self.numbers(volume, term, field) for term in terms]
            numbers = set.intersection(*hits) if hits else set()
            found.update(self.records[volume["name"], number].url for number in numbers)
        return found

    def containing(self, query: str) -> set[str]:
        """The same by looking into every text."""
        words = [folded for word in query.split() if (folded := fold(word))]
        return {url for url, text in self.texts.items() if words and all(word in text for word in words)}

    def over(self) -> Iterator[tuple[str, int]]:
        """The entries that are no longer current."""
        for volume in self.contents["volumes"]:
            yield from ((volume["name"], number) for number in decode(base64.b64decode(volume["over"])))


def samples(text: str, dice: object, count: int) -> Sequence[str]:
    """Substrings of 1 to 20 characters that hold a letter or a digit."""
    found = []
    for _ in range(count):
        size = dice.randint(1, 20)  # type: ignore[attr-defined]
        start = dice.randrange(max(1, len(text) - size + 1))  # type: ignore[attr-defined]
        piece = text[start : start + size]
        if fold(piece):
            found.append(piece)
    return found
