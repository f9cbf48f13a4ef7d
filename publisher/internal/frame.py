"""The theme's frame in, the office's frame out: a banner on every page, nothing for search engines or for sharing, a navigation of its own."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Set
from pathlib import Path
from urllib.parse import unquote

import jinja2

from publisher.material.shell import MaterialShell, load_mkdocs_config
from publisher.settings import Settings
from publisher.site.artifacts import Artifact, Frame, copy_of
from publisher.site.frames import Frames, slot
from publisher.site.meta import site_words
from publisher.site.render import Renderer

BANNER = "内部资料，不得外传"
#: The parts of the internal site, in the order of the navigation.
NAVIGATION = {
    "首页": ".",
    "月报": "liaison/months/",
    "企业": "liaison/enterprises/",
    "干部": "liaison/officers/",
    "超期": "liaison/overdue/",
    "提醒": "liaison/reminders/",
    "共性": "liaison/shared/",
    "评分": "liaison/scores/",
    "台账": "liaison/records/",
    "网站内容": "content/",
}
_HEAD = (
    '<meta name="robots" content="noindex, nofollow, noarchive"><meta name="referrer" content="no-referrer">'
    '<meta name="generator" content="publisher internal"><link rel="stylesheet" href="{base}assets/internal.css">'
)
#: What a head says to others: where the page stands in the world, what a link to it looks like.
_FOR_OTHERS = re.compile(r'<link rel="canonical"[^>]*>\s*|<meta property="og:[^>]*>\s*|<meta name="(?:robots|SiteName|SiteDomain)"[^>]*>\s*')
_FEEDS = re.compile(r'<a href="[^"]*feeds/">[^<]*</a>')
_A = r'<a\b[^>]*?\bhref="(?![a-z][a-z0-9+.-]*:|#|/)([^"#?]*)[^"]*"[^>]*>((?:(?!</a>).)*)</a>'
_LINK, _ITEM = re.compile(_A, re.DOTALL), re.compile(rf"<li>\s*{_A}\s*</li>", re.DOTALL)


class OfficeShell:
    """Material's frame with the office's banner and navigation."""

    def __init__(self, root: Path) -> None:
        config = load_mkdocs_config(root)
        config["site_name"] = f"{config.site_name}（内部）"
        config["nav"] = [{title: url} for title, url in NAVIGATION.items()]
        config["extra"]["publisher"] = {**(config.extra.get("publisher") or {}), "search": False}
        self._shell = MaterialShell(config)
        self._own = root / "templates" / "internal" / "assets"

    def render(self, frame: Frame) -> str:
        """The frame of a layout with its slots, but for the one in the head."""
        written = _FEEDS.sub("", _FOR_OTHERS.sub("", self._shell.render(frame))).replace(slot("head"), _HEAD.format(base=frame.base), 1)
        banner = f'<aside class="internal-banner" aria-label="密级">{BANNER}</aside>'
        return written.replace('<header class="md-header', f'{banner}<header class="md-header', 1)

    def assets(self) -> list[Artifact]:
        """The theme's files and ours, and those of the internal pages."""
        return [*self._shell.assets(), *(copy_of(path, f"assets/{path.name}") for path in sorted(self._own.iterdir()) if path.is_file())]


class OfficeRenderer(Renderer):
    """Renders with the templates of ``templates/internal/pages`` before those of the site, which they may include as ``public/…``."""

    def _environment(self, folder: str) -> jinja2.Environment:
        is_new = folder not in self._environments
        environment = super()._environment(folder)
        if is_new and folder == "site/pages":
            own, public = (jinja2.FileSystemLoader(self._templates / name) for name in ("internal/pages", folder))
            environment.loader = jinja2.ChoiceLoader([own, public, jinja2.PrefixLoader({"public": public})])
        return environment


def make_renderer(settings: Settings, shell: OfficeShell) -> OfficeRenderer:
    """What renders the internal site."""
    return OfficeRenderer(settings.templates, Frames(site_words(settings), lambda: shell), "internal")


def unlink(page: str, path: str, known: Set[str]) -> str:
    """A page without links to what the internal site does not have, such as feeds: an item of a list goes, in a sentence the words stay.

    ``known`` are the files beside those below ``liaison/``, whose pages name each other only where they are.
    """
    folder = posixpath.dirname(path)
    is_office, to_office = folder.startswith("liaison/"), "../" * folder.count("/")

    def is_there(written: str) -> bool:
        if is_office and written not in (to_office, to_office[:-1]) and not written.startswith(f"{to_office}../"):
            return True  # it stays below liaison/, as many links of the office's pages do
        target = posixpath.normpath(posixpath.join(folder, unquote(written) or "."))
        return target in known or target.startswith("liaison/") or (f"{target}/index.html" if target != "." else "index.html") in known

    page = _ITEM.sub(lambda match: match[0] if is_there(match[1]) else "", page)
    return _LINK.sub(lambda match: match[0] if is_there(match[1]) else match[2], page)
