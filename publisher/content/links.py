"""A link as an editor wrote it in, what it leads to out: an entry, an image, a page of the site, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from publisher.content.images import ImageFile
from publisher.content.library import join
from publisher.content.lookups import Known, Lookups

#: What is wrong with a link, as a problem code.
LinkFault = Literal["broken-link", "broken-anchor", "link-leaves-content", "unsafe-link"]


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """What a link leads to; ``site_path`` is a path of the site without a leading slash."""

    fault: LinkFault | None = None
    entry: Known | None = None
    image: ImageFile | None = None
    site_path: str | None = None
    anchor: str = ""

    def url(self) -> str | None:
        """The address relative to the site's root."""
        tail = f"#{self.anchor}" if self.anchor else ""
        if self.entry:
            return self.entry.url + tail
        if self.image:
            return self.image.url
        return None if self.site_path is None else self.site_path + tail


def resolve_link(lookups: Lookups, entry_path: str, written: str) -> LinkTarget:
    """Find what ``written`` leads to from the file at ``entry_path``: a relative path, or ``site:`` and a path of the site."""
    path, _, anchor = written.partition("#")
    path = path.split("?", 1)[0]
    if path.startswith("site:"):
        return LinkTarget(site_path=path.removeprefix("site:").lstrip("/"), anchor=anchor)
    if ":" in path.split("/", 1)[0]:
        return LinkTarget("unsafe-link")
    target = join(entry_path, path)
    if path.startswith("/") or not target.startswith("content/"):
        return LinkTarget("link-leaves-content")
    entry = lookups.at(target)
    if entry is None and (image := lookups.image(target)):
        return LinkTarget(image=image)
    if entry is None and target in lookups.unread:
        return LinkTarget()
    if entry is None:
        return LinkTarget("broken-link")
    fault: LinkFault | None = "broken-anchor" if anchor and anchor not in entry.anchors else None
    return LinkTarget(fault, entry=entry, anchor=anchor)
