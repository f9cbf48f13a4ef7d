"""The folder ``content/liaison/`` in, a `Register` and the problems of every file out.

It is read by the verbs that ask for it and by nothing else: neither the library nor a build of the site opens this folder.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from publisher.content import source as sources
from publisher.content.decode import decode, keys_of
from publisher.content.model.fields import is_id
from publisher.liaison import records
from publisher.liaison.kept import Folder, Kept, State
from publisher.liaison.model import FILES
from publisher.liaison.months import Month
from publisher.liaison.packed import pack, unpack
from publisher.liaison.processes import spread
from publisher.liaison.records import Place, Register
from publisher.model import Model
from publisher.problems import Problem, Span
from publisher.strictyaml import parse
from publisher.yamltext import YamlText

FOLDER = "content/liaison"
_R = TypeVar("_R", bound=tuple[Any, ...])
Reading = tuple[Register, list[Problem]]


def load_register(root: Path, wants: Callable[[Month], bool] = lambda _: True, processes: int | None = None) -> Reading:
    """Read the records; of the months only those wanted. One bad file never hides another; without the folder the register is empty."""
    return load_folders(root, [name for name in list_folders(root) if (month := month_of(name)) is None or wants(month)], processes)


def load_folders(root: Path, names: Sequence[str], processes: int | None = None) -> Reading:
    """Read some of the folders that `list_folders` lists."""
    with spread(partial(_read_packed, root), names, processes) as packed:
        return _merge(map(unpack, packed))


def _read_packed(root: Path, name: str) -> bytes:
    """Read one folder, as bytes that go from process to process; of a large one only the files that changed since it was read before."""
    folder = Folder.at(root, f"{FOLDER}/{name}")
    if not folder.is_large:
        return pack(*_read_files(root, folder.states))
    kept = Kept(root, name)
    before, packed = pickle.loads(kept.find() or _NOTHING)  # noqa: S301  # kept by this program, for its owner alone
    same = {path for path, state in folder.states.items() if state and before.get(path) == state}
    if len(same) == len(folder.states) == len(before):
        return bytes(packed)
    changed = _read_files(root, {path: state for path, state in folder.states.items() if path not in same})
    packed = pack(*(_combine(unpack(packed), same, changed, folder.states) if same else changed))
    kept.put(pickle.dumps((folder.states, packed), pickle.HIGHEST_PROTOCOL))
    return packed


#: What is kept of a folder that was never read: no states, and no bytes.
_NOTHING = pickle.dumps(({}, b""))


def _combine(before: Reading, same: set[str], changed: Reading, order: Iterable[str]) -> Reading:
    """What was read before of the files that are the same, and what was read now of the others, in the order of files."""
    rank = {path: number for number, path in enumerate(order)}
    whole = Register(unread={path for path in before[0].unread if path in same} | changed[0].unread)
    for name, rows in vars(changed[0]).items():
        if isinstance(rows, list):
            both = [row for row in getattr(before[0], name) if row.place.path in same] + rows
            setattr(whole, name, sorted(both, key=lambda row: rank[row.place.path]))
    problems = [problem for problem in before[1] if problem.span.path in same] + changed[1]
    return whole, sorted(problems, key=lambda problem: rank[problem.span.path])


def list_folders(root: Path) -> Iterator[str]:
    """What is read each at once, the largest first: every folder of ``liaison/``, and of ``months/`` every month."""
    base = root / FOLDER
    if not base.is_dir():
        return
    names = sorted(item.name for item in os.scandir(base) if not item.name.startswith("."))
    for name in sorted(names, key=lambda name: name not in ("issues", "cases")):
        if name == "months" and (base / name).is_dir():
            yield from (f"months/{inner}" for inner in sorted(item.name for item in os.scandir(base / name) if not item.name.startswith(".")))
        else:
            yield name


def month_of(name: str) -> Month | None:
    """The month of a folder that `list_folders` lists, if it is one's."""
    return _parse_month(name.removeprefix("months/")) if name.startswith("months/") else None


def _merge(readings: Iterator[Reading]) -> Reading:
    whole, problems = Register(), []
    for register, found in readings:
        problems += found
        whole.unread |= register.unread
        for name, rows in vars(register).items():
            if isinstance(rows, list):
                getattr(whole, name).extend(rows)
    return whole, problems


def _read_files(root: Path, states: dict[str, State]) -> Reading:
    """Read files, by their names from the root; one with a state was seen to be a file, and no link."""
    register, problems = Register(), []
    for name, state in states.items():
        problems += _read_file(register, name, root, is_file=state is not None)
    return register, problems


class _Written(NamedTuple):
    """A file that could be read: its name, the enterprise, month or year that its name tells, and the lines, from 0, of its lists' items."""

    path: str
    stem: str
    month: Month | None
    rows: dict[str, list[int]]

    def place(self, part: str, index: int = 0) -> Place:
        rows = self.rows.get(part, ())
        return Place(self.path, rows[index] + 1 if index < len(rows) else 1, part, index)


