"""The workers that are sending: each holds a lock that dies with it, so that whoever comes next knows at once whose claims are free.

A lock is seen on its own machine only; elsewhere a worker counts as dead when it has not been heard of for `SILENCE` seconds.
"""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path
from typing import IO

from publisher.failure import PublisherError

#: Seconds after which a worker of another machine that says nothing counts as dead.
SILENCE = 180.0
#: Seconds between two signs of life.
BEAT = 15.0


class Roster:
    """The workers of this machine, as lock files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.host = socket.gethostname()

    def enter(self) -> Presence:
        """Take a place for this worker; raises `PublisherError` when the folder cannot be written."""
        name = f"{self.host}-{os.getpid()}-{secrets.token_hex(4)}"
        path = self.folder / f"{name}.lock"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".new")
            file = draft.open("w", encoding="ascii")
            _lock(file)
            draft.rename(path)  # nobody sees it before it is locked, and so takes it for a dead one's
        except OSError as error:
            raise PublisherError(f"写不了 {self.folder}：{error.strerror}", f"cannot write {self.folder}: {error.strerror}") from error
        return Presence(name, file, path)

    def dead(self) -> dict[str, Path]:
        """The workers of this machine that have died, with their lock files: to be removed when their claims are free."""
        found = {}
        for path in sorted(self.folder.glob("*.lock")):
            try:
                with path.open("a", encoding="ascii") as file:
                    if _lock(file):
                        found[path.stem] = path
            except OSError:
                continue
        return found


class Presence:
    """One worker's place: its name, and the lock that says that it lives."""

    def __init__(self, name: str, file: IO[str], path: Path) -> None:
        self.name = name
        self._file, self._path = file, path

    def leave(self) -> None:
        """Give up the place."""
        self._path.unlink(missing_ok=True)
        self._file.close()


def _lock(file: IO[str]) -> bool:
    """Take a lock if nobody has it; True when it was free. Where the system has no such locks, nobody ever seems dead."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
