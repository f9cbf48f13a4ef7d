"""Feeds, calendars and OPML of the demo site, read back as readers read them and held against the specifications."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import feedparser
import html5lib
import icalendar
import pytest

from tests.project import Project

ATOM = "{http://www.w3.org/2005/Atom}"
#: Attributes and elements that the W3C feed validator lets pass in content (its own lists, shortened to what we may write).
SAFE_ATTRIBUTES = {"href", "src", "alt", "title", "width", "height", "id", "class", "start", "align", "type", "checked", "disabled", "colspan", "rowspan"}
SAFE_ELEMENTS = set(
    "a p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tr th td strong em del code pre blockquote img input div section sup br hr".split()
)


def rss_files(demo: Project) -> list[str]:
    return [path for path in demo.files() if path.endswith("rss.xml")]


def test_there_is_a_feed_for_everything_each_kind_industry_and_tag(demo: Project) -> None:
    found = {path.removesuffix("rss.xml") for path in rss_files(demo)}
    assert {"", "news/", "policies/", "matchmaking/", "guides/", "events/", "enterprises/"} <= found
    assert sum(path.startswith("tags/") for path in found) >= 10
    assert sum(path.startswith("industries/") for path in found) >= 10
    for folder in found:
        assert (demo.out / folder / "atom.xml").is_file()
        assert (demo.out / folder / "feed.json").is_file()
        assert (demo.out / folder / "index.html").is_file()


def test_every_feed_reads_back_without_complaint(demo: Project) -> None:
    for path, data in demo.files().items():
        if not path.endswith(("rss.xml", "atom.xml")):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = feedparser.parse(data)
        assert not parsed.bozo, (path, parsed.get("bozo_exception"))
        assert 0 < len(parsed.entries) <= 50
        assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)
        times = [entry.published_parsed for entry in parsed.entries if not entry.title.startswith("【已撤回】")]
        assert times == sorted(times, reverse=True), path
        assert all(entry.link.startswith("https://example.com/") for entry in parsed.entries)
        assert all(entry.id.startswith("tag:example.com,2026:") for entry in parsed.entries)
        assert all(entry.updated_parsed >= entry.published_parsed for entry in parsed.entries if path.endswith("atom.xml"))


def test_rss_has_what_the_advisory_board_asks(demo: Project) -> None:
    for path in rss_files(demo):
        channel = ElementTree.fromstring((demo.out / path).read_bytes()).find("channel")
        assert channel is not None
        self_link = channel.find(f"{ATOM}link")
        assert self_link is not None
        assert self_link.get("rel") == "self"
        assert self_link.get("href") == f"https://example.com/{path}"
        assert channel.findtext("link") == f"https://example.com/{path.removesuffix('rss.xml')}"
        assert channel.findtext("language") == "zh-CN"
        assert (channel.findtext("ttl") or "").isdigit()
        for item in channel.findall("item"):
            names = [child.tag for child in item]
            guid = item.find("guid")
            assert guid is not None
            assert guid.get("isPermaLink") == "false"
            encoded = "{http://purl.org/rss/1.0/modules/content/}encoded"
            if encoded in names:
                assert names.index("description") < names.index(encoded)
            assert "<" not in (item.findtext("title") or "")


def test_atom_links_keep_rel_and_type(demo: Project) -> None:
    root = ElementTree.fromstring((demo.out / "atom.xml").read_bytes())
    entries = root.findall(f"{ATOM}entry")
    assert entries
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert (link.get("rel"), link.get("type")) == ("alternate", "text/html")


def test_no_two_entries_of_an_atom_feed_changed_at_the_same_second(demo: Project) -> None:
    for path in demo.files():
        if path.endswith("atom.xml"):
            updated = [entry.updated for entry in feedparser.parse(demo.read(path)).entries]
            assert len(updated) == len(set(updated)), path


def contents(demo: Project) -> list[tuple[str, str]]:
    rows = []
    for path in demo.files():
        if path.endswith("feed.json"):
            rows += [(path, item["content_html"]) for item in json.loads(demo.read(path))["items"]]
    return rows


def test_content_is_whole_safe_and_absolute(demo: Project) -> None:
    rows = contents(demo)
    assert len(rows) > 100
    for path, content in {content: (path, content) for path, content in rows}.values():
        parser = html5lib.HTMLParser(strict=True)
        for element in parser.parseFragment(f"<div>{content}</div>").iter():
            if not isinstance(element.tag, str):
                continue
            name = element.tag.split("}")[-1]
            assert name in SAFE_ELEMENTS | {"DOCUMENT_FRAGMENT"}, (path, name)
            assert set(element.attrib) <= SAFE_ATTRIBUTES | {"data-footnote-ref"}, (path, element.attrib)
            for attribute in ("href", "src"):
                url = element.get(attribute)
                assert url is None or urljoin("https://elsewhere.example/", url) == url, (path, url)


def test_json_feeds_say_what_version_1_1_asks(demo: Project) -> None:
    for path in demo.files():
        if not path.endswith("feed.json"):
            continue
        feed = json.loads(demo.read(path))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert feed["feed_url"] == f"https://example.com/{path}"
        for item in feed["items"]:
            assert isinstance(item["id"], str)
            assert item["content_html"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", item["date_published"])


def test_opml_names_every_feed(demo: Project) -> None:
    root = ElementTree.fromstring((demo.out / "feeds.opml").read_bytes())
    assert root.get("version") == "2.0"
    outlines = list(root.iter("outline"))
    assert all(outline.get("text") for outline in outlines)
    feeds = [outline for outline in outlines if outline.get("xmlUrl")]
    assert all(outline.get("type") == "rss" for outline in feeds)
    # An enterprise's own feed is named on its page only: a thousand of them would bury the others.
    named = {path for path in rss_files(demo) if not re.fullmatch(r"enterprises/[^/]+/rss\.xml", str(path))}
    assert {outline.get("xmlUrl") for outline in feeds} == {f"https://example.com/{path}" for path in named}


def test_a_new_title_keeps_the_identity(project: Project) -> None:
    project.news("a").build()
    before = feedparser.parse(project.read("rss.xml")).entries[0]
    project.edit("content/news/a.md", "标题: 消息a", "标题: 全新的标题\n更新时间: 2026-11-22").build()
    after = feedparser.parse(project.read("rss.xml")).entries[0]
    assert (before.id, before.link) == (after.id, after.link)
    atom = feedparser.parse(project.read("atom.xml")).entries[0]
    assert atom.updated == "2026-11-22T00:00:00+08:00"
    assert atom.published == "2026-11-20T09:00:00+08:00"


def test_fifty_entries_newest_first(project: Project) -> None:
    for number in range(60):
        project.news(f"n{number:02d}", 发布时间=f"2026-10-01 {number // 60:02d}:{number % 60:02d}")
    project.build()
    entries = feedparser.parse(project.read("news/atom.xml")).entries
    assert [entry.id.rsplit("/", 1)[1] for entry in entries] == [f"n{number:02d}" for number in range(59, 9, -1)]


@pytest.mark.parametrize("path", ["calendar/policies.ics", "calendar/events.ics"])
def test_calendars(demo: Project, path: str) -> None:
    data = (demo.out / path).read_bytes()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    data.decode()  # no character is cut by folding
    calendar = icalendar.Calendar.from_ical(data)
    events = list(calendar.walk("VEVENT"))
    assert events
    assert len({str(event["UID"]) for event in events}) == len(events)
    for event in events:
        assert str(event["UID"]).endswith("@example.com")
        assert {"DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "URL"} <= set(event)
    raw = data.decode()
    if "policies" in path:
        assert "DTSTART;VALUE=DATE:20261231" in raw
        assert "DTEND;VALUE=DATE:20270101" in raw
    else:
        assert "DTSTART;TZID=Asia/Shanghai:20261208T" in raw
        assert "BEGIN:VTIMEZONE" in raw


def test_a_changed_event_raises_its_sequence(project: Project) -> None:
    event = "---\n标题: 宣讲\n发布时间: 2026-11-01\n摘要: 摘要\n类型: 政策宣讲\n开始时间: 2026-12-08 14:30\n地点: 线上\n主办: 平台\n---\n"
    project.write("content/events/e.md", event).build()
    uid, first = _uid_and_sequence(project)
    project.edit("content/events/e.md", "地点: 线上", "更新时间: 2026-11-20 08:00\n地点: 西一路").build()
    assert _uid_and_sequence(project) > (uid, first)
    assert _uid_and_sequence(project)[0] == uid


def _uid_and_sequence(project: Project) -> tuple[str, int]:
    event = next(iter(icalendar.Calendar.from_ical((project.out / "calendar/events.ics").read_bytes()).walk("VEVENT")))
    return str(event["UID"]), int(event["SEQUENCE"])


def test_newsboat_takes_the_feeds_in_and_finds_nothing_new_the_second_time(demo: Project, tmp_path: Path) -> None:
    if not shutil.which("newsboat"):
        pytest.skip("newsboat is not installed (Debian package newsboat)")
    for name in ("rss.xml", "atom.xml", "policies/atom.xml"):
        folder = tmp_path / name.replace("/", "-")
        folder.mkdir()
        (folder / "urls").write_text(f"file://{demo.out / name}\n")
        (folder / "config").write_text("cleanup-on-quit no\n")

        def run(*words: str, here: Path = folder) -> str:
            command = ["newsboat", "-u", str(here / "urls"), "-c", str(here / "cache.db"), "-C", str(here / "config"), *words]
            return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

        run("-x", "reload")
        first = int(run("-x", "print-unread").split()[0])
        assert first == len(feedparser.parse((demo.out / name).read_bytes()).entries)
        run("-x", "reload")
        assert int(run("-x", "print-unread").split()[0]) == first


def test_rss2email_sends_each_entry_once(demo: Project, tmp_path: Path) -> None:
    if not shutil.which("r2e"):
        pytest.skip("rss2email is not installed (Debian package rss2email)")
    box = tmp_path / "mail" / "feeds"
    for part in ("cur", "new", "tmp"):
        (box / part).mkdir(parents=True)
    rows = ["[DEFAULT]", "from = a@example.com", "to = b@example.com", "email-protocol = maildir", "html-mail = True"]
    rows += [f"maildir-path = {tmp_path / 'mail'}", "maildir-mailbox = feeds"]
    (tmp_path / "cfg").write_text("\n".join(rows) + "\n")

    def run(*words: str) -> None:
        subprocess.run(["r2e", "-c", "cfg", "-d", "data.json", *words], cwd=tmp_path, check=True, capture_output=True, timeout=120)

    run("add", "all", f"file://{demo.out / 'rss.xml'}", "b@example.com")
    run("run")
    first = len(list((box / "new").iterdir()))
    assert first == len(feedparser.parse((demo.out / "rss.xml").read_bytes()).entries)
    run("run")
    assert len(list((box / "new").iterdir())) == first
