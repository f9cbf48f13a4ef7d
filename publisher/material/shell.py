"""The page frame borrowed from Material for MkDocs: rendered once per layout with slots, then only stamped.

Material's ``main.html`` (with the overrides of ``templates/site``) is rendered through its own Jinja environment for one
page of each section, depth and width. What depends on the page is a slot; `stamp` joins the pieces around the values and
escapes them. What it does not do: read Markdown, know entries, write files.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
import mkdocs
from mkdocs.config.base import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError, MkDocsException
from mkdocs.utils import get_relative_url

from publisher.content.model.vocabulary import Kind
from publisher.problems import PublisherError
from publisher.site.artifacts import Frame

_SLOT = re.compile(r"@@slot:(\w+)@@")
_LOCAL = re.compile(r'\b(href|src)="(?![a-z][a-z0-9+.-]*:|#|/)([^"]*)"')
#: What of the theme's assets our pages never load.
_UNUSED_ASSETS = re.compile(r"\.map$|/lunr/|/workers/|\.py$")


def _slot(name: str) -> str:
    return f"@@slot:{name}@@"


@dataclass
class NavLink:
    """An item of the navigation, with what Material's templates ask of one."""

    title: str
    url: str
    active: bool = False
    children: list[NavLink] = field(default_factory=list)
    is_page: bool = False
    is_link: bool = True
    is_section: bool = False
    is_index: bool = False
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass
class Navigation:
    """The navigation of the site: sections, never entries, so that a new entry changes no other page's frame."""

    items: list[NavLink]
    homepage: NavLink

    def __iter__(self) -> Iterator[NavLink]:
        return iter(self.items)


@dataclass
class _Anchor:
    url: str
    title: str = ""
    level: int = 1
    children: tuple[()] = ()


@dataclass
class _Page:
    """A page made by hand, with slots for values."""

    url: str
    is_homepage: bool
    title: str
    meta: dict[str, Any]
    content: str = _slot("content")
    toc_slot: str = _slot("toc")
    head_slot: str = _slot("head")
    canonical_url: str = _slot("canonical")
    toc: list[_Anchor] = field(default_factory=lambda: [_Anchor("#content")])
    previous_page: None = None
    next_page: None = None
    edit_url: None = None
    ancestors: tuple[()] = ()
    active: bool = True
    pages: tuple[()] = ()
    children: None = None


