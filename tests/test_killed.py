"""Killed with ``kill -9`` at any moment, a build leaves whole pages behind, and the next build heals the site to the clean bytes.

``make test`` kills a few builds; ``PUBLISHER_KILLS=200`` kills as many.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest

from publisher.engine import build as engine
from publisher.engine.build import Order
from publisher.engine.ledger import Ledger
from publisher.engine.output import Output
from tests.project import AS_OF, MKDOCS, ROOT, Project, _time
from tests.test_oracle import Theme

KILLS = int(os.environ.get("PUBLISHER_KILLS", "12"))
CROWD = 60
_FOLDERS = "news|policies|matchmaking|guides|events|enterprises|services"
_NAMED = re.compile(rf'(?:href="[./]*|https://street\.example/)((?:{_FOLDERS})/(?!page/)[a-z0-9-]+/)')


class Site:
    """A street of sixty entries that goes to and fro between two states, and the clean bytes of both."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root, MKDOCS + "extra: {publisher: {per_page: 7}}\n")
        self.out = self.project.out
        self.project.write("content/taxonomy/tags.yml", "标签:\n  - {名称: 税收, 网址名: tax}\n  - {名称: 用工, 网址名: labour}\n")
        self.clean = []
        for state in (1, 0):
            self.write(state)
            self.clean.insert(0, self.project.files(self.project.build(out=root / f"clean{state}").root / f"clean{state}"))
        self.state = 0

    def write(self, state: int) -> None:
        """The first state, or the second: bodies and titles differ, some entries are new, some are gone, some have another file name."""
        shutil.rmtree(self.project.root / "content/news", ignore_errors=True)
        for number in range(CROWD):
            if number % 10 == 3 * state:
                continue
            name = f"n{number}" if number % 7 or not state else f"moved{number}"
            title = f"消息{number}" if number % 5 else f"消息{number}之{state}"
            tags = "[税收]" if (number + state) % 3 else "[用工]"
            body = f"## 第{number}条\n\n" + f"第{state}版的正文。" * (20 if number % 4 else 1)
            self.project.news(name, body, 标题=title, 标签=tags, 发布时间=f"2026-11-{1 + number % 20:02d} 09:00")
        self.state = state

    def turn(self) -> Site:
        """Go to the other state."""
        self.write(1 - self.state)
        return self

    def start(self, processes: int, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "publisher", "build", "--root", str(self.project.root), "--as-of", AS_OF, *options]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PUBLISHER_PROCESSES": str(processes)}
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def build(self) -> Site:
        self.project.build()
        return self

    def assert_whole(self) -> None:
        """Every file that a server would serve is one of the two states' whole, and what lists and feeds name is there."""
        served = {path: data for path, data in self.project.files().items() if not Path(path).name.startswith(".")} if self.out.exists() else {}
        for path, data in served.items():
            assert data in (self.clean[0].get(path), self.clean[1].get(path)), f"{path} is torn"
            is_entry = re.fullmatch(rf"(?:{_FOLDERS})/(?!page/)[a-z0-9-]+/index\.html", path)
            if not is_entry and not path.startswith("search/") and path.endswith((".html", ".xml", ".json")) and path != "sitemap.xml":
                missing = {name for name in _NAMED.findall(data.decode()) if f"{name}index.html" not in served}
                assert not missing, f"{path} names {sorted(missing)}"

    def assert_healed(self) -> None:
        """One more build gives the clean bytes, and nothing beside them."""
        self.build()
        assert self.project.files().keys() == self.clean[self.state].keys()
        assert self.project.files() == self.clean[self.state]
        assert [file.name for file in (self.project.root / "var").iterdir() if file.name.endswith(".tmp")] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("killed") / "project").build()


def test_a_build_killed_at_any_moment_leaves_whole_pages(site: Site) -> None:
    chance = random.Random(os.environ.get("PUBLISHER_KILLS", "a"))
    started = monotonic()
    with site.turn().start(2) as running:
        assert running.wait() == 0
    longest = monotonic() - started
    died = 0
    for number in range(KILLS):
        is_clean = number % 3 == 2
        if is_clean and number % 2:
            shutil.rmtree(site.out)
        with site.turn().start(1 + number % 2, *(["--clean"] if is_clean else [])) as running:
            try:
                running.wait(chance.uniform(0.3, 1.1) * longest)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                died += running.wait() == -signal.SIGKILL
            assert running.stderr is not None
            assert running.stderr.read() == b""  # it ends when the last process of the build has ended
        site.assert_whole()
        site.assert_healed()
    assert died > KILLS // 4


class DeathError(BaseException):
    """The end of the process; not an `Exception`, so that nothing handles it."""


