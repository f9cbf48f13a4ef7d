"""What holds between entries: references, links, images, titles, and which policy replaces which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from publisher.checks.places import body_problem, field_problem
from publisher.content.library import Entry, Library
from publisher.content.links import resolve_link
from publisher.content.model.kinds import Event, Guide, Listing, News, Policy
from publisher.content.model.vocabulary import Kind, State
from publisher.lifecycle import Status, status
from publisher.markup import CJK, places, raw_html, without_code
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
        yield from _check_body(entry, library, settings, as_of)
        yield from _check_images(entry, library)
    yield from _check_supersession(library)


def _check_named(entry: Entry, library: Library) -> Iterator[Problem]:
    for name, kind in REFERENCES.get(type(entry.data), ()):
        value = getattr(entry.data, name)
        for index, written in enumerate((value,) if isinstance(value, str) else value):
            steps: tuple[Step, ...] = (name,) if isinstance(value, str) else (name, index)
            found = library.by_id.get(written)
            if found is None:
                guess = suggestion(written, [other.id for other in library.of_kind(kind)])
                yield field_problem(entry, "dangling-reference", steps, value=written, guess=guess)
            elif found.kind is not kind:
                yield field_problem(entry, "wrong-kind-reference", steps, value=written, expected=kind.label, actual=found.kind.label)
            elif name == "policies" and isinstance(found.data, Policy) and found.data.replaced_by:
                yield field_problem(entry, "superseded-referred", steps, value=written, other=found.data.replaced_by[0])


def _check_body(entry: Entry, library: Library, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    html = entry.html
    if html.omits_html:
        for line, column, words in raw_html(entry.source.body):
            if words.startswith("</"):
                continue  # its opening tag is reported
            yield entry.source.body_problem("raw-html", line, column, len(words), value=words)
    for heading in html.headings:
        if heading.level == 1:
            offset = _heading_offset(entry, heading.text)
            yield body_problem(entry, "heading-one", offset, 1)
    for written in dict.fromkeys(html.links):
        yield from _check_link(entry, written, library, settings, as_of)
    if "<a>" in html.raw or ("<a " not in html.raw and "](" in entry.source.body):
        yield from _check_unsafe(entry)
    if "://" in entry.source.body:
        yield from _check_bare_urls(entry)
    if "](#" in entry.source.body:
        yield from _check_own_anchors(entry)


def _check_own_anchors(entry: Entry) -> Iterator[Problem]:
    """Links to headings of the same text."""
    anchors = {heading.anchor for heading in entry.html.headings}
    choices = "、".join(sorted(anchors)) or "（无）"
    for place in places(entry.source.body):
        is_anchor = place.kind == "a" and place.target.startswith("#") and not place.target.startswith("#fn")
        if is_anchor and place.target[1:] not in anchors:
            yield entry.source.body_problem("broken-anchor", place.line, place.column, len(place.target), value=place.target, choices=choices)


def _heading_offset(entry: Entry, text: str) -> int:
    body = entry.source.body
    found = body.find(f"# {text}")
    return max(found, 0)


def _check_link(entry: Entry, written: str, library: Library, settings: Settings, as_of: datetime) -> Iterator[Problem]:
    target = resolve_link(library, entry.path, written)
    words: dict[str, object] = {"value": written}
    code: str | None = target.fault
    if target.fault == "broken-anchor" and target.entry:
        words["choices"] = "、".join(heading.anchor for heading in target.entry.html.headings) or "（无）"
    elif target.entry and not target.fault:
        now = status(target.entry, as_of, settings.closing_days)
        if not now.is_public and status(entry, as_of, settings.closing_days).is_public:
            code, words["status"] = "link-to-hidden", now.label
    if code is None:
        return
    for place in places(entry.source.body):
        if place.kind == "a" and place.target == written:
            yield entry.source.body_problem(code, place.line, place.column, len(written), **words)


def _check_unsafe(entry: Entry) -> Iterator[Problem]:
    lines = entry.source.body.split("\n")
    for place in places(entry.source.body):
        if place.kind == "a" and not place.target:
            written = lines[place.line][place.column :].partition("](")[2].partition(")")[0] or "（空）"
            yield entry.source.body_problem("unsafe-link", place.line, place.column, len(written), value=written)


def _check_bare_urls(entry: Entry) -> Iterator[Problem]:
    blank = without_code(entry.source.body)
    for match in re.finditer(rf"(?<![<(\]\"])https?://[!-~]+[{CJK}]", blank):
        if blank.rfind("<", 0, match.start()) > blank.rfind("\n", 0, match.start()) and ">" not in blank[blank.rfind("<", 0, match.start()) : match.start()]:
            continue
        url = match[0][:-1]
        yield body_problem(entry, "bare-url", match.start(), len(url), value=url, fixed=url)


def _check_images(entry: Entry, library: Library) -> Iterator[Problem]:
    image = entry.data.image
    if image:
        if library.find_image(entry.path, image.src) is None:
            yield field_problem(entry, "missing-image", ("image", "src"), value=image.src)
        if not image.alt:
            yield field_problem(entry, "missing-alt", ("image", "alt"), value=image.src)
    if not entry.html.images:
        return
    for place in places(entry.source.body):
        if place.kind != "img":
            continue
        code = None
        if place.target.startswith(("http://", "https://", "//")):
            code = "remote-image"
        elif library.find_image(entry.path, place.target) is None:
            code = "missing-image"
        elif not place.words.strip():
            code = "missing-alt"
        if code:
            yield entry.source.body_problem(code, place.line, place.column, len(place.target), value=place.target)


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
