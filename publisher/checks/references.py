"""What holds between entries: references, titles, and which policy replaces which; and the links of each text."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.checks.places import field_problem
from publisher.checks.texts import check_targets, markdown_texts
from publisher.content.library import Entry, join
from publisher.content.lookups import Lookups
from publisher.content.model.kinds import Event, Guide, Listing, News, Policy, Tally
from publisher.content.model.vocabulary import Kind
from publisher.problems import Problem, suggestion
from publisher.yamltext import Step

#: The fields that name other entries, and the kind they name.
REFERENCES: dict[type, tuple[tuple[str, Kind], ...]] = {
    News: (("enterprises", Kind.ENTERPRISE),),
    Policy: (("replaces", Kind.POLICY), ("replaced_by", Kind.POLICY), ("basis", Kind.POLICY), ("amends", Kind.POLICY)),
    Listing: (("enterprise", Kind.ENTERPRISE),),
    Guide: (("policies", Kind.POLICY),),
    Event: (("enterprises", Kind.ENTERPRISE), ("policies", Kind.POLICY)),
}


def check_references(entry: Entry, lookups: Lookups, *, is_public: bool) -> Iterator[Problem]:
    """Hold what an entry names, shows and links to against the rest of the content."""
    yield from _check_named(entry, lookups)
    yield from _check_image(entry, lookups)
    for text in markdown_texts(entry):
        yield from check_targets(text, lookups, is_public)


def _check_named(entry: Entry, lookups: Lookups) -> Iterator[Problem]:
    for name, kind in REFERENCES.get(type(entry.data), ()):
        value = getattr(entry.data, name)
        for index, written in enumerate((value,) if isinstance(value, str) else value):
            steps: tuple[Step, ...] = (name,) if isinstance(value, str) else (name, index)
            found = lookups.head(written)
            if found is None and written in lookups.unread:
                continue
            if found is None:
                guess = suggestion(written, list(lookups.ids(kind)))
                yield field_problem(entry, "dangling-reference", steps, value=written, guess=guess)
            elif found.kind is not kind:
                yield field_problem(entry, "wrong-kind-reference", steps, value=written, expected=kind.label, actual=found.kind.label)
            elif name in ("replaced_by", "basis") and isinstance(entry.data, Policy):
                yield from _check_reviewed(entry, entry.data, name, index, lookups)
            elif name == "policies" and found.replaced_by:
                yield field_problem(entry, "superseded-referred", steps, value=written, other=found.replaced_by[0])


def _check_reviewed(entry: Entry, data: Policy, name: str, index: int, lookups: Lookups) -> Iterator[Problem]:
    """Who replaced this document, or one that it rests on, came after the last verification: the explanation has to be looked at again."""
    written = getattr(data, name)[index]
    found = lookups.head(written)
    for successor in (written,) if name == "replaced_by" else found.replaced_by if found else ():
        other = lookups.head(successor)
        if other and other.published_on > data.verified.isoformat():
            code = "superseded-unreviewed" if name == "replaced_by" else "basis-superseded"
            yield field_problem(entry, code, (name, index), value=written, other=successor, day=other.published_on)


def _check_image(entry: Entry, lookups: Lookups) -> Iterator[Problem]:
    image = entry.data.image
    if image and lookups.image(join(entry.path, image.src)) is None:
        yield field_problem(entry, "missing-image", ("image", "src"), value=image.src)
    if image and not image.alt:
        yield field_problem(entry, "missing-alt", ("image", "alt"), value=image.src)


def check_titles(lookups: Lookups) -> Iterator[Problem]:
    """Two entries of a kind with one title."""
    row = lookups.row("same-title")
    for entry_id, first in zip(row[::2], row[1::2], strict=True):
        other = lookups.head(first)
        yield field_problem(lookups.entry(entry_id), "duplicate-title", ("title",), other=other.path if other else first)


def check_months(lookups: Lookups) -> Iterator[Problem]:
    """Two tallies of one month."""
    row = lookups.row("same-month")
    for entry_id, first in zip(row[::2], row[1::2], strict=True):
        entry, other = lookups.entry(entry_id), lookups.head(first)
        value = entry.data.month if isinstance(entry.data, Tally) else ""
        yield field_problem(entry, "tally-month-again", ("month",), value=value, other=other.path if other else first)


def check_supersession(lookups: Lookups) -> Iterator[Problem]:
    """Policies that replace each other: told on both sides, and never in a circle."""
    successors: dict[str, set[str]] = {}
    heads = {entry_id: head for entry_id in lookups.row("replacing") if (head := lookups.head(entry_id))}
    for entry_id, head in heads.items():
        successors.setdefault(entry_id, set()).update(head.replaced_by)
        for older in head.replaces:
            successors.setdefault(older, set()).add(entry_id)
            old = lookups.head(older)
            if old and old.kind is Kind.POLICY and entry_id not in old.replaced_by:
                yield field_problem(lookups.entry(older), "supersession-one-sided", ("force",), value=entry_id, other=head.path)
    for entry_id in heads:
        circle = _circle(entry_id, successors)
        if circle and entry_id == min(circle):
            yield field_problem(lookups.entry(entry_id), "reference-cycle", ("replaced_by",), value=" → ".join((*circle, circle[0])))


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