class MaterialShell:
    """Material's frame for one configuration."""

    def __init__(self, config: MkDocsConfig) -> None:
        self._config = config
        self._pieces: dict[tuple[str, int, bool, str], tuple[list[str], str]] = {}

    def fingerprint(self, frame: Frame) -> str:
        """A digest of the pieces that a frame is stamped into."""
        return self._pieces_for(frame)[1]

    def stamp(self, frame: Frame, content: str) -> str:
        """Join the pieces of the frame around the values of one page; the values are escaped here, the content is HTML."""
        values = {
            "title": escape(frame.title),
            "description": escape(frame.description or self._config.site_description or ""),
            "canonical": escape(f"{self._config.site_url or ''}{frame.url}"),
            "head": self._head(frame),
            "toc": _toc(frame),
            "content": content,
        }
        pieces, _ = self._pieces_for(frame)
        written = "".join(values[piece] if index % 2 else piece for index, piece in enumerate(pieces))
        return self._absolute(written) if frame.url == "404.html" else written

    def assets(self) -> dict[str, Path]:
        """The static files of the theme and of ``templates/site/assets`` by their path in the site; ours win."""
        found: dict[str, Path] = {}
        for folder in reversed(self._config.theme.dirs):
            root = Path(folder)
            if "material" not in root.parts and root != self._custom_dir:
                continue
            for path in sorted((root / "assets").rglob("*")):
                name = path.relative_to(root).as_posix()
                if path.is_file() and not _UNUSED_ASSETS.search(name) and not path.name.startswith("."):
                    found[name] = path
        return found

    @cached_property
    def _custom_dir(self) -> Path:
        return Path(self._config.theme.custom_dir or "/nonexistent")

    def _pieces_for(self, frame: Frame) -> tuple[list[str], str]:
        kind = frame.url if frame.url in ("", "404.html") else "inner"
        key = (frame.section, frame.url.count("/"), frame.is_wide, kind)
        if key not in self._pieces:
            written = self._render(frame)
            self._pieces[key] = (_SLOT.split(written), hashlib.blake2b(written.encode(), digest_size=16).hexdigest())
        return self._pieces[key]

    def _render(self, frame: Frame) -> str:
        """Material's own templates, once, with slots."""
        config = self._config
        is_home = frame.url == ""
        meta: dict[str, Any] = {"description": _slot("description"), "hide": ["navigation", "toc"] if frame.is_wide else ["navigation"]}
        if not is_home:
            meta["title"] = _slot("title")
        page = _Page(url="x/" * frame.url.count("/"), is_homepage=is_home, title=config.site_name, meta=meta)
        base = get_relative_url(".", page.url)
        context = {
            "nav": self._navigation(frame.section),
            "pages": [],
            "base_url": base,
            "extra_css": [],
            "extra_javascript": [],
            "mkdocs_version": mkdocs.__version__,
            "config": config,
            "page": page,
        }
        try:
            written = self._environment.get_template("main.html").render(context)
        except jinja2.TemplateSyntaxError as error:
            place = (error.name, error.lineno, error.message)
            raise PublisherError("模板 {} 第{}行出错：{}".format(*place), "template {}, line {}: {}".format(*place)) from error
        except jinja2.TemplateError as error:
            raise PublisherError(f"主题模板 main.html 出错：{error}", f"the theme's main.html fails: {error}") from error
        written = written.replace('<html lang="zh"', '<html lang="zh-Hans-CN"', 1)
        written = re.sub(r'(<input [^>]*type="checkbox"[^>]*) autocomplete="off"', r"\1", written)  # not allowed on a checkbox
        return re.sub(r"\n\s*\n+", "\n", re.sub(r"(?m)^[ \t]+", "", written)).lstrip()

    @cached_property
    def _environment(self) -> jinja2.Environment:
        return self._config.theme.get_env()

    def _navigation(self, section: str) -> Navigation:
        home = NavLink(self._config.site_name, ".", is_link=False)
        items = [self._nav_item(item, section) for item in self._config.nav or _default_nav()]
        return Navigation(items, home)

    def _nav_item(self, item: Any, section: str) -> NavLink:
        if isinstance(item, str):
            return self._nav_link(item, item, section)
        title, target = next(iter(item.items()))
        if isinstance(target, list):
            children = [self._nav_item(child, section) for child in target]
            active = any(child.active for child in children)
            return NavLink(title, children[0].url if children else ".", active, children, is_section=True, is_link=False)
        return self._nav_link(title, target, section)

    def _nav_link(self, title: str, target: str, section: str) -> NavLink:
        """A page of ``content/pages`` is written as its source (``pages/about.md``), all else as its address (``news/``)."""
        url = re.sub(r"^pages/(.+)\.md$", r"\1/", target)
        url = "." if url in ("index.md", "", "/", "./") else url
        return NavLink(title, url, active=bool(section) and url.rstrip("/") == section)

    def _head(self, frame: Frame) -> str:
        # Material takes each link of exactly rel="alternate" for a translation and asks for its sitemap; "feed" tells ours apart.
        feeds = "".join(
            f'<link rel="alternate feed" type="{feed.media_type}" title="{escape(feed.title)}" href="{escape(frame.base + feed.url)}">' for feed in frame.feeds
        )
        named = (("published", frame.published), ("modified", frame.modified))
        times = "".join(f'<meta property="article:{name}_time" content="{escape(value)}">' for name, value in named if value)
        return f'<meta name="generator" content="publisher">{feeds}{times}'

    def _absolute(self, written: str) -> str:
        """The page for unknown addresses is served at any depth: its own addresses begin at the host."""
        root = urlsplit(self._config.site_url or "/").path or "/"

        def from_root(match: re.Match[str]) -> str:
            path = match[2].removeprefix("./")
            return f'{match[1]}="{root}{"" if path == "." else path}"'

        base = root.rstrip("/") or "/"
        return re.sub(r'"base": ?"\."', f'"base":"{base}"', _LOCAL.sub(from_root, written))


def _default_nav() -> list[dict[str, str]]:
    return [{"首页": "."}, *({kind.label: f"{kind.folder}/"} for kind in Kind if kind is not Kind.PAGE)]


def _toc(frame: Frame) -> str:
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
    return f'<span class="md-nav__title">目录</span><ul class="md-nav__list" data-md-component="toc" data-md-scrollfix>{rows}</ul>'


def load_mkdocs_config(root: Path) -> MkDocsConfig:
    """Read ``mkdocs.yml`` as MkDocs does; what it refuses is a `PublisherError`."""
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    try:
        return load_config(str(root / "mkdocs.yml"))
    except (ConfigurationError, MkDocsException) as error:
        raise PublisherError(f"mkdocs.yml 里的主题设置有误：{error}", f"MkDocs refuses mkdocs.yml: {error}") from error


def load_shell(root: Path) -> MaterialShell:
    """The shell for the project at ``root``."""
    return MaterialShell(load_mkdocs_config(root))
