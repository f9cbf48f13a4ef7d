"""What holds between entries: references, titles, and which policy replaces which; and the links of each text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from publisher.checks.places import field_problem
from publisher.checks.texts import check_text, markdown_texts
from publisher.content.library import Entry, Library
from publisher.content.model.kinds import Event, Guide, Listing, News, Policy
from publisher.content.model.vocabulary import Kind, State
from publisher.lifecycle import Status, status
from publisher.problems import Problem, suggestion
from publisher.settings import Settings
from publisher.strictyaml import Step

#: The fields that name other entries, and the kind they name.
REFERENCES: dict[type, tuple[tuple[str, Kind], ...]] = {
    News: (("enterprises", Kind.ENTERPRISE),),
    Policy: (("replaces", Kind.POLICY), ("replaced_by", Kind.POLICY), ("basis", Kind.POLICY), ("amends", Kind.POLICY)),
    Listing: (("enterprise", Kind.ENTERPRISE),),
    Guide: (("policies", Kind.POLICY),),
    Event: (("enterprises", Kind.ENTERPRISE), ("policies", Kind.POLICY)),
}


def check_references(library: Library, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    """Apply every rule that compares entries."""
    titles: dict[tuple[Kind, str], Entry] = {}
    for entry in library.entries:
        is_draft = status(entry, as_of, settings.closing_days) is Status.DRAFT
        first = entry if is_draft else titles.setdefault((entry.kind, entry.title), entry)
        if first is not entry:
            yield field_problem(entry, "duplicate-title", ("title",), other=first.path)
        yield from _check_named(entry, library)
        yield from _check_image(entry, library)
        for text in markdown_texts(entry):
            yield from check_text(text, library, settings, as_of)
    yield from _check_supersession(library)


def _check_named(entry: Entry, library: Library) -> Iterator[Problem]:
    for name, kind in REFERENCES.get(type(entry.data), ()):
        value = getattr(entry.data, name)
        for index, written in enumerate((value,) if isinstance(value, str) else value):
            steps: tuple[Step, ...] = (name,) if isinstance(value, str) else (name, index)
            found = library.by_id.get(written)
            if found is None and written in library.unread:
                continue
            if found is None:
                guess = suggestion(written, [other.id for other in library.of_kind(kind)])
                yield field_problem(entry, "dangling-reference", steps, value=written, guess=guess)
            elif found.kind is not kind:
                yield field_problem(entry, "wrong-kind-reference", steps, value=written, expected=kind.label, actual=found.kind.label)
            elif name == "policies" and isinstance(found.data, Policy) and found.data.replaced_by:
                yield field_problem(entry, "superseded-referred", steps, value=written, other=found.data.replaced_by[0])


def _check_image(entry: Entry, library: Library) -> Iterator[Problem]:
    image = entry.data.image
    if image and library.find_image(entry.path, image.src) is None:
        yield field_problem(entry, "missing-image", ("image", "src"), value=image.src)
    if image and not image.alt:
        yield field_problem(entry, "missing-alt", ("image", "alt"), value=image.src)


def _check_supersession(library: Library) -> Iterator[Problem]:
    successors: dict[str, set[str]] = {}
    for entry in library.of_kind(Kind.POLICY):
        assert isinstance(entry.data, Policy)
        successors.setdefault(entry.id, set()).update(entry.data.replaced_by)
        for older in entry.data.replaces:
            successors.setdefault(older, set()).add(entry.id)
            old = library.by_id.get(older)
            is_silent = old and isinstance(old.data, Policy) and entry.id not in old.data.replaced_by
            if old and is_silent and isinstance(entry.data, Policy) and entry.data.state in (State.PUBLISHED, State.CORRECTED):
                yield field_problem(old, "supersession-one-sided", ("force",), value=entry.id, other=entry.path)
    for entry in library.of_kind(Kind.POLICY):
        circle = _circle(entry.id, successors)
        if circle and entry.id == min(circle):
            yield field_problem(entry, "reference-cycle", ("replaced_by",), value=" → ".join((*circle, circle[0])))


def _circle(start: str, successors: dict[str, set[str]]) -> tuple[str, ...]:
    """A way from an id back to itself along successors, empty when there is none."""
    stack: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
    seen: set[str] = set()
    while stack:
        here, way = stack.pop()
        for following in sorted(successors.get(here, ())):
            if following == start:
                return way
            if following not in seen:
                seen.add(following)
                stack.append((following, (*way, following)))
    return ()
