"""Markdown in, `Html` out: one dialect for pages, feeds and mail, rendered once and addressed later.

Comrak (CommonMark, GFM, footnotes, alerts, description lists, CJK-friendly emphasis) writes the HTML; one pass over it gives
Chinese anchors, Material's admonitions, joined Han lines, and leaves a slot wherever a link between entries or an image
stands, which `Html.address` fills. Raw HTML and script links never come through. What it does not do: decide what a link
leads to (`publisher.content.links`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

import comrak

#: A slot in the HTML, filled by `Html.address`; the control characters cannot occur in a text that passed the checks.
_SLOT = re.compile("\x02([LI])(\\d+)\x03")

#: Han, kana, CJK punctuation and full-width forms.
CJK = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u2014\u2018\u2019\u201c\u201d\u2026"
_INLINE = "</?(?:strong|em|del|a|code)(?: [^>]*)?>"
#: Compiled when a text has lines to join, which few have.
_ENDS_IN_HAN = f"[{CJK}](?:{_INLINE})*"
_BEGINS_WITH_HAN = f"(?:{_INLINE})*[{CJK}]"
#: All of them begin with "<", which lets the search skip from tag to tag.
_PARTS = re.compile(
    r'<h(?P<level>[1-6]) id="(?P<id>[^"]*)">(?P<heading>.*?)<a href="#[^"]*" aria-label="[^"]*" data-heading-content="[^"]*" class="anchor"></a></h[1-6]>'
    r'|<a href="(?P<auto>https?:[^"]*)">(?P<shown>https?:[^<]*)</a>'
    r'|<a href="(?P<href>[^"]*)"'
    r'|<img src="(?P<src>[^"]*)" alt="(?P<alt>[^"]*)"(?: title="(?P<title>[^"]*)")? />'
    r'|<div class="markdown-alert markdown-alert-(?P<alert>\w+)">\n<p class="markdown-alert-title">(?P<alert_title>[^<]*)</p>'
    r'|<li><input type="checkbox" (?P<checked>checked="" )?disabled="" />'
    r"|<!-- raw HTML omitted -->",
    re.DOTALL,
)
_BACK_REFERENCE = re.compile(r'aria-label="Back to reference ([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
#: Characters that XML 1.0 cannot hold, and noncharacters that feed readers refuse.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ALERTS = {
    "note": ("note", "Note", "说明"),
    "tip": ("tip", "Tip", "提示"),
    "important": ("info", "Important", "重要"),
    "warning": ("warning", "Warning", "注意"),
    "caution": ("danger", "Caution", "当心"),
}
#: The classes that rendered Markdown bears and a theme may know.
CLASSES = ("admonition", "admonition-title", *(style for style, _, _ in _ALERTS.values()), "headerlink", "task-list-item", "footnotes", "footnote-ref")
_EXTERNAL = re.compile(r"(?:https?:)?//|mailto:|tel:|#", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a text: level 1 to 6, anchor, words."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image where readers find it: a URL relative to the site's root, width and height in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Html:
    """Rendered Markdown. ``links`` are the targets between files as written, ``images`` the (file, words) of each image."""

    raw: str = ""
    headings: tuple[Heading, ...] = ()
    links: tuple[str, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    omits_html: bool = False

    def address(self, link: Callable[[str], str | None], image: Callable[[str], Picture | None], base: str) -> str:
        """Fill the slots: ``link`` gives a URL for a written target or None to leave plain words; ``base`` leads to the site's root."""
        if not self.links and not self.images:
            return self.raw

        def fill(match: re.Match[str]) -> str:
            index = int(match[2])
            if match[1] == "L":
                url = link(self.links[index])
                return "" if url is None else f' href="{html.escape(url if _EXTERNAL.match(url) else base + url)}"'
            file, words = self.images[index]
            picture = image(file)
            if picture is None:
                return html.escape(words)
            size = f'width="{picture.width}" height="{picture.height}"'
            return f'<img src="{html.escape(base + picture.url)}" alt="{html.escape(words)}" {size} loading="lazy" decoding="async">'

        return _SLOT.sub(fill, self.raw)

    @property
    def text(self) -> str:
        """The words alone, one line a block."""
        return plain_text(_SLOT.sub("", self.raw))


