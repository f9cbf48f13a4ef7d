"""What was read of a folder to bytes and back, for other processes and for the next time: records as columns, one list for each field.

Half a million tuples one by one would take longer to load than all checks take; the columns of plain values are made tuples again by
`zip`. What this does not do: decide what is kept (`publisher.liaison.kept`) or how long.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from itertools import chain, islice, repeat
from typing import Any

from publisher.liaison.records import (
    Agenda,
    Case,
    Enterprise,
    Holidays,
    Indicator,
    Issue,
    Leader,
    Meeting,
    Officer,
    Pairing,
    Place,
    Progress,
    Promise,
    Register,
    Rule,
    RuleBook,
    Service,
    Situation,
    Step,
)
from publisher.problems import Problem

#: The lists of a register, with what they hold.
_KINDS: dict[str, type[Any]] = {
    "enterprises": Enterprise,
    "leaders": Leader,
    "officers": Officer,
    "pairings": Pairing,
    "services": Service,
    "situations": Situation,
    "issues": Issue,
    "cases": Case,
    "meetings": Meeting,
    "indicators": Indicator,
    "books": RuleBook,
    "holidays": Holidays,
}
#: The fields that hold tuples of further records.
_INNER: dict[type[Any], dict[str, type[Any]]] = {
    Issue: {"steps": Step, "promises": Promise},
    Case: {"steps": Step, "promises": Promise},
    Meeting: {"agenda": Agenda},
    Indicator: {"progress": Progress},
    RuleBook: {"rules": Rule},
}


def pack(register: Register, problems: list[Problem]) -> bytes:
    """A register and its problems as bytes."""
    columns = {name: _to_columns(kind, getattr(register, name)) for name, kind in _KINDS.items()}
    return pickle.dumps((columns, register.unread, problems), pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> tuple[Register, list[Problem]]:
    """What was packed."""
    columns, unread, problems = pickle.loads(data)  # noqa: S301  # made by this process's own child, or kept by it
    return Register(**{name: _to_rows(kind, columns[name]) for name, kind in _KINDS.items()}, unread=unread), problems


def _to_columns(kind: type[Any], rows: Iterable[Any]) -> list[Any]:
    """The values of each field; of a field that holds records, their columns, and how many each row has where it has several."""
    columns: list[Any] = list(zip(*rows, strict=True))
    for index, name in enumerate(kind._fields if columns else ()):
        if name == "place":
            columns[index] = _to_columns(Place, columns[index])
        elif inner := _INNER.get(kind, {}).get(name):
            columns[index] = [len(row) for row in columns[index]], _to_columns(inner, chain.from_iterable(columns[index]))
    return columns


def _to_rows(kind: type[Any], columns: Sequence[Any]) -> list[Any]:
    whole = list(columns)
    for index, name in enumerate(kind._fields if columns else ()):
        if name == "place":
            whole[index] = _to_rows(Place, whole[index])
        elif inner := _INNER.get(kind, {}).get(name):
            counts, rows = whole[index][0], iter(_to_rows(inner, whole[index][1]))
            whole[index] = [tuple(islice(rows, count)) for count in counts]
    return list(map(tuple.__new__, repeat(kind), zip(*whole, strict=True)))  # as the class would, without a call into Python for each
