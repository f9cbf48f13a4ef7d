"""A list of feeds in, OPML 2.0 bytes out, for importing all of them into a feed reader at once."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from publisher.feeds.feed import Outline
from publisher.markup import clean_text


def render_opml(title: str, outlines: Sequence[Outline]) -> bytes:
    """OPML 2.0: ``text`` on every outline, ``type="rss"`` and ``xmlUrl`` on every feed."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = clean_text(title)
    body = SubElement(root, "body")
    groups: dict[str, Element] = {}
    for outline in outlines:
        if outline.group not in groups:
            groups[outline.group] = SubElement(body, "outline", text=clean_text(outline.group))
        words = {"text": clean_text(outline.title), "title": clean_text(outline.title), "type": "rss"}
        urls = {"xmlUrl": outline.xml_url, "htmlUrl": outline.html_url}
        extra = {"description": clean_text(outline.description)} if outline.description else {}
        SubElement(groups[outline.group], "outline", words | urls | extra)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