@cache
def _options() -> tuple[comrak.ExtensionOptions, comrak.RenderOptions, comrak.RenderOptions]:
    extensions = comrak.ExtensionOptions()
    for name in ["alerts", "autolink", "cjk_friendly_emphasis", "description_lists", "footnotes", "strikethrough", "table", "tasklist"]:
        setattr(extensions, name, True)
    extensions.header_id_prefix = ""
    placed = comrak.RenderOptions()
    placed.sourcepos = True
    return extensions, comrak.RenderOptions(), placed


def render(text: str, anchor_prefix: str = "") -> Html:
    """Render Markdown. ``anchor_prefix`` keeps the anchors of several texts on one page apart."""
    if not text:
        return Html()
    extensions, plain, _ = _options()
    renderer = _Renderer(text, anchor_prefix)
    written = _PARTS.sub(renderer.part, comrak.render_markdown(text, extensions, None, plain))
    if "data-footnote" in written:
        written = _BACK_REFERENCE.sub(r'aria-label="回到正文引用\1"', written)
    if anchor_prefix and "data-footnote" in written:
        written = re.sub(r'(id="|href="#)(fn(?:ref)?-)', rf"\g<1>{anchor_prefix}\g<2>", written)
    return Html(_join_lines(written), tuple(renderer.headings), tuple(renderer.links), tuple(renderer.images), renderer.omits_html)


