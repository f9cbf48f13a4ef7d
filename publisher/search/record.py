"""The view of an entry's page in, its `Record` out: what search finds it by and shows of it.

A record is made from what the page's template was given, so that nothing internal can come into it. Withdrawn entries have none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import orjson
from markupsafe import Markup

from publisher.content.codes import industry_path
from publisher.content.model.kinds import EntryModel
from publisher.markup import plain_text
from publisher.search.segment import fold, terms_of

#: Fields whose words are ids, numbers of telephones and places, or stand elsewhere in the record.
_LEFT_OUT = frozenset(
    {*EntryModel.model_fields, "state", "enterprise", "enterprises", "policies", "replaces", "replaced_by", "amends", "districts", "contact", "phone"}
    | {"consent", "coordinates", "original", "apply_url", "website", "online", "verified_by", "verified_how"}
)


class Record(NamedTuple):
    """What search knows of an entry; ``sections`` are those of GB/T 4754 that it belongs to."""

    url: str
    title: str
    summary: str
    kind: str
    kind_label: str
    day: str
    status: str
    status_label: str
    sections: tuple[str, ...]
    text: str

    def pack(self) -> bytes:
        """The record as it stands in a block: a JSON array, two bytes a unit, for nearly all of it is Han."""
        try:
            written = orjson.dumps(tuple(self)).decode()
        except orjson.JSONEncodeError:  # half of a character, which orjson refuses
            written = json.dumps(self, ensure_ascii=False, separators=(",", ":"))
        return written.encode("utf-16-le", "surrogatepass")

    @property
    def label(self) -> tuple[str, str, str, tuple[str, ...]]:
        """What filters and ranking ask of it: year, kind, status, sections."""
        return (self.day[:4], self.kind, self.status, self.sections)

    def fields(self) -> tuple[str, str, str]:
        """The folded texts that the lists of a term are made of: all, the summary, the title."""
        title, summary = fold(self.title), fold(self.summary)
        return (f"{title}\n{summary}\n{fold(self.text)}", summary, title)

    def terms(self) -> tuple[set[int], set[int], set[int]]:
        """The terms of each of the fields."""
        every, summary, title = self.fields()
        return terms_of(every), terms_of(summary), terms_of(title)


def read_record(row: Any) -> Record:
    """A record from the row that `Record.pack` wrote, as JSON gives it back."""
    return Record._make([*row[:8], tuple(row[8]), row[9]])


def make_record(view: Mapping[str, Any]) -> Record:
    """The record of an entry from the view that its page is made of."""
    fields = view["f"]
    html: list[str] = [str(view["body"])]
    words: list[str] = []
    for name, value in fields.items():
        if not value or name in _LEFT_OUT or (name == "basis" and view["kind"] == "policy"):
            continue
        for part in (value,) if isinstance(value, str) else _words(value):
            (html if isinstance(part, Markup) else words).append(part)
    words += [tag["name"] for tag in view["tags"]]
    words += [industry["name"] for industry in view["industries"]]
    bodies = dict.fromkeys(plain_text(part) for part in html if part)
    text = "\n".join(dict.fromkeys([*bodies, *words]))
    sections = tuple(dict.fromkeys(_section(industry["code"]) for industry in view["industries"]))
    labels = (view["kind"], view["kind_label"], view["day"], view["status"], view["status_label"])
    return Record(view["url"], view["title"], view["summary"], *labels, sections, text)


def _words(value: Any) -> list[str]:
    """Every text in the value of a field."""
    if isinstance(value, str):
        return [value]
    parts = value if isinstance(value, list) else value.values() if isinstance(value, Mapping) else ()
    return [word for part in parts for word in _words(part)]


@cache
def _section(code: str) -> str:
    return industry_path(code)[0].code
