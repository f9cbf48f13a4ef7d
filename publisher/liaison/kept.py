"""What was made of folders, kept in ``var/liaison/kept/``: where no file has changed, it is not made again.

It holds internal words, as the records do, and is readable by its owner alone. A lost or damaged file costs time, never truth; so does a
disk that cannot be written. What this does not do: decide what is worth keeping, or know what it is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from publisher.content import source as sources
from publisher.liaison.places import public_place

#: A folder is large with so many files or bytes; to read a smaller one anew takes less than a tenth of a second.
MANY, MUCH = 300, 200_000
#: Nanoseconds within which a file system may give two changes the same time.
_TICK = 50_000_000
_HEAD = 32
#: Size, times and inode of a file; None of one that may change unseen.
State = tuple[int, int, int, int] | None


@dataclass(frozen=True)
class Folder:
    """The state of every file of a folder, by its path from the root, in the order of names."""

    states: dict[str, State]

    @classmethod
    def at(cls, root: Path, name: str) -> Folder:
        """Look at a folder; a file in its place is one that may change unseen, and what is not there has no files."""
        path = root / name
        if path.is_dir():
            return cls(dict(_list_states(str(path), name, time.time_ns())))
        return cls({name: None} if os.path.lexists(path) else {})

    @property
    def is_large(self) -> bool:
        return len(self.states) >= MANY or sum(state[0] for state in self.states.values() if state) >= MUCH

    def sign(self) -> bytes:
        """A digest of all states; empty when a file may change unseen."""
        if None in self.states.values():
            return b""
        digest = hashlib.blake2b(digest_size=_HEAD)
        for name, state in self.states.items():
            digest.update(f"{name}\0{state}\0".encode("utf-8", "surrogateescape"))
        return digest.digest()


class Kept:
    """What was made of something, under all it depends on: this program, and whatever is given.

    Nothing is kept when one of that is empty, nor where a site is.
    """

    def __init__(self, root: Path, name: str, *depends: bytes | str) -> None:
        self._path = _path_of(root, name)
        is_kept = all(depends) and not _is_public(root, self._path.parent)
        self._signature = hashlib.blake2b(repr((_program(), *depends)).encode(), digest_size=_HEAD).digest() if is_kept else b""

    def find(self) -> bytes | None:
        """The bytes that were put under the same."""
        if not self._signature:
            return None
        with contextlib.suppress(OSError):
            data = self._path.read_bytes()
            if data[:_HEAD] == self._signature and hashlib.blake2b(data[2 * _HEAD :], digest_size=_HEAD).digest() == data[_HEAD : 2 * _HEAD]:
                return data[2 * _HEAD :]
        return None

    def put(self, data: bytes) -> None:
        """Keep bytes."""
        if not self._signature:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
            draft.touch(mode=0o600)
            draft.write_bytes(self._signature + hashlib.blake2b(data, digest_size=_HEAD).digest() + data)
            draft.replace(self._path)


def forget_others(root: Path, names: Iterable[str]) -> None:
    """Remove whatever is kept under other names than these: of records that were deleted nothing stays."""
    wanted = {_path_of(root, name) for name in names}
    folder = _path_of(root, "").parent
    if folder.is_dir() and not _is_public(root, folder):
        for path in set(folder.iterdir()) - wanted:
            with contextlib.suppress(OSError):
                path.unlink()


def _path_of(root: Path, name: str) -> Path:
    return root / "var" / "liaison" / "kept" / f"{name.replace('/', '-')}.bin"


def _list_states(path: str, name: str, now: int) -> Iterator[tuple[str, State]]:
    """Files in the order of their names; what is no file, as a link, may change unseen, and so may what changed this moment."""
    for item in sources.scan(path):
        if item.is_dir(follow_symlinks=False):
            yield from _list_states(item.path, f"{name}/{item.name}", now)
            continue
        of = item.stat(follow_symlinks=False)
        is_settled = stat.S_ISREG(of.st_mode) and now - of.st_mtime_ns >= _TICK and now - of.st_ctime_ns >= _TICK
        yield f"{name}/{item.name}", (of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_ino) if is_settled else None


@cache
def _is_public(root: Path, folder: Path) -> bool:
    """Whether links lead from the folder to where a site is."""
    return public_place(root, folder.resolve()) is not None


@cache
def _program() -> bytes:
    """What this program is: its own text, of which any part may change what is read from a file."""
    digest = hashlib.blake2b(digest_size=_HEAD)
    for name, state in _list_states(str(Path(__file__).parent.parent), "publisher", time.time_ns()):
        if not name.endswith(".pyc"):
            digest.update(f"{name}\0{state and state[:2]}\0".encode())
    return digest.digest()
