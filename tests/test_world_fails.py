"""The world fails: full disks, folders that are gone, ledgers that are spoilt, two builds at once. One clear line, and the last good site stands."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from publisher.cli import build as verb
from publisher.cli import main
from publisher.engine import ledger as ledgers
from publisher.engine.ledger import Ledger
from publisher.engine.lock import hold
from publisher.engine.worker import Worker
from publisher.problems import PublisherError
from tests.project import AS_OF, ROOT, Project


class Run:
    """One run of the command: its exit code and the lines it printed."""

    def __init__(self, project: Project, capsys: pytest.CaptureFixture[str], *options: str) -> None:
        capsys.readouterr()
        self.code = main(["build", "--root", str(project.root), "--as-of", AS_OF, *options])
        self.lines = capsys.readouterr().err.splitlines()


@pytest.fixture
def street(project: Project) -> Project:
    """A built street of three entries."""
    for name in "abc":
        project.news(name)
    return project.build()


def ledger_of(project: Project) -> Path:
    return Ledger(project.root / "var", project.out).file


def assert_recovers(project: Project) -> None:
    """The next build gives what a clean one gives."""
    project.build()
    fresh = project.root / "fresh"
    assert project.files() == project.files(project.build(out=fresh).root / "fresh")


# Two builds at once.


def test_two_builds_at_once_both_end_well(street: Project) -> None:
    before = street.files()
    for name in "def":
        street.news(name)
    command = [sys.executable, "-m", "publisher", "build", "--root", str(street.root), "--as-of", AS_OF]
    running = [subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait() for one in running] == [0, 0]
    assert street.files() != before
    assert_recovers(street)


def test_the_lock_of_a_dead_process_is_no_obstacle(street: Project) -> None:
    holder = subprocess.Popen([sys.executable, "-c", ""])
    holder.wait()
    Ledger(street.root / "var", street.out).lock_file.write_text(str(holder.pid))
    assert street.news("d").build().report.wrote > 0


def test_who_waits_too_long_is_told_for_whom(street: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "Order", partial(verb.Order, patience=0.0))
    with hold(Ledger(street.root / "var", street.out).lock_file):
        run = Run(street.news("d"), capsys)
        english = Run(street, capsys, "--lang", "en")
    assert (run.code, run.lines) == (3, [f"另一个生成正在进行（进程 {os.getpid()}），等了 0 秒；请稍后再试"])
    assert (english.code, english.lines) == (3, [f"another build is running (process {os.getpid()}); waited 0 s"])
    assert_recovers(street)


# Disks.


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes; where none may be mounted, an empty folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount") or "true"
    is_mounted = subprocess.run([mount, "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)], check=False, capture_output=True).returncode == 0
    yield folder
    if is_mounted and folder.is_mount():
        subprocess.run(["umount", str(folder)], check=True)


def fill(disk: Path, rest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fill a disk but for some bytes; where it is none of its own, writing fails after so many bytes."""
    if disk.is_mount():
        state = os.statvfs(disk)
        (disk / "filler").write_bytes(b"\0" * max(0, state.f_bavail * state.f_frsize - rest))
        return
    real, left = os.write, [rest]

    def write(handle: int, data: bytes) -> int:
        left[0] -= len(data)
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle, data)

    monkeypatch.setattr(os, "write", write)


