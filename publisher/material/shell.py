"""The page frame borrowed from Material for MkDocs, rendered once per layout with slots for what depends on the page.

Material's ``main.html`` (with the overrides of ``templates/site``) is rendered through its own Jinja environment for one
page of each section, depth and width; `publisher.site.frames` cuts and stamps it. What it does not do: read Markdown, know
entries, write files.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
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
from publisher.markup import CLASSES
from publisher.problems import PublisherError
from publisher.site.artifacts import RANK_ASSET, Artifact, Frame, copy_of, fingerprint_file
from publisher.site.csp import content_policy
from publisher.site.frames import slot
from publisher.site.styles import names_in

#: What of the theme's assets our pages never load: its scripts (docs/adr/0015), and its styles, of which we take a part.
_UNUSED_ASSETS = re.compile(r"^assets/(?:javascripts|stylesheets)/|\.py$")
#: The theme's style sheets of which ours are made, in the order of the cascade.
_STYLES = ("assets/stylesheets/main.*.min.css", "assets/stylesheets/palette.*.min.css")
#: The attributes of the body that say how the page looks; they go to the root, for the scripts of the head run before there is a body.
_ON_BODY = re.compile(r'(<html [^>]*)(>.*?<body[^>]*?)((?: data-md-color-[a-z]+="[^"]*")+)', re.DOTALL)


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
    content: str = slot("content")
    toc_slot: str = slot("toc")
    head_slot: str = slot("head")
    policy_slot: str = slot("policy")
    canonical_url: str = slot("canonical")
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

    def assets(self) -> list[Artifact]:
        """The static files of the theme and of ``templates/site/assets``, ours before the theme's; of the theme's styles what our pages use."""
        found: dict[str, Path] = {}
        for folder in reversed(self._config.theme.dirs):
            root = Path(folder)
            if "material" not in root.parts and root != self._custom_dir:
                continue
            for path in sorted((root / "assets").rglob("*")):
                name = path.relative_to(root).as_posix()
                is_ours = root == self._custom_dir
                if path.is_file() and (is_ours or not _UNUSED_ASSETS.search(name)) and not path.name.startswith("."):
                    found[name] = path
        return [self._styles(), *(copy_of(path, name) for name, path in sorted(found.items()))]

    def _styles(self) -> Artifact:
        """The theme's styles, cut down to the names that our pages may bear."""
        folders = [Path(folder) for folder in self._config.theme.dirs]
        sources = [path for pattern in _STYLES for folder in folders if folder != self._custom_dir for path in sorted(folder.glob(pattern))]
        known = names_in("".join(path.read_text(encoding="utf-8") for path in sources))
        names = sorted(known & self._names())
        inputs = {"sources": [str(path) for path in sources], "fingerprint": [fingerprint_file(path) for path in sources], "names": names}
        return Artifact("assets/material.css", "style", inputs, rank=RANK_ASSET)

    def _names(self) -> set[str]:
        """What elements of our pages may bear: what stands in the frames, in templates and scripts, and what Markdown is written as."""
        names = {*CLASSES}
        items = self._navigation("").items
        for link in [NavLink("", "."), *items[1:2], *(item.children[0] for item in items if item.children)]:
            url = link.url.removeprefix(".")
            names |= names_in(self.render(Frame(url, "", section=url.strip("/"))))
        folders = {self._custom_dir, Path(self._config.config_file_path).parent / "templates"}
        for path in {path for folder in folders for path in folder.rglob("*") if path.suffix in (".html", ".js", ".css")}:
            found = names_in(path.read_text(encoding="utf-8"))
            names |= {name for name in found if name.startswith("--")} if path.suffix == ".css" else found
        return names

    @cached_property
    def _custom_dir(self) -> Path:
        return Path(self._config.theme.custom_dir or "/nonexistent")

    def render(self, frame: Frame) -> str:
        """Material's own templates for a layout, with slots for the values."""
        config = self._config
        is_home = frame.url == ""
        meta: dict[str, Any] = {"description": slot("description"), "hide": ["navigation", "toc"] if frame.is_wide else ["navigation"]}
        if not is_home:
            meta["title"] = slot("title")
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
        written = _ON_BODY.sub(r"\1\3\2", written, count=1)
        written = written.replace("跳转至", "跳到正文", 1)  # the theme's words for the skip link do not say where to
        written = re.sub(r"\n\s*\n+", "\n", re.sub(r"(?m)^[ \t]+", "", written)).lstrip()
        own = config.extra.get("publisher") or {}
        return written.replace(slot("policy"), content_policy(written, own.get("form_action") or _origin(own.get("service_url"))), 1)

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


def _origin(service_url: object) -> str:
    """Where the forms of the site go when there is a subscription service: its scheme and host."""
    parts = urlsplit(str(service_url or ""))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _default_nav() -> list[dict[str, str]]:
    return [{"首页": "."}, *({kind.label: f"{kind.folder}/"} for kind in Kind if kind is not Kind.PAGE)]


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
