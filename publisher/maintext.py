"""A page of an official site in, its main text and a fingerprint of it out. Pure.

What stands around the text on every page of a site - banners, menus, links to other news, counters of readers, the hour - says
nothing of the document, so it is left out: elements that are never text, elements that call themselves by such a name, and of the
rest the container that holds most of the running text (after the idea of Readability). Spaces and full or half width do not count.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html.parser import HTMLParser

#: Elements that hold no running text, and names by which sites call what stands around it.
_PASSED_OVER = frozenset({"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select", "iframe", "svg", "head"})
_AROUND = re.compile(
    r"\b(?:banner|navi?|menu|head(?:er)?|foot(?:er)?|crumbs?|breadcrumb|share|related|recommend|side(?:bar)?|copyright|tools?(?:bar)?|ad|ads|advert|hot|rank|qrcode)\b"
)
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
#: What stands within a line; every other element begins a line of its own.
_INLINE = frozenset({"a", "abbr", "b", "bdo", "big", "cite", "code", "del", "em", "font", "i", "ins", "label", "mark", "q", "s", "small"})
_INLINE |= {"span", "strong", "sub", "sup", "time", "u"}
_PARAGRAPHS = frozenset({"p", "li", "td", "th", "dd", "dt", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
#: Lines within a text that change by themselves: counters, tools, the hour at which a page was made.
_FLEETING = re.compile(r"浏览|阅读次数|点击|访问量|字号|字体|打印|分享|扫一扫|收藏|当前位置|相关链接|责任编辑|生成时间|今天是")
#: A text shorter than this is no document: the page writes it by script, or it is a list of links.
LEAST = 60


class _Block:
    """One element: its words and the elements within, in their order."""

    def __init__(self, tag: str, parent: _Block | None) -> None:
        self.tag, self.parent = tag, parent
        self.parts: list[str | _Block] = []

    def lines(self) -> list[str]:
        """The text in its order, a line for each element that begins one."""
        found = [""]
        for part in self.parts:
            if isinstance(part, str):
                found[-1] += part
            elif part.tag in _INLINE:
                first, *rest = part.lines() or [""]
                found[-1] += first
                found += rest
            else:
                found += [*part.lines(), ""]
        return found

    def size(self) -> int:
        """How many Han characters stand in this element's own lines; those of links do not count."""
        own = "".join(part for part in self.parts if isinstance(part, str))
        inner = sum(part.size() for part in self.parts if isinstance(part, _Block) and part.tag in _INLINE and part.tag != "a")
        return len(re.sub(r"[^\u4e00-\u9fff]", "", own)) + inner


class _Reader(HTMLParser):
    """Collects blocks, and passes over what is not text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = self.here = _Block("html", None)
        self.blocks: list[_Block] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.here.parts += ["\n"] if tag == "br" and not self._hidden else []
            return
        words = " ".join(value or "" for name, value in attrs if name in ("class", "id", "role")).lower().replace("-", " ").replace("_", " ")
        if self._hidden or tag in _PASSED_OVER or (tag not in ("html", "body") and _AROUND.search(words)):
            self._hidden.append(tag)
            return
        block = _Block(tag, self.here)
        self.here.parts.append(block)
        self.here = block
        self.blocks.append(block)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:
                while self._hidden.pop() != tag:
                    pass
            return
        block: _Block | None = self.here
        while block and block.tag != tag:
            block = block.parent
        if block and block.parent:
            self.here = block.parent

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.here.parts.append(data)


def _plain(text: str) -> str:
    """A line without spaces and without the difference between full and half width."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def main_text(html: str) -> str:
    """The running text of a page, a line a paragraph; empty when there is none to speak of."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    scores: dict[int, float] = {}
    blocks = [block for block in [reader.top, *reader.blocks] if block.tag not in _INLINE]
    for block in blocks:
        size, share = block.size(), 1.0
        holder = block.parent if block.tag in _PARAGRAPHS else block
        while size and holder and share > 0.2:
            if holder.tag not in _INLINE:
                scores[id(holder)] = scores.get(id(holder), 0.0) + size * share
                share /= 2
            holder = holder.parent
    best = max(blocks, key=lambda block: scores.get(id(block), 0.0))
    lines = [line for line in map(_plain, best.lines()) if line]
    text = "\n".join(line for line in lines if not (len(line) < 40 and _FLEETING.search(line)))
    return text if len(text) >= LEAST else ""


def fingerprint(data: bytes, media_type: str, charset: str | None = None) -> str:
    """Of a page its main text, of anything else (a PDF) every byte; empty for a page without a text of its own."""
    if "html" not in media_type.lower():
        return _digest(data) if data else ""
    text = main_text(_decode(data, charset))
    return _digest(text.encode()) if text else ""


def _decode(data: bytes, charset: str | None) -> str:
    """The page as text: what it says itself, then UTF-8, then GB 18030, in which many official sites still write."""
    said = re.search(rb"charset=[\"']?([A-Za-z0-9_-]+)", data[:2048])
    for name in (charset, said[1].decode() if said else None, "utf-8", "gb18030"):
        try:
            return data.decode("gb18030" if (name or "").lower() in ("gb2312", "gbk") else name or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
