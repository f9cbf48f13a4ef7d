"""Folders that were read before, kept in ``var/liaison/kept/``: a folder of which no file has changed is not read again.

Only large folders are kept, such as the months of thousands of enterprises. What is kept holds internal words, as the records do;
it is readable by its owner alone. A lost or damaged file costs time, never truth; so does a disk that cannot be written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

#: Folders with fewer files are read anew each time, which takes less than a tenth of a second.
MANY = 300
#: Nanoseconds within which a file system may give two changes the same time.
_TICK = 50_000_000
_HEAD = 32


class Kept:
    """What was read of one folder, under the signature of all its files; empty when the folder is small or has just changed."""

    def __init__(self, root: Path, name: str) -> None:
        self._path = root / "var" / "liaison" / "kept" / f"{name.replace('/', '-')}.bin"
        self._signature = _sign(root / "content" / "liaison" / name)

    def find(self) -> bytes | None:
        """The bytes that were put for the folder as it is now."""
        if not self._signature:
            return None
        with contextlib.suppress(OSError):
            data = self._path.read_bytes()
            if data[:_HEAD] == self._signature and hashlib.blake2b(data[2 * _HEAD :], digest_size=_HEAD).digest() == data[_HEAD : 2 * _HEAD]:
                return data[2 * _HEAD :]
        return None

    def put(self, data: bytes) -> None:
        """Keep bytes for the folder as it was when this was made."""
        if not self._signature:
            return
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
            draft.touch(mode=0o600)
            draft.write_bytes(self._signature + hashlib.blake2b(data, digest_size=_HEAD).digest() + data)
            draft.replace(self._path)


def _sign(folder: Path) -> bytes:
    """A digest of name, size, times and inode of every file, and of this program; empty for few files, or when one may change unseen."""
    digest, count, now = hashlib.blake2b(_program(), digest_size=_HEAD), 0, time.time_ns()
    if not folder.is_dir():
        return b""
    for name, state in _walk(str(folder)):
        if now - state.st_mtime_ns < _TICK or now - state.st_ctime_ns < _TICK:
            return b""
        digest.update(f"{name}\0{state.st_size}.{state.st_mtime_ns}.{state.st_ctime_ns}.{state.st_ino}\0".encode("utf-8", "surrogateescape"))
        count += 1
    return digest.digest() if count >= MANY else b""


def _walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    for item in sorted(os.scandir(folder), key=lambda item: item.name):
        if item.is_dir(follow_symlinks=False):
            yield from _walk(item.path)
        else:
            yield item.path, item.stat(follow_symlinks=False)


@cache
def _program() -> bytes:
    """What this program is: its own text, of which any part may change what is read from a file."""
    digest = hashlib.blake2b(digest_size=_HEAD)
    for name, state in _walk(str(Path(__file__).parent.parent)):
        if not name.endswith(".pyc"):
            digest.update(f"{name}\0{state.st_size}.{state.st_mtime_ns}\0".encode())
    return digest.digest()
