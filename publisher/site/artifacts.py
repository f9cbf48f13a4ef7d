"""What a plan is made of: `Artifact` values, each one file of the site and everything it is made from.

An artifact names a recipe and holds its inputs as plain values; nothing else may influence the file, so the fingerprint of
both says whether a file on disk is still right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import orjson

#: A JSON-like value a template may see: text, numbers, truth values, lists and mappings of them.
View = Mapping[str, Any]

Recipe = Literal["page", "template", "rss", "atom", "json-feed", "opml", "calendar", "mail", "json", "copy", "style", "card"]

#: Files are written in this order, so that a page is there before a list or a feed names it.
RANK_ASSET, RANK_ENTRY, RANK_LIST, RANK_HOME, RANK_FEED, RANK_INDEX = range(6)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page announces in its head."""

    title: str
    url: str
    media_type: str


class Shown(NamedTuple):
    """The picture that stands for a page where it is shared."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page frame around a content needs: ``url`` relative to the root, ``section`` the folder whose tab is active.

    For machines: ``crumbs`` are the names and addresses from the home page to here, ``named`` meta elements by their name,
    ``nodes`` what the page describes in the words of schema.org (`publisher.site.jsonld`).
    """

    url: str
    title: str
    description: str = ""
    section: str = ""
    toc: tuple[tuple[int, str, str], ...] = ()
    is_wide: bool = False
    feeds: tuple[FeedLink, ...] = ()
    published: str = ""
    modified: str = ""
    image: Shown | None = None
    crumbs: tuple[tuple[str, str], ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    nodes: tuple[Mapping[str, Any], ...] = ()

    @property
    def base(self) -> str:
        """What leads from the page to the site's root: ``../`` as often as the page is deep."""
        return "../" * self.url.count("/") or "./"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file of the site: its path, how it is made and from what.

    ``sources`` are the files of the content it was made from, for people; the fingerprint does not need them.
    """

    path: str
    recipe: Recipe
    inputs: View
    template: str = ""
    frame: Frame | None = None
    rank: int = RANK_LIST
    sources: tuple[str, ...] = field(default=())

    def fingerprint(self, *environment: str) -> str:
        """32 hexadecimal digits over recipe, template name, frame and inputs, and what else the recipe depends on."""
        digest = hashlib.blake2b(digest_size=16)
        for part in (self.recipe, self.template, *environment):
            digest.update(part.encode())
            digest.update(b"\0")
        digest.update(orjson.dumps((self.frame, self.inputs), default=str))
        return digest.hexdigest()


def copy_of(source: Path, path: str) -> Artifact:
    """The artifact of a static file that is what another file is."""
    return Artifact(path, "copy", {"source": str(source), "fingerprint": fingerprint_file(source)}, rank=RANK_ASSET)


def fingerprint_file(path: Path) -> str:
    """32 hexadecimal digits over a file's bytes."""
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
