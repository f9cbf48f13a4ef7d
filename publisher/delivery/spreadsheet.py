"""Subscribers as CSV (RFC 4180), as Excel and WPS write and read it: UTF-8 with a byte order mark. Bytes in, rows or faults out; values in, bytes out.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read without it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from publisher.clock import SHANGHAI
from publisher.delivery.address import AddressError, masked, normalise
from publisher.delivery.choice import FREQUENCIES, WEEKDAYS, Choice, ChoiceError, choice_of, name_of, read_choice
from publisher.delivery.preferences import CHOICES, WATCHED, WATCHED_WORDS
from publisher.delivery.subscribers import Origin, adopt, ask

#: The columns, and the names by which they may be called.
COLUMNS = {
    "address": ("邮箱", "email", "address", "邮箱地址", "电子邮箱"),
    "frequency": ("频率", "frequency"),
    "weekday": ("星期", "weekday"),
    "kinds": ("栏目", "kinds"),
    "tags": ("主题", "tags", "标签"),
    "industries": ("行业", "industries"),
    "districts": ("地区", "districts"),
    WATCHED: (WATCHED_WORDS, "enterprises"),
}
#: Columns that are only written.
_TOLD = ("状态", "登记时间", "确认时间")
_STATES = {"asked": "等待确认", "active": "已订阅", "withdrawn": "已退订", "suppressed": "停止寄信"}
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_MANY = re.compile(r"[、;；,，|]")
_FIELD_NAMES = CHOICES | {WATCHED: WATCHED_WORDS} | {"frequency": "频率", "weekday": "星期"}


class SpreadsheetError(ValueError):
    """The file as a whole cannot be read; ``zh`` and ``en`` say why in one line."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Reader(NamedTuple):
    """One good row."""

    line: int
    address: str
    choice: Choice


class Fault(NamedTuple):
    """One bad row: its line, and what is wrong, in Chinese and English; no address is told in full."""

    line: int
    zh: str
    en: str


def read_csv(data: bytes, canonical: Callable[[str], str | None]) -> Iterator[Reader | Fault]:
    """Each row of a table; raises `SpreadsheetError` when it is no table of readers at all."""
    rows = csv.reader(io.StringIO(_decode(data), newline=""), strict=True)
    try:
        head = next(rows, [])
    except csv.Error as error:
        raise SpreadsheetError(f"第1行不是 CSV：{error}", f"line 1 is no CSV: {error}") from error
    names = [next((name for name, words in COLUMNS.items() if cell.strip().lower() in words), "") for cell in head]
    if names.count("address") != 1:
        raise SpreadsheetError("第1行要写列名，其中有一列叫“邮箱”", "line 1 must name the columns, one of them `email`")
    seen: dict[str, int] = {}
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Fault(rows.line_num, f"不是 CSV：{error}", f"no CSV: {error}")
            continue
        if any(cell.strip() for cell in cells):
            yield _read_row(line, dict(zip(names, map(_plain, cells), strict=False)), canonical, seen)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        words = "在 Excel 或 WPS 里“另存为”，类型选“CSV UTF-8（逗号分隔）”"
        english = "save it again as “CSV UTF-8 (comma delimited)”"
        raise SpreadsheetError(f"第{line}行读不出来：文件不是 UTF-8 编码。{words}", f"line {line} is not UTF-8: {english}") from error


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def _read_row(line: int, row: dict[str, str], canonical: Callable[[str], str | None], seen: dict[str, int]) -> Reader | Fault:
    written = row.get("address", "")
    try:
        address = normalise(written)
    except AddressError:
        return Fault(line, f"邮箱“{_hidden(written)}”写得不对", f"“{_hidden(written)}” is no mail address")
    if address.lower() in seen:
        return Fault(line, f"和第{seen[address.lower()]}行重复", f"the same as line {seen[address.lower()]}")
    values = {name: [cell] if name in ("frequency", "weekday") else _MANY.split(cell) for name, cell in row.items() if name not in ("", "address")}
    try:
        choice = read_choice(values, canonical)
    except ChoiceError as error:
        name = _FIELD_NAMES[error.field]
        return Fault(line, f"{name}里没有“{error.value}”", f"there is no “{error.value}” in {error.field}")
    seen[address.lower()] = line
    return Reader(line, address, choice)


def _hidden(written: str) -> str:
    text = " ".join(written.split())
    return masked(text) if "@" in text else f"{text[:1]}***" if text else ""


class Imported(NamedTuple):
    """What became of the rows of a table: how many by outcome, and the faults."""

    counts: dict[str, int]
    faults: list[Fault]


def import_csv(connection: Connection, rows: Iterable[Reader | Fault], origin: Origin, *, is_confirmed: bool, key: bytes, now: float) -> Imported:
    """Take in every good row: by asking each reader, or, when consent is on record elsewhere, at once."""
    step = adopt if is_confirmed else ask
    counts: dict[str, int] = {}
    faults = []
    for row in rows:
        if isinstance(row, Fault):
            faults.append(row)
            continue
        outcome = step(connection, row.address, row.choice, origin, key=key, now=now)
        counts[outcome] = counts.get(outcome, 0) + 1
    return Imported(counts, faults)


def export_csv(rows: Iterable[Any], show: Callable[[str], str]) -> bytes:
    """Rows of the table of subscribers as CSV that Excel and WPS open by a double click; ``show`` says how an address is written."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*(words[0] for words in COLUMNS.values()), *_TOLD])
    for row in rows:
        choice = choice_of(row)
        lists = ["、".join(sorted(name_of(name, value) for value in getattr(choice.preferences, name))) for name in (*CHOICES, WATCHED)]
        rhythm = [FREQUENCIES[choice.frequency].partition("，")[0], WEEKDAYS[choice.weekday]]
        cells = [show(row.address), *rhythm, *lists, _STATES[row.state], _day(row.created_at), _day(row.confirmed_at)]
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _day(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, SHANGHAI).strftime("%Y-%m-%d %H:%M")
