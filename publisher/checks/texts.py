"""The Markdown of an entry, in its body and in its fields: links that lead somewhere, images with words, nothing that would vanish."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from publisher.checks.places import words_problem
from publisher.content.decode import shape_of
from publisher.content.library import Edition, Entry, join
from publisher.content.links import resolve_link
from publisher.content.lookups import Lookups
from publisher.content.model.fields import is_markdown
from publisher.markup import CJK, Html, Place, places, raw_html, render, without_code
from publisher.model import Model
from publisher.problems import Problem
from publisher.yamltext import Step


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """One Markdown text of an entry; ``steps`` lead to its field and are empty for the body."""

    entry: Entry | Edition
    text: str
    html: Html
    steps: tuple[Step, ...] = ()

    def problem(self, code: str, line: int, column: int, length: int, /, **context: object) -> Problem:
        """A problem at a place of the text, from 0."""
        if not self.steps and isinstance(self.entry, Entry):
            return self.entry.source.body_problem(code, line, column, length, **context)
        lines = self.text.split("\n")
        before = "\n".join([*lines[:line], lines[line][:column]])
        return words_problem(self.entry, code, self.steps, lines[line][column : column + length], before, **context)

    def at(self, place: Place, code: str, target: str, /, **context: object) -> Problem:
        """A problem at a link or an image: from its opening bracket to the end of its target."""
        line = self.text.split("\n")[place.line]
        found = line.find(target, place.column) if target else -1
        end = found + len(target) if found >= 0 else place.column + 1
        return self.problem(code, place.line, place.column, end + line.startswith(")", end) - place.column, **context)

    @property
    def places(self) -> tuple[Place, ...]:
        return _places(self.text)


@lru_cache(maxsize=32)
def _places(text: str) -> tuple[Place, ...]:
    """The places of a text, asked for once however many of its links are broken."""
    return tuple(places(text))


def markdown_texts(entry: Entry | Edition) -> Iterator[MarkdownText]:
    """The body and every Markdown field that is written; of an entry whose text was let go, what was rendered of it."""
    if isinstance(entry, Entry) and (entry.source.body.strip() or not entry.source.has_text):
        yield MarkdownText(entry, entry.source.body, entry.html)
    for steps, text in _fields(entry.data, ()):
        yield MarkdownText(entry, text, render(text), steps)


def _fields(value: Model, steps: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], str]]:
    for name, is_text in _markdown_fields(type(value)):
        part = getattr(value, name)
        if is_text and part:
            yield (*steps, name), part
        elif isinstance(part, Model):
            yield from _fields(part, (*steps, name))
        elif isinstance(part, tuple):
            for index, item in enumerate(part):
                yield from _fields(item, (*steps, name, index))


@cache
def _markdown_fields(model: type[Model]) -> tuple[tuple[str, bool], ...]:
    """The fields that are Markdown, or hold a model with such a field."""
    rows = []
    for name, field in model.model_fields.items():
        inner = shape_of(model, name)[1]
        if is_markdown(field) or (inner and _markdown_fields(inner)):
            rows.append((name, is_markdown(field)))
    return tuple(rows)


def check_text(text: MarkdownText) -> Iterator[Problem]:
    """Apply every rule about Markdown that needs nothing but the text; places are only asked for when something is wrong."""
    html = text.html
    if html.omits_html:
        yield from _check_html(text)
    if any(heading.level == 1 for heading in html.headings):
        for place in text.places:
            if place.kind == "h1":
                yield text.problem("heading-one", place.line, place.column, 1)
    if "<a>" in html.raw:
        yield from _check_unsafe(text)
    if "://" in text.text:
        yield from _check_bare_urls(text)
    if "](#" in text.text:
        yield from _check_own_anchors(text)


def check_targets(text: MarkdownText, lookups: Lookups, speaks: bool) -> Iterator[Problem]:
    """Apply the rules about what links and images lead to. What ``speaks`` is public, or a mail."""
    for written in dict.fromkeys(text.html.links):
        yield from _check_link(text, written, lookups, speaks)
    for file, words in dict.fromkeys(text.html.images):
        yield from _check_image(text, file, words, lookups)


def _check_html(text: MarkdownText) -> Iterator[Problem]:
    """Each element once: a closing tag is reported only when its opening tag is not there."""
    opened: list[str] = []
    for line, column, words in raw_html(text.text):
        name = re.sub(r"^</?([A-Za-z0-9-]*).*", r"\1", words, flags=re.DOTALL).lower()
        if words.startswith("</") and name in opened:
            opened.remove(name)
            continue
        opened.append(name)
        yield text.problem("raw-html", line, column, len(words), value=words)
    if not opened:  # it is there, but not where we look for it
        yield text.problem("raw-html", 0, 0, 1, value="<…>")


def _check_own_anchors(text: MarkdownText) -> Iterator[Problem]:
    """Links to headings of the same text."""
    anchors = {heading.anchor for heading in text.html.headings}
    choices = "、".join(sorted(anchors)) or "（无）"
    for place in text.places:
        is_anchor = place.kind == "a" and place.target.startswith("#") and not place.target.startswith("#fn")
        if is_anchor and place.target[1:] not in anchors:
            yield text.at(place, "broken-anchor", place.target, value=place.target, choices=choices)


def _check_link(text: MarkdownText, written: str, lookups: Lookups, speaks: bool) -> Iterator[Problem]:
    entry = text.entry
    target = resolve_link(lookups, entry.path, written)
    words: dict[str, object] = {"value": written}
    code: str | None = target.fault
    if target.fault == "broken-anchor" and target.entry:
        words["choices"] = "、".join(target.entry.anchors) or "（无）"
    elif target.entry and not target.fault and speaks and not target.entry.is_public:
        code, words["status"] = "link-to-hidden", target.entry.status_label
    if code is not None:
        yield from at_places(text, "a", written, code, words)


def at_places(text: MarkdownText, kind: str, target: str, code: str, words: dict[str, object]) -> Iterator[Problem]:
    """A problem at every place where a link or an image stands; at the beginning of a text that does not show it."""
    found = [place for place in text.places if place.kind == kind and place.target == target]
    if not found:
        yield text.problem(code, 0, 0, 1, **words)
    for place in found:
        yield text.at(place, code, target, **words)


def _check_unsafe(text: MarkdownText) -> Iterator[Problem]:
    lines = text.text.split("\n")
    for place in text.places:
        if place.kind == "a" and not place.target:
            written = lines[place.line][place.column :].partition("](")[2].partition(")")[0]
            yield text.at(place, "unsafe-link", written, value=written or "（空）")


_BARE_URL = rf"(?<![<(\]\"])https?://[!-~]+(?=[{CJK}])"  # compiled when a text has an address at all


def _check_bare_urls(text: MarkdownText) -> Iterator[Problem]:
    blank = without_code(text.text)
    for match in re.finditer(_BARE_URL, blank):
        line_start = blank.rfind("\n", 0, match.start()) + 1
        opening = blank.rfind("<", line_start, match.start())
        if opening >= 0 and ">" not in blank[opening : match.start()]:
            continue
        yield text.problem("bare-url", blank.count("\n", 0, match.start()), match.start() - line_start, len(match[0]), value=match[0], fixed=match[0])


def _check_image(text: MarkdownText, file: str, words: str, lookups: Lookups) -> Iterator[Problem]:
    if file.startswith(("http://", "https://", "//")):
        yield from at_places(text, "img", file, "remote-image", {"value": file})
    elif lookups.image(join(text.entry.path, file)) is None:
        yield from at_places(text, "img", file, "missing-image", {"value": file})
    elif not words.strip():
        for place in text.places:
            if place.kind == "img" and place.target == file and not place.words.strip():
                yield text.at(place, "missing-alt", file, value=file)
