"""The content folder in, a `Library` out: every entry, edition, tag and image, and every problem of every file.

What it does not do: rules (`publisher.checks`) and status (`publisher.lifecycle`). ``liaison/`` is never read here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from publisher.content import source as sources
from publisher.content.codes import industry_path
from publisher.content.decode import decode, decode_entry, locate_field, propose_id
from publisher.content.images import IMAGE_SUFFIXES, ImageFile, inspect_image
from publisher.content.model.edition import EditionModel
from publisher.content.model.fields import is_id
from publisher.content.model.kinds import EntryModel, Listing
from publisher.content.model.vocabulary import KIND_OF_FOLDER, Kind
from publisher.content.source import Source
from publisher.content.taxonomy import TAXONOMY_PATH, Taxonomy, load_taxonomy
from publisher.markup import Html, render
from publisher.problems import Problem, PublisherError, Span
from publisher.settings import Settings
from publisher.yamltext import YamlText

ENTRY_SUFFIXES = (".md", ".yml", ".yaml")
#: Folders of ``content/`` that are not entries.
OTHER_FOLDERS = frozenset({"taxonomy", "editions", "liaison"})
#: First parts of URLs that the site uses itself, so that no page can take them.
RESERVED = frozenset({*KIND_OF_FOLDER, "archive", "assets", "calendar", "check", "editions", "feeds", "industries", "tags", "search", "404", "index"})


@dataclass(frozen=True)
class Entry:
    """One entry: its model, its text rendered once, and the source it came from."""

    kind: Kind
    id: str
    data: EntryModel
    source: Source
    html: Html

    @property
    def path(self) -> str:
        """The source file, relative to the root."""
        return self.source.path

    @property
    def url(self) -> str:
        """The address relative to the site's root, ending in a slash; it comes from the id, never from the title."""
        return f"{self.id}/" if self.kind is Kind.PAGE else f"{self.kind.folder}/{self.id}/"

    @property
    def front(self) -> YamlText:
        """The YAML it was read from."""
        return self.source.front

    @property
    def model_type(self) -> type[EntryModel]:
        """The model of its kind."""
        return type(self.data)

    @property
    def title(self) -> str:
        return self.data.title

    @property
    def published(self) -> datetime:
        return self.data.published

    @cached_property
    def updated(self) -> datetime:
        """The last time the entry changed in a way readers should know of, at least `published`."""
        data = self.data
        times = [data.published, data.updated, *(c.time for c in data.corrections), data.withdrawal and data.withdrawal.time]
        return max(time for time in times if time)

    @cached_property
    def industry_codes(self) -> tuple[str, ...]:
        """The sections and divisions the entry belongs to, each once, in the order written."""
        return tuple(dict.fromkeys(industry.code for code in self.data.industries for industry in industry_path(code)))


@dataclass(frozen=True)
class Edition:
    """One edition of the digest with its file; `id` is the file's stem, such as ``2026-W47``."""

    id: str
    data: EditionModel
    source: YamlText

    @property
    def path(self) -> str:
        """The file, relative to the root."""
        return self.source.path

    @property
    def front(self) -> YamlText:
        """The YAML it was read from."""
        return self.source

    @property
    def model_type(self) -> type[EditionModel]:
        return EditionModel

    @property
    def url(self) -> str:
        return f"editions/{self.id}/"

    @property
    def entry_ids(self) -> tuple[str, ...]:
        return tuple(entry for section in self.data.sections for entry in section.entries)


@dataclass(frozen=True)
class Library:
    """All content, as values; entries are in the order of their paths."""

    entries: tuple[Entry, ...] = ()
    editions: tuple[Edition, ...] = ()
    taxonomy: Taxonomy = field(default_factory=Taxonomy)
    images: Mapping[str, ImageFile] = field(default_factory=dict)
    #: Paths and ids of entries that are there but could not be read: their own problems are told, not those of who names them.
    unread: frozenset[str] = frozenset()

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def by_path(self) -> dict[str, Entry]:
        return {entry.path: entry for entry in self.entries}

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind is kind)

    def tags_of(self, entry: Entry) -> tuple[str, ...]:
        """The tags of an entry by their canonical names, each once."""
        return tuple(dict.fromkeys(self.taxonomy.canonical(tag) for tag in entry.data.tags))

    def find_image(self, entry_path: str, written: str) -> ImageFile | None:
        """The image that an entry means by a relative path."""
        return self.images.get(join(entry_path, written))


def join(entry_path: str, written: str) -> str:
    """The path relative to the root that a path written in an entry means."""
    folder = entry_path.rpartition("/")[0]
    if written.startswith("../") and "/" in folder:
        folder, written = folder.rpartition("/")[0], written[3:]
    if folder and "./" not in written and "//" not in written and written[:1] not in ("", ".", "/") and written[-1:] not in ("/", "."):
        return f"{folder}/{written}"  # nearly all links are as plain as this, and `normpath` is slow
    return posixpath.normpath(posixpath.join(folder, written))


_EDITION_ID = re.compile(r"[A-Za-z0-9]+(?:[-.][A-Za-z0-9]+)*")
_WRITTEN_ID = re.compile(r"^(?:编号|id): *['\"]?([a-z0-9.-]+)", re.MULTILINE)


