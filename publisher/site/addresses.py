"""An address of the site in, whether a file answers it out: the check of links written ``site:news/``.

It follows the plan's own names without planning, so that an entry with such a link depends on what the address needs and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.checks.texts import at_places, markdown_texts
from publisher.content.library import Edition, Entry
from publisher.content.links import resolve_link
from publisher.content.model.vocabulary import FOLDERS, KIND_OF_FOLDER, Kind
from publisher.feeds.feed import FORMATS
from publisher.problems import Problem
from publisher.site.catalogue import Catalogue
from publisher.site.heads import path_url

#: What is always there.
_FIXED = frozenset(
    {"", "404.html", "archive/", "calendar/events.ics", "calendar/policies.ics", "check/", "check/rules.json", "editions/", "feeds/", "feeds.opml"}
    | {"industries/", "robots.txt", "sitemap.xml", "tags/"}
)
_FEED_FILES = frozenset(name for name, _ in FORMATS.values())
_MAIL_FILES = frozenset({"digest.html", "digest.txt", "digest.eml"})
#: Folders of pages that exist because entries do.
_DERIVED = frozenset({"tags", "industries", "archive", "editions", *FOLDERS.values()})


def has_address(catalogue: Catalogue, path: str) -> bool:
    """Whether the site has a file for a path relative to its root, with or without ``index.html``."""
    path = path.removesuffix("index.html") if path.endswith("/index.html") or path == "index.html" else path
    if path in _FIXED:
        return True
    folder, _, name = path.rpartition("/")
    if name in _FEED_FILES:
        key = _feed_key(catalogue, folder)
        return key is not None and catalogue.has(f"feed:{key}")
    if name:
        return _has_file(catalogue, folder, name)
    if match := re.fullmatch(r"(.+)/page/([2-9]|[1-9]\d+)", folder):
        row = _list_row(catalogue, match[1])
        return row is not None and len(catalogue.row(row)) > (int(match[2]) - 1) * catalogue.settings.per_page
    row = _list_row(catalogue, folder)
    return folder in KIND_OF_FOLDER if row and row.startswith("kind:") else bool(row and catalogue.has(row)) or _has_entry(catalogue, folder)


def _has_file(catalogue: Catalogue, folder: str, name: str) -> bool:
    if name in _MAIL_FILES and folder.startswith("editions/"):
        return folder.removeprefix("editions/") in catalogue.row("editions")
    image = f"content/{folder}/{name}" if folder else f"content/{name}"
    return image in catalogue.row("images") and catalogue.image(image) is not None


def _has_entry(catalogue: Catalogue, folder: str) -> bool:
    """Whether a folder is that of an entry's or an edition's page."""
    first, _, name = folder.partition("/")
    if first == "editions":
        return name in catalogue.row("editions")
    head = catalogue.head(name or first)
    return head is not None and head.is_public and head.url == f"{folder}/"


def _list_row(catalogue: Catalogue, folder: str) -> str | None:
    """The row that a list page in a folder shows."""
    first, _, name = folder.partition("/")
    if first in KIND_OF_FOLDER and not name and KIND_OF_FOLDER[first] is not Kind.PAGE:
        return f"kind:{KIND_OF_FOLDER[first].value}"
    if first == "tags":
        return next((f"tag:{tag}" for tag in catalogue.row("tags") if name in (slug := catalogue.taxonomy.slug(tag), path_url(slug))), None)
    if first == "industries":
        return f"industry:{name}"
    return f"month:{name.replace('/', '-')}" if first == "archive" else None


def _feed_key(catalogue: Catalogue, folder: str) -> str | None:
    row = _list_row(catalogue, folder)
    if row and row.startswith("tag:"):
        return f"tags/{row.removeprefix('tag:')}"
    return folder


def check_addresses(written_in: Entry | Edition, catalogue: Catalogue) -> Iterator[Problem]:
    """Links written ``site:path`` must lead to a file of the site."""
    for text in markdown_texts(written_in):
        for written in dict.fromkeys(text.html.links):
            path = resolve_link(catalogue, written_in.path, written).site_path if written.startswith("site:") else None
            if path is None or has_address(catalogue, path):
                continue
            if catalogue.unread and path.split("/", 1)[0] in _DERIVED | {entry_id for entry_id in catalogue.unread if "/" not in entry_id}:
                continue  # the page may be there once all entries can be read
            yield from at_places(text, "a", written, "broken-link", {"value": written})
