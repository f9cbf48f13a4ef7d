"""Every page of the demo site as machines read it: the Nu HTML checker finds no error, and every address of every file resolves."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest

from tests.layouts import checker
from tests.project import Project

SITE = "https://example.com/"
#: Attributes that hold an address, and those that hold several.
_ADDRESSES = ("href", "src", "action", "poster", "data", "formaction")
#: What a feed or a calendar says an address in.
_IN_TEXT = re.compile(r"https://example\.com/[^\s\"'<>\\)）。，；,;]*")


def test_the_nu_checker_reports_no_error(demo: Project) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("no java found (Debian package default-jre-headless)")
    jar = checker("vnu-jar/build/dist/vnu.jar")
    # A mail is HTML for mail programs, Outlook's own words included; it is held to its own rules in test_digest.py.
    pages = [str(path) for path in demo.out.rglob("*.html") if path.name != "digest.html"]
    images = [str(path) for path in demo.out.rglob("*.svg")]
    assert len(pages) > 100
    done = subprocess.run(
        [java, "-Xss4m", "-jar", str(jar), "--format", "json", "--errors-only", "--also-check-svg", "--stdout", *pages, *images],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = [f"{Path(row['url']).parent.name}: {row['message']} {row.get('extract', '')}" for row in json.loads(done.stdout)["messages"]]
    assert found == []


def test_every_address_of_every_page_resolves(demo: Project) -> None:
    files = demo.files()
    trees = {name: html5lib.parse(data, namespaceHTMLElements=False) for name, data in files.items() if name.endswith(".html")}
    anchors = {name: {element.get("id") for element in tree.iter() if element.get("id")} for name, tree in trees.items()}
    count = 0
    for name, tree in trees.items():
        for element in tree.iter():
            for attribute in _ADDRESSES:
                written = element.get(attribute)
                if written is None or element.tag == "form" or (name == "404.html" and written.startswith("#")):
                    continue
                count += _resolves(urljoin(SITE + name, written), name, files, anchors)
            for part in (element.get("srcset") or "").split(","):
                count += _resolves(urljoin(SITE + name, part.split()[0]), name, files, anchors) if part.strip() else 0
    assert count > 5000


def test_every_address_of_every_feed_calendar_and_sitemap_resolves(demo: Project) -> None:
    files = demo.files()
    anchors = {name: set(re.findall(r'\bid="([^"]+)"', data.decode())) for name, data in files.items() if name.endswith(".html")}
    count = 0
    for name, data in files.items():
        if not name.endswith((".xml", ".json", ".ics", ".opml", ".txt")):
            continue
        if name.startswith("search/"):
            continue  # the index holds words, packed; tests/test_search_site.py asks it
        text = data.decode()
        if name.endswith(".ics"):
            text = text.replace("\r\n ", "")
        if name.endswith((".xml", ".opml")):
            ElementTree.fromstring(text)
        for url in _IN_TEXT.findall(text):
            count += _resolves(url.replace("&amp;", "&").rstrip("."), name, files, anchors)
    assert count > 1000


def _resolves(address: str, name: str, files: dict[str, bytes], anchors: dict[str, set[str]]) -> int:
    """1 for an address of ours that leads somewhere, 0 for one of another site; fails otherwise."""
    url = urlsplit(address)
    if url.scheme not in ("http", "https") or url.netloc != "example.com":
        return 0
    if url.path == "/u/TOKEN":  # the placeholder that unsubscribing will replace
        return 0
    path = unquote(url.path).lstrip("/")
    target = f"{path}index.html" if path.endswith("/") or not path else path
    assert target in files, f"{name} leads to {address}"
    if url.fragment and target in anchors:
        assert unquote(url.fragment) in anchors[target], f"{name} leads to {address}"
    return 1
