"""Artifacts in, bytes out: the one place where templates run. It writes nothing and knows no content model."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import orjson
from markupsafe import Markup, escape

from publisher.markup import plain_text
from publisher.problems import PublisherError
from publisher.site.artifacts import Artifact, View
from publisher.site.frames import Frames

if TYPE_CHECKING:
    from publisher.site.qr import QrCodes


class Renderer:
    """Makes the bytes of artifacts from ``templates/site/pages`` and ``templates/email`` and a shell."""

    def __init__(self, templates: Path, frames: Frames | None, program: str, cache: Path | None = None) -> None:
        self._given_frames, self._program, self._cache = frames, program, cache
        self._templates = templates.resolve()  # a compiled template is kept under its address, whatever folder a build is started in
        self._environments: dict[str, jinja2.Environment] = {}
        self._qr_codes: QrCodes | None = None

    @property
    def _frames(self) -> Frames:
        """The frames of pages; mails stand in none."""
        assert self._given_frames is not None
        return self._given_frames

    def prepare(self) -> None:
        """Compile every template of pages, so that several processes need not each do so; a faulty one is told when it is used."""
        environment = self._environment("site/pages")
        for name in environment.list_templates():
            with contextlib.suppress(jinja2.TemplateError):
                environment.get_template(name)

    def render(self, artifact: Artifact) -> bytes:
        """Make one file; a template that fails is a `PublisherError` that names the template and its line."""
        try:
            return self._recipes[artifact.recipe](artifact)
        except jinja2.TemplateSyntaxError as error:
            raise _template_failure(str(error.name or artifact.template), error.lineno, error.message or "") from error
        except (jinja2.TemplateError, TypeError, AttributeError, KeyError) as error:
            raise _template_failure(*_template_place(error, artifact.template), str(error)) from error
        except OSError as error:
            raise PublisherError(f"读不了 {error.filename}：{error.strerror}", f"cannot read {error.filename}: {error.strerror}") from error

    def fingerprint(self, artifact: Artifact) -> str:
        """What the bytes depend on: inputs, frame, and the templates and code of this program."""
        frame = self._frames.fingerprint(artifact.frame) if artifact.frame else ""
        return artifact.fingerprint(self._program, frame)

    @cached_property
    def _recipes(self) -> dict[str, Callable[[Artifact], bytes]]:
        return {
            "page": self._page,
            "template": self._template,
            "mail": self._mail,
            "json": lambda artifact: orjson.dumps(artifact.inputs["data"]),
            "copy": lambda artifact: Path(artifact.inputs["source"]).read_bytes(),
            "style": _render_style,
            "card": _render_card,
            "rss": _feed_writer("syndication", "render_rss"),
            "atom": _feed_writer("syndication", "render_atom"),
            "json-feed": _feed_writer("jsonfeed", "render_json_feed"),
            "opml": _feed_writer("opml", "render_opml"),
            "calendar": _feed_writer("calendar", "render_calendar"),
        }

    def _page(self, artifact: Artifact) -> bytes:
        frame = artifact.frame
        assert frame is not None
        template = self._environment("site/pages").get_template(artifact.template)
        address = self._frames.address(frame)
        content = _framed_tables(template.render(artifact.inputs, base=frame.base, section=frame.section, toc=frame.toc, address=address))
        if not frame.is_wide:
            frame = replace(frame, toc=headings_of(content, {anchor: words for _, anchor, words in frame.toc}))
        return self._frames.stamp(frame, content)

    def _template(self, artifact: Artifact) -> bytes:
        template = self._environment("site/pages").get_template(artifact.template)
        return template.render(artifact.inputs).encode()

    def mail_html(self, view: View) -> str:
        """A mail's HTML, with its styles in each element."""
        import css_inline

        return css_inline.inline(self._environment("email").get_template("digest.html").render(view), keep_style_tags=True, load_remote_stylesheets=False)

    def mail_text(self, view: View) -> str:
        """A mail's plain text."""
        return re.sub(r"\n{3,}", "\n\n", self._environment("email").get_template("digest.txt").render(view)).strip() + "\n"

    def _mail(self, artifact: Artifact) -> bytes:
        from publisher.digest.message import compose

        inputs = artifact.inputs
        if inputs["part"] == "html":
            return self.mail_html(inputs["view"]).encode()
        if inputs["part"] == "text":
            return self.mail_text(inputs["view"]).encode()
        html, text = self.mail_html(inputs["view"]), self.mail_text(inputs["view"])
        try:
            return compose(inputs["envelope"], html, text)
        except ValueError as error:
            raise PublisherError(f"简报太大，Gmail 会截断：{error}；请减少条目", f"the digest is too large: {error}") from error

    def _qr_path(self, address: str) -> tuple[int, str]:
        """What a template draws a QR code from: its width in modules and the path of the dark ones."""
        from publisher.site.qr import QrCodes

        if self._qr_codes is None:
            self._qr_codes = QrCodes()
        return self._qr_codes.path(address)

    def _bytecode_cache(self, folder: str) -> jinja2.BytecodeCache | None:
        """Where compiled templates are kept: compiling them takes longer than most quick builds."""
        if self._cache is None:
            return None
        place = self._cache / folder.replace("/", "-")
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None  # it only saves time
        return jinja2.FileSystemBytecodeCache(str(place))

    def _environment(self, folder: str) -> jinja2.Environment:
        if folder not in self._environments:
            environment = _Environment(
                loader=jinja2.FileSystemLoader(self._templates / folder),
                autoescape=jinja2.select_autoescape(("html", "xml"), default_for_string=True),
                undefined=jinja2.StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                auto_reload=False,
                bytecode_cache=self._bytecode_cache(folder),
            )
            environment.filters["wrap"] = _wrap
            environment.filters["clauses"] = _clauses
            environment.globals["kept"] = _Kept()
            environment.globals["qr_path"] = self._qr_path
            self._environments[folder] = environment
        return self._environments[folder]


