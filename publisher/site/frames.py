"""The page frame in, pages out: what a theme rendered once per layout is cut at its slots and stamped around each content.

A frame is cut once for each section, depth and width; the pieces are plain text and are kept with the ledger, so that a quick
build need not load the theme at all. What it does not do: know a theme (`publisher.material` does).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Protocol
from urllib.parse import urlsplit

from publisher.content.model.vocabulary import Kind
from publisher.site.artifacts import Artifact, Frame
from publisher.site.meta import Site, frame_head

_SLOT = re.compile(r"@@slot:(\w+)@@")
_LOCAL = re.compile(r'\b(href|src|action)="(?![a-z][a-z0-9+.-]*:|#|/)([^"]*)"')

#: What a cut frame is known by: section, depth, whether it is wide, and the address of the home page or the page for unknown addresses.
Layout = tuple[str, int, bool, str]


def slot(name: str) -> str:
    """What stands in a rendered frame where a value goes: title, description, canonical, head, toc, content."""
    return f"@@slot:{name}@@"


class Shell(Protocol):
    """The page frame borrowed from a theme."""

    def render(self, frame: Frame) -> str:
        """The frame for a layout, with slots for the values."""

    def assets(self) -> list[Artifact]:
        """The theme's static files."""


class Frames:
    """The frames of one site, cut when they are first needed; ``load_shell`` is only called then."""

    def __init__(self, site: Site, load_shell: Callable[[], Shell], known: Mapping[Layout, list[str]] | None = None) -> None:
        self.pieces: dict[Layout, list[str]] = dict(known or {})
        self.is_new = False
        self._site, self._load_shell = site, load_shell
        self._fingerprints: dict[Layout, str] = {}
        self._written: dict[Layout, list[bytes]] = {}

    def fingerprint(self, frame: Frame) -> str:
        """A digest of the pieces that a frame is stamped into, and of what every frame says of the site."""
        layout = _layout(frame)
        if layout not in self._fingerprints:
            written = "\0".join((*self._site, *self._pieces(frame)))
            self._fingerprints[layout] = hashlib.blake2b(written.encode(), digest_size=16).hexdigest()
        return self._fingerprints[layout]

    def address(self, frame: Frame) -> str:
        """Where a page stands in the world."""
        return f"{self._site.url}{frame.url}"

    def stamp(self, frame: Frame, content: str) -> bytes:
        """Join the pieces of the frame around the values of one page; the values are escaped here, the content is HTML."""
        values = {
            "title": escape(frame.title),
            "description": escape(frame.description or self._site.description),
            "canonical": escape(self.address(frame)),
            "head": frame_head(frame, self._site),
            "toc": frame_toc(frame),
            "content": content,
        }
        if frame.url == "404.html":
            pieces = self._pieces(frame)
            return self._absolute("".join([values[piece] if index % 2 else piece for index, piece in enumerate(pieces)])).encode()
        return b"".join([values[piece.decode()].encode() if index % 2 else piece for index, piece in enumerate(self._encoded(frame))])

    def _encoded(self, frame: Frame) -> list[bytes]:
        """The pieces as bytes: two thirds of a page, which need not be encoded for each."""
        layout = _layout(frame)
        if layout not in self._written:
            self._written[layout] = [piece.encode() for piece in self._pieces(frame)]
        return self._written[layout]

    def prepare(self) -> None:
        """Cut the frames that every site needs, so that several processes need not each load the theme."""
        folders = ["", *(kind.folder for kind in Kind if kind is not Kind.PAGE)]
        frames = [Frame("", ""), Frame("404.html", "", is_wide=True), Frame("", "", is_wide=True), Frame("x/", "")]
        for section in folders:
            depths = (1, 2, 3, 4, 5) if not section else (1, 3)
            frames += [Frame("x/" * depth, "", section=section, is_wide=True) for depth in depths]
            frames += [Frame("x/x/", "", section=section)] if section else []
        for frame in frames:
            self._pieces(frame)

    def _pieces(self, frame: Frame) -> list[str]:
        layout = _layout(frame)
        if layout not in self.pieces:
            self.pieces[layout] = _SLOT.split(self._load_shell().render(frame))
            self.is_new = True
        return self.pieces[layout]

    def _absolute(self, written: str) -> str:
        """The page for unknown addresses is served at any depth: its own addresses begin at the host."""
        root = urlsplit(self._site.url or "/").path or "/"

        def from_root(match: re.Match[str]) -> str:
            path = match[2].removeprefix("./")
            return f'{match[1]}="{root}{"" if path == "." else path}"'

        return _LOCAL.sub(from_root, written)


def _layout(frame: Frame) -> Layout:
    return (frame.section, frame.url.count("/"), frame.is_wide, frame.url if frame.url in ("", "404.html") else "inner")


def frame_toc(frame: Frame) -> str:
    """The table of contents as Material draws it: headings of the second level, those of the third within."""
    if not frame.toc:
        return ""
    items: list[str] = []
    for level, anchor, title in frame.toc:
        link = f'<a href="#{escape(anchor)}" class="md-nav__link"><span class="md-ellipsis">{escape(title)}</span></a>'
        if level == 2 or not items:
            items.append(f'<li class="md-nav__item">{link}')
        elif items[-1].endswith("</ul></nav>"):
            items[-1] = items[-1].removesuffix("</ul></nav>") + f'<li class="md-nav__item">{link}</li></ul></nav>'
        else:
            items[-1] += f'<nav class="md-nav" aria-label="小节"><ul class="md-nav__list"><li class="md-nav__item">{link}</li></ul></nav>'
    rows = "".join(f"{item}</li>" for item in items)
    return f'<span class="md-nav__title">目录</span><ul class="md-nav__list" data-md-component="toc">{rows}</ul>'