@dataclass(slots=True)
class Found:
    """What one file turned out to be: at most one thing, and every problem of it."""

    name: str
    thing: Entry | Edition | ImageFile | YamlText | None = None
    problems: list[Problem] = field(default_factory=list)
    #: The path and the id of an entry that is there but cannot be read.
    unread: tuple[str, ...] = ()


def load_library(settings: Settings) -> tuple[Library, list[Problem]]:
    """Read every file below ``content/``; one bad file never hides another."""
    require_content(settings)
    found = [read_file(name, path, settings.content) for name, path in sources.walk(settings.content, settings.root)]
    problems = [problem for one in found for problem in one.problems]
    taxonomy, faults = load_taxonomy(next((one.thing for one in found if isinstance(one.thing, YamlText)), None))
    entries: dict[str, Entry] = {}
    for one in found:
        if isinstance(one.thing, Entry):
            if fault := duplicate_id(one.thing, entries.get(one.thing.id)):
                faults.append(fault)
            else:
                entries[one.thing.id] = one.thing
    editions = sorted((one.thing for one in found if isinstance(one.thing, Edition)), key=lambda edition: (edition.data.end, edition.id))
    images = {one.name: one.thing for one in found if isinstance(one.thing, ImageFile)}
    unread = frozenset(name for one in found for name in one.unread)
    return Library(tuple(entries.values()), tuple(editions), taxonomy, images, unread), problems + faults


def require_content(settings: Settings) -> None:
    """Raise a `PublisherError` when there is no content folder."""
    if not settings.content.is_dir():
        raise PublisherError(f"找不到内容文件夹 {settings.content}", f"there is no content folder {settings.content}")


def read_file(name: str, path: Path, content: Path) -> Found:
    """Read one file of the content folder; ``liaison/`` stays closed."""
    found = Found(name)
    parts = name.split("/")
    folder = parts[1] if len(parts) > 2 else ""
    suffix = path.suffix.lower()
    if folder == "liaison":
        return found
    if fault := sources.link_fault(path, name, content):
        found.problems.append(fault)
    elif suffix in IMAGE_SUFFIXES:
        image = inspect_image(path, name)
        if isinstance(image, Problem):
            found.problems.append(image)
        else:
            found.thing = image
    elif folder not in KIND_OF_FOLDER and folder not in OTHER_FOLDERS:
        found.problems.append(Problem("unknown-folder", Span(name), {"value": folder or "content"}))
    elif suffix not in ENTRY_SUFFIXES or (folder in OTHER_FOLDERS and suffix == ".md"):
        found.problems.append(Problem("unknown-file-type", Span(name), {"value": suffix or path.name}))
    else:
        _read_text(found, path, folder)
    return found


def _read_text(found: Found, path: Path, folder: str) -> None:
    """Read a file that should hold an entry, an edition or the table of tags."""
    name = found.name
    data = sources.read_bytes(path, name)
    text, problems = ("", [data]) if isinstance(data, Problem) else sources.decode(data, name)
    found.problems += problems
    if not text or problems:
        found.unread = (name, path.stem)
    elif name == TAXONOMY_PATH:
        found.thing = YamlText(name, text)
    elif folder == "editions":
        _read_edition(found, path.stem, text)
    elif folder in KIND_OF_FOLDER:
        found.thing, problems = read_entry(name, path.name, text, KIND_OF_FOLDER[folder])
        found.problems += problems
        if found.thing is None:
            written = _WRITTEN_ID.search(text)
            found.unread = (name, written[1] if written else path.stem)


def _read_edition(found: Found, stem: str, text: str) -> None:
    source = YamlText(found.name, text)
    if not _EDITION_ID.fullmatch(stem):
        found.problems.append(Problem("bad-id", Span(found.name), {"value": stem, "fixed": propose_id(stem)}, f"{stem}.yml"))
        return
    model, problems = decode(source, EditionModel, "简报")
    found.problems += problems
    if isinstance(model, EditionModel):
        found.thing = Edition(stem, model, source)


def read_entry(name: str, file_name: str, text: str, kind: Kind) -> tuple[Entry | None, list[Problem]]:
    """Read one entry's text: a Markdown file with front matter, or YAML alone."""
    if file_name.lower().endswith(".md"):
        split = sources.split(text, name)
        if isinstance(split, Problem):
            return None, [split]
        source = split
    else:
        source = Source(name, YamlText(name, text))
    model, problems = decode_entry(source.front, kind)
    if model is None:
        return None, problems
    stem = file_name.rsplit(".", 1)[0]
    if model.id is None and not is_id(stem):
        problem = Problem("bad-id", Span(name), {"value": stem, "fixed": propose_id(stem)}, file_name)
        return None, [*problems, problem]
    markdown = source.body.strip("\n") and source.body
    if isinstance(model, Listing) and not markdown:
        markdown = model.detail
    return Entry(kind, model.id or stem, model, source, render(markdown)), problems


def duplicate_id(entry: Entry, other: Entry | None) -> Problem | None:
    """Why an entry cannot have its id: an earlier file has it, or the site itself."""
    if other is None and not (entry.kind is Kind.PAGE and entry.id in RESERVED):
        return None
    words = {"value": entry.id, "other": other.path if other else "网站自带的页面"}
    return Problem("duplicate-id", _id_span(entry), words, "")


def _id_span(entry: Entry) -> Span:
    if entry.data.id is None:
        return Span(entry.path)
    return locate_field(entry.source.front, type(entry.data), ("id",))
