"""The content as the office may see it: entries for the house are opened, and internal fields are told, each marked.

An opened entry is a public one with a mark before its title: the rest of the program then does with it what it does with all. The
files are read and checked as they stand. What it does not do: drafts, which the preview shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from publisher.content.decode import describe, internal_fields
from publisher.content.library import Entry
from publisher.content.model.vocabulary import Visibility, Vocabulary
from publisher.engine.ledger import Ledger
from publisher.engine.messages import Reading, Standpoint
from publisher.engine.worker import Worker
from publisher.model import Model
from publisher.site.heads import make_head, show_moment
from publisher.site.views import Viewer

T = TypeVar("T")
MARK = "【内部】"


class OpenWorker(Worker):
    """Reads and checks as every worker does, and then opens what is for the house."""

    def __init__(self, standpoint: Standpoint, ledger: Ledger) -> None:
        super().__init__(standpoint, ledger, keeps_text=True)
        self.viewer = OpenViewer(self.catalogue)

    def _read(self, path: str) -> Reading:
        reading = super()._read(path)
        entry = self._entries.find(reading.id) if reading.sort.startswith("entry") else None
        if entry is None or entry.path != path or entry.data.visibility is not Visibility.INTERNAL:
            return reading
        entry = _open(entry)
        self._entries.keep(entry)
        head = make_head(entry, self.taxonomy, self.settings, self.as_of)
        return reading._replace(head=head.pack(), title=head.title)

    def _load(self, path: str, sort: type[T]) -> T:
        thing = super()._load(path, sort)
        opened: Any = _open(thing) if isinstance(thing, Entry) else thing
        return opened  # type: ignore[no-any-return]


def _open(entry: Entry) -> Entry:
    """An internal entry as a public one that bears the mark; any other as it is."""
    if entry.data.visibility is not Visibility.INTERNAL:
        return entry
    return replace(entry, data=entry.data.model_copy(update={"visibility": Visibility.PUBLIC, "title": MARK + entry.data.title}))


class OpenViewer(Viewer):
    """Views with one more value, ``internal``: the internal fields of an entry by name."""

    def entry(self, entry_id: str, base: str) -> dict[str, Any]:
        """An entry as its page shows it, and what only the office may know."""
        view = super().entry(entry_id, base)
        rows = [{"name": name, "value": value} for name, value in told_internally(self.catalogue.entry(entry_id).data)]
        return view | {"internal": rows, "is_internal": view["title"].startswith(MARK)}


def told_internally(data: Model, way: str = "") -> Iterator[tuple[str, str]]:
    """Every internal field that is written, however deep, with the names that lead to it."""
    hidden = internal_fields(type(data))
    for name in type(data).model_fields:
        value, title = getattr(data, name), way + describe(type(data), name)["field"]
        if value in (None, "", ()):
            continue
        if name in hidden:
            yield title, say(value)
        elif isinstance(value, Model):
            yield from told_internally(value, f"{title} → ")
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, Model):
                    yield from told_internally(part, f"{title} → ")


def say(value: Any) -> str:
    """A value of any field in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Model):
        parts = ((describe(type(value), name)["field"], getattr(value, name)) for name in type(value).model_fields)
        return "，".join(f"{name}：{say(part)}" for name, part in parts if part not in (None, "", ()))
    if isinstance(value, tuple):
        return "、".join(map(say, value))
    if isinstance(value, Vocabulary):
        return value.label
    if isinstance(value, datetime):
        return show_moment(value)
    return value.isoformat() if isinstance(value, date) else str(value)
