"""Entries that do not stand in memory are the same when they come back, and the build they serve is the same."""

from __future__ import annotations

import errno
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from publisher.content.library import Entry, read_file
from publisher.engine import shelf
from publisher.engine.shelf import Shelf
from publisher.failure import PublisherError
from tests.project import Project


def _entries(project: Project) -> list[Entry]:
    for name in "abc":
        project.news(name, body=f"## 标题\n\n正文{name}。\n")
    content = project.root / "content"
    found = [read_file(f"content/news/{path.name}", path, content).thing for path in sorted((content / "news").glob("*.md"))]
    return [thing for thing in found if isinstance(thing, Entry)]


def test_what_has_no_room_in_memory_comes_back_whole(project: Project, tmp_path: Path) -> None:
    entries = _entries(project)
    with closing(Shelf(tmp_path / "var", room=1)) as kept:
        for entry in entries:
            kept.keep(entry)
        assert sorted(kept) == sorted(entry.id for entry in entries)
        for entry in reversed(entries):
            found = kept.find(entry.id)
            assert found is not None
            assert (found.data, found.html, found.source, found.path) == (entry.data, entry.html, entry.source, entry.path)
    assert list((tmp_path / "var").iterdir()) == [], "the file has no name that could stay behind"


def test_an_entry_is_replaced_and_dropped(project: Project, tmp_path: Path) -> None:
    first, second, third = _entries(project)
    with closing(Shelf(tmp_path, room=1)) as kept:
        for entry in (first, second, third, second):
            kept.keep(entry)
        kept.drop(first.id)
        kept.drop(third.id)
        assert (kept.find(first.id), kept.find(third.id), list(kept)) == (None, None, [second.id])


def test_a_build_with_a_small_shelf_makes_the_same_site(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _entries(project)
    project.build()
    whole = project.files()
    monkeypatch.setattr(shelf, "ROOM", 1)
    project.build(clean=True)
    assert project.files() == whole


def test_a_full_disk_is_told_in_one_line(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(PublisherError, match="No space left"):
        Shelf(tmp_path, room=0).keep(_entries(project)[0])
