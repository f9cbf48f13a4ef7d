"""Each publisher of the comparison: how it is installed, set up, run, and what of a site it wrote.

The site of a peer, in ``bench/sites/``, is as lean as it can be and still have entry pages, paginated lists, tag pages and feeds. Ours is
the project's own ``mkdocs.yml`` and templates with nothing left out.
"""

from __future__ import annotations

import platform
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bench import formats
from bench.corpus import LAST, Corpus, Entry
from bench.measure import CommandError

HERE = Path(__file__).parent
PROJECT = HERE.parent


class Peer:
    """A publisher with a site of its own below a work folder; the defaults fit one that is installed with pip."""

    name: str
    #: Its packages, whose versions `bench/constraints.txt` says; the first is the peer itself.
    packages: tuple[str, ...] = ()
    #: Whether it is fast enough to be run again and again.
    is_quick = False
    #: Whether it has a way of building again in a new process that can cost less than building all.
    rebuilds = True
    #: The folder of the site that entries are written to, and the one it builds into.
    content = "content"
    out = "public"
    #: What else a build leaves behind, removed before a clean build.
    traces: tuple[str, ...] = ()

    def __init__(self, work: Path, size: int) -> None:
        self.tools = work / "tools" / self.name
        self.root = work / f"sites-{size}" / self.name

    def format(self, entry: Entry) -> tuple[str, str]:
        """The file of an entry."""
        raise NotImplementedError

    def install(self) -> None:
        """Make a virtual environment with the pinned versions, once; each peer has its own, since they disagree about what they need."""
        stamp = self.tools / ".installed"
        wanted = (HERE / "constraints.txt").read_text(encoding="utf-8")
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        shutil.rmtree(self.tools, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(self.tools)])
        pip = [str(self.tools / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--constraint", str(HERE / "constraints.txt"), *self.packages])
        stamp.write_text(wanted, encoding="utf-8")

    def version(self) -> str:
        """The versions that are compared, as people say them."""
        code = f"import importlib.metadata as m; print(*(f'{{p}} {{m.version(p)}}' for p in {self.packages!r}), sep=', ')"
        return run([str(self.tools / "bin" / "python"), "-c", code]).strip()

    def set_up(self, corpus: Corpus) -> None:
        """Write the site and all entries anew."""
        shutil.rmtree(self.root, ignore_errors=True)
        self._write_site()
        for entry in corpus:
            self.write(entry)

    def _write_site(self) -> None:
        shutil.copytree(HERE / "sites" / self.name, self.root)

    def write(self, entry: Entry) -> Path:
        """Write one entry's file."""
        name, text = self.format(entry)
        path = self.root / self.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    @property
    def command(self) -> Sequence[str]:
        """The command that builds, in `root`."""
        raise NotImplementedError

    @property
    def rebuild_command(self) -> Sequence[str]:
        """The command that builds again over what the last one left; for most it is the one that builds."""
        return self.command

    def forget(self) -> None:
        """Remove all that builds have left."""
        for name in (self.out, *self.traces):
            shutil.rmtree(self.root / name, ignore_errors=True)

    def page(self, entry: Entry) -> str:
        """The file of an entry's page below `out`."""
        return f"{entry.folder}/{entry.id}/index.html"

    def wrote(self, corpus: Corpus) -> Counter[str]:
        """What is in the built site, by sort: entry pages, other pages, feeds and calendars, other files; and files, bytes."""
        entries = {self.page(entry) for entry in corpus}
        found: Counter[str] = Counter()
        for path in (self.root / self.out).rglob("*"):
            if not path.is_file():
                continue
            name = path.relative_to(self.root / self.out).as_posix()
            found["files"] += 1
            found["bytes"] += path.stat().st_size
            found[_sort_of(name, is_entry=name in entries)] += 1
        return found


def _sort_of(name: str, *, is_entry: bool) -> str:
    if is_entry:
        return "entries"
    if name.endswith(".html"):
        return "lists"
    is_feed = name.endswith((".xml", ".atom", ".ics", ".opml")) or name.rsplit("/", 1)[-1].startswith("feed")
    return "feeds" if is_feed and not name.endswith("sitemap.xml") else "others"


def run(command: Sequence[str], cwd: Path | None = None) -> str:
    """Run a command of the preparation and give what it printed."""
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise CommandError(f"{' '.join(command)} ended with {done.returncode}\n{done.stdout[-1_000:]}{done.stderr[-2_000:]}")
    return done.stdout


class Ours(Peer):
    """The publisher of this project: its own settings and templates, run as ``python -m publisher build``."""

    name = "ours"
    is_quick = True
    out = "site"
    traces = ("var",)

    def format(self, entry: Entry) -> tuple[str, str]:
        return formats.ours(entry)

    def install(self) -> None:
        """It is installed already: it is what runs this."""

    def version(self) -> str:
        return run([sys.executable, "-m", "publisher", "--version"]).strip()

    def _write_site(self) -> None:
        self.root.mkdir(parents=True)
        shutil.copy(PROJECT / "mkdocs.yml", self.root)
        shutil.copytree(PROJECT / "templates", self.root / "templates")
        content = self.root / self.content
        (content / "taxonomy").mkdir(parents=True)
        (content / "taxonomy" / "tags.yml").write_text(formats.our_tags(), encoding="utf-8", newline="\n")
        (content / "pages").mkdir()
        for name, title in (("about", "关于"), ("subscribe", "订阅")):  # the navigation names these two
            text = f"---\n标题: {title}\n发布时间: 2016-11-01 09:00\n---\n\n示例页面。\n"
            (content / "pages" / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")

    def verb(self, verb: str, *options: str) -> list[str]:
        """A command of ours on this site at the corpus's time."""
        return [sys.executable, "-m", "publisher", verb, "--root", str(self.root), "--as-of", f"{LAST:%Y-%m-%d}", *options]

    @property
    def command(self) -> Sequence[str]:
        return self.verb("build")


class WithoutSearch(Ours):
    """The same with search set off: what is left over is what search costs."""

    name = "plain"

    def _write_site(self) -> None:
        super()._write_site()
        config = self.root / "mkdocs.yml"
        lines = config.read_text(encoding="utf-8").replace("\n  publisher:\n", "\n  publisher:\n    search: false\n", 1)
        config.write_text(lines, encoding="utf-8", newline="\n")


class Floor(Ours):
    """No publisher: the least that one in Python does with our sources (`bench.floor`), beside which the table is read."""

    name = "floor"
    rebuilds = False
    is_quick = False

    def version(self) -> str:
        return f"Python {platform.python_version()}, comrak {version('comrak')}, pyyaml {version('pyyaml')}"

    @property
    def command(self) -> Sequence[str]:
        return [sys.executable, "-m", "bench.floor", str(self.root)]


class Hugo(Peer):
    """Hugo, from the package that carries its binary."""

    name = "hugo"
    packages: tuple[str, ...] = ("hugo",)
    is_quick = True
    traces = ("cache", "resources")

    def format(self, entry: Entry) -> tuple[str, str]:
        return formats.hugo(entry)

    @property
    def command(self) -> Sequence[str]:
        # The binary itself: the package's own entry point would first start Python.
        (binary,) = self.tools.glob("lib/python*/site-packages/hugo/binaries/hugo")
        return [str(binary), "--quiet", "--cacheDir", str(self.root / "cache")]


class Pagefind(Hugo):
    """Hugo, then Pagefind over its pages, in the build of it that cuts Chinese into words: the usual search of a static site."""

    name = "pagefind"
    packages = ("hugo", "pagefind", "pagefind_bin_extended")
    is_quick = False
    rebuilds = False

    def _write_site(self) -> None:
        shutil.copytree(HERE / "sites" / Hugo.name, self.root)

    @property
    def command(self) -> Sequence[str]:
        (binary,) = self.tools.glob("lib/python*/site-packages/pagefind_bin_extended/pagefind*")
        both = [*super().command, "&&", str(binary), "--quiet", "--site", self.out]
        return ["sh", "-c", " ".join(part if part == "&&" else shlex.quote(part) for part in both)]


class Material(Peer):
    """mkdocs-material with its blog, tags and search plugins, and mkdocs-rss-plugin."""

    name = "material"
    packages = ("mkdocs-material", "mkdocs", "mkdocs-rss-plugin")
    content = "docs"
    out = "site"
    traces = (".cache",)
    rebuilds = False  # `--dirty` skips the blog's lists

    def format(self, entry: Entry) -> tuple[str, str]:
        return formats.material(entry)

    @property
    def command(self) -> Sequence[str]:
        return [str(self.tools / "bin" / "mkdocs"), "build", "--quiet"]

    def page(self, entry: Entry) -> str:
        return f"blog/{entry.published:%Y/%m/%d}/{entry.id}/index.html"


class Pelican(Peer):
    """Pelican with templates of our own."""

    name = "pelican"
    packages = ("pelican", "Markdown")
    out = "output"
    traces = ("cache", "__pycache__")

    def format(self, entry: Entry) -> tuple[str, str]:
        return formats.pelican(entry)

    @property
    def command(self) -> Sequence[str]:
        return [str(self.tools / "bin" / "pelican"), "--quiet", "--settings", "pelicanconf.py", self.content]

    @property
    def rebuild_command(self) -> Sequence[str]:
        # Its content cache halves a second build but costs a first one time, so it is on here only.
        return [*self.command, "--extra-settings", "CACHE_CONTENT=true", "LOAD_CONTENT_CACHE=true"]


class Eleventy(Peer):
    """Eleventy with its rss plugin, from npm."""

    name = "eleventy"
    packages = ("@11ty/eleventy", "@11ty/eleventy-plugin-rss")
    out = "_site"
    rebuilds = False  # what it keeps between builds, it keeps in its watcher's memory

    def format(self, entry: Entry) -> tuple[str, str]:
        return formats.eleventy(entry)

    def install(self) -> None:
        wanted = (HERE / "package.json").read_text(encoding="utf-8")
        stamp = self.tools / ".installed"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        shutil.rmtree(self.tools, ignore_errors=True)
        self.tools.mkdir(parents=True)
        (self.tools / "package.json").write_text(wanted, encoding="utf-8")
        run(["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"], cwd=self.tools)
        stamp.write_text(wanted, encoding="utf-8")

    def version(self) -> str:
        code = "for (const p of process.argv.slice(1)) console.log(p, require('./node_modules/' + p + '/package.json').version)"
        return ", ".join(run(["node", "-e", code, *self.packages], cwd=self.tools).split("\n")).strip(", ")

    def _write_site(self) -> None:
        super()._write_site()
        (self.root / "node_modules").symlink_to(self.tools / "node_modules")

    @property
    def command(self) -> Sequence[str]:
        return ["node", str(self.tools / "node_modules" / "@11ty" / "eleventy" / "cmd.cjs"), "--quiet"]


#: In the order of the table.
PEERS: dict[str, type[Peer]] = {peer.name: peer for peer in (Ours, WithoutSearch, Floor, Hugo, Pagefind, Pelican, Eleventy, Material)}
