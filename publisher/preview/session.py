"""Saved files in, builds out: what the preview knows of the project between two saves.

A save is told by the watcher, so neither the sources nor the site are looked through again: only the paths that were told get a
new signature, and `publisher.engine.rebuild` does the rest. Whatever that cannot answer for is left to a whole `build`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from publisher.content.taxonomy import TAXONOMY_PATH
from publisher.engine.build import Found, Order, build, look
from publisher.engine.ledger import DamagedLedgerError, Ledger
from publisher.engine.lock import hold
from publisher.engine.rebuild import rebuild
from publisher.engine.report import BuildReport
from publisher.engine.scan import Signatures, sign
from publisher.failure import PublisherError


class Session:
    """The state of a preview: the last report, or the failure that took its place, and a number that grows with each build."""

    def __init__(self, order: Order, now: Callable[[], datetime]) -> None:
        self._order, self._now = order, now
        self._signatures: Signatures | None = None
        self._environment = ""
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
        self._run(build)
        if self.failure is None and self.report.is_built:
            self._look()

    def save(self, paths: Iterable[Path]) -> None:
        """Build after some files were saved, moved or removed."""
        root = self._order.root.resolve()
        names = {path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root)}
        if self._signatures is None or not all(name.startswith("content/") and name != TAXONOMY_PATH for name in names):
            self.build()
            return
        for name in names:
            self._sign(name, self._signatures)
        self._run(self._rebuild)
        if self.failure is not None:
            self._signatures = None  # the next save looks at everything

    def is_due(self) -> bool:
        """Whether a moment has come at which the same content gives another site."""
        change = self.report.facts.get("next_change")
        return change is not None and self._now().timestamp() >= change[0]

    def wait(self, version: int, seconds: float) -> bool:
        """Wait for a build after ``version``; False when there was none in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.version != version, seconds)

    def _run(self, make: Callable[[Order], BuildReport]) -> None:
        """Build, and tell those who wait; a failure of the world is kept to be shown."""
        started = time.perf_counter()
        try:
            report, failure = make(self._order._replace(as_of=self._now())), None
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
                found = Found(self._signatures, self._environment, has_ledger=True, is_going_on=True, damaged=[])
                return rebuild(order, ledger, found)
            except DamagedLedgerError:
                pass
            finally:
                ledger.close()
        return build(order)

    def _look(self) -> None:
        """Remember what the disk says after a good build."""
        ledger = Ledger(self._order.root / "var", self._order.out)
        try:
            found = look(self._order, ledger)
            if found.is_going_on:
                self._signatures, self._environment = found.signatures, found.environment
        except PublisherError:
            self._signatures = None
        finally:
            ledger.close()

    def _sign(self, name: str, signatures: Signatures) -> None:
        """Give one path the signature it has now; a folder that came or went counts with all in it."""
        path = self._order.root / name
        if any(part.startswith(".") or part.endswith("~") for part in name.split("/")) or name.startswith("content/liaison/"):
            return
        for known in [known for known in signatures if known == name or known.startswith(f"{name}/")]:
            del signatures[known]
        files = [Path(folder) / file for folder, _, found in os.walk(path) for file in found] if path.is_dir() else [path]
        for file in files:
            relative = file.relative_to(self._order.root).as_posix()
            if not any(part.startswith(".") or part.endswith("~") for part in relative.split("/")):
                try:
                    signatures[relative] = sign(file.lstat(), time.time_ns())
                except OSError:
                    continue  # it went again
