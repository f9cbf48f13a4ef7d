"""A library, settings and a time in; the whole site as a list of artifacts out. Pure: nothing is read, rendered or written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from publisher.checks.texts import markdown_texts
from publisher.content.library import Edition, Entry, Library
from publisher.content.links import resolve_link
from publisher.content.model.vocabulary import FOLDERS
from publisher.lifecycle import Status
from publisher.problems import Problem
from publisher.settings import Settings
from publisher.site.artifacts import RANK_ASSET, RANK_INDEX, Artifact
from publisher.site.catalogue import Catalogue
from publisher.site.editions import plan_editions
from publisher.site.feeds import plan_feeds
from publisher.site.pages import plan_pages
from publisher.site.views import Viewer, path_url


def plan_site(library: Library, settings: Settings, as_of: datetime) -> list[Artifact]:
    """Every file of the site but the theme's own assets, in the order in which they are to be written."""
    catalogue = Catalogue(library, settings, as_of)
    viewer = Viewer(catalogue)
    artifacts = [*plan_pages(viewer), *plan_editions(viewer), *plan_feeds(viewer), *_images(catalogue)]
    artifacts += _indexes(catalogue, artifacts)
    return sorted(artifacts, key=lambda artifact: (artifact.rank, artifact.path))


def _images(catalogue: Catalogue) -> Iterator[Artifact]:
    """The images that public entries show, and no others."""
    seen: set[str] = set()
    for entry in catalogue.public:
        if catalogue.status[entry.id] is Status.WITHDRAWN:
            continue
        written = [file for file, _ in entry.html.images]
        written += [entry.data.image.src] if entry.data.image else []
        written += entry.html.links
        for file in written:
            image = catalogue.library.find_image(entry.path, file)
            if image and image.name not in seen:
                seen.add(image.name)
                inputs = {"source": str(image.path), "fingerprint": image.fingerprint}
                yield Artifact(image.url, "copy", inputs, rank=RANK_ASSET, sources=(image.name,))


def _indexes(catalogue: Catalogue, artifacts: list[Artifact]) -> Iterator[Artifact]:
    """sitemap.xml (sitemaps.org 0.9) and robots.txt."""
    settings = catalogue.settings
    rows: list[dict[str, Any]] = []
    for artifact in artifacts:
        frame = artifact.frame
        if frame is not None and not frame.url.endswith(".html") and artifact.template != "tombstone.html":
            rows.append({"loc": settings.absolute(frame.url), "lastmod": frame.modified})
    rows.sort(key=lambda row: str(row["loc"]))
    yield Artifact("sitemap.xml", "template", {"rows": rows}, "sitemap.xml", rank=RANK_INDEX)
    yield Artifact("robots.txt", "template", {"sitemap": settings.absolute("sitemap.xml")}, "robots.txt", rank=RANK_INDEX)


#: Folders of pages that exist because entries do.
_DERIVED = frozenset({"tags", "industries", "archive", "editions", *FOLDERS.values()})


def check_site_links(library: Library, artifacts: list[Artifact]) -> Iterator[Problem]:
    """Links written ``site:path`` must lead to a file of the plan."""
    paths = {artifact.path for artifact in artifacts}
    known = paths | {path.removesuffix("index.html") for path in paths}
    sources: list[Entry | Edition] = [*library.entries, *library.editions]
    for text in chain.from_iterable(map(markdown_texts, sources)):
        for written in dict.fromkeys(text.html.links):
            target = resolve_link(library, text.entry.path, written)
            if target.site_path is None or path_url(target.site_path) in known or target.site_path in known:
                continue
            if library.unread and target.site_path.split("/", 1)[0] in _DERIVED | {entry_id for entry_id in library.unread if "/" not in entry_id}:
                continue  # the page may be there once all entries can be read
            for place in text.places:
                if place.kind == "a" and place.target == written:
                    yield text.at(place, "broken-link", written, value=written)
