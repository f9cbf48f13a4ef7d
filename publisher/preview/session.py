"""Saved files in, builds out: what the preview knows of the project between two saves.

A save is told by the watcher, so neither the sources nor the site are looked through again: only the paths that were told get a
new signature, and `publisher.engine.rebuild` does the rest. Whatever that cannot answer for is left to a whole `build`.
"""

from __future__ import annotations

import stat
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from publisher.content.taxonomy import TAXONOMY_PATH
from publisher.engine.build import NONSENSE, Found, Order, build, look
from publisher.engine.ledger import DamagedLedgerError, Ledger
from publisher.engine.lock import hold
from publisher.engine.rebuild import rebuild
from publisher.engine.report import BuildReport
from publisher.engine.scan import Signatures, sign, sign_environment
from publisher.failure import PublisherError

#: With more paths at once than this, as when a branch is checked out, looking at everything is no slower.
_MANY = 50


class Session:
    """The state of a preview: the last report, or the failure that took its place, and a number that grows with each build."""

    def __init__(self, order: Order, now: Callable[[], datetime]) -> None:
        self._order, self._now = order, now
        self._signatures: Signatures | None = None
        self._environment = self._assets = ""
        self.report = BuildReport()
        self.failure: PublisherError | None = None
        self.version = 0
        self.styles = 0
        self._changed = threading.Condition()

    @property
    def out(self) -> Path:
        """The folder of the previewed site."""
        return self._order.out

    def build(self) -> None:
        """Look at everything, and build what differs."""
        self._signatures = None
        self._settle()
        self._run(build)
        if self.failure is None and self.report.is_built:
            self._look()

    def save(self, paths: Iterable[Path]) -> None:
        """Build after some files were saved, moved or removed; nothing is done for files that are no content."""
        root = self._order.root.resolve()
        names = {path.relative_to(root).as_posix() if path.is_relative_to(root) else "" for path in paths}
        names = {name for name in names if not _is_passed_over(name)}
        if not names:
            return
        if self._signatures is None or not self._learn(names, self._signatures):
            self.build()
            return
        self._run(self._rebuild)
        if self.failure is not None:
            self._signatures = None  # the next save looks at everything

    def is_due(self) -> bool:
        """Whether a moment has come at which the same content gives another site; what has just failed is not tried again for that."""
        change = self.report.facts.get("next_change")
        return self.failure is None and change is not None and self._now().timestamp() >= change[0]

    def wait(self, version: int, seconds: float) -> bool:
        """Wait for a build after ``version``; False when there was none in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.version != version, seconds)

    def _learn(self, names: set[str], signatures: Signatures) -> bool:
        """Give each path the signature it has now; False when only a look at everything will do."""
        if len(names) > _MANY or not all(name.startswith("content/") and name != TAXONOMY_PATH for name in names):
            return False
        now = time.time_ns()
        for name in {*names, *(name for name, signature in signatures.items() if not signature)}:
            path = self._order.root / name
            try:
                state = path.lstat()
            except OSError:
                if signatures.pop(name, None) is None and any(known.startswith(f"{name}/") for known in signatures):
                    return False  # a folder went
                continue
            if stat.S_ISDIR(state.st_mode):
                return False
            signatures[name] = sign(state, now)
        return True

    def _run(self, make: Callable[[Order], BuildReport]) -> None:
        """Build, and tell those who wait; a failure of the world is kept to be shown.

        After the first build there are threads, and a process that has some must not fork: see ADR 0007.
        """
        started = time.perf_counter()
        processes = 1 if self.version else self._order.processes
        try:
            report, failure = make(self._order._replace(as_of=self._now(), processes=processes)), None
            report.seconds = time.perf_counter() - started
        except PublisherError as error:
            report, failure = self.report, error
        with self._changed:
            self.report, self.failure = report, failure
            self.styles += failure is None and any(path.endswith(".css") for path in report.written)
            self.version += 1
            self._changed.notify_all()

    def _rebuild(self, order: Order) -> BuildReport:
        assert self._signatures is not None
        ledger = Ledger(order.root / "var", order.out)
        with hold(ledger.lock_file, order.waiting, order.patience):
            try:
                if not ledger.open() or ledger.meta.get("environment") != self._environment:
                    raise DamagedLedgerError
                found = Found(self._signatures, self._environment, self._assets, has_ledger=True, is_going_on=True, damaged=[])
                return rebuild(order, ledger, found)
            except (DamagedLedgerError, *NONSENSE):
                pass  # a whole build does without the ledger; a fault of our own comes again there
            finally:
                ledger.close()
        return build(order)

    def _settle(self) -> None:
        """Wait until a template just saved can be told from a later one: else the next save, too, would make every file anew."""
        for _ in range(10):
            first, second = (sign_environment(self._order.root) for _ in range(2))
            if first == second:
                return
            time.sleep(0.02)

    def _look(self) -> None:
        """Remember what the disk says after a good build."""
        ledger = Ledger(self._order.root / "var", self._order.out)
        try:
            found = look(self._order, ledger)
            if found.is_going_on:
                self._signatures, self._environment, self._assets = found.signatures, found.environment, found.assets
        except PublisherError:
            self._signatures = None
        finally:
            ledger.close()


def _is_passed_over(name: str) -> bool:
    """Whether `scan_content` would not see a path: hidden names, editors' copies, and what is nobody's to read."""
    parts = name.split("/")
    return parts[:2] == ["content", "liaison"] or any(part.startswith(".") or part.endswith("~") or part == "__pycache__" for part in parts)