def _read_file(register: Register, name: str, root: Path, *, is_file: bool) -> list[Problem]:
    parts = name.removeprefix(f"{FOLDER}/").split("/")
    stem, _, suffix = parts[-1].rpartition(".")
    if len(parts) < 2 or parts[0] not in FILES or not stem or suffix not in ("yml", "yaml"):
        return [Problem("liaison-unknown-file", Span(name), {"value": "/".join(parts)})]
    month = _parse_month(parts[1]) if parts[0] == "months" else None
    if not _is_well_named(parts, stem, month):
        return [Problem("liaison-file-name", Span(name), {"value": "/".join(parts), "example": _EXAMPLES.get(parts[0], "…")})]
    path = f"{root}/{name}"
    if not is_file and (fault := sources.link_fault(Path(path), name, root / "content")):
        register.unread.add(name)
        return [fault]
    data = sources.read_bytes(path, name, is_file=is_file)
    text, problems = ("", [data]) if isinstance(data, Problem) else sources.decode(data, name)
    model: Model | None = None
    if text and not problems:
        source = YamlText(name, text)
        kind, label = FILES[parts[0]]
        parsed = parse(source)
        model, problems = decode(source, kind, label, parsed)
    if model is None:
        register.unread.add(name)
    else:
        table = keys_of(type(model))
        rows = {table.get(key, key): lines for key, lines in parsed.rows.items()}
        _ADOPT[parts[0]](register, model, _Written(name, stem, month, rows))
    return problems


_EXAMPLES = {"months": "months/2026-10/qy-001.yml", "issues": "issues/qy-001.yml", "cases": "cases/qy-001.yml"} | dict.fromkeys(
    ("indicators", "rules", "holidays"), "2026.yml"
)


#: The month of a folder, once for all its files.
_parse_month = lru_cache(maxsize=1024)(Month.parse)


def _is_well_named(parts: list[str], stem: str, month: Month | None) -> bool:
    """Whether the name tells the month, the enterprise or the year that the file is about."""
    if parts[0] == "months":
        return len(parts) == 3 and month is not None and is_id(stem)
    if parts[0] in ("indicators", "rules", "holidays"):
        return Month.parse(f"{stem}-01") is not None
    return parts[0] not in ("issues", "cases") or is_id(stem)


def _record(kind: type[_R], model: Model, **more: object) -> _R:
    """A record of what a model says; the fields of one name are the same, whatever else a record has is given."""
    fields = kind._fields  # type: ignore[attr-defined]
    return kind(**{name: more[name] if name in more else getattr(model, name) for name in fields if name in more or hasattr(model, name)})


def _month(register: Register, model: Any, written: _Written) -> None:
    month = written.month or Month(0, 1)
    register.services += [
        records.Service(
            written.place("services", index),
            *(written.stem, month, one.day, one.officer, one.way, one.text, one.issues, one.policies, one.next, one.counts, one.proof),
        )
        for index, one in enumerate(model.services)
    ]
    if one := model.situation:
        about = (one.trend, one.staff, one.orders, one.invested, one.progress, one.obtained, one.needs, one.reported)
        register.situations.append(records.Situation(written.place("situation"), written.stem, month, *about))


def _matters(steps: Any, promises: Any) -> dict[str, Any]:
    return {
        "steps": tuple(_record(records.Step, step) for step in steps),
        "promises": tuple(_record(records.Promise, promise) for promise in promises),
    }


def _issues(register: Register, model: Any, written: _Written) -> None:
    for index, one in enumerate(model.issues):
        more = _matters(one.steps, one.promises)
        register.issues.append(_record(records.Issue, one, place=written.place("issues", index), enterprise=written.stem, **more))


def _cases(register: Register, model: Any, written: _Written) -> None:
    for part in ("agency", "accompanied"):
        for index, one in enumerate(getattr(model, part)):
            more = _matters(one.steps, one.promises) | {"is_agency": part == "agency", "mandate": getattr(one, "mandate", None)}
            register.cases.append(_record(records.Case, one, place=written.place(part, index), enterprise=written.stem, **more))


def _meetings(register: Register, model: Any, written: _Written) -> None:
    for index, one in enumerate(model.meetings):
        agenda = tuple(_record(records.Agenda, item) for item in one.agenda)
        register.meetings.append(_record(records.Meeting, one, place=written.place("meetings", index), agenda=agenda))


def _indicators(register: Register, model: Any, written: _Written) -> None:
    for index, one in enumerate(model.indicators):
        progress = tuple(_record(records.Progress, item) for item in one.progress)
        more = {"place": written.place("indicators", index), "year": int(written.stem), "progress": progress}
        register.indicators.append(_record(records.Indicator, one, **more))


def _rules(register: Register, model: Any, written: _Written) -> None:
    rules = tuple(_record(records.Rule, one, place=written.place("rules", index)) for index, one in enumerate(model.rules))
    register.books.append(records.RuleBook(written.place("rules"), int(written.stem), model.name, model.total, rules))


def _holidays(register: Register, model: Any, written: _Written) -> None:
    register.holidays.append(records.Holidays(written.place("off"), int(written.stem), model.off, model.on, model.source))


def _plainly(part: str, kind: type[Any]) -> Callable[[Register, Any, _Written], None]:
    """The function that adopts a list whose records say what the file says, and no more."""

    def adopt(register: Register, model: Any, written: _Written) -> None:
        rows = getattr(register, part)
        rows += [_record(kind, one, place=written.place(part, index)) for index, one in enumerate(getattr(model, part))]

    return adopt


_ADOPT: dict[str, Callable[[Register, Any, _Written], None]] = {
    "enterprises": _plainly("enterprises", records.Enterprise),
    "leaders": _plainly("leaders", records.Leader),
    "officers": _plainly("officers", records.Officer),
    "pairings": _plainly("pairings", records.Pairing),
    "months": _month,
    "issues": _issues,
    "cases": _cases,
    "meetings": _meetings,
    "indicators": _indicators,
    "rules": _rules,
    "holidays": _holidays,
}