class _Environment(jinja2.Environment):
    """Jinja's environment, asking mappings first: nearly all that our templates see are mappings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._found: dict[str, jinja2.Template] = {}

    def get_template(self, name: str | jinja2.Template, parent: str | None = None, globals: Any = None) -> jinja2.Template:  # noqa: A002  # Jinja's name
        """A template by its name, asked for once: a page asks for a dozen parts, and no template changes within a build."""
        found = self._found.get(name) if globals is None and type(name) is str else None
        if found is None:
            found = super().get_template(name, parent, globals)
            if globals is None and type(name) is str:
                self._found[name] = found
        return found

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What ``obj.attribute`` means in a template."""
        try:
            return obj[attribute]
        except (TypeError, LookupError):
            return super().getattr(obj, attribute)

    def make_globals(self, d: Any) -> Any:
        """The names every template sees, as a plain mapping: Jinja's chain of mappings is walked anew for each page."""
        return {**self.globals, **(d or {})}


class _Kept:
    """``kept(macro, item, base, …)``: what a macro writes of an item, written once and then only moved to another base.

    A card stands on eight pages on average. Within one build the address of an item says which it is.
    """

    _BASE = "\x00"

    def __init__(self) -> None:
        self._written: dict[tuple[Any, ...], str] = {}

    def __call__(self, macro: Any, item: Any, base: str, *settings: Any) -> Markup:
        key = (macro.name, item["url"], *settings)
        if key not in self._written:
            self._written[key] = str(macro(item, self._BASE, *settings))
        return Markup(self._written[key].replace(self._BASE, base))  # noqa: S704  # written by a template that escapes


def _render_style(artifact: Artifact) -> bytes:
    """The rules of style sheets that our pages use; the parser is loaded when the theme has changed, and in a clean build."""
    from publisher.site.styles import trim

    whole = "".join([Path(source).read_text(encoding="utf-8") for source in artifact.inputs["sources"]])
    return trim(whole, frozenset(artifact.inputs["names"])).encode()


def _render_card(artifact: Artifact) -> bytes:
    """A card for sharing; Pillow is slow to load, and few sites want cards."""
    from publisher.site.share import find_font, render_card

    return render_card(**artifact.inputs, font=find_font())


def _feed_writer(module: str, function: str) -> Callable[[Artifact], bytes]:
    """What writes a feed format, imported when the first file of the format is written: such libraries are slow to load."""

    def write(artifact: Artifact) -> bytes:
        writer = getattr(import_module(f"publisher.feeds.{module}"), function)
        data: bytes = writer(**artifact.inputs)
        return data

    return write


def _wrap(text: str, indent: str = "") -> str:
    """The filter for mail in plain text."""
    from publisher.digest.plaintext import wrap

    return wrap(text, indent)


#: Where a title may end a line: after a stop, before what stands in brackets.
_CLAUSE = re.compile(r"(?<=[：，；。！？])(?!$)|(?<!^)(?=[（《〔])")


def _clauses(title: str) -> Markup:
    """The filter for titles: their clauses in elements that wrap as a whole, because no browser knows Chinese words."""
    parts = _CLAUSE.split(str(escape(title)))  # no reference of HTML holds one of the marks
    return Markup(parts[0] if len(parts) == 1 else "".join(f'<span class="clause">{part}</span>' for part in parts))  # noqa: S704


def _framed_tables(content: str) -> str:
    """Tables of texts in a box that scrolls within and takes the focus, so that a keyboard gets to columns that a phone has no room for."""
    opened = content.replace("<table>", '<div class="table-scroll" tabindex="0" role="group" aria-label="表格"><table class="sheet">')
    return opened.replace("</table>", "</table></div>")


_HEADING = re.compile(r'<h([23])[^>]* id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_DECORATION = re.compile(r'<(span|svg)\b[^>]*aria-hidden="true"[^>]*>.*?</\1>', re.DOTALL)


def headings_of(content: str, known: Mapping[str, str]) -> tuple[tuple[int, str, str], ...]:
    """The sections of a page for its table of contents: those of the template and of the text alike, as (level, anchor, words).

    The words of anchors that are ``known`` are not taken from the HTML again.
    """
    found: list[tuple[int, str, str]] = []
    for level, written, inner in _HEADING.findall(content):
        anchor = unescape(written)
        if anchor != "related":
            found.append((int(level), anchor, known[anchor] if anchor in known else plain_text(_DECORATION.sub("", inner))))
    return tuple(found)


def _template_failure(name: str, line: int, message: str) -> PublisherError:
    return PublisherError(f"模板 {name} 第{line}行出错：{message}", f"template {name}, line {line}: {message}")


def _template_place(error: BaseException, fallback: str) -> tuple[str, int]:
    """The template and line at which an error was raised, from its traceback."""
    place = (fallback, 0)
    trace = error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith((".html", ".txt", ".xml")):
            place = (Path(file).name, trace.tb_lineno)
        trace = trace.tb_next
    return place
