"""The labels of a volume's entries in, its ``labels.json`` out and back; the labels of all volumes and the synonyms in, ``contents.json`` out.

A label is an entry's year, kind, status and sections. In the file each different (kind, status, sections) stands once, the most frequent
first, and one character for each entry says which is its own.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from publisher.content.codes import industries
from publisher.content.model.vocabulary import Kind
from publisher.lifecycle import Status
from publisher.search.postings import encode
from publisher.search.segment import fold
from publisher.search.volumes import BLOCK, shard_count

#: Year, kind, status, sections; None for a number that no entry has.
Label = tuple[str, str, str, tuple[str, ...]]

#: The characters that stand for the values, from here upwards.
_FIRST = 0x30
_LIVE = frozenset(status.value for status in Status if status.is_live)


def pack_labels(labels: Sequence[Label | None]) -> bytes:
    """Write the labels of a volume in the order of its numbers."""
    marks = [(label[1:] if label else ("", "", ())) for label in labels]
    values = [mark for mark, _ in sorted(Counter(marks).items(), key=lambda item: (-item[1], item[0]))]
    place = {mark: chr(_FIRST + at) for at, mark in enumerate(values)}
    years = [[year, len(list(same))] for year, same in groupby(label[0] if label else "" for label in labels)]
    file = {"values": values, "of": "".join([place[mark] for mark in marks]), "years": years}
    return json.dumps(file, ensure_ascii=False, separators=(",", ":")).encode()


def read_labels(data: bytes) -> list[Label | None]:
    """Read what `pack_labels` wrote."""
    file = json.loads(data)
    values = [(kind, status, tuple(sections)) for kind, status, sections in file["values"]]
    years = [year for year, count in file["years"] for _ in range(count)]
    marks = [values[ord(char) - _FIRST] for char in file["of"]]
    return [(year, *mark) if mark[0] else None for year, mark in zip(years, marks, strict=True)]


def pack_contents(volumes: Mapping[str, Sequence[Label | None]], synonyms: Sequence[Sequence[str]]) -> bytes:
    """Write what a browser asks first; ``over`` are the numbers of entries that are no longer current, packed like a term's list."""
    rows: list[dict[str, Any]] = []
    for name, labels in volumes.items():
        over = encode([at for at, label in enumerate(labels) if label and label[2] not in _LIVE])
        rows.append({"name": name, "count": len(labels), "shards": shard_count(len(labels)), "over": base64.b64encode(over).decode()})
    folded = [list(dict.fromkeys(words)) for group in synonyms if len(words := [fold(word) for word in group if fold(word)]) > 1]
    file = {"volumes": rows, "block": BLOCK, "synonyms": folded, "names": _names(volumes)}
    return json.dumps(file, ensure_ascii=False, separators=(",", ":")).encode()


def _names(volumes: Mapping[str, Sequence[Label | None]]) -> dict[str, dict[str, str]]:
    """What the filters call the values that there are."""
    labels = {label[1:] for volume in volumes.values() for label in volume if label}
    kinds, states = ({label[0] for label in labels}, {label[1] for label in labels})
    sections = {section for label in labels for section in label[2]}
    return {
        "kind": {kind.value: kind.label for kind in Kind if kind.value in kinds},
        "status": {status.value: status.label for status in Status if status.value in states},
        "industry": {code: industries()[code].name for code in sorted(sections)},
    }