def test_a_full_disk_is_told_in_one_line(small_disk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The site, the ledger and all else lie on it; whatever cannot be written, pages stay whole and no draft lies about."""
    project = Project(small_disk / "project").news("a").build()
    before, seen = project.files(), []
    for number in range(20):
        project.news(f"n{number}")
    for rest in (0, 4096, 40_960, 163_840):
        with monkeypatch.context() as patches:
            fill(small_disk, rest, patches)
            run = Run(project, capsys)
        (small_disk / "filler").unlink(missing_ok=True)
        assert (run.code, len(run.lines)) == (3, 1), run.lines
        assert "No space left on device" in run.lines[0] or "disk is full" in run.lines[0]
        seen.append(project.files())
    assert_recovers(project)
    after = project.files()
    assert [path for files in seen for path, data in files.items() if data not in (before.get(path), after[path])] == []
    assert [path for path in before if path not in seen[-1]] == []


def test_an_output_that_cannot_be_written_is_told_in_one_line(street: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """For root no folder is read-only, so the error of one is made here."""
    before = street.files()
    street.news("d")
    real = os.open

    def refuse(path: str, *values: int, **named: int) -> int:
        if str(path).startswith(str(street.out)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(path, *values, **named)

    with monkeypatch.context() as patches:
        patches.setattr(os, "open", refuse)
        run, english = Run(street, capsys), Run(street, capsys, "--lang", "en")
    assert (run.code, len(run.lines)) == (3, 1)
    assert run.lines[0].startswith(f"写不了 {street.out}/news/")
    assert english.lines[0].startswith(f"cannot write {street.out}/news/")
    assert street.files() == before
    assert_recovers(street)


def test_a_file_in_place_of_the_output_folder_is_told_and_left_alone(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(street.out)
    street.out.write_text("a letter")
    run = Run(street.news("d"), capsys)
    assert (run.code, run.lines) == (3, [f"{street.out} 不是文件夹"])
    assert street.out.read_text() == "a letter"
    street.out.unlink()
    assert_recovers(street)


def test_a_file_in_place_of_a_page_s_folder_makes_way(street: Project) -> None:
    shutil.rmtree(street.out / "news")
    (street.out / "news").write_text("a letter")
    (street.out / "index.html").unlink()
    (street.out / "index.html").mkdir()
    (street.out / "index.html/more").write_text("another")
    assert_recovers(street)


def test_content_that_is_gone_is_told_and_the_site_stands(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = street.files()
    (street.root / "content").rename(street.root / "elsewhere")
    run, english = Run(street, capsys), Run(street, capsys, "--lang", "en")
    assert (run.code, run.lines) == (3, [f"找不到内容文件夹 {street.root}/content"])
    assert (english.code, english.lines) == (3, [f"there is no content folder {street.root}/content"])
    assert street.files() == before
    (street.root / "elsewhere").rename(street.root / "content")
    assert_recovers(street)


# Ledgers.


def spoil(file: Path, how: str) -> None:
    data = file.read_bytes()
    if how == "garbage":
        file.write_bytes(b"not a database at all, and long enough to be one " * 400)
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif how == "holes":
        file.write_bytes(b"".join(b"\xa5" * 512 if at % 4096 == 1024 else data[at : at + 512] for at in range(0, len(data), 512)))
    elif how == "older":
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 1")
        connection.close()
    elif how == "not ours":
        file.unlink()
        with sqlite3.connect(file) as connection:
            connection.executescript(f"CREATE TABLE meta (other TEXT); PRAGMA user_version = {ledgers._VERSION};")
        connection.close()


@pytest.mark.parametrize("how", ["garbage", "empty", "cut", "holes", "older", "not ours"])
def test_a_spoilt_ledger_costs_time_not_truth(street: Project, capsys: pytest.CaptureFixture[str], how: str) -> None:
    street.news("d").remove("content/news/c.md")
    spoil(ledger_of(street), how)
    run = Run(street, capsys)
    assert (run.code, run.lines) == (0, [])
    assert not (street.out / "news/c").exists()
    assert_recovers(street)
    assert street.build().report.written == []


def test_nonsense_in_a_ledger_is_not_believed(street: Project) -> None:
    """It can be read, but what it says cannot be."""
    street.news("d")
    for table, column in (("head", "data"), ("row", "data"), ("meta", "value"), ("file", "size")):
        with sqlite3.connect(ledger_of(street)) as connection:
            connection.execute(f"UPDATE {table} SET {column} = x'ff00'")
        connection.close()
        street.edit("content/news/a.md", "正文。", "正文。又一句。")
        assert_recovers(street)


def test_a_folder_in_place_of_the_ledger_is_told_before_anything_is_written(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before, ledger = street.files(), ledger_of(street)
    ledger.unlink()
    ledger.mkdir()
    run, english = Run(street.news("d"), capsys), Run(street, capsys, "--lang", "en")
    assert (run.code, run.lines) == (3, [f"写不了 {ledger}：Is a directory"])
    assert (english.code, english.lines) == (3, [f"cannot write {ledger}: Is a directory"])
    assert street.files() == before
    ledger.rmdir()
    assert_recovers(street)


def test_a_file_in_place_of_the_folder_of_ledgers_is_told(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    before = street.files()
    shutil.rmtree(street.root / "var")
    (street.root / "var").write_text("a letter")
    run = Run(street.news("d"), capsys)
    assert (run.code, len(run.lines)) == (3, 1)
    assert str(street.root / "var") in run.lines[0]
    assert street.files() == before
    (street.root / "var").unlink()
    assert_recovers(street)


# Templates and processes.


def test_a_template_that_fails_names_itself_and_the_last_page_stays(street: Project, capsys: pytest.CaptureFixture[str]) -> None:
    (street.root / "templates").unlink()
    shutil.copytree(ROOT / "templates", street.root / "templates")
    good = (street.root / "templates/site/pages/parts/crumbs.html").read_text(encoding="utf-8")
    before = street.files()
    for words in ("{{ nothing.at.all }}", "{% if %}"):
        street.write("templates/site/pages/parts/crumbs.html", f"{good}\n{words}\n")
        line = f"{good}\n{words}".count("\n") + 1
        run, english = Run(street, capsys), Run(street, capsys, "--lang", "en")
        assert (run.code, len(run.lines)) == (3, 1)
        assert f"crumbs.html 第{line}行出错" in run.lines[0]
        assert f"crumbs.html, line {line}:" in english.lines[0]
        assert street.files() == before
    street.write("templates/site/pages/parts/crumbs.html", good)
    assert_recovers(street)


def test_a_worker_that_is_killed_is_told_in_one_line(street: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the system does when memory is short."""
    before = street.files()
    street.news("d")
    monkeypatch.setattr(Worker, "check", lambda *_: os._exit(9))
    with pytest.raises(PublisherError, match="a worker process has died"):
        street.build(processes=2)
    monkeypatch.undo()
    assert street.files() == before
    assert_recovers(street)