class _Renderer:
    """The one pass over Comrak's HTML."""

    def __init__(self, source: str, prefix: str) -> None:
        self.source, self.prefix = source, prefix
        self.headings: list[Heading] = []
        self.links: list[str] = []
        self.images: list[tuple[str, str]] = []
        self.omits_html = False

    def part(self, match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind is None and match[0].startswith("<!--"):
            self.omits_html = True
            return ""
        if match["level"]:
            return self._heading(match)
        if match["auto"]:
            return self._autolink(match)
        if match["href"] is not None:
            return self._link(match["href"])
        if match["src"] is not None:
            self.images.append((unquote(html.unescape(match["src"])), html.unescape(match["alt"])))
            return f"\x02I{len(self.images) - 1}\x03"
        if match["alert"]:
            style, english, chinese = _ALERTS[match["alert"]]
            title = chinese if match["alert_title"] == english else match["alert_title"]
            return f'<div class="admonition {style}">\n<p class="admonition-title">{title}</p>'
        state = "checked " if match["checked"] else ""
        label = "已完成" if state else "未完成"
        return f'<li class="task-list-item"><input type="checkbox" {state}disabled aria-label="{label}">'

    def _heading(self, match: re.Match[str]) -> str:
        level, anchor = int(match["level"]), self.prefix + match["id"]
        inner = _PARTS.sub(self.part, match["heading"])
        words = plain_text(_SLOT.sub("", inner))
        self.headings.append(Heading(level, html.unescape(anchor), words))
        mark = f'<a class="headerlink" href="#{anchor}" aria-label="本节链接：{html.escape(words)}">¶</a>'
        return f'<h{level} id="{anchor}">{inner}{mark}</h{level}>'

    def _autolink(self, match: re.Match[str]) -> str:
        """A bare address ends where Chinese begins, unless angle brackets hold it together."""
        shown = html.unescape(match["shown"])
        cut = re.search(f"[{CJK}]", shown)
        if not cut or f"<{shown}>" in self.source or f"]({shown}" in self.source:
            return match[0]
        url = shown[: cut.start()].rstrip(".,;:!?")
        return f'<a href="{html.escape(url)}">{html.escape(url)}</a>{html.escape(shown[len(url) :])}'

    def _link(self, href: str) -> str:
        if href and _EXTERNAL.match(href):
            return f'<a href="{href}"'
        if not href:
            return "<a"
        self.links.append(unquote(html.unescape(href)))
        return f"<a\x02L{len(self.links) - 1}\x03"


def _join_lines(written: str) -> str:
    """Take out the line ends between Han, which browsers would draw as a space; code blocks stay."""
    if "<pre" not in written:
        return _join(written)
    parts = re.split(r"(<pre.*?</pre>)", written, flags=re.DOTALL)
    return "".join(part if part.startswith("<pre") else _join(part) for part in parts)


def _join(written: str) -> str:
    lines = written.split("\n")
    joined = lines[:1]
    for line in lines[1:]:
        before = joined[-1]
        # Nearly every line ends with the tag of a block: only its last sign is looked at.
        if before[-1:] > "\u2e7f" or (before[-1:] == ">" and not before.endswith(_BLOCK_ENDS)):
            tail = before[_last_words(before) :]
            if re.fullmatch(_ENDS_IN_HAN, tail) and re.match(_BEGINS_WITH_HAN, line):
                joined[-1] = before + line
                continue
        joined.append(line)
    return "\n".join(joined)


_BLOCK_ENDS = ("p>", "li>", "ul>", "ol>", "h1>", "h2>", "h3>", "h4>", "td>", "th>", "tr>", "table>", "tbody>", "thead>", "div>", "br />")


def _last_words(line: str) -> int:
    """Where the last sign of a line begins, before the inline tags that follow it."""
    at = len(line)
    while line[at - 1 : at] == ">" and (start := line.rfind("<", 0, at)) >= 0 and re.fullmatch(_INLINE, line[start:at]):
        at = start
    return at - 1


def plain_text(written: str) -> str:
    """The words of some HTML: tags out, entities in, white space folded."""
    if "<" not in written and "&" not in written and "\n" not in written:
        return " ".join(written.split())
    without_marks = re.sub(r'<a class="headerlink".*?</a>', "", written)
    spaced = re.sub(r"</(?:p|li|h[1-6]|td|th|dt|dd|tr|pre)>", "\n", without_marks)
    lines = html.unescape(_TAG.sub("", spaced)).split("\n")
    return "\n".join([" ".join(words) for line in lines if (words := line.split())])


def clean_text(text: str) -> str:
    """Take out what XML, mail headers and readers cannot hold; line and paragraph separators become spaces."""
    return _UNPRINTABLE.sub("", text.replace("\u2028", " ").replace("\u2029", " "))


def excerpt(text: str, length: int = 110) -> str:
    """The beginning of a text, ended at a sentence where one ends in time, else with ……."""
    flat = "".join(text.split("\n"))
    if len(flat) <= length:
        return flat
    end = max(flat.rfind(sign, length // 2, length) for sign in "。！？")
    return flat[: end + 1] if end > 0 else flat[: length - 2] + "……"


@dataclass(frozen=True, slots=True)
class Place:
    """A link or an image in a source text: ``kind`` the element (a, img, h1 to h6); line and column from 0; the target as written."""

    kind: str
    line: int
    column: int
    target: str
    words: str


_PLACED = re.compile(r'<(?P<tag>a|img|h1|h2|h3|h4|h5|h6)\b(?P<attributes>[^>]*?)data-sourcepos="(?P<line>\d+):(?P<column>\d+)-\d+:\d+"(?P<more>[^>]*)>')


def places(text: str) -> Iterator[Place]:
    """Where each link, image and heading stands; slower than `render` and only asked when a problem needs its place."""
    extensions, _, placed = _options()
    lines = text.split("\n")
    for match in _PLACED.finditer(comrak.render_markdown(text, extensions, None, placed)):
        attributes = match["attributes"] + match["more"]
        target = re.search(r'(?:href|src)="([^"]*)"', attributes)
        words = re.search(r'alt="([^"]*)"', attributes)
        line = int(match["line"]) - 1
        raw = lines[line].encode() if line < len(lines) else b""
        column = len(raw[: int(match["column"]) - 1].decode("utf-8", "ignore"))  # Comrak counts bytes
        yield Place(
            match["tag"],
            line,
            column,
            unquote(html.unescape(target[1])) if target else "",
            html.unescape(words[1]) if words else "",
        )


_RAW_HTML = re.compile(r"(?<!\\)</?[A-Za-z][^>\n]*>|<!--.*?(?:-->|$)|<[!?][^>\n]*>", re.MULTILINE)
_CODE = re.compile(r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=fence)[`~]*[ \t]*$|(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)", re.MULTILINE | re.DOTALL)


_INDENTED = re.compile(r"(?:(?<=\n\n)|\A)(?: {4}|\t)[^\n]*(?:\n+(?: {4}|\t)[^\n]*)*")


def without_code(text: str) -> str:
    """The text with code blanked out, every other character in its place."""
    if "`" not in text and "~~~" not in text:
        return text
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def raw_html(text: str) -> Iterator[tuple[int, int, str]]:
    """The raw HTML of a text as (line, column, words), from 0."""
    blank = _INDENTED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), without_code(text))
    for match in _RAW_HTML.finditer(blank):
        if not re.match(r"<(?:https?|mailto|tel|site):", match[0]):
            line = blank.count("\n", 0, match.start())
            yield line, match.start() - (blank.rfind("\n", 0, match.start()) + 1), match[0]