class Street:
    """Two states of a small street with a theme of one line, built in this process, which may die at any step."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root, MKDOCS + "extra: {publisher: {per_page: 2}}\n")
        (root / "templates").unlink()
        shutil.copytree(ROOT / "templates", root / "templates")
        self.clean: dict[int, dict[str, bytes]] = {}
        for state in (1, 0):
            out = root / f"clean{state}"
            self.write(state).build(out)
            self.clean[state] = self.project.files(out)

    def write(self, state: int) -> Street:
        shutil.rmtree(self.project.root / "content", ignore_errors=True)
        for name in ("a", "b", "c", "de"[state]):
            self.project.news(name, f"第{state}版", 标签="[税收]" if name != "b" or state else "[用工]")
        return self

    def build(self, out: Path | None = None) -> None:
        engine.build(Order(self.project.root, out or self.project.out, _time(AS_OF), Theme, processes=1))

    def die(self, at: int) -> bool:
        """Build, and die before the step of that number; gives whether there was such a step."""
        steps = iter(range(at + 1))

        def step() -> None:
            if next(steps, None) == at:
                raise DeathError

        with _deadly(step):
            try:
                self.build()
            except DeathError:
                return True
        return False

    def assert_whole(self) -> None:
        for path, data in self.project.files().items():
            if not Path(path).name.startswith("."):
                assert data in (self.clean[0].get(path), self.clean[1].get(path)), f"{path} is torn"


@contextmanager
def _deadly(step: Callable[[], None]) -> Iterator[None]:
    """While it lasts, each write, removal and step of the ledger is a moment to die at."""

    def before(do: Callable[..., Any]) -> Callable[..., Any]:
        def both(*values: Any, **named: Any) -> Any:
            step()
            return do(*values, **named)

        return both

    places = ((Output, "_replace"), (Output, "remove"), (Ledger, "claim"), (Ledger, "commit"), (Ledger, "_update"), (os, "truncate"), (os, "replace"))
    with ExitStack() as stack:
        for place, name in places:
            stack.enter_context(patch.object(place, name, before(getattr(place, name))))
        yield


def test_dying_at_every_step_is_healed_by_the_next_build(tmp_path: Path) -> None:
    street = Street(tmp_path / "project")
    street.write(0).build()
    steps = 0
    while street.write(1).die(steps):
        street.assert_whole()
        street.write(steps % 2).build()
        assert street.project.files() == street.clean[steps % 2], f"died before step {steps}"
        street.write(0).build()
        assert street.project.files() == street.clean[0], f"died before step {steps}"
        steps += 1
    assert steps > 40


def test_dying_at_every_step_of_the_first_build_is_healed_by_the_next(tmp_path: Path) -> None:
    street = Street(tmp_path / "project")
    for at in range(0, 400, 9):
        shutil.rmtree(street.project.out, ignore_errors=True)
        for file in (street.project.root / "var").glob("ledger-*"):
            file.unlink()
        if not street.write(1).die(at):
            break
        street.assert_whole()
        street.write(0).build()
        assert street.project.files() == street.clean[0], f"died before step {at}"
    assert at > 60


_DIE = """
import os, sys
from pathlib import Path
from publisher.engine.output import Output
from publisher.engine.ledger import Ledger
import publisher.engine.ledger as ledgers
from tests.test_killed import Street
from tests.project import Project

def leave(*_, **__):
    os._exit(9)

root, place = Path(sys.argv[1]), sys.argv[2]
street = Street.__new__(Street)
street.project = Project(root, (root / "mkdocs.yml").read_text(encoding="utf-8"))
street.write(1)
if place == "a draft is there":
    os.replace = leave
elif place == "the ledger is half written":
    real = ledgers.sqlite3.connect
    class Connection:
        def __init__(self, *values, **named):
            self._real = real(*values, **named)
        def __getattr__(self, name):
            return getattr(self._real, name)
        def execute(self, words, *values):
            if words == "COMMIT":
                self._real.execute("PRAGMA cache_spill = 1")
                leave()
            return self._real.execute(words, *values)
    ledgers.sqlite3.connect = Connection
elif place == "the ledger is written":
    os.truncate = leave
street.build()
"""


@pytest.mark.parametrize("place", ["a draft is there", "the ledger is half written", "the ledger is written"])
def test_a_process_that_ends_without_a_word_is_healed(tmp_path: Path, place: str) -> None:
    """Nothing is cleared away here, as nothing is by ``kill -9``: a draft lies about, a journal is hot."""
    street = Street(tmp_path / "project")
    street.write(0).build()
    ended = subprocess.run([sys.executable, "-c", _DIE, str(street.project.root), place], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    assert ended.returncode == 9
    street.assert_whole()
    street.write(1).build()
    assert street.project.files() == street.clean[1]
